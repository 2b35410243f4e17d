"""WhatsApp's webhook: verify, parse, route, signal, 200."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from api.services import Wired
from channels.webhook import parse, verify_signature
from domain.errors import NotAllowed

PATH = "/api/whatsapp/webhook"
MAX_BYTES = 3 * 1024 * 1024
"""Meta documents payloads of up to 3 MB."""

router = APIRouter(tags=["whatsapp"])


class Taken(BaseModel):
    """Everything of this POST is in safe hands."""

    updates: int


@router.get(PATH, response_class=PlainTextResponse)
async def verify_webhook(
    services: Wired,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    token: Annotated[str, Query(alias="hub.verify_token")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=1000)] = "",
) -> str:
    """Meta asks once, when the webhook is set up, whether it is ours; the challenge comes back as it is."""
    ours = services.settings.whatsapp_verify_token
    if ours is None:
        raise NotAllowed("set WHATSAPP_VERIFY_TOKEN to the token that you gave Meta")
    right = hmac.compare_digest(token.encode("utf-8", "replace"), ours.get_secret_value().encode())
    if mode != "subscribe" or not right:
        raise NotAllowed("the verify token is not ours")
    return challenge


@router.post(PATH)
async def receive_webhook(
    request: Request,
    services: Wired,
    signature: Annotated[str | None, Header(alias="X-Hub-Signature-256")] = None,
) -> Taken:
    """Customers' messages and the statuses of ours. 200 only when all of it is kept; anything else comes again."""
    secret = services.settings.whatsapp_app_secret
    if secret is None:
        raise NotAllowed("set WHATSAPP_APP_SECRET to the secret of the Meta app; nothing is taken without it")
    raw = await request.body()
    if not verify_signature(secret.get_secret_value(), raw, signature):
        raise NotAllowed("X-Hub-Signature-256 is not this body's signature with WHATSAPP_APP_SECRET")
    updates = parse(raw)
    await services.inbox.take(updates)
    return Taken(updates=len(updates))

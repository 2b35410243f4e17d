"""The company's number, and texts that its own systems send."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from activities.vault import VaultClosed
from api.bodies import SendBody
from api.security import OfCompany
from api.services import Wired
from domain.company import ChannelKind
from domain.delivery import Delivery
from domain.errors import Refused
from domain.identity import CompanyId, Phone, parse_phone
from domain.work import AgentRef, Reply

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Makes the request safe to repeat: the same key to the same customer sends one message.",
    ),
]

router = APIRouter(tags=["whatsapp"])


class Link(StrEnum):
    """Whether the company's number can send."""

    SIMULATED = "simulated"
    READY = "ready"
    TOKEN_MISSING = "token_missing"  # noqa: S105
    TOKEN_UNREADABLE = "token_unreadable"  # noqa: S105


class WhatsAppStatus(BaseModel):
    """The company's way to its customers."""

    company: CompanyId
    channel: ChannelKind
    phone_number_id: str | None = None
    link: Link = Field(description="`token_unreadable`: PERENNIAL_ENCRYPTION_KEY is missing or has changed.")


class SendReceipt(BaseModel):
    """What became of a text. Without a delivery the agent has it and is still at it (202)."""

    to: Phone
    delivery: Delivery | None


@router.get("/api/whatsapp/status")
async def whatsapp_status(services: Wired, company: OfCompany) -> WhatsAppStatus:
    """Whether the company's number is linked."""
    try:
        kind, account = await services.connections.companies.account(company)
    except VaultClosed:
        return WhatsAppStatus(company=company, channel=ChannelKind.CLOUD_API, link=Link.TOKEN_UNREADABLE)
    if kind is ChannelKind.SIMULATOR:
        return WhatsAppStatus(company=company, channel=kind, link=Link.SIMULATED)
    link = Link.READY if account.access_token else Link.TOKEN_MISSING
    return WhatsAppStatus(company=company, channel=kind, phone_number_id=account.phone_number_id, link=link)


@router.post("/api/whatsapp/send", responses={202: {"model": SendReceipt, "description": "The agent is at it."}})
async def send_text(
    body: SendBody, services: Wired, company: OfCompany, response: Response, key: IdempotencyKey = None
) -> SendReceipt:
    """Sends a text through the customer's agent, so that it is remembered. The agent goes on speaking afterwards."""
    agent = await services.identities.agent_of(company, parse_phone(body.to))
    if await services.customers.opted_out(agent):
        raise Refused("this customer has opted out and is not written to on our own initiative")
    return await say(services, agent, Reply(text=body.text, by=body.by, takes_over=False), key, response)


async def say(services: Wired, agent: AgentRef, text: Reply, key: str | None, response: Response) -> SendReceipt:
    """Sends, and answers 202 where the outcome is still to come."""
    delivery = await services.gateway.say(agent, text, key)
    if delivery is None:
        response.status_code = HTTPStatus.ACCEPTED
    return SendReceipt(to=agent.phone, delivery=delivery)

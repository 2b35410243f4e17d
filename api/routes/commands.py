"""What operators and API clients tell an agent."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.bodies import ConsentBody, MessageBody, ReleaseBody, ReplyBody, TakeoverBody
from api.routes.whatsapp import IdempotencyKey, SendReceipt, say
from api.security import OfAgent
from api.services import Wired
from domain.errors import InvalidInput
from domain.identity import AgentId, agent_id
from domain.work import AgentSnapshot, Reply

router = APIRouter(prefix="/api/agents/{phone}", tags=["agents"])


class MessageTaken(BaseModel):
    """Temporal holds the message; the agent takes it from here."""

    agent: AgentId
    id: str


@router.post("/messages", status_code=HTTPStatus.ACCEPTED)
async def post_message(body: MessageBody, services: Wired, agent: OfAgent) -> MessageTaken:
    """A customer's message from another channel: the same signal as WhatsApp's, answered once for each id."""
    if body.kind == "text" and not body.text.strip():
        raise InvalidInput("body.text: a message of kind `text` needs a text")
    await services.gateway.receive(agent.company, agent.phone, body.inbound("api"))
    return MessageTaken(agent=agent_id(agent.company, agent.phone), id=body.id)


@router.post("/takeover")
async def take_over(body: TakeoverBody, services: Wired, agent: OfAgent) -> AgentSnapshot:
    """A human takes the conversation; nothing of the agent goes out from this moment."""
    return await services.gateway.takeover(agent, body)


@router.post("/release")
async def release(body: ReleaseBody, services: Wired, agent: OfAgent) -> AgentSnapshot:
    """The agent has the conversation again and answers what is still unanswered."""
    return await services.gateway.release(agent, body)


@router.post("/reply", responses={202: {"model": SendReceipt, "description": "The agent is at it."}})
async def reply(
    body: ReplyBody, services: Wired, agent: OfAgent, response: Response, key: IdempotencyKey = None
) -> SendReceipt:
    """A human's word, sent through the agent, which falls silent."""
    return await say(services, agent, Reply(text=body.text, by=body.by), key, response)


@router.post("/opt-out")
async def opt_out(body: ConsentBody, services: Wired, agent: OfAgent) -> AgentSnapshot:
    """The customer is not written to on our own initiative any more."""
    return await services.gateway.opt_out(agent, body)


@router.post("/opt-in")
async def opt_in(body: ConsentBody, services: Wired, agent: OfAgent) -> AgentSnapshot:
    """The customer may be written to again."""
    return await services.gateway.opt_in(agent, body)

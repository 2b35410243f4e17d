"""The one place of the API that starts, signals, updates and queries agents."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import Priority, WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.workflow import UpdateMethodMultiParam

from domain.delivery import Delivery, Undelivered
from domain.errors import NotFound, Refused, Unavailable
from domain.identity import CompanyId, Phone, agent_id
from domain.messages import MAX_INBOUND_TEXT, Echo, Inbound, Preference
from domain.work import AgentRef, AgentSnapshot, Consent, Release, Reply, Takeover
from workflows import attributes
from workflows.customer_agent import CustomerAgent
from workflows.options import TASK_QUEUE

SIGNAL_WITHIN = timedelta(seconds=8)
"""How long Temporal may take to keep a message: WhatsApp gives up on a webhook after about 10 s and sends it again."""

ACCEPT_WITHIN = 10.0
"""Seconds a worker may take to accept or refuse an operator's update."""

SETTLE_WITHIN = 15.0
"""Seconds an HTTP client waits for a text to be delivered; after that it is told that the agent has it."""

LOOK_WITHIN = timedelta(seconds=2)
"""How long a look at an agent may take: without a worker nobody answers it."""

_AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.FAILED_PRECONDITION,
    }
)


Request = TypeVar("Request")


class Gateway:
    """The agents, as the API reaches them. Every method raises `Unavailable` while Temporal or the worker is away."""

    def __init__(self, temporal: Client) -> None:
        self._temporal = temporal

    async def receive(self, company: CompanyId, phone: Phone, message: Inbound) -> None:
        """Hands over a customer's message, starting the agent if need be; Temporal holds it when this returns."""
        message = message.model_copy(update={"text": message.text[:MAX_INBOUND_TEXT]})
        await self._signal(company, phone, "receive", message)

    async def echo(self, company: CompanyId, phone: Phone, echo: Echo) -> None:
        """Tells the agent what a human wrote on the company's phone; as `receive`."""
        await self._signal(company, phone, "echo", echo)

    async def prefer(self, company: CompanyId, phone: Phone, preference: Preference) -> None:
        """Tells the agent what the customer set in WhatsApp; as `receive`."""
        await self._signal(company, phone, "preference", preference)

    async def undelivered(self, agent: AgentRef, undelivered: Undelivered) -> None:
        """Tells the agent that a bubble which WhatsApp took did not reach the customer; as `receive`."""
        await self._signal(agent.company, agent.phone, "undelivered", undelivered)

    async def _signal(
        self, company: CompanyId, phone: Phone, name: str, payload: Inbound | Echo | Preference | Undelivered
    ) -> None:
        with _answers(f"{company} cannot reach its agents"):
            await self._temporal.start_workflow(
                CustomerAgent.run,
                args=[],
                id=agent_id(company, phone),
                task_queue=TASK_QUEUE,
                start_signal=name,
                start_signal_args=[payload],
                search_attributes=attributes.at_start(company),
                static_summary=_summary(company),
                priority=Priority(fairness_key=company),
                rpc_timeout=SIGNAL_WITHIN,
            )

    async def takeover(self, agent: AgentRef, request: Takeover) -> AgentSnapshot:
        """A human takes the conversation; raises `Refused` where one has it already, `NotFound` without an agent."""
        return await self._updated(agent, CustomerAgent.takeover, request)

    async def release(self, agent: AgentRef, request: Release) -> AgentSnapshot:
        """The agent has the conversation again; raises `Refused` where it never lost it, `NotFound`."""
        return await self._updated(agent, CustomerAgent.release, request)

    async def opt_out(self, agent: AgentRef, request: Consent) -> AgentSnapshot:
        """The customer is not written to on our own initiative any more; raises `NotFound`."""
        return await self._updated(agent, CustomerAgent.opt_out, request)

    async def opt_in(self, agent: AgentRef, request: Consent) -> AgentSnapshot:
        """The customer may be written to again; raises `NotFound`."""
        return await self._updated(agent, CustomerAgent.opt_in, request)

    async def say(self, agent: AgentRef, text: Reply, key: str | None) -> Delivery | None:
        """Sends a text through the agent, which is started if need be; None while its outcome is still to come.

        `key` makes the request safe to repeat: the same key to the same agent is one message. Raises `Refused`.
        """
        start = WithStartWorkflowOperation(
            CustomerAgent.run,
            args=[],
            id=agent_id(agent.company, agent.phone),
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=attributes.at_start(agent.company),
            static_summary=_summary(agent.company),
            priority=Priority(fairness_key=agent.company),
        )
        with _answers(_unknown(agent)):
            async with asyncio.timeout(ACCEPT_WITHIN):
                update = await self._temporal.start_update_with_start_workflow(  # pyright: ignore[reportUnknownMemberType]
                    CustomerAgent.reply,
                    text,
                    start_workflow_operation=start,
                    wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                    id=key or uuid4().hex,
                )
            try:
                async with asyncio.timeout(SETTLE_WITHIN):
                    return await update.result()
            except (TimeoutError, RPCTimeoutOrCancelledError):
                return None

    async def snapshot(self, agent: AgentRef) -> AgentSnapshot:
        """What the agent is, does and waits for at this moment; raises `NotFound`."""
        with _answers(_unknown(agent)):
            return await self._agent(agent).query(CustomerAgent.snapshot, rpc_timeout=LOOK_WITHIN)

    async def _updated(
        self, agent: AgentRef, update: UpdateMethodMultiParam[[CustomerAgent, Request], AgentSnapshot], request: Request
    ) -> AgentSnapshot:
        with _answers(_unknown(agent)):
            async with asyncio.timeout(ACCEPT_WITHIN):
                return await self._agent(agent).execute_update(update, request)  # pyright: ignore[reportUnknownMemberType]

    def _agent(self, agent: AgentRef) -> WorkflowHandle[CustomerAgent, Any]:
        return self._temporal.get_workflow_handle_for(CustomerAgent.run, agent_id(agent.company, agent.phone))


def _summary(company: CompanyId) -> str:
    """What Temporal's Web UI says of an agent; stored in clear, so it names no customer."""
    return f"agent of a customer of {company}"


def _unknown(agent: AgentRef) -> str:
    return f"{agent.phone} has no agent at {agent.company}: it begins with the first message"


@contextmanager
def _answers(unknown: str) -> Generator[None]:
    """Turns what Temporal's client raises into our own failures."""
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise Refused(getattr(error.cause, "message", None) or str(error.cause)) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFound(unknown) from error
        if error.status in _AWAY:
            raise Unavailable("Temporal does not answer; send the same request again") from error
        raise
    except (RPCTimeoutOrCancelledError, TimeoutError, WorkflowQueryFailedError) as error:
        raise Unavailable("the agent does not answer: is a worker running? Send the same request again") from error
    except RuntimeError as error:
        if not str(error).startswith("Failed client connect"):  # all a lazy client says when it cannot connect
            raise
        raise Unavailable("Temporal does not answer; send the same request again") from error

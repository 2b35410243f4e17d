"""The ledger in PostgreSQL: every bubble from its reservation to its end, every model call with its price."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from asyncpg import Record

from activities.postgres import Connection, Postgres
from domain.delivery import Delivery, DeliveryState, FailureKind
from domain.identity import CompanyId
from domain.work import AgentRef, Bubble


@dataclass(frozen=True)
class ModelCall:
    """One call of the model, as it was billed."""

    turn: int
    purpose: str
    model: str
    request_id: str | None
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    price_usd: Decimal | None
    simulated: bool
    milliseconds: int


class Ledger:
    """Reserve, settle, look up; and what the model cost."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def reserve(self, bubble: Bubble) -> Delivery | None:
        """Takes the bubble for sending, and returns None; or returns what is known of it, so that it is not sent twice.

        A bubble that is already reserved was perhaps sent by an attempt that died: it comes back as `RESERVED`, and may
        be sent only with `bubble.again`. One that was proven not sent may always be taken.
        """
        agent = bubble.agent
        async with self._postgres.tenant(agent.company) as connection:
            taken = await connection.fetchval(
                "insert into sends (company_id, send_id, phone, turn, bubble, state, characters)"
                " values ($1, $2, $3, $4, $5, 'reserved', $6)"
                " on conflict (company_id, send_id) do update set state = 'reserved', attempts = sends.attempts + 1"
                " where sends.state = 'released' or (sends.state = 'reserved' and $7) returning true",
                *(agent.company, bubble.id, agent.phone, bubble.turn, bubble.number, len(bubble.text), bubble.again),
            )
            return None if taken else await _look_up(connection, agent.company, bubble.id)

    async def settle(
        self,
        company: CompanyId,
        send_id: str,
        state: DeliveryState,
        *,
        provider_id: str | None = None,
        failure: FailureKind | None = None,
        detail: str | None = None,
    ) -> Delivery:
        """Writes how our own attempt ended. A provider's status that came first, and says more, stands."""
        async with self._postgres.tenant(company) as connection:
            row = await connection.fetchrow(
                "update sends set state = case when state in ('reserved', 'released') then $3 else state end,"
                " provider_id = coalesce($4, provider_id), failure = $5, detail = $6, settled_at = now()"
                " where company_id = $1 and send_id = $2 returning state, provider_id, failure, detail",
                *(company, send_id, state.value, provider_id, failure, detail),
            )
        return _delivery(send_id, row)

    async def look_up(self, company: CompanyId, send_id: str) -> Delivery:
        """What is known of a bubble; `RELEASED` where it was never reserved."""
        async with self._postgres.tenant(company) as connection:
            return await _look_up(connection, company, send_id)

    async def note_status(
        self,
        company: CompanyId,
        *,
        send_id: str | None,
        provider_id: str,
        state: DeliveryState,
        at: datetime,
        failure: FailureKind | None = None,
        detail: str | None = None,
        pricing: dict[str, Any] | None = None,
    ) -> tuple[AgentRef, Delivery] | None:
        """Raises a bubble to what the provider says of it, and returns whose it is and where it stands now.

        None where no bubble of this company is meant.

        Statuses come unordered and more than once: a lower one never undoes a higher one, and a failure that comes
        after the customer's phone had the bubble changes nothing.
        """
        async with self._postgres.tenant(company) as connection:
            row = await connection.fetchrow(
                "update sends set provider_id = coalesce(provider_id, $3), settled_at = coalesce(settled_at, $5),"
                " pricing = coalesce($7, pricing), detail = coalesce($6, detail), failure = coalesce($9, failure),"
                " state = case"
                "  when $4 = 'failed' then case when state in ('delivered', 'read') then state else 'failed' end"
                "  when state = 'failed' and $4 = 'sent' then state"
                "  when array_position($8::text[], state) < array_position($8::text[], $4) then $4 else state end"
                " where company_id = $1 and (send_id = $2 or provider_id = $3)"
                " returning phone, send_id, state, provider_id, failure, detail",
                *(company, send_id, provider_id, state.value, at, detail),
                *(
                    json.dumps(pricing) if pricing else None,
                    ["reserved", "released", "failed", "sent", "delivered", "read"],
                    failure,
                ),
            )
        if row is None:
            return None
        return AgentRef(company=company, phone=row["phone"]), _delivery(row["send_id"], row)

    async def record_call(self, agent: AgentRef, call: ModelCall) -> None:
        """Counts one model call; done before its result is used, so that what does not parse is in the books too."""
        async with self._postgres.tenant(agent.company) as connection:
            await connection.execute(
                "insert into usage (company_id, phone, turn, purpose, model, request_id, input_tokens, cached_tokens,"
                " output_tokens, price_usd, simulated, milliseconds)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                *(agent.company, agent.phone, call.turn, call.purpose, call.model, call.request_id),
                *(call.input_tokens, call.cached_tokens, call.output_tokens),
                *(call.price_usd, call.simulated, call.milliseconds),
            )


async def _look_up(connection: Connection, company: str, send_id: str) -> Delivery:
    row = await connection.fetchrow(
        "select state, provider_id, failure, detail from sends where company_id = $1 and send_id = $2",
        *(company, send_id),
    )
    return _delivery(send_id, row)


def _delivery(send_id: str, row: Record | None) -> Delivery:
    if row is None:
        return Delivery(bubble=send_id, state=DeliveryState.RELEASED)
    return Delivery(bubble=send_id, **dict(row))

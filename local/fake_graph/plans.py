"""What the next sends are to run into."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from local.fake_graph.settings import StatusName


class Plan(BaseModel):
    """How the next `times` sends (with `to`: to that customer) end. All that is accepted reaches the customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["accept", "accept_then_drop", "accept_without_id", "drop", "error", "html"] = Field(
        default="accept",
        description="accept_then_drop: accepted, then the connection is closed without an answer, and the status "
        "webhooks still go out. accept_without_id: accepted, and answered 200 with `{}`. drop: the connection is "
        "closed before anything is accepted. error: refused with `http` and `code`. html: `http` with a page.",
    )
    times: int = Field(default=1, ge=1, description="How many sends this is for.")
    to: str | None = Field(
        default=None, description="Only sends to this customer, in any spelling; the others pass it by."
    )
    seconds: float = Field(
        default=0.0, ge=0, description="How long the answer takes; what is accepted is so from the start."
    )
    http: int = Field(default=400, ge=400, le=599)
    code: int = Field(default=131000, description="Meta's error code: of `error`, and of a status `failed`.")
    statuses: tuple[StatusName, ...] | None = Field(
        default=None,
        description="The status webhooks instead of the settings': doubled, out of order, `failed`, or none.",
    )


class Plans:
    """The plans not used up yet; the first that fits a send is taken."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str | None, Plan]] = []

    def add(self, customer: str | None, plan: Plan) -> None:
        """Adds the plan `plan.times` over."""
        self._waiting += [(customer, plan)] * plan.times

    def take(self, customer: str) -> Plan:
        """The plan for this send: it is used up by it."""
        for index, (only, plan) in enumerate(self._waiting):
            if only in (None, customer):
                del self._waiting[index]
                return plan
        return Plan()

    def clear(self) -> None:
        """Forgets all plans."""
        self._waiting = []

    def __len__(self) -> int:
        return len(self._waiting)

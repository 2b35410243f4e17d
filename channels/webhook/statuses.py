"""Reading the `statuses` and the account-level `errors` of a change."""

from pydantic import BaseModel, ConfigDict, JsonValue

from channels.cloud_api_errors import rule_for
from channels.webhook.frame import Frame, Misfit
from channels.webhook.reading import fitting, time_of, unreadable
from channels.webhook.updates import BubbleStatus, Unreadable
from domain.delivery import PROVIDER_STATUSES, DeliveryState, FailureKind


class _Status(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str | None = None
    status: str | None = None
    timestamp: JsonValue = None
    biz_opaque_callback_data: str | None = None
    errors: JsonValue = None
    pricing: JsonValue = None


class _Details(BaseModel):
    details: str | None = None


class _Error(BaseModel):
    code: int
    title: str | None = None
    message: str | None = None
    error_data: _Details | None = None

    @property
    def words(self) -> str | None:
        return (self.error_data and self.error_data.details) or self.message or self.title


def read_status(frame: Frame, item: JsonValue) -> BubbleStatus:
    status = _Status.model_validate(item)
    state, at = PROVIDER_STATUSES.get(status.status or ""), time_of(status.timestamp)
    if not status.id or state is None or at is None:
        raise Misfit("a status without an id, a time, or a state that is known")
    errors = fitting(_Error, status.errors)
    return BubbleStatus(
        phone_number_id=frame.number(),
        provider_id=status.id,
        state=state,
        bubble=status.biz_opaque_callback_data,
        at=at,
        failure=_failure(errors) if state is DeliveryState.FAILED else None,
        codes=tuple(error.code for error in errors),
        detail=(errors[0].words or "")[:500] or None if errors else None,
        pricing=status.pricing if isinstance(status.pricing, dict) else None,
    )


def _failure(errors: list[_Error]) -> FailureKind:
    rules = [rule for error in errors if (rule := rule_for(error.code))]
    return rules[0].kind if rules else FailureKind.PERMANENT


def read_account_error(frame: Frame, item: JsonValue) -> Unreadable:
    return unreadable(f"an error of the account: {_Error.model_validate(item).code}", item, frame.phone_number_id)

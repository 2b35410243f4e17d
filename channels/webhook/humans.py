"""Reading what people did elsewhere: the business on its own phone, customers in WhatsApp's settings.

Source: Meta, "smb_message_echoes webhook reference" (numbers that are also on the WhatsApp Business app) and
"user_preferences webhook reference".
"""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from channels.webhook.captions import caption
from channels.webhook.frame import Frame, Misfit, person_of, phone_of, user_id_of
from channels.webhook.reading import words_of
from channels.webhook.updates import HumanEcho, PreferenceChange
from domain.messages import MAX_INBOUND_TEXT, Echo, Preference

_WANTED = {"stop": False, "resume": True, "signup": True}
"""`user_preferences[].value` in our words."""


class _Echo(BaseModel):
    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    id: str | None = None
    to: str | None = None
    to_user_id: str | None = None
    type: str | None = None


class _Preference(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    wa_id: str | None = None
    user_id: str | None = None
    category: str | None = None
    value: str | None = None
    timestamp: JsonValue = Field(default=None, description="Unix seconds, a number here.")


def read_echo(frame: Frame, item: JsonValue) -> HumanEcho:
    echo = _Echo.model_validate(item)
    customer = person_of(user_id_of(echo.to_user_id), user_id_of(echo.to), phone_of(echo.to))
    if not echo.id:
        raise Misfit("an echo without an id")
    kind = echo.type or "unknown"
    text = caption(kind, (echo.model_extra or {}).get(kind))[:MAX_INBOUND_TEXT]
    return HumanEcho(phone_number_id=frame.number(), customer=customer, message=Echo(id=echo.id, text=text))


def read_preference(frame: Frame, item: JsonValue) -> PreferenceChange:
    preference = _Preference.model_validate(item)
    customer = person_of(user_id_of(preference.user_id), phone_of(preference.wa_id))
    value, at = preference.value or "", words_of({"at": preference.timestamp}, "at")
    if value not in _WANTED or preference.category not in (None, "marketing_messages"):
        raise Misfit("a preference that is not known")
    message = Preference(id=f"{value} {at}", wanted=_WANTED[value])
    return PreferenceChange(phone_number_id=frame.number(), customer=customer, message=message)

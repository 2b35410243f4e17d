"""What holds for every webhook, however odd: nothing but `MalformedPayload` is raised, and no update is dropped."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from channels.webhook import CustomerMessage, MalformedPayload, parse

Json = dict[str, JsonValue]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
PHONES = st.sampled_from(["525512345678", "5215512345678", "16505551234", "12", "US.1349", ""])
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def mostly(usual: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    """What is documented, and one time in eight anything at all."""
    return st.integers(0, 7).flatmap(lambda draw: JSON if draw == 7 else usual)


def shaped(**fields: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    """An object, mostly with these fields; now and then some of them only."""
    usual = {name: mostly(field) for name, field in fields.items()}
    return mostly(st.fixed_dictionaries(usual)) | mostly(st.fixed_dictionaries({}, optional=usual))


def listed(items: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.lists(items, max_size=3).map(list[JsonValue])


def written_by(phone: JsonValue) -> JsonValue:
    return {"from": phone, "id": "wamid.1", "type": "text", "text": {"body": "x"}}


CONTACT = shaped(profile=shaped(name=st.text(max_size=3)), wa_id=PHONES, user_id=PHONES)
MESSAGE = shaped(
    id=st.text(max_size=4),
    timestamp=st.integers().map(str),
    type=st.sampled_from(["text", "image", "interactive", "contacts", "unsupported", "id"]),
    text=shaped(body=st.text(max_size=4)),
    contacts=listed(shaped(name=shaped(formatted_name=st.text(max_size=3)))),
    interactive=shaped(button_reply=shaped(title=st.text(max_size=3))),
) | PHONES.map(written_by)
STATUS = shaped(
    id=st.text(max_size=4),
    status=st.sampled_from(["sent", "delivered", "read", "played", "failed"]),
    timestamp=st.integers(0, 2_000_000_000).map(str),
    errors=listed(shaped(code=st.integers(), error_data=shaped(details=st.text(max_size=3)))),
    pricing=JSON,
)
VALUE = shaped(
    metadata=shaped(phone_number_id=st.just("106540352242922")),
    contacts=listed(CONTACT),
    messages=listed(MESSAGE),
    statuses=listed(STATUS),
    errors=listed(shaped(code=st.integers())),
)
PAYLOAD = shaped(entry=listed(shaped(changes=listed(shaped(field=st.just("messages"), value=VALUE)))))


def items(parent: JsonValue, key: str) -> list[JsonValue] | None:
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, list) else None


def updates_in(payload: Json) -> int:
    """How many updates a payload holds; whatever is not as documented counts for one."""
    entries = items(payload, "entry")
    if entries is None:
        return 1
    changes = [items(entry, "changes") for entry in entries]
    return sum(1 if some is None else sum(map(updates_of, some)) for some in changes)


def updates_of(change: JsonValue) -> int:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(change, dict) or not isinstance(value, dict) or change.get("field", "messages") != "messages":
        return 1
    parts = [value[key] for key in ("messages", "statuses", "errors") if value.get(key) is not None]
    return sum(len(part) if isinstance(part, list) else 1 for part in parts) if parts else 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAYLOAD)
def test_as_many_updates_come_out_as_went_in(payload: JsonValue) -> None:
    raw = json.dumps(payload).encode()
    if not isinstance(payload, dict):
        return
    assert len(parse(raw)) == updates_in(payload)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    try:
        updates = parse(raw)
    except MalformedPayload:
        return
    assert isinstance(updates, tuple)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.booleans())
def test_a_customers_words_arrive_as_they_were_written(words: str, ascii_only: bool) -> None:
    message: Json = {"from": "525512345678", "id": "wamid.1", "type": "text", "text": {"body": words}}
    value: Json = {"metadata": {"phone_number_id": "1"}, "messages": [message]}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}, ensure_ascii=ascii_only).encode()
    (update,) = parse(raw)
    assert isinstance(update, CustomerMessage)
    assert update.message.text == (words.strip() or "[text]")

"""The webhook's parser, against the shapes in Meta's webhook references."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from channels.webhook import (
    MAX_RAW,
    BubbleStatus,
    CustomerMessage,
    HumanEcho,
    MalformedPayload,
    PreferenceChange,
    Unreadable,
    Update,
    parse,
    verify_signature,
)
from domain.delivery import DeliveryState

Json = dict[str, JsonValue]

NUMBER = "106540352242922"
USER_ID = "US.13491208655302741918"
ANA: Json = {"profile": {"name": "Ana", "username": "ana.g"}, "wa_id": "525512345678", "user_id": USER_ID}
TEXT: Json = {
    "from": "525512345678",
    "id": "wamid.1",
    "timestamp": "1749416383",
    "type": "text",
    "text": {"body": "Hola"},
}
SENT: Json = {"id": "wamid.out", "status": "sent", "timestamp": "1750030073", "recipient_id": "525512345678"}


def change(value: Json) -> Json:
    metadata: Json = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


def body(*changes: JsonValue) -> bytes:
    entry: Json = {"id": "102290129340398", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def one(value: Json) -> Update:
    (update,) = parse(body(change(value)))
    return update


def message(item: Json, contacts: JsonValue = None) -> CustomerMessage:
    update = one({"contacts": [ANA] if contacts is None else contacts, "messages": [item]})
    assert isinstance(update, CustomerMessage), update
    return update


def status(item: Json, **value: JsonValue) -> BubbleStatus:
    update = one({"statuses": [item], **value})
    assert isinstance(update, BubbleStatus), update
    return update


def unreadable(value: Json) -> Unreadable:
    update = one(value)
    assert isinstance(update, Unreadable), update
    return update


def test_a_text_is_read_whole() -> None:
    read = message(TEXT)
    assert (read.phone_number_id, read.customer) == (NUMBER, (USER_ID, "+525512345678"))
    inbound = read.message
    assert (inbound.id, inbound.text, inbound.kind, inbound.name) == ("wamid.1", "Hola", "text", "Ana")
    assert (inbound.sent_at, inbound.channel) == (datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC), "cloud_api")


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("text", {"body": "  ¿Llega hoy?\n"}, "¿Llega hoy?"),
        ("image", {"caption": "mi sala", "mime_type": "image/jpeg", "id": "1", "url": "https://x"}, "[image] mi sala"),
        ("image", {"id": "1"}, "[image]"),
        ("video", {"caption": "el tour"}, "[video] el tour"),
        ("audio", {"voice": True, "id": "1"}, "[audio]"),
        ("document", {"filename": "lease.pdf", "caption": "firmado"}, "[document] lease.pdf, firmado"),
        ("sticker", {"animated": False}, "[sticker]"),
        ("location", {"latitude": 37.44, "longitude": -122.16}, "[location] 37.44, -122.16"),
        (
            "location",
            {"latitude": 1, "longitude": 2, "name": "Casa", "address": "Reforma 1"},
            "[location] Casa, Reforma 1",
        ),
        ("contacts", [{"name": {"formatted_name": "B J"}}, {"name": {"formatted_name": "C"}}], "[contacts] B J, C"),
        ("reaction", {"message_id": "wamid.0", "emoji": "👍"}, "[reaction] 👍"),
        ("reaction", {"message_id": "wamid.0", "emoji": ""}, "[reaction]"),
        ("reaction", {"message_id": "wamid.0"}, "[reaction]"),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "cancel", "title": "Cancelar"}}, "Cancelar"),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "r1", "title": "Express"}}, "Express"),
        (
            "interactive",
            {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "{}"}},
            "[interactive] Sent",
        ),
        ("interactive", None, "[interactive]"),
        ("button", {"payload": "STOP", "text": "Stop promotions"}, "Stop promotions"),
        ("order", {"catalog_id": "1", "text": "para hoy", "product_items": []}, "[order] para hoy"),
        ("unsupported", {"type": "poll_creation"}, "[poll_creation]"),
        ("unsupported", None, "[unsupported]"),
        ("system", {"type": "user_changed_number", "body": "1 → 2"}, "[system]"),
        ("edit", {"original_message_id": "wamid.0"}, "[edit]"),
        ("revoke", {"original_message_id": "wamid.0"}, "[revoke]"),
        ("request_welcome", None, "[request_welcome]"),
        ("hologram", {"depth": 3}, "[hologram]"),
        ("text", {}, "[text]"),
        ("text", "Hola", "[text]"),
        ("image", {"caption": {"x": 1}}, "[image]"),
    ],
)
def test_every_kind_has_words(kind: str, content: JsonValue, text: str) -> None:
    read = message({"from": "525512345678", "id": "wamid.1", "timestamp": "1749416383", "type": kind, kind: content})
    assert (read.message.kind, read.message.text) == (kind, text)


PHONE, OTHER = "+525512345678", "+525587654321"
BOTH = (USER_ID, PHONE)
SENDERS: list[tuple[Json, JsonValue, tuple[str, ...], str | None]] = [
    ({"from": "525512345678"}, [ANA], BOTH, "Ana"),
    ({"from": "5215512345678"}, [ANA], BOTH, "Ana"),
    ({"from": "525512345678"}, [{**ANA, "wa_id": "5215512345678"}], BOTH, "Ana"),
    ({"from": "525512345678"}, [], (PHONE,), None),
    ({"from": "525512345678"}, "nonsense", (PHONE,), None),
    ({"from": "525512345678"}, [7, {"wa_id": {}}, ANA], BOTH, "Ana"),
    ({"from": 525512345678}, [ANA], BOTH, "Ana"),
    ({"from_user_id": USER_ID}, [ANA], BOTH, "Ana"),
    ({"from_user_id": USER_ID}, [{"profile": {"name": "Ana"}, "user_id": USER_ID}], (USER_ID,), "Ana"),
    ({"from_user_id": USER_ID}, [], (USER_ID,), None),
    ({"from_user_id": "US.ENT.118157992128868"}, [], ("US.ENT.118157992128868",), None),
    ({"from": "525512345678", "from_user_id": USER_ID}, [], BOTH, None),
    ({"from": "12", "from_user_id": USER_ID}, [], (USER_ID,), None),
    ({}, [ANA], BOTH, "Ana"),
    ({}, [{"user_id": USER_ID}], (USER_ID,), None),
    ({"from": "525587654321"}, [ANA], (OTHER,), None),
    ({"from": "525512345678"}, [{"profile": {"name": "Luis"}, "wa_id": "525587654321"}, ANA], BOTH, "Ana"),
]


@pytest.mark.parametrize(("sender", "contacts", "customer", "name"), SENDERS)
def test_the_sender_is_found_in_what_is_there(
    sender: Json, contacts: JsonValue, customer: tuple[str, ...], name: str | None
) -> None:
    read = message({**sender, "id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "x"}}, contacts)
    assert (read.customer, read.message.name) == (customer, name)


@pytest.mark.parametrize(
    ("item", "contacts"),
    [
        ({key: value for key, value in TEXT.items() if key != "from"}, None),
        ({key: value for key, value in TEXT.items() if key != "from"}, [ANA, {"wa_id": "525587654321"}]),
        ({**TEXT, "from": "not a phone"}, None),
        ({**TEXT, "id": None}, [ANA]),
        ({**TEXT, "id": "x" * 600}, [ANA]),
        ({**TEXT, "from": {"phone": "525512345678"}}, [ANA]),
        ("Hola", [ANA]),
        (None, [ANA]),
    ],
)
def test_a_message_without_sender_or_id_is_kept_as_unreadable(item: JsonValue, contacts: JsonValue) -> None:
    update = unreadable({"contacts": contacts, "messages": [item]})
    assert update.phone_number_id == NUMBER
    assert json.loads(update.raw) == item
    assert "525512345678" not in update.why


@pytest.mark.parametrize("timestamp", [1749416383, "1749416383"])
def test_times_are_text_or_numbers(timestamp: JsonValue) -> None:
    assert message({**TEXT, "timestamp": timestamp}).message.sent_at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)


@pytest.mark.parametrize("timestamp", [None, "", "soon", -5, True, {}, "9" * 40, 1e300])
def test_a_time_that_is_none_does_not_cost_the_message(timestamp: JsonValue) -> None:
    assert message({**TEXT, "timestamp": timestamp}).message.sent_at is None


def test_a_name_too_long_for_an_agent_is_cut() -> None:
    assert message(TEXT, [{**ANA, "profile": {"name": "A" * 300}}]).message.name == "A" * 256


def test_a_status_is_read_whole() -> None:
    pricing: Json = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service", "new": [1]}
    read = status({**SENT, "biz_opaque_callback_data": "a.1.0", "pricing": pricing}, contacts=[ANA])
    assert read == BubbleStatus(
        phone_number_id=NUMBER,
        provider_id="wamid.out",
        state=DeliveryState.SENT,
        bubble="a.1.0",
        at=datetime(2025, 6, 15, 23, 27, 53, tzinfo=UTC),
        pricing=pricing,
    )


def test_a_failed_status_needs_no_contacts() -> None:
    error: Json = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "Unable to deliver."}}
    read = status({**SENT, "status": "failed", "errors": [error, {"code": 131049}, "odd"]})
    assert (read.state, read.codes, read.detail) == (DeliveryState.FAILED, (131026, 131049), "Unable to deliver.")


@pytest.mark.parametrize(("word", "state"), [("delivered", "delivered"), ("read", "read"), ("played", "read")])
def test_the_states_of_a_bubble(word: str, state: str) -> None:
    read = status({**SENT, "status": word, "pricing": "odd", "errors": "odd"})
    assert (read.state, read.bubble, read.codes, read.pricing) == (state, None, (), None)


@pytest.mark.parametrize(
    "fault", [{"id": None}, {"status": "warped"}, {"status": None}, {"timestamp": "soon"}, {"id": []}]
)
def test_a_status_that_says_nothing_is_kept_as_unreadable(fault: Json) -> None:
    assert json.loads(unreadable({"statuses": [{**SENT, **fault}]}).raw) == {**SENT, **fault}


@pytest.mark.parametrize(
    ("code", "failure"),
    [(131026, "permanent"), (131050, "opted_out"), (131047, "window_closed"), (131042, "operator"), (7, "permanent")],
)
def test_a_failure_says_what_it_means(code: int, failure: str) -> None:
    read = status({**SENT, "status": "failed", "errors": [{"code": code, "title": "x"}]})
    assert read.failure == failure


def test_what_did_not_fail_has_no_failure() -> None:
    assert status({**SENT, "errors": [{"code": 131026}]}).failure is None


def test_an_error_of_the_account_is_kept() -> None:
    update = unreadable({"errors": [{"code": 130429, "title": "Rate limit hit"}]})
    assert update.why == "an error of the account: 130429"


@pytest.mark.parametrize(
    ("system", "customer"),
    [
        ({"type": "user_changed_number", "wa_id": "525587654321", "user_id": "MX.new"}, (PHONE, "MX.new", OTHER)),
        ({"type": "user_changed_user_id", "previous_user_id": "MX.old", "user_id": "MX.new"}, ("MX.old", "MX.new")),
        ({"type": "customer_identity_changed"}, (PHONE,)),
    ],
)
def test_a_changed_number_or_user_id_is_the_same_person(system: Json, customer: tuple[str, ...]) -> None:
    read = message({"id": "wamid.1", "from": "525512345678", "timestamp": "1", "type": "system", "system": system}, [])
    assert set(read.customer) == {PHONE, *customer}
    assert read.message.kind == "system"


def echoes(**echo: JsonValue) -> Json:
    sent: Json = {"from": "15550783881", "id": "wamid.echo", "timestamp": "1749416383", "type": "text"}
    return change({"message_echoes": [{**sent, **echo}]}) | {"field": "smb_message_echoes"}


@pytest.mark.parametrize("to", ["525512345678", "5215512345678"])
def test_a_human_answered_on_the_phone(to: str) -> None:
    (update,) = parse(body(echoes(to=to, text={"body": "Soy Emilio"})))
    assert isinstance(update, HumanEcho)
    assert (update.phone_number_id, update.customer) == (NUMBER, ("+525512345678",))
    assert (update.message.id, update.message.text) == ("wamid.echo", "Soy Emilio")


def test_a_human_may_send_more_than_words_to_one_who_hides_the_phone() -> None:
    (update,) = parse(body(echoes(to_user_id=USER_ID, type="image", image={"caption": "el salón"})))
    assert isinstance(update, HumanEcho)
    assert (update.customer, update.message.text) == ((USER_ID,), "[image] el salón")


def preferences(**preference: JsonValue) -> Json:
    given: Json = {"wa_id": "525512345678", "user_id": USER_ID, "category": "marketing_messages"}
    given |= {"detail": "User requested to stop marketing messages", "timestamp": 1731705721, "value": "stop"}
    return change({"contacts": [ANA], "user_preferences": [{**given, **preference}]}) | {"field": "user_preferences"}


@pytest.mark.parametrize(("value", "wanted"), [("stop", False), ("resume", True), ("signup", True)])
def test_a_customer_set_a_preference_in_whatsapp(value: str, wanted: bool) -> None:
    (update,) = parse(body(preferences(value=value)))
    assert isinstance(update, PreferenceChange)
    assert (update.customer, update.message.wanted) == ((USER_ID, "+525512345678"), wanted)
    assert update.message.id == f"{value} 1731705721"


def test_a_preference_of_one_who_hides_the_phone() -> None:
    (update,) = parse(body(preferences(wa_id=None)))
    assert isinstance(update, PreferenceChange)
    assert update.customer == (USER_ID,)


MISFITS: list[Json] = [
    {},
    {"entry": None},
    {"entry": [{"id": "1"}]},
    {"entry": [7]},
    {"entry": [{"changes": [None]}]},
    {"entry": [{"changes": [{"field": "messages"}]}]},
    {"entry": [{"changes": [{"field": "messages", "value": {}}]}]},
    {"entry": [{"changes": [{"field": "messages", "value": {"messages": "Hola"}}]}]},
    {"entry": [{"changes": [{"field": "messages", "value": {"messages": [TEXT]}}]}]},
    {"entry": [{"changes": [{"field": "messages", "value": {"metadata": [], "statuses": [SENT]}}]}]},
    {"entry": [{"changes": [{"field": "user_preferences", "value": {"user_preferences": [{}]}}]}]},
]


@pytest.mark.parametrize("payload", MISFITS)
def test_whatever_does_not_fit_is_one_unreadable(payload: Json) -> None:
    (update,) = parse(json.dumps(payload).encode())
    assert isinstance(update, Unreadable)


@pytest.mark.parametrize(
    "odd",
    [
        preferences(value="maybe"),
        preferences(category="something_else"),
        echoes(text={"body": "to nobody"}),
        change({"messages": [TEXT]}) | {"field": "from_the_future"},
        change({"messages": [TEXT]}) | {"field": ["messages"]},
    ],
)
def test_a_change_that_is_not_known_is_one_unreadable(odd: Json) -> None:
    (update,) = parse(body(odd))
    assert isinstance(update, Unreadable)
    assert update.phone_number_id == NUMBER


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"entry"', b"<html>", b'{"entry":' * 100_000], ids=range(8)
)
def test_what_is_no_json_object_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedPayload):
        parse(raw)


def test_every_update_of_a_batch_comes_out_in_order() -> None:
    def entry(tag: str) -> Json:
        messages: list[JsonValue] = [{**TEXT, "id": f"wamid.{tag}{n}"} for n in range(3)]
        statuses: list[JsonValue] = [{**SENT, "id": f"wamid.out{tag}{n}"} for n in range(2)]
        return {"changes": [change({"contacts": [ANA], "messages": messages}), change({"statuses": statuses})]}

    updates = parse(json.dumps({"entry": [entry("a"), entry("b")]}).encode())
    ids = [
        update.message.id if isinstance(update, CustomerMessage) else update.provider_id
        for update in updates
        if isinstance(update, CustomerMessage | BubbleStatus)
    ]
    assert ids == [
        f"wamid.{name}" for tag in "ab" for name in (f"{tag}0", f"{tag}1", f"{tag}2", f"out{tag}0", f"out{tag}1")
    ]


def test_one_bad_update_costs_no_other() -> None:
    updates = parse(body(change({"contacts": [ANA], "messages": [{}, TEXT, 3]}), "odd", change({"statuses": [SENT]})))
    assert [update.type for update in updates] == ["unreadable", "message", "unreadable", "unreadable", "status"]


def test_a_payload_from_before_user_ids() -> None:
    contact: Json = {"profile": {"name": "Kerry"}, "wa_id": "16315551234"}
    read = message({**TEXT, "from": "16315551234"}, [contact])
    assert (read.customer, read.message.name) == (("+16315551234",), "Kerry")


def test_unknown_fields_are_ignored_everywhere() -> None:
    extra: Json = {"from_the_future": {"a": [1]}}
    item: Json = {**TEXT, **extra, "context": {"forwarded": True}, "referral": {"source_type": "ad"}}
    assert message(item, [{**ANA, **extra}]).message.text == "Hola"
    assert status({**SENT, **extra, "conversation": {"id": "1"}}).provider_id == "wamid.out"


def test_text_that_no_database_takes_is_mended_not_lost() -> None:
    raw = body(change({"contacts": [ANA], "messages": [TEXT]}))
    (update,) = parse(raw.replace(b'"Hola"', rb'"\ud83d\ude00 \\ud83d a\ud83d b\ude00 \u0000 \\\u0000"'))
    assert isinstance(update, CustomerMessage)
    assert update.message.text == "😀 \\ud83d a\ufffd b\ufffd \ufffd \\\ufffd"


def test_depth_and_length_are_harmless() -> None:
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    raw = body(change({"statuses": [{**SENT, "pricing": 0}], "messages": [{"n": "NUMBER"}]}))
    updates = parse(raw.replace(b'"pricing": 0', b'"pricing": ' + deep).replace(b'"NUMBER"', b"9" * 5000))
    assert [update.type for update in updates] == ["unreadable", "unreadable"]
    assert all(len(update.raw) <= MAX_RAW for update in updates if isinstance(update, Unreadable))


def test_the_signature_is_over_the_raw_bytes() -> None:
    secret = "app-secret"
    raw = rb'{"entry":[],"said":"\u00a1Hola\ud83d\ude00 caf\u00e9"}'
    header = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    assert verify_signature(secret, raw, header)
    assert not verify_signature(secret, json.dumps(json.loads(raw), ensure_ascii=False).encode(), header)


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "sha256=é", "\ud83d"])
def test_a_wrong_signature_is_refused(header: str | None) -> None:
    assert not verify_signature("app-secret", b"{}", header)


def test_an_empty_secret_signs_nothing() -> None:
    header = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert not verify_signature("", b"{}", header)

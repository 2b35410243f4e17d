"""What is said, and the ids that keep each of it single."""

from hypothesis import given
from hypothesis import strategies as st

from domain.identity import CompanyId, Phone
from domain.messages import Inbound, bubble_id, fingerprint

ACME, ANA = CompanyId("acme"), Phone("+525512345678")


def test_only_the_id_of_an_inbound_message_is_required() -> None:
    message = Inbound.model_validate({"id": 5, "something": "else"})
    assert (message.id, message.text, message.kind, message.channel) == ("5", "", "text", "api")


@given(st.text(min_size=1, max_size=512))
def test_a_fingerprint_is_short_and_always_the_same(message_id: str) -> None:
    assert len(fingerprint(message_id)) == 16
    assert fingerprint(message_id) == fingerprint(message_id)


def test_fingerprints_differ() -> None:
    assert len({fingerprint(f"wamid.{number}") for number in range(10_000)}) == 10_000


def test_a_bubble_s_id_is_its_own_and_hides_the_phone() -> None:
    ids = {
        bubble_id(company, phone, turn, bubble)
        for company in (ACME, CompanyId("acme-2"))
        for phone in (ANA, Phone("+525512345679"))
        for turn in range(1, 13)
        for bubble in range(1, 13)
    }
    assert len(ids) == 2 * 2 * 12 * 12
    assert not any("5512345678" in each for each in ids)
    assert bubble_id(ACME, ANA, 3, 1) == bubble_id(ACME, ANA, 3, 1)


@given(st.integers(0, 10**12), st.integers(0, 10**6))
def test_a_bubble_s_id_fits_in_what_whatsapp_echoes(turn: int, bubble: int) -> None:
    assert len(bubble_id(ACME, ANA, turn, bubble)) <= 60

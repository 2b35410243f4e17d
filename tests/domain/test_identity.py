"""Who is who."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidCompanyId, InvalidPhone
from domain.identity import CompanyId, Phone, agent_id, is_user_id, masked, parse_agent_id, parse_company, parse_phone

companies = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])", fullmatch=True)
MOBILES = [
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]


@pytest.mark.parametrize(
    "text",
    [
        "+525512345678",
        "+52 55 1234 5678",
        "+52 (55) 1234-5678",
        "+52.55.1234.5678",
        "+5215512345678",
        "+52 1 55 1234 5678",
    ],
)
def test_every_spelling_of_a_mexican_mobile_is_one_key(text: str) -> None:
    assert parse_phone(text) == "+525512345678"


@pytest.mark.parametrize("text", ["+5511987654321", "+551187654321", "+55 11 8765-4321", "+55 (11) 98765-4321"])
def test_brazil_s_ninth_digit_makes_no_second_person(text: str) -> None:
    assert parse_phone(text) == "+5511987654321"


@pytest.mark.parametrize("text", ["+5491123456789", "+541123456789", "+54 9 11 2345-6789", "+54 11 15 2345-6789"])
def test_argentina_s_nine_makes_no_second_person(text: str) -> None:
    assert parse_phone(text) == "+5491123456789"


def test_a_brazilian_landline_stays_one() -> None:
    assert parse_phone("+551132345678") == "+551132345678"


def test_a_mobile_of_every_country_is_its_own_key() -> None:
    assert len(MOBILES) > 200
    for number in MOBILES:
        assert parse_phone(number) == number
        assert parse_agent_id(agent_id(CompanyId("acme"), parse_phone(number))) == ("acme", number)


@pytest.mark.parametrize(
    "text",
    [
        *("", "+", "5512345678", "+1", "+52551234567890123", "+0525512345678", "+52 55 1234 567a", "++525512345678"),
        *("+999123456789", "agent/acme/+525512345678", "us.1349", "US.", "US.ENT.", "+５２５５１２３４５６７８", "\n"),
    ],
)
def test_what_is_no_phone(text: str) -> None:
    with pytest.raises(InvalidPhone):
        parse_phone(text)


@pytest.mark.parametrize("text", ["US.13491208655302741918", "MX.ENT.abc123"])
def test_a_user_id_is_a_key_while_the_phone_is_hidden(text: str) -> None:
    assert parse_phone(text) == text
    assert is_user_id(Phone(text))
    assert not is_user_id(Phone("+525512345678"))


@given(st.text(max_size=20) | st.from_regex(r"\+[0-9 ().-]{5,20}", fullmatch=True))
def test_a_key_is_its_own_key(text: str) -> None:
    try:
        phone = parse_phone(text)
    except InvalidPhone:
        return
    assert parse_phone(phone) == phone


@given(companies)
def test_an_agent_s_id_is_read_back(company: str) -> None:
    assert parse_agent_id(agent_id(parse_company(company), Phone("US.abc"))) == (company, "US.abc")


@pytest.mark.parametrize("text", ["", "a", "A1", "acme/", "-acme", "acme-", "a_b", "ñandu", "a" * 51, "acme\n"])
def test_what_is_no_company(text: str) -> None:
    with pytest.raises(InvalidCompanyId):
        parse_company(text)


@pytest.mark.parametrize(
    "text", ["", "agent", "agent/acme", "agent/acme/", "agent/acme/55", "other/acme/+525512345678"]
)
def test_what_is_no_agent(text: str) -> None:
    with pytest.raises((InvalidCompanyId, InvalidPhone)):
        parse_agent_id(text)


def test_a_masked_phone_shows_its_country_and_its_end() -> None:
    assert masked(Phone("+525512345678")) == "+52••••••5678"
    assert "551234" not in masked(Phone("+525512345678"))

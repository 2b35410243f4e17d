"""A company file: what is right is read as it stands, and every fault is told with its line."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import ChannelKind, CloudApiChannel
from domain.company_file import parse_company_file
from domain.errors import Fault, InvalidCompanyFile

COMPANIES = sorted((Path(__file__).parents[2] / "companies").glob("*.yaml"))
RIGHT = """\
id: acme
name: Acme
language: es-MX
timezone: America/Mexico_City
country: MX
currency: MXN
voice:
  persona: Kind.
  rules:
    - Be brief.
facts:
  - We open at nine.
products:
  - sku: one
    name: One
    price: 10.50
    currency: MXN
"""


def faults(text: str) -> list[Fault]:
    with pytest.raises(InvalidCompanyFile) as caught:
        parse_company_file("acme.yaml", text)
    return caught.value.faults


def told(text: str) -> list[tuple[int | None, str]]:
    return [(fault.line, fault.field) for fault in faults(text)]


@pytest.mark.parametrize("file", COMPANIES, ids=lambda file: file.name)
def test_the_examples_are_right(file: Path) -> None:
    company = parse_company_file(file.name, file.read_text(encoding="utf-8"))
    assert file.stem == company.id
    assert 5 <= len(company.products) <= 7
    assert company.channel.kind is ChannelKind.SIMULATOR


def test_there_are_two_examples_side_by_side() -> None:
    both = [parse_company_file(file.name, file.read_text(encoding="utf-8")) for file in COMPANIES]
    assert {company.currency for company in both} == {"MXN", "GBP"}


@pytest.mark.parametrize("file", COMPANIES, ids=lambda file: file.name)
def test_the_commented_channel_of_the_examples_is_right_too(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("channel:\n  kind: simulator\n", "")
    for line in ("channel:", "  kind: cloud_api", "  phone_number_id:", "  access_token:"):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    assert isinstance(parse_company_file(file.name, text).channel, CloudApiChannel)


def test_a_right_file_is_read() -> None:
    company = parse_company_file("acme.yaml", RIGHT)
    assert company.products[0].price == Decimal("10.50")
    assert company.voice.rules == ["Be brief."]
    assert company.company().model_dump() == company.model_dump(exclude={"products"})


def test_values_are_taken_as_they_are_written() -> None:
    text = (
        RIGHT.replace("name: Acme", "name: 2026").replace("sku: one", "sku: 007").replace("country: MX", "country: NO")
    )
    company = parse_company_file("acme.yaml", text)
    assert (company.name, company.products[0].sku, company.country) == ("2026", "007", "NO")


@pytest.mark.parametrize("text", [f"\ufeff{RIGHT}", RIGHT.replace("\n", "\r\n"), f"# a note\n---\n{RIGHT}"])
def test_what_editors_do_to_a_file_changes_nothing(text: str) -> None:
    assert parse_company_file("acme.yaml", text) == parse_company_file("acme.yaml", RIGHT)


def test_an_emptied_field_counts_as_not_written() -> None:
    text = RIGHT.replace("facts:\n  - We open at nine.\n", "facts:\nmodel:\n")
    assert parse_company_file("acme.yaml", text).facts == []
    assert told(RIGHT.replace("name: Acme", "name:")) == [(2, "name")]


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "why"),
    [
        ("id: acme", "id: Acme Inc", 1, "id", "'Acme Inc' is not a company id: 2 to 50 lower-case"),
        ("name: Acme\n", "", 1, "name", "is missing"),
        ("    name: One\n", "", 14, "products[#1].name", "is missing"),
        ("language: es-MX", "language: Spanish", 3, "language", "Expected: BCP 47"),
        ("America/Mexico_City", "Mexico", 4, "timezone", "write one like America/Mexico_City"),
        ("currency: MXN\nvoice", "currency: pesos\nvoice", 6, "currency", "Expected: ISO 4217"),
        ("facts:", "factz:", 11, "factz", "did you mean facts?"),
        ("  persona:", "  person:", 8, "voice.person", "did you mean persona?"),
        ("  - We open at nine.", "  - Open: at nine", 12, "facts[#1]", "put the text in quotes"),
        ("  - We open at nine.", "  - [at, nine]", 12, "facts[#1]", "must be one text, not a list"),
        ("  - We open at nine.", "  -", 12, "facts[#1]", "is empty"),
        ("  - We open at nine.", '  - "  "', 12, "facts[#1]", "is empty"),
        ("  - We open at nine.", "  - *bold", 12, "facts[#1]", "begins with * must stand in quotes"),
        ("  - We open at nine.", "  - &a nine", 12, "facts[#1]", "begins with & must stand in quotes"),
        (
            "  - We open at nine.",
            "  - !!python/name:os.system x",
            12,
            "facts[#1]",
            "begins with ! must stand in quotes",
        ),
        ("  persona: Kind.\n", "  persona: Kind.\n  persona: Rude.\n", 8, "voice.persona", "second time in line 9"),
        ("voice:\n  persona: Kind.\n  rules:\n    - Be brief.\n", "voice: kind\n", 7, "voice", "must be a block"),
        ("10.50", "1,990.00", 16, "products[#1].price", "without currency and thousands separators"),
        ("10.50", "-1", 16, "products[#1].price", "at least 0"),
        ("10.50", "1.999", 16, "products[#1].price", "more than 2 decimals"),
        ("10.50", ".nan", 16, "products[#1].price", "is not a number"),
        ("    currency: MXN\n", "    currency: USD\n", 17, "products[#1].currency", "the company's currency is MXN"),
        ("    currency: MXN\n", "    currency: MXN\n    link: example.com\n", 18, "products[#1].link", "web address"),
        ("products:", "channel:\n  kind: sms\nproducts:", 14, "channel.kind", "choose simulator or cloud_api"),
        ("products:", "channel: simulator\nproducts:", 13, "channel", "must be a block"),
        ("products:", "pacing:\n  max_bubbles: 9\nproducts:", 14, "pacing.max_bubbles", "at most 5"),
        (
            "products:",
            "pacing:\n  read_receipts: perhaps\nproducts:",
            14,
            "pacing.read_receipts",
            "neither true nor false",
        ),
    ],
)
def test_a_fault_has_its_line_and_its_reason(old: str, new: str, line: int, field: str, why: str) -> None:
    found = faults(RIGHT.replace(old, new, 1))
    assert (line, field) in [(fault.line, fault.field) for fault in found]
    assert why in next(fault.why for fault in found if fault.field == field)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    second = "  - sku: one\n    name: Two\n    price: dear\n    currency: EUR\n"
    text = RIGHT.replace("id: acme", "id: A").replace("facts:", "fax:").replace("10.50", "x") + second
    expected = [(1, "id"), (11, "fax"), (16, "products[#1].price"), (18, "products[#2].sku")]
    assert told(text) == [*expected, (20, "products[#2].price"), (21, "products[#2].currency")]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "is empty"),
        ("# nothing but a note\n", 1, "is empty"),
        ("- a list\n", 1, "must begin with lines like"),
        ("just words", 1, "must begin with lines like"),
        ("id: acme\nname: a: b\n", 2, "put texts with a colon in quotes"),
        ("id: acme\nname: 'open\n\n\n", 2, "a quote that is opened here is never closed"),
        ("id: acme\n\tname: x\n", 2, "indent with spaces"),
        ("id: acme\nname: a\x00b\n", 2, "invisible control character"),
        ("id: acme\nname: \ud800\n", 2, "invisible control character"),
        ("id: acme\nname: *bold* words\n", 2, "begins with * must stand in quotes"),
        ("id: acme\nname: *bold words\n", 2, "begins with * must stand in quotes"),
        ("id: acme\nname: & Sons\n", 2, "begins with & must stand in quotes"),
        ("id: acme\nname: 5\n  is: odd\n", 3, "wrong indentation"),
        ("id: acme\n---\nid: other\n", 2, "second document"),
        ("? [a, b]\n: c\n", 1, "plain name"),
        ("id: [" * 30, 1, "levels"),
        ("[" * 100_000, 1, "levels"),
        ("id: " + "x" * 1024 * 1024, 1, "larger than 1024 KiB"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_company_file_at_all(text: str, line: int, why: str) -> None:
    (fault,) = faults(text)
    assert (fault.line, fault.field) == (line, "the file")
    assert why in fault.why


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    assert (2, "b[#1]") in told(bomb)


def test_the_message_names_the_file_and_no_library() -> None:
    with pytest.raises(InvalidCompanyFile) as caught:
        parse_company_file("mine.yaml", RIGHT.replace("10.50", "x").replace("facts", "fax"))
    assert str(caught.value).startswith("mine.yaml: nothing was applied, because\n  line 11: fax: ")
    for jargon in ("pydantic", "Input should", "validation error", "value_error", "ruamel", "<class"):
        assert jargon not in str(caught.value)


def test_a_secret_is_never_repeated() -> None:
    text = f"{RIGHT}channel:\n  kind: cloud_api\n  phone_number_id: x\n  access_token: [EAAsecret]\n"
    assert {(20, "channel.phone_number_id"), (21, "channel.access_token")} <= set(told(text))
    assert "EAAsecret" not in str(faults(text))


@given(st.text(alphabet="ab:-\n \t[]{}'\"&*!|>#%@,?é\x07", max_size=60))
def test_any_text_is_refused_with_faults_and_nothing_else(text: str) -> None:
    assert all(fault.line for fault in faults(text))


@given(st.sampled_from(RIGHT.splitlines()), st.text(max_size=20))
def test_any_damage_is_a_fault_or_a_company(line: str, other: str) -> None:
    found: list[Fault] = []
    try:
        parse_company_file("acme.yaml", RIGHT.replace(line, other, 1))
    except InvalidCompanyFile as error:
        found = error.faults
    assert all(fault.line and fault.why for fault in found)

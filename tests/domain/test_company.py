"""The company's models, as the API fills them."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.company import CloudApiChannel, Company, CompanyFile, Pacing, SimulatorChannel
from tests.domain.samples import BOOK, COMPANY, SESSION


def fields(**changes: object) -> dict[str, Any]:
    products = [each.model_dump(mode="json") for each in (SESSION, BOOK)]
    return COMPANY.model_dump(mode="json") | {"products": products} | changes


def where(**changes: object) -> set[tuple[int | str, ...]]:
    with pytest.raises(ValidationError) as caught:
        CompanyFile.model_validate(fields(**changes))
    return {error["loc"] for error in caught.value.errors()}


def test_a_company_survives_its_json() -> None:
    file = CompanyFile.model_validate(fields())
    assert CompanyFile.model_validate_json(file.model_dump_json()) == file
    assert Company.model_validate_json(file.company().model_dump_json()) == COMPANY


def test_the_defaults_are_those_of_the_design() -> None:
    pacing = Pacing()
    assert (pacing.typing_ms_per_character, pacing.typing_max_seconds) == (50, 3.0)
    assert (pacing.burst_complete_seconds, pacing.burst_fragment_seconds, pacing.burst_max_seconds) == (1, 4, 12)
    assert (pacing.dormant_after_minutes, pacing.max_bubbles) == (30, 2)
    assert isinstance(COMPANY.channel, SimulatorChannel)


def test_a_bad_id_is_told_beside_the_other_faults() -> None:
    assert where(id="Bad Id", timezone="Mars/Base") == {("id",), ("timezone",)}


def test_two_products_need_two_skus() -> None:
    twice = [BOOK.model_dump(mode="json")] * 2
    assert where(products=twice) == {("products", 1, "sku")}


def test_products_are_priced_in_the_company_s_currency() -> None:
    assert where(currency="USD") == {("products", 0, "currency"), ("products", 1, "currency")}


def test_unknown_fields_are_refused() -> None:
    assert where(langauge="es") == {("langauge",)}


@pytest.mark.parametrize("price", ["-1", "1.999", "NaN", "Infinity", "99999999999", "1,5"])
def test_prices_that_are_none(price: str) -> None:
    assert where(products=[BOOK.model_dump(mode="json") | {"price": price}]) == {("products", 0, "price")}


def test_a_token_is_not_shown() -> None:
    channel = CloudApiChannel.model_validate({"phone_number_id": "12345", "access_token": "EAAsecret"})
    assert "EAAsecret" not in f"{channel!r} {channel} {channel.model_dump_json()}"

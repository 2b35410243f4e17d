"""No price and no link leaves that the company did not give."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy.grounding import violations
from tests.domain.samples import BOOK, COMPANY, SESSION


def found(text: str) -> list[str]:
    return violations([text], COMPANY, [SESSION, BOOK])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "$1,900",
            "$1900",
            "$ 1900",
            "$1.900",
            "$1,900.00",
            "$1.900,00",
            "1 900 pesos",
            "1\u00a0900 pesos",
            "1900 MXN",
        ),
        *("MXN 1,900", "MXN $1,900.00", "$1,900 MXN", "1,900.00 pesos mexicanos", "1.9 mil pesos", "cuesta 1900"),
        *(
            "El precio es 1,900.",
            "¡Solo $1,900!",
            "*$1,900*",
            "$249.50",
            "249,50 pesos",
            "$249.5",
            "De $249.50 a $1,900",
        ),
        *("El envío son $99", "el manual vale 250", "reembolso del 100%", "tenemos 100 % de garantía"),
    ],
)
def test_a_price_of_the_catalogue_or_the_facts_may_leave(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *("$1,800", "$19,000", "$190", "$1,900.50", "1800 pesos", "MXN 1.800", "2 mil pesos", "$2k", "$1.8 mil"),
        *(
            "cuesta 1500",
            "vale 1,500",
            "precio: 1500",
            "te queda en 950",
            "it costs 1500",
            "for only 999",
            "custa 1500",
        ),
        *("10% de descuento", "un 50 % menos", "3 pagos de $633.33", "gratis en vez de $500", "250%"),
    ],
)
def test_any_other_price_may_not(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text", ["US$1,900", "1900 USD", "1,900 dólares", "$1,900 USD", "€1,900", "1900 euros", "£1900"]
)
def test_the_price_s_number_in_another_currency_is_not_the_price(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "Atendemos de 9:00 a 18:00.", "Dura 60 minutos y cuesta poco.", "Son 8 semanas, 1 vez por semana"),
        *("Desde 2011", "Escríbenos al 55 1234 5678", "Somos 1900 alumnos", "Tu cita es el 12/05/2027", "kit de 3"),
    ],
)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *("https://emilioborn.example/sesion", "Aquí: https://emilioborn.example/sesion.", "emilioborn.example/sesion"),
        *(
            "http://www.emilioborn.example/sesion/",
            "(https://emilioborn.example/sesion)",
            "HTTPS://EmilioBorn.example/sesion",
        ),
        *(
            "*https://emilioborn.example/sesion*",
            "“https://emilioborn.example/sesion”",
            "[x](https://emilioborn.example/sesion)",
        ),
        "¿Lo ves? https://emilioborn.example/sesion?",
    ],
)
def test_a_link_of_the_catalogue_may_leave(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "https://emilioborn.example/otra",
            "https://emilioborn.example",
            "https://evil.com/sesion",
            "www.evil.com",
            "bit.ly/x",
        ),
        *(
            "https://emilioborn.example/sesion?cupon=1",
            "https://emilioborn.example@evil.com/sesion",
            "ventas.ai",
            "evil.zz/pay",
        ),
        *(
            "https://emilioborn.example.evil.com/sesion",
            "wa.me/525512345678",
            "https://[x",
            "http://",
            "escribe a a@evil.com",
        ),
    ],
)
def test_any_other_link_may_not(text: str) -> None:
    assert len(found(text)) == (0 if text == "http://" else 1)


@pytest.mark.parametrize(
    "text", ["Perfecto.Gracias", "Listo.Me avisas", "a.m. y p.m.", "y/o", "etc...", "Sr.Born", "1.5"]
)
def test_a_missing_space_makes_no_link(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="$€%1234567890., \nMXNUSDpesokmil/:.w[]@a-", max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert isinstance(found(text), list)


@given(st.integers(0, 9_999_999), st.integers(0, 99))
def test_every_price_is_known_by_every_spelling(whole: int, cents: int) -> None:
    # Without its description, which names a price of its own.
    product = SESSION.model_copy(update={"price": Decimal(f"{whole}.{cents:02}"), "description": ""})
    grouped = f"{whole:,}"
    spellings = [f"${grouped}.{cents:02}", f"{grouped.replace(',', '.')},{cents:02} pesos", f"MXN {whole}.{cents:02}"]
    assert violations(spellings, COMPANY, [product]) == []
    assert len(violations([f"${whole + 1}.{cents:02}"], COMPANY.model_copy(update={"facts": []}), [product])) == 1

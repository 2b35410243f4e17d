"""From what the model wrote to bubbles: nothing lost, nothing reordered, no bubble too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.messages import MAX_TEXT
from domain.policy.bubbles import shape, split

texts = st.lists(st.text(alphabet="ab .!?…\n¿é😀\t", max_size=60), max_size=6)


def letters(pieces: list[str]) -> str:
    return "".join("".join(piece.split()) for piece in pieces)


@given(texts, st.integers(1, 5), st.integers(1, 30))
def test_nothing_is_lost_and_the_order_is_kept(bubbles: list[str], most: int, limit: int) -> None:
    shaped = shape(bubbles, most, limit)
    assert letters(shaped) == letters(bubbles)
    assert all(0 < len(bubble) <= limit and bubble == bubble.strip() for bubble in shaped)


@given(texts, st.integers(1, 5))
def test_there_are_no_more_than_allowed_while_they_fit(bubbles: list[str], most: int) -> None:
    assert len(shape(bubbles, most)) <= most


@given(texts, st.integers(1, 5), st.integers(1, 30))
def test_shaping_again_changes_nothing(bubbles: list[str], most: int, limit: int) -> None:
    shaped = shape(bubbles, most, limit)
    assert shape(shaped, max(most, len(shaped)), limit) == shaped


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Uno. Dos tres.", ["Uno.", "Dos tres."]),
        ("uno dos tres", ["uno dos", "tres"]),
        ("unodostrescuatro", ["unodostres", "cuatro"]),
        ("¿Uno? ¡Dos!", ["¿Uno?", "¡Dos!"]),
        ("Uno\nDos tres", ["Uno", "Dos tres"]),
        ("", []),
    ],
)
def test_a_long_text_is_cut_where_a_person_would(text: str, pieces: list[str]) -> None:
    assert split(text, 10) == pieces


def test_too_many_are_joined_and_empty_ones_go() -> None:
    assert shape(["a", " ", "b", "c"], 2) == ["a", "b\nc"]
    assert shape(["a", "b", "c"], 1) == ["a\nb\nc"]
    assert shape([], 2) == []


def test_a_whole_page_becomes_bubbles_whatsapp_takes() -> None:
    assert [len(piece) <= MAX_TEXT for piece in shape(["palabra " * 2000], 2)] == [True] * 4

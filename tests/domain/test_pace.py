"""When a burst is over, and how long typing takes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import Pacing
from domain.policy.burst import settles_at, wait_after
from domain.policy.typing import pause
from tests.domain.samples import NOON, received

PACING = Pacing()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("¿Cuánto cuesta el programa?", 1.0),
        ("¿cuánto cuesta? 😊", 1.0),
        ("cuanto cuesta??", 1.0),
        ("Do you have a class on Monday?!", 1.0),
        ("Quiero la sesión de mañana.", 1.0),
        ("¡Me interesa mucho el programa!", 1.0),
        ("hola", 4.0),
        ("Hola!!", 4.0),
        ("Holaaa", 4.0),
        ("buenas tardes", 4.0),
        ("Bom dia!", 4.0),
        ("hello", 4.0),
        ("oye", 4.0),
        ("ok gracias.", 4.0),
        ("", 4.0),
        ("   ", 4.0),
        ("👍", 4.0),
        ("[image]", 4.0),
        ("quiero saber si el programa me sirve", 2.5),
    ],
)
def test_how_long_a_message_makes_us_wait(text: str, seconds: float) -> None:
    assert wait_after(text, PACING) == seconds


def test_a_burst_is_over_a_pause_after_its_last_message() -> None:
    burst = [received("hola", sequence=1), received("¿qué precio tiene?", sequence=2, after=3)]
    assert settles_at(burst, PACING) == NOON + timedelta(seconds=4)
    assert settles_at(burst[::-1], PACING) == NOON + timedelta(seconds=4)


def test_a_burst_without_end_is_answered_after_twelve_seconds() -> None:
    burst = [received("y", sequence=number, after=number * 2) for number in range(1, 20)]
    assert settles_at(burst, PACING) == NOON + timedelta(seconds=2 + 12)


@given(st.lists(st.tuples(st.text(max_size=80), st.floats(0, 60)), min_size=1, max_size=8))
def test_a_burst_ends_after_its_first_message_and_within_its_limit(parts: list[tuple[str, float]]) -> None:
    burst = [received(text, sequence=number, after=after) for number, (text, after) in enumerate(parts, 1)]
    first = min(each.received_at for each in burst)
    assert first <= settles_at(burst, PACING) <= first + timedelta(seconds=PACING.burst_max_seconds)


@pytest.mark.parametrize(
    ("characters", "elapsed", "seconds"), [(10, 0, 0.5), (10, 0.2, 0.3), (500, 0, 3.0), (500, 9, 0)]
)
def test_typing_takes_50_ms_a_character_and_3_s_at_most(characters: int, elapsed: float, seconds: float) -> None:
    assert pause("x" * characters, PACING, elapsed) == pytest.approx(seconds)


@given(st.text(max_size=200), st.floats(0, 100), st.integers(0, 500), st.floats(0, 20))
def test_typing_is_never_negative_and_never_over_its_limit(text: str, elapsed: float, ms: int, most: float) -> None:
    pacing = Pacing(typing_ms_per_character=ms, typing_max_seconds=most)
    assert 0 <= pause(text, pacing, elapsed) <= most

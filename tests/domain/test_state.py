"""The state that an agent carries: it survives JSON, grows only, and is nobody else's to give."""

from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.company import Pacing
from domain.messages import Inbound, Received
from domain.state import AgentEvent, AgentState, Brief, Outgoing, Trouble

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(0, 2**53)
zones = st.sampled_from([UTC, timezone(timedelta(hours=-6)), timezone(timedelta(hours=5, minutes=45))])
moments = st.datetimes(timezones=zones)
inbound = st.builds(Inbound, id=texts.filter(bool), text=texts, sent_at=st.none() | moments, name=st.none() | texts)
messages = st.lists(st.builds(Received, sequence=numbers, received_at=moments, message=inbound), max_size=3)
states = st.builds(
    AgentState,
    name=st.none() | texts,
    handed_off=st.none() | texts,
    instruction=st.none() | texts,
    brief=st.builds(Brief, language=texts, pacing=st.builds(Pacing)),
    known=st.lists(texts, max_size=5),
    inbox=messages,
    unanswered=messages,
    outbox=st.lists(st.builds(Outgoing, number=numbers, text=texts, author=texts), max_size=2),
    events=st.lists(st.builds(AgentEvent, number=numbers, kind=texts, at=moments), max_size=2),
    trouble=st.builds(Trouble, tries=numbers, retry_at=st.none() | moments),
    last_interaction=st.none() | moments,
)


@given(states)
def test_a_state_survives_its_json(state: AgentState) -> None:
    assert AgentState.model_validate_json(state.model_dump_json()) == state
    assert AgentState.model_validate(state.model_dump(mode="json")) == state


@given(st.none() | st.booleans() | numbers | texts | st.lists(numbers) | st.dictionaries(texts, texts))
def test_a_stranger_s_state_starts_an_agent_anew(value: Any) -> None:
    if not isinstance(value, dict) or "version" not in value:
        assert isinstance(AgentState.model_validate(value), AgentState)


@pytest.mark.parametrize("value", [{"turn": "many"}, {"inbox": 5}, {"mode": "robot"}, [], "", 7, None])
def test_what_does_not_fit_and_was_not_carried_is_ignored(value: object) -> None:
    assert AgentState.model_validate(value) == AgentState()


@pytest.mark.parametrize("field", [{"turn": "many"}, {"inbox": 5}, {"stage": "FRIEND"}])
def test_a_carried_state_that_does_not_fit_is_an_error(field: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AgentState.model_validate({"version": 1, **field})


def test_fields_of_the_future_are_tolerated() -> None:
    assert AgentState.model_validate({"version": 2, "turn": 3, "something": "new"}).turn == 3


def test_states_do_not_share_their_lists() -> None:
    AgentState().known.append("x")
    assert AgentState().known == []
    assert AgentState().trouble is not None


def test_an_empty_state_is_small() -> None:
    assert len(AgentState().model_dump_json()) < 1500

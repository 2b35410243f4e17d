"""Old histories always replay; and what an agent asks of Temporal changes only on purpose."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.workflows.conftest import CustomerMaker
from tests.workflows.scenarios import SCENARIOS, commands
from workflows.converter import CONVERTER
from workflows.customer_agent import CustomerAgent
from workflows.sandbox import runner

HISTORIES = Path(__file__).parent / "histories"

CHANGED = """
The commands of scenario {name!r} are not the recorded ones: agents that are alive now would not replay on this code.
If that is a mistake, undo it. If it is meant: put the old way behind workflow.patched("what-changed"), check that
test_recorded_histories_replay is green, and record the new way beside the old one:
    python -m tests.workflows.record {name}
"""


def recorded(name: str) -> list[Path]:
    """All recordings of a scenario, the latest last: `{scenario}.{number}.json`."""
    return sorted(HISTORIES.glob(f"{name}.*.json"))


@pytest.mark.parametrize("file", sorted(HISTORIES.glob("*.json")), ids=lambda file: file.stem)
async def test_recorded_histories_replay(file: Path) -> None:
    replayer = Replayer(workflows=[CustomerAgent], data_converter=CONVERTER, workflow_runner=runner())
    await replayer.replay_workflow(WorkflowHistory.from_json("agent/acme/+525512345678", file.read_text()))


@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_commands_are_the_recorded_ones(name: str, live: CustomerMaker) -> None:
    assert recorded(name), f"never recorded: python -m tests.workflows.record {name}"
    baseline = recorded(name)[-1].with_suffix(".txt").read_text().splitlines()
    customer = await SCENARIOS[name](live)
    assert commands(await customer.histories()) == baseline, CHANGED.format(name=name)

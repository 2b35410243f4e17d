"""`python -m tests.workflows.record [scenario …]`: records histories beside the ones that are there."""

import asyncio
import re
import sys
from contextlib import asynccontextmanager

from tests.workflows import conftest
from tests.workflows.scenarios import SCENARIOS, commands
from tests.workflows.test_histories import HISTORIES, recorded


async def record(names: list[str]) -> None:
    """Plays each scenario and writes `{scenario}.{n}.json` for each run (to replay) and `.txt` (its commands)."""
    HISTORIES.mkdir(exist_ok=True)
    make_env = asynccontextmanager(conftest.time_skipping)
    make_live = asynccontextmanager(conftest.living)
    async with make_env() as environment:
        for name in names:
            async with make_live(environment) as live:
                histories = await (await SCENARIOS[name](live)).histories()
                for history in histories:
                    file = HISTORIES / f"{name}.{len(recorded(name)) + 1}.json"
                    file.write_text(_anonymous(history.to_json()))
                recorded(name)[-1].with_suffix(".txt").write_text("\n".join(commands(histories)) + "\n")


def _anonymous(history: str) -> str:
    """The history without what belongs to the machine that recorded it: its name, its paths."""
    without_names = re.sub(r'("identity": )"[^"]*"', r'\1"recorder"', history)
    return re.sub(r'("stackTrace": )"(?:[^"\\]|\\.)*"', r'\1""', without_names)


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:] or list(SCENARIOS)))

"""`python -m bench.floor_worker`: the worker of the empty workflow, set up as the product's own."""

import argparse

import uvloop
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

from bench.ear import Voice
from bench.empty import ACTIVITY, TASK_QUEUE, Empty
from workflows.converter import CONVERTER
from workflows.sandbox import runner


class Nothing:
    """The activity that only says that it was reached."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    @activity.defn(name=ACTIVITY)
    async def nothing(self, message: str) -> None:
        """Tells the driver."""
        self._voice.tell(message)


async def work(address: str, voice: Voice) -> None:
    """Works until the process is stopped."""
    client = await Client.connect(address, data_converter=CONVERTER)
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Empty],
        activities=[Nothing(voice).nothing],
        workflow_runner=runner(),
        max_concurrent_workflow_tasks=400,
        max_concurrent_activities=400,
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(10),
        activity_task_poller_behavior=PollerBehaviorSimpleMaximum(10),
    )
    await worker.run()


def main() -> None:
    """Reads the arguments and works."""
    parser = argparse.ArgumentParser(prog="python -m bench.floor_worker")
    parser.add_argument("--temporal", required=True, metavar="ADDRESS")
    parser.add_argument("--ear", type=int, required=True, help="the driver's UDP port")
    given = parser.parse_args()
    uvloop.run(work(given.temporal, Voice(given.ear)))


if __name__ == "__main__":
    main()

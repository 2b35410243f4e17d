"""The floor: an entity workflow that does nothing but hand each message to one activity that does nothing."""

from datetime import timedelta

from temporalio import workflow

TASK_QUEUE = "bench-floor"
ACTIVITY = "nothing"


@workflow.defn
class Empty:
    """Lives for ever, like an agent, and has no rules, no databases and no model."""

    @workflow.init
    def __init__(self) -> None:
        self._inbox: list[str] = []

    @workflow.run
    async def run(self) -> None:
        """One activity a message."""
        while True:
            await workflow.wait_condition(lambda: bool(self._inbox))
            message = self._inbox.pop(0)
            await workflow.execute_activity(ACTIVITY, message, start_to_close_timeout=timedelta(seconds=10))

    @workflow.signal
    def receive(self, message: str) -> None:
        """Takes note."""
        self._inbox.append(message)

"""What can go wrong when servers run inside a Perennial command.

StackError              one line a person can act on: what is missing and what to do about it
    ServerFailed        a server ended or was not ready in time; carries the last lines of its log
"""

from collections.abc import Sequence


class StackError(Exception):
    """The embedded servers cannot run here. The message is one line that says what to do."""


class ServerFailed(StackError):
    """A child process ended while it was needed, or was not ready in time."""

    def __init__(self, message: str, log_tail: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.log_tail = tuple(log_tail)

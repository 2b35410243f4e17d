"""Every timeout and retry policy, one named config per kind of call."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType, ActivityConfig, LocalActivityConfig

TASK_QUEUE = "agents"

OPEN = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=["UnknownCompany"],
    ),
    summary="open",
)
"""Where an agent without a state goes on. Not a local activity: those of one workflow task are all run again when its
worker dies, and would then count the messages that the first run has just stored as older ones."""

STORE = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    # A database may be away for an hour: the agent waits for it, on a durable timer after the first ten seconds.
    local_retry_threshold=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=["UnknownCompany"],
    ),
)
"""Short, idempotent writes to the databases; tried until they succeed."""

THINK = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=75),
    schedule_to_close_timeout=timedelta(minutes=4),
    # A worker killed in mid-thought is noticed after this, not after the whole minute.
    heartbeat_timeout=timedelta(seconds=8),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=20), maximum_attempts=4
    ),
    cancellation_type=ActivityCancellationType.TRY_CANCEL,
)
"""One model call: longer than the client's own time-out of 60 s."""

SEND = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=40),
    schedule_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=8),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=64), maximum_attempts=8
    ),
    # What is being handed to WhatsApp is let finish: an abandoned send is a bubble nobody can account for.
    cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
)
"""One bubble; retried only after the ledger says that it was not sent."""

SHOW = LocalActivityConfig(start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(maximum_attempts=1))
"""Read receipts and typing: worth one try."""

RECONCILE_WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds between looks at the ledger for the provider's status of a bubble whose outcome is unknown; statuses come
within a second or two. After the last one the bubble is sent again: a customer left without an answer is worse."""

THINK_AGAIN = (15.0, 60.0, 300.0, 900.0)
"""Seconds until the next try after thinking failed for good; the last one repeats."""

MAX_SUPERSEDED = 4
"""Thoughts of one burst that a newer message may supersede; the next is said, or a chatterbox never gets an answer."""

HISTORY_QUIET = 1_500
"""Events after which a run is continued as new at a quiet moment: replaying them takes less than half a second."""

HISTORY_FULL = 4_000
"""Events after which a run is continued as new between two steps, whatever is pending; the server's end is 51,200."""

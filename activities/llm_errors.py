"""What OpenAI's errors mean for Temporal's retries. Source: OpenAI's guide "Error codes"."""

from datetime import timedelta

from openai import APIConnectionError, APIStatusError
from temporalio.exceptions import ApplicationError

MAX_DELAY = 120.0
"""Longest delay in seconds that a `retry-after` header may impose on us."""

_REFUSED_FOR_GOOD = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


def as_application_error(error: APIStatusError | APIConnectionError) -> ApplicationError:
    """The error as the workflow sees it: `LLMUnavailable` and `LLMRateLimited` are retried, `LLMRejected` is not.

    The message holds the status and OpenAI's code, never the request or the answer.
    """
    if isinstance(error, APIConnectionError):
        return ApplicationError(f"no answer: {type(error).__name__}", type="LLMUnavailable")
    summary = f"status {error.status_code}, code {error.code or 'none'}"
    if error.status_code == 429 and error.code not in _REFUSED_FOR_GOOD:
        return ApplicationError(summary, type="LLMRateLimited", next_retry_delay=_delay(error))
    if error.status_code in (408, 409) or error.status_code >= 500:
        return ApplicationError(summary, type="LLMUnavailable")
    return ApplicationError(summary, type="LLMRejected", non_retryable=True)


def _delay(error: APIStatusError) -> timedelta | None:
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        if value.replace(".", "", 1).isdigit():
            return timedelta(seconds=min(float(value) * unit, MAX_DELAY))
    return None

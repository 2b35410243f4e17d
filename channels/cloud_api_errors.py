"""What a refusal of the Cloud API means for us: one table, by Meta's error code.

Source: Meta, "WhatsApp Cloud API: Error codes" and "Graph API: Handling errors". A code means the same in the answer to
a send and in a `failed` status; titles and sub-codes change, codes stay. Nothing Meta wrote reaches a `SendRefused`:
its wording may quote the customer's number, so each code has our own words.
"""

from dataclasses import dataclass

import httpx2
from pydantic import BaseModel, ValidationError

from channels.base import SendRefused
from domain.delivery import FailureKind

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_LONGEST_WAIT = 72 * _HOUR


@dataclass(frozen=True)
class Rule:
    """What one code means; `retry_after` is in seconds, None where Meta documents no wait."""

    kind: FailureKind
    meaning: str
    retry_after: float | None = None


CODES: dict[int, Rule] = {
    0: Rule(FailureKind.OPERATOR, "Meta could not authenticate the app"),
    1: Rule(FailureKind.RETRY, "temporary fault or unknown API"),
    2: Rule(FailureKind.RETRY, "service temporarily down"),
    3: Rule(FailureKind.OPERATOR, "the app lacks a capability"),
    4: Rule(FailureKind.THROUGHPUT, "the app's request quota is used up", 2 * _MINUTE),
    10: Rule(FailureKind.OPERATOR, "the token lacks a permission"),
    33: Rule(FailureKind.OPERATOR, "the business number was deleted or is unknown"),
    100: Rule(FailureKind.PERMANENT, "a parameter is invalid"),
    190: Rule(FailureKind.OPERATOR, "the access token is invalid or expired"),
    368: Rule(FailureKind.OPERATOR, "the account is blocked for a policy violation"),
    470: Rule(FailureKind.WINDOW_CLOSED, "more than 24 h since the customer last wrote"),
    613: Rule(FailureKind.THROUGHPUT, "the account's request quota is used up", 2 * _MINUTE),
    80007: Rule(FailureKind.THROUGHPUT, "the account's request quota is used up", 2 * _MINUTE),
    130429: Rule(FailureKind.THROUGHPUT, "the number sends too many messages a second", 1.0),
    130472: Rule(FailureKind.PERMANENT, "the customer is part of a Meta experiment"),
    130497: Rule(FailureKind.PERMANENT, "the business may not write to this country"),
    131000: Rule(FailureKind.RETRY, "unknown fault at Meta"),
    131005: Rule(FailureKind.OPERATOR, "access denied: a permission was not granted or was removed"),
    131008: Rule(FailureKind.PERMANENT, "a required parameter is missing"),
    131009: Rule(FailureKind.PERMANENT, "a parameter's value is not valid"),
    131016: Rule(FailureKind.RETRY, "service overloaded"),
    131021: Rule(FailureKind.PERMANENT, "recipient and sender are the same number"),
    131026: Rule(FailureKind.PERMANENT, "undeliverable: no WhatsApp, an old app, or the business is blocked"),
    131030: Rule(FailureKind.PERMANENT, "the recipient is not on the test number's list"),
    131031: Rule(FailureKind.OPERATOR, "the account is locked"),
    131037: Rule(FailureKind.OPERATOR, "the number's display name is not approved"),
    131042: Rule(FailureKind.OPERATOR, "a payment problem"),
    131045: Rule(FailureKind.OPERATOR, "the number is not registered or lacks its certificate"),
    131047: Rule(FailureKind.WINDOW_CLOSED, "more than 24 h since the customer last wrote"),
    131048: Rule(FailureKind.OPERATOR, "the number is limited for spam or low quality"),
    131049: Rule(FailureKind.PERMANENT, "not delivered, to keep the ecosystem healthy", 24 * _HOUR),
    131050: Rule(FailureKind.OPTED_OUT, "the customer stopped marketing messages"),
    131051: Rule(FailureKind.PERMANENT, "unsupported message type"),
    131052: Rule(FailureKind.PERMANENT, "the media could not be downloaded"),
    131053: Rule(FailureKind.PERMANENT, "the media could not be uploaded"),
    131056: Rule(FailureKind.PAIR_LIMIT, "too many messages to this one customer", 6.0),
    131057: Rule(FailureKind.RETRY, "the account is in maintenance", _MINUTE),
    131061: Rule(FailureKind.OPERATOR, "not allowed by the rules for marketing messages"),
    131062: Rule(FailureKind.PERMANENT, "a user id cannot receive this kind of message"),
    131063: Rule(FailureKind.OPERATOR, "not allowed by the rules for marketing messages"),
    131064: Rule(FailureKind.OPERATOR, "the template classification limit is reached"),
    132000: Rule(FailureKind.PERMANENT, "template: wrong number of parameters"),
    132001: Rule(FailureKind.PERMANENT, "template: none of this name and language, or not approved"),
    132005: Rule(FailureKind.PERMANENT, "template: the filled text is too long"),
    132007: Rule(FailureKind.PERMANENT, "template: violates a policy"),
    132008: Rule(FailureKind.PERMANENT, "template: wrong parameter format"),
    132012: Rule(FailureKind.PERMANENT, "template: wrong parameter format"),
    132015: Rule(FailureKind.PERMANENT, "template: paused for low quality", 3 * _HOUR),
    132016: Rule(FailureKind.PERMANENT, "template: disabled for low quality"),
    132018: Rule(FailureKind.PERMANENT, "template: invalid parameters"),
    132068: Rule(FailureKind.PERMANENT, "flow: blocked"),
    132069: Rule(FailureKind.PERMANENT, "flow: throttled"),
    133004: Rule(FailureKind.RETRY, "server temporarily unavailable"),
    133010: Rule(FailureKind.OPERATOR, "the number is not registered"),
    133016: Rule(FailureKind.OPERATOR, "too many registrations of the number", 72 * _HOUR),
    135000: Rule(FailureKind.PERMANENT, "a parameter is invalid"),
    137000: Rule(FailureKind.PERMANENT, "the customer's identity changed and must be verified again"),
}
_PERMISSION = Rule(FailureKind.OPERATOR, "the token lacks a permission")
_UNKNOWN_OBJECT = Rule(FailureKind.OPERATOR, "the business number is unknown, or the token may not use it")
_UNLISTED = Rule(FailureKind.PERMANENT, "a refusal we do not know")
_UNLISTED_TEMPORARY = Rule(FailureKind.RETRY, "a refusal we do not know, temporary by Meta's word")
_UNLISTED_FAULT = Rule(FailureKind.UNKNOWN, "a fault we do not know")

# Raised before the first byte of the request was written. Everything else may have reached Meta.
_PROVEN_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


class _GraphError(BaseModel):
    code: int
    error_subcode: int | None = None
    is_transient: bool | None = None


class _Envelope(BaseModel):
    error: _GraphError


def rule_for(code: int) -> Rule | None:
    """What Meta's error `code` means; None for one that is in no table of Meta's we know."""
    return _PERMISSION if 200 <= code <= 299 else CODES.get(code)


def refused(status: int, body: bytes, retry_after: str | None = None) -> SendRefused:
    """The refusal in an HTTP answer that is no success: its status, its body and its `Retry-After` header (seconds)."""
    try:
        error = _Envelope.model_validate_json(body).error
    except ValidationError:
        return _without_envelope(status, _seconds(retry_after))
    rule = _rule(error, status)
    return SendRefused(
        rule.kind, rule.meaning, code=str(error.code), retry_after=_seconds(retry_after) or rule.retry_after
    )


def lost(error: httpx2.HTTPError | TimeoutError) -> SendRefused:
    """The refusal that stands for a call without an answer: RETRY if nothing was sent for certain, else UNKNOWN."""
    kind = FailureKind.RETRY if isinstance(error, _PROVEN_NOT_SENT) else FailureKind.UNKNOWN
    return SendRefused(kind, f"no answer from the Graph API: {type(error).__name__}")


def _rule(error: _GraphError, status: int) -> Rule:
    if (error.code, error.error_subcode) == (100, 33):
        return _UNKNOWN_OBJECT
    known = rule_for(error.code)
    if known:
        return known
    if error.is_transient:
        return _UNLISTED_TEMPORARY
    if status == 401:
        return CODES[190]
    return _UNLISTED_FAULT if status >= 500 else _UNLISTED


def _without_envelope(status: int, retry_after: float | None) -> SendRefused:
    """An answer of some gateway before Meta: below 500 it says that it passed nothing on, from 500 it says nothing."""
    detail = f"HTTP {status} without an error of the Graph API"
    if status >= 500 or status == 408:
        return SendRefused(FailureKind.UNKNOWN, detail)
    if status == 429:
        return SendRefused(FailureKind.THROUGHPUT, detail, retry_after=retry_after)
    kind = FailureKind.PERMANENT if status in (400, 413) else FailureKind.OPERATOR
    return SendRefused(kind, detail)


def _seconds(header: str | None) -> float | None:
    if header is None or not (header.isascii() and header.isdigit() and len(header) < 10):
        return None
    return min(float(header), _LONGEST_WAIT) or None

"""The table of Meta's errors, code by code, as Meta's "Error codes" page and our reading of it have them."""

import json

import httpx2
import pytest

from channels.cloud_api_errors import CODES, lost, refused, rule_for
from domain.delivery import FailureKind

EXPECTED = {
    FailureKind.RETRY: {1, 2, 131000, 131016, 131057, 133004},
    FailureKind.THROUGHPUT: {4, 613, 80007, 130429},
    FailureKind.PAIR_LIMIT: {131056},
    FailureKind.WINDOW_CLOSED: {131047, 470},
    FailureKind.OPTED_OUT: {131050},
    FailureKind.OPERATOR: (
        {0, 3, 10, 33, 190, 200, 250, 299, 368, 131005, 131031, 131037, 131042, 131045, 131048}
        | {131061, 131063, 131064, 133010, 133016}
    ),
    FailureKind.PERMANENT: (
        {100, 130472, 130497, 131008, 131009, 131021, 131026, 131030, 131049, 131051, 131052, 131053, 131062}
        | {132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069, 135000, 137000}
    ),
}
BY_CODE = [(code, kind) for kind, codes in EXPECTED.items() for code in sorted(codes)]


def envelope(code: int, **fields: object) -> bytes:
    return json.dumps({"error": {"message": f"(#{code}) about +525512345678", "code": code, **fields}}).encode()


@pytest.mark.parametrize(("code", "kind"), BY_CODE)
@pytest.mark.parametrize("status", [400, 500])
def test_a_known_code_decides_whatever_the_status(code: int, kind: FailureKind, status: int) -> None:
    refusal = refused(status, envelope(code))
    assert (refusal.kind, refusal.code) == (kind, str(code))
    assert "525512345678" not in str(refusal)


def test_the_table_holds_no_code_that_nobody_expects() -> None:
    assert set(CODES) <= {code for code, _ in BY_CODE}


@pytest.mark.parametrize(
    ("code", "seconds"), [(131056, 6), (130429, 1), (131057, 60), (4, 120), (131049, 86_400), (1, None), (131047, None)]
)
def test_how_long_to_wait(code: int, seconds: float | None) -> None:
    assert refused(400, envelope(code)).retry_after == seconds


def test_the_wait_in_the_answer_counts_more_than_the_table() -> None:
    assert refused(400, envelope(130429), "17").retry_after == 17
    assert refused(400, envelope(130429), "Wed, 21 Oct 2026 07:28:00 GMT").retry_after == 1


@pytest.mark.parametrize(
    ("status", "fields", "kind"),
    [
        (400, {}, FailureKind.PERMANENT),
        (400, {"is_transient": True}, FailureKind.RETRY),
        (401, {}, FailureKind.OPERATOR),
        (500, {}, FailureKind.UNKNOWN),
        (503, {"is_transient": True}, FailureKind.RETRY),
    ],
)
def test_a_code_nobody_knows(status: int, fields: dict[str, object], kind: FailureKind) -> None:
    assert rule_for(999_999) is None
    assert refused(status, envelope(999_999, **fields)).kind is kind


def test_an_unknown_number_is_for_the_operator() -> None:
    assert refused(400, envelope(100, error_subcode=33)).kind is FailureKind.OPERATOR


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"error": "down"}', b'{"error": {"code": "x"}}'])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, FailureKind.UNKNOWN),
        (502, FailureKind.UNKNOWN),
        (504, FailureKind.UNKNOWN),
        (408, FailureKind.UNKNOWN),
        (429, FailureKind.THROUGHPUT),
        (302, FailureKind.OPERATOR),
        (401, FailureKind.OPERATOR),
        (403, FailureKind.OPERATOR),
        (404, FailureKind.OPERATOR),
        (400, FailureKind.PERMANENT),
        (413, FailureKind.PERMANENT),
    ],
)
def test_an_answer_that_is_not_the_graph_apis(status: int, kind: FailureKind, body: bytes) -> None:
    assert refused(status, body).kind is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ConnectError("x"), FailureKind.RETRY),
        (httpx2.ConnectTimeout("x"), FailureKind.RETRY),
        (httpx2.PoolTimeout("x"), FailureKind.RETRY),
        (httpx2.ProxyError("x"), FailureKind.RETRY),
        (httpx2.ReadTimeout("x"), FailureKind.UNKNOWN),
        (httpx2.WriteTimeout("x"), FailureKind.UNKNOWN),
        (httpx2.ReadError("x"), FailureKind.UNKNOWN),
        (httpx2.WriteError("x"), FailureKind.UNKNOWN),
        (httpx2.RemoteProtocolError("x"), FailureKind.UNKNOWN),
        (httpx2.DecodingError("x"), FailureKind.UNKNOWN),
        (TimeoutError(), FailureKind.UNKNOWN),
    ],
)
def test_only_what_was_never_sent_may_be_sent_again(error: httpx2.HTTPError | TimeoutError, kind: FailureKind) -> None:
    assert lost(error).kind is kind

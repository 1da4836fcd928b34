"""Statuses and error bodies to codes (R08, R11), and when to come back (R35)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.types import Failure, Output
from mergefloor.providers.fault import ADVICE, of_status, retry_after


def body(message: str = "", **error: object) -> dict[str, object]:
    return {"error": {"message": message, **error}}


CASES = [
    (401, body(type="authentication_error"), "refused-key", True),
    (403, body(type="permission_error"), "refused-key", True),
    (402, {}, "quota", True),
    (429, body(code="insufficient_quota"), "quota", True),
    (429, body(type="insufficient_quota", code=None), "quota", True),
    (429, body("You exceeded your current quota, please check your plan"), "quota", True),
    (
        400,
        body("Your credit balance is too low to access the API", type="invalid_request_error"),
        "quota",
        True,
    ),
    (404, body(code="model_not_found"), "unknown-model", True),
    (403, body(code="model_not_found"), "unknown-model", True),
    (404, b"<html>", "unknown-model", True),
    (400, body("temperature: Extra inputs are not permitted"), "bad-request", False),
    (422, body(), "bad-request", False),
    (302, "", "bad-request", False),
    (408, {}, "timeout", False),
    (409, {}, "overloaded", False),
    (429, body(code="rate_limit_exceeded"), "rate-limited", False),
    (429, None, "rate-limited", False),
    (500, body(), "provider-5xx", False),
    (503, "upstream", "provider-5xx", False),
    (503, body(type="overloaded_error"), "overloaded", False),
    (529, {"type": "error", "error": {"type": "overloaded_error"}}, "overloaded", False),
]


@pytest.mark.parametrize(("status", "error", "code", "fatal"), CASES)
def test_of_status__each_kind__has_its_code(status: int, error: object, code: str, fatal: bool) -> None:
    found = of_status(status, error, {}, "openai/gpt-x")
    assert isinstance(found, Failure)
    assert (found.code, found.fatal) == (code, fatal)
    assert "openai/gpt-x" in found.message and "; " in found.message


@pytest.mark.parametrize(
    ("status", "error", "finish"),
    [
        (400, body(code="context_length_exceeded"), "length"),
        (400, body("This model's maximum context length is 8192 tokens. However, you requested"), "length"),
        (400, body("prompt is too long: 210000 tokens > 200000 maximum"), "length"),
        (413, {"error": {"type": "request_too_large"}}, "length"),
        (400, body(code="content_filter", innererror={"code": "ResponsibleAIPolicyViolation"}), "filtered"),
    ],
)
def test_of_status__filter_and_overflow__are_outcomes(status: int, error: object, finish: str) -> None:
    found = of_status(status, error, {}, "m")
    assert isinstance(found, Output)
    assert (found.finish, found.text) == (finish, "")


def test_of_status__sdk_unwraps_the_error__is_read_alike() -> None:
    found = of_status(429, {"message": "no", "code": "insufficient_quota"}, {}, "m")
    assert isinstance(found, Failure) and found.code == "quota"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2020 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"retry-after": "Wed, 99 Oct 9999999 07:28:30 GMT", "date": "x"}, None),
    ],
)
def test_retry_after__numbers_dates_and_nonsense(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
    if seconds is not None:
        found = of_status(429, {}, headers, "m")
        assert isinstance(found, Failure) and found.wait_s == seconds


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "type", "message"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.integers(300, 999),
    JSON,
    st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "date"]), st.text(max_size=12)),
)
def test_of_status__anything__is_an_outcome_or_a_known_code(
    status: int, error: object, headers: dict[str, str]
) -> None:
    found = of_status(status, error, headers, "m")
    assert isinstance(found, Output) or found.code in ADVICE
    assert not isinstance(found, Failure) or found.wait_s is None or found.wait_s >= 0

"""The providers' own lists of models: every page of them, the days that they announce, and every way to have none."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.lifecycle import Ending
from mergefloor.core.types import Failure, Output
from mergefloor.providers.fault import fault
from mergefloor.providers.listing import listings
from mergefloor.providers.model_page import next_page, one_page

DECEMBER = Ending(date="2026-12-11", day=20798)


def env(canned: Any, provider: str = "OPENAI") -> dict[str, str]:
    return {f"{provider}_API_KEY": "sk-test-key", f"{provider}_BASE_URL": f"{canned.url}/v1"}


def test_listings__of_openai__every_name_and_the_days_that_it_tells(canned: Any) -> None:
    rows = [
        {"id": "gpt-5-mini-2025-08-07", "shutdown_date": "2026-12-11", "created": 1},
        {"id": "gpt-5.5-2026-04-23", "shutdown_date": None},
    ]
    canned.reply(200, {"object": "list", "data": rows})
    (found,) = listings(env(canned), ["openai"])
    assert found.names == {"gpt-5-mini-2025-08-07", "gpt-5.5-2026-04-23"}
    assert found.ends == {"gpt-5-mini-2025-08-07": DECEMBER}
    assert (found.endpoint, found.problem) == (f"{canned.url}/v1", "")
    ((path, headers, _),) = canned.seen
    assert (path, headers["authorization"]) == ("/v1/models", "Bearer sk-test-key")


def test_listings__of_anthropic__page_after_page_without_what_is_retired(canned: Any) -> None:
    first = [
        {"id": "claude-sonnet-4-5-20250929", "lifecycle": "deprecated", "retires_at": "2026-12-11T17:00:00Z"},
        {"id": "claude-2.0", "lifecycle": "retired", "retires_at": "2025-07-21T00:00:00Z"},
    ]
    canned.reply(200, {"data": first, "has_more": True, "last_id": "claude-2.0"})
    canned.reply(200, {"data": [{"id": "claude-sonnet-5-5", "retires_at": None}], "has_more": False})
    given = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": canned.url}
    (found,) = listings(given, ["anthropic"])
    assert found.names == {"claude-sonnet-4-5-20250929", "claude-sonnet-5-5"}
    assert found.ends == {"claude-sonnet-4-5-20250929": DECEMBER}
    assert [path for path, _, _ in canned.seen] == [
        "/v1/models?limit=1000",
        "/v1/models?limit=1000&after_id=claude-2.0",
    ]


def test_listings__pages_without_end__end(canned: Any) -> None:
    for _ in range(20):
        canned.reply(200, {"data": [{"id": "x"}], "has_more": True, "last_id": "x"})
    (found,) = listings({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": canned.url}, ["anthropic"])
    assert found.names is None
    assert "more than 20 pages" in found.problem


def test_listings__of_a_compatible_endpoint__without_a_key(canned: Any) -> None:
    canned.reply(200, {"data": [{"id": "llama3.1:8b"}]})
    (found,) = listings({"OPENAI_BASE_URL": f"{canned.url}/v1"}, ["openai-compatible", "scripted", "local"])
    assert (found.provider, found.names) == ("openai-compatible", {"llama3.1:8b"})


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": "Incorrect API key"}}, "HTTP 401: Incorrect API key; check the key"),
        (404, b"<html>nothing here</html>", "HTTP 404"),
        (500, {}, "HTTP 500; try again later"),
        (200, {"data": []}, "without any model"),
        (200, b"<html>", "without any model"),
        (302, b"", "302"),
        (413, {}, "without any model"),
    ],
)
def test_listings__a_provider_that_tells_none__says_why(
    canned: Any, status: int, body: object, said: str
) -> None:
    canned.reply(status, body, location="https://elsewhere.example.org/v1/models")
    (found,) = listings(env(canned), ["openai"])
    assert found.names is None
    assert found.problem.startswith("the list of openai")
    assert said in found.problem
    assert len(canned.seen) == 1


def test_listings__without_key_or_endpoint__nobody_is_asked() -> None:
    found = listings(
        {"ANTHROPIC_BASE_URL": "http://evil.example.org"}, ["openai", "anthropic", "openai-compatible"]
    )
    assert [each.problem.split(":")[0] for each in found] == [
        "the list of openai was not read",
        "the list of anthropic was not read",
        "the list of openai-compatible was not read",
    ]
    assert "set `OPENAI_API_KEY`" in found[0].problem
    assert "unencrypted" in found[1].problem
    assert all(each.names is None for each in found)


def test_listings__nobody_there_or_no_answer__is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        given = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": where}
        (found,) = listings(given, ["openai"], seconds=0.3)
        assert "did not come within" in found.problem
    (found,) = listings(given, ["openai"])
    assert "no connection" in found.problem


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["data", "id", "retires_at", "shutdown_date", "lifecycle", "last_id", "has_more"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_one_page__of_any_json__is_a_page_or_a_failure(body: object) -> None:
    data = json.dumps(body).encode()
    found = one_page(data, "the list")
    assert isinstance(found, dict | Failure)
    assert isinstance(next_page(data), str)


def test_one_page__of_what_is_no_list__is_a_failure() -> None:
    refused = fault("quota", "no")
    assert one_page(refused, "the list") is refused
    assert isinstance(one_page(Output(text="", finish="length"), "the list"), Failure)
    assert one_page(json.dumps({"data": [{"id": "x", "shutdown_date": "soon"}]}).encode(), "") == {"x": None}

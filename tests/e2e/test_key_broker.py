"""Code of a repository that asks a model, gated from the command line: it has no key, and the run keeps the books."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.adapters.broker.conftest import OPENAI_KEY, Provider, chat, serving

CASES = 40
PRICE = {"input": 0.25, "output": 2.0}
USAGE = {"prompt_tokens": 40, "completion_tokens": 100}
CALL_USD = (40 * 0.25 + 100 * 2.0) / 1e6
# What a repository would write: nothing in it knows of the broker.
APP = """
import json, os, urllib.request

PROMPT = {prompt!r}

def answer(input):
    if any("sk-real" in value for value in os.environ.values()):
        return "leak"
    body = {{"model": "gpt-5-mini-2025-08-07", "max_tokens": 100, "messages": [
        {{"role": "system", "content": PROMPT}}, {{"role": "user", "content": input}}]}}
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={{"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}},
    )
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)["choices"][0]["message"]["content"]{after}
"""


def files(prompt: str, *, after: str = "", usd: float = 5.0) -> dict[str, str | None]:
    config: dict[str, Any] = {
        "version": 1,
        "policy": {"code_targets": "allow", "floating_models": "warn", "semver": "off"},
        "budget": {"usd": usd},
        "prices": {"openai/gpt-5-mini-2025-08-07": PRICE},
        "suites": {
            "agent": {
                "target": {
                    "python": "src.app:answer",
                    "files": ["src/**"],
                    "models": ["openai/gpt-5-mini-2025-08-07"],
                },
                "golden": "evals/*.yaml",
            }
        },
    }
    golden = [
        {"id": f"q-{number:02d}", "input": f"Where is item {number:02d}?", "must_contain": ["shelf"]}
        for number in range(CASES)
    ]
    return {
        "mergefloor.yml": json.dumps(config),
        "evals/a.yaml": json.dumps(golden),
        "src/app.py": APP.format(prompt=prompt, after=after),
    }


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Finds every item, unless it is told to be terse."""
    server = Provider()

    def say(path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
        system, user = (message["content"] for message in body["messages"])
        said = "No idea." if "terse" in system else f"On the shelf: {user}"
        return chat(said, usage=USAGE)

    server.say = say
    with serving(server):
        yield server


@pytest.fixture
def run(gate: Callable[..., Any], provider: Provider) -> Any:
    return gate(OPENAI_API_KEY=OPENAI_KEY, OPENAI_BASE_URL=f"{provider.url}/v1")


def test_gate__of_code_that_asks_a_model__books_its_calls_and_replays_them_for_nothing(
    repo: Any, run: Any, provider: Provider
) -> None:
    base = repo.commit(files("Be kind."))
    head = repo.commit(files("Be very kind."))
    report = run.gate(base, head)
    assert report["verdict"] == "pass", run.err
    made = len(provider.seen)
    assert made >= 2 * CASES
    assert all(headers["authorization"] == f"Bearer {OPENAI_KEY}" for _, headers, _ in provider.seen)
    assert report["cost"]["usd"] == pytest.approx(made * CALL_USD, abs=1e-9)
    again = run.gate(base, head)
    assert len(provider.seen) == made
    assert (again["verdict"], again["cost"]["usd"]) == ("pass", 0.0)


def test_gate__of_code_that_changed_beside_the_request__pays_for_one_side(
    repo: Any, run: Any, provider: Provider
) -> None:
    base = repo.commit(files("Be kind."))
    head = repo.commit(files("Be kind.", after=" + ' (checked)'"))
    report = run.gate(base, head)
    assert report["verdict"] == "pass"
    bodies = {json.dumps(body) for _, _, body in provider.seen}
    assert len(bodies) == CASES
    assert report["cost"]["usd"] == pytest.approx(len(provider.seen) * CALL_USD, abs=1e-9)
    plain = [body for _, _, body in provider.seen]
    assert len(plain) == CASES, "the head's first answers are the base's"


def test_gate__of_a_prompt_in_code_made_worse__is_blocked(repo: Any, run: Any) -> None:
    base = repo.commit(files("Be kind."))
    head = repo.commit(files("Be terse."))
    report = run.gate(base, head)
    assert (report["verdict"], run.code) == ("block", 1)


def test_gate__of_code_that_would_cross_the_budget__cannot_decide_and_blames_nobody(
    repo: Any, run: Any, provider: Provider
) -> None:
    """T13: the questions that could not be paid are open, and not failed by the code."""
    base = repo.commit(files("Be kind.", usd=CALL_USD * 5))
    head = repo.commit(files("Be very kind.", usd=CALL_USD * 5))
    report = run.gate(base, head)
    assert (report["verdict"], run.code) == ("error", 2)
    assert len(provider.seen) <= 5
    assert report["cost"]["usd"] <= CALL_USD * 5 + 1e-9


def test_gate__of_code_whose_provider_refuses_the_key__cannot_decide_and_asks_no_more(
    repo: Any, run: Any, provider: Provider
) -> None:
    provider.say = lambda *_: (401, {}, b'{"error": {"message": "Incorrect API key provided"}}')
    base = repo.commit(files("Be kind."))
    head = repo.commit(files("Be very kind."))
    report = run.gate(base, head)
    assert (report["verdict"], run.code) == ("error", 2)
    assert len(provider.seen) <= 2 * 21
    assert OPENAI_KEY not in json.dumps(report) + run.out + run.err

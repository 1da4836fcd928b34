"""Providers that fail in every way, through whole runs: the exit code of the fail-closed matrix, and what to do about it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.faults import repository
from tests.faults.driver import FULL, LLM, TRACEBACK, Ended, Run, llm

CASES, ASKS = 20, 44  # 2 answers a case and 4 planted ones for the judge; judged cases never get that far
OUTAGE = int(1.1 * ASKS) + 100  # R06
DEFAULTS: dict[str, Any] = {
    "faults": "",
    "fault_max": 0,
    "retry_after": 1,
    "drip_ms": 500,
    "latency": "fixed:2",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault and how a run under it ends. `says`: what the report must name; `calls`: requests at most."""

    faults: str
    code: int
    says: tuple[str, ...]
    calls: int = OUTAGE
    more: dict[str, Any] = field(default_factory=dict)


ROWS = {
    "401": Row(faults="401=100", code=2, says=("refused-key", "check the key"), calls=21),
    "quota": Row(faults="quota=100", code=2, says=("quota", "check billing"), calls=21),
    "length": Row(faults="length=100", code=0, says=("pass_rate",)),
    "a third 500": Row(faults="500=34", code=0, says=("pass_rate",)),
    "500": Row(faults="500=100", code=2, says=("provider-5xx", "try again later")),
    "503": Row(faults="503=100", code=2, says=("provider-5xx", "try again later")),
    "529": Row(faults="529=100", code=2, says=("overloaded", "try again later")),
    "429 storm": Row(faults="429=100", code=2, says=("rate-limited", "lower the concurrency")),
    "429 without a time": Row(faults="429-bare=100", code=2, says=("rate-limited", "lower the concurrency")),
    "429 for an hour": Row(
        faults="429=100", code=2, says=("rate-limited", "raise the limit"), more={"retry_after": 3600}
    ),
    "429 now and then": Row(faults="429=10", code=0, says=("pass_rate",)),
    "reset": Row(faults="reset=100", code=2, says=("connection", "check the network and the base URL")),
    "html": Row(faults="html=100", code=2, says=("unreadable-reply", "check that the base URL is that of an API")),
    "badjson": Row(faults="badjson=100", code=2, says=("unreadable-reply", "check that the base URL is that of an API")),
    "empty": Row(faults="empty=100", code=0, says=("pass_rate",)),
    "drip": Row(faults="drip=100", code=2, says=("budget", "`budget.minutes`")),
    "everything at once": Row(
        faults="500=8,503=4,529=4,reset=8,html=3,badjson=3,429-bare=5", code=0, says=("pass_rate",)
    ),
}  # fmt: skip
QUICK = ("401", "quota", "length", "a third 500")


@pytest.fixture(scope="module")
def server() -> Iterator[LLM]:
    with llm() as running:
        yield running


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faults") / "repo"
    repository.build(path, cases=CASES, fragile=0, judged=2, budget="budget: {minutes: 0.5}\n")
    return path


def flat(ended: Ended) -> str:
    """What was shown, without the line breaks of the terminal."""
    return " ".join(f"{ended.out} {ended.err}".replace("\n|", "\n").split())


def decent(ended: Ended) -> None:
    """What holds for every end whatsoever."""
    assert ended.code in {0, 1, 2, 3}
    assert TRACEBACK not in ended.out + ended.err
    assert "a bug of ours" not in ended.err
    assert "test-key" not in ended.out + ended.err
    assert ended.report is not None, ended.err
    if ended.code == 0:
        (suite,) = ended.report["suites"]
        assert suite["cases_unresolved"] <= 0.02 * CASES


@pytest.mark.parametrize("name", ROWS if FULL else QUICK)
def test_gate__under_a_fault__ends_as_tabled(server: LLM, repo: Path, tmp_path: Path, name: str) -> None:
    row = ROWS[name]
    server.control(**{**DEFAULTS, **row.more, "faults": row.faults})
    ended = Run(repo, tmp_path, server.url).end()
    decent(ended)
    assert ended.code == row.code, ended.out
    for words in row.says:
        assert words in flat(ended), ended.out
    assert server.stats()["total"] <= row.calls


def test_gate__of_a_dead_endpoint__names_the_network(tmp_path: Path) -> None:
    repository.build(tmp_path / "repo", cases=4, fragile=0, judged=0, budget="budget: {minutes: 0.15}\n")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ended = Run(tmp_path / "repo", tmp_path / "home", f"http://127.0.0.1:{closed.getsockname()[1]}").end()
    decent(ended)
    assert ended.code == 2
    assert "check the network and the base URL" in flat(ended)
    assert "Connection refused" in flat(ended)


def test_gate__without_a_key__names_the_variable(repo: Path, tmp_path: Path) -> None:
    ended = Run(repo, tmp_path, "http://127.0.0.1:9", OPENAI_API_KEY="").end()
    decent(ended)
    assert ended.code == 2
    assert "set `OPENAI_API_KEY`" in flat(ended)


@pytest.mark.skipif(not FULL, reason="type `make faults`")
def test_gate__with_30_per_cent_broken_calls__resolves_all_200_cases_in_3_times_the_time(
    server: LLM, tmp_path: Path
) -> None:
    """R10. The time on the wire dominates, as it does with a real provider."""
    repository.build(tmp_path / "repo", cases=200, fragile=0, judged=0)
    server.control(**{**DEFAULTS, "latency": "fixed:500"})
    clean = Run(tmp_path / "repo", tmp_path / "clean", server.url).end()
    server.control(**{**DEFAULTS, "latency": "fixed:500", "faults": "500=15,reset=15"})
    broken = Run(tmp_path / "repo", tmp_path / "broken", server.url).end()
    decent(broken)
    assert (clean.code, broken.code) == (0, 0)
    assert broken.report is not None
    assert broken.report["suites"][0]["cases_unresolved"] == 0
    assert broken.seconds <= 3 * clean.seconds


@pytest.mark.skipif(not FULL, reason="type `make faults`")
def test_gate__after_an_outage__resumes_with_what_is_missing(server: LLM, repo: Path, tmp_path: Path) -> None:
    server.control(**{**DEFAULTS, "faults": "401=40"})
    first = Run(repo, tmp_path, server.url).end()
    decent(first)
    assert first.code == 2
    answered = server.stats()["by_status"].get("200", 0)
    server.control(**DEFAULTS)
    second = Run(repo, tmp_path, server.url).end()
    assert second.code == 0
    assert second.report is not None
    assert server.stats()["total"] == 48 - answered
    assert not re.search(r"without an answer", second.out)

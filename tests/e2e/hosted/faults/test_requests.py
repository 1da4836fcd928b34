"""R29, R31: what a run costs GitHub, and the status that every event ends with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.table import states, told
from tests.e2e.hosted.team import Team
from tests.fakes.github import Permissions

MOST = 25
HOURLY, RUNS_AN_HOUR = 1000, 40


def golden(folder: str, files: int, cases: int) -> dict[str, str]:
    """`cases` golden cases in so many files."""
    found: dict[str, list[str]] = {}
    for case in range(cases):
        row = f'- {{id: {folder}-{case}, input: "I am guest {case}.", must_contain: ["friend"]}}\n'
        found.setdefault(f"evals/greeter/{folder}-{case % files}.yaml", []).append(row)
    return {path: "".join(rows) for path, rows in found.items()}


def test_R29__200_cases_in_60_files_and_30_changed_sources__take_25_requests_at_most(
    inside: Team, record_property: Any
) -> None:
    cases = golden("c", 60, 200)
    sources = {f"src/part_{n}/module_{n}.py": f"print({n})\n" for n in range(300)}
    inside.commit("main", {"evals/greeter/first.yaml": None, **cases, **sources})
    changed = {path: f"{text}# more\n" for path, text in list(sources.items())[:30]}
    edited = {path: text.replace("guest", "a guest") for path, text in cases.items()}
    wording = {"prompts/greeter.yaml": small.prompt("Greet coldly.", "1.0.1", "colder")}
    inside.commit("large", {**changed, **edited, **wording}, start="main")
    number = inside.github.open_pull("large")
    counts = []
    for _ in ("first", "again"):
        before = len(inside.github.requests)
        run = inside.gate(number)
        assert run.code == 1, told(run)
        counts.append(len(inside.github.requests) - before)
    kinds = Counter(
        f"{r.method} {r.path.split('/')[4] if r.path.count('/') > 3 else r.path}"
        for r in inside.github.requests
    )
    record_property("requests", counts)
    print(
        f"requests of a run over 200 cases in 60 files: {counts[0]}, run again: {counts[1]} ({dict(kinds)})"
    )
    assert len(inside.github.review_comments[number]) == 1
    assert max(counts) <= MOST
    assert max(counts) * RUNS_AN_HOUR <= HOURLY
    assert sum(r.method in ("POST", "PATCH") and r.path != "/graphql" for r in inside.github.requests) <= 7


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The statuses that an event leaves on the commit it is about, and the exit code."""

    code: int
    states: tuple[str, ...]


GATED = {
    "worse": End(code=1, states=("pending", "failure")),
    "harmless": End(code=0, states=("pending", "success")),
    "docs": End(code=0, states=("pending", "success")),
    "broken": End(code=3, states=("pending", "failure")),
    "undecided": End(code=2, states=("pending", "error")),
}
"""Branches by their verdict."""
NONE = End(code=0, states=())
FILES = {
    "broken": {"mergefloor.yml": "version: 7\n"},
    "undecided": {"answers.yaml": "answers:\n- when: {user: guest 3}\n  say: friend\n", **small.HARMLESS},
}


@pytest.fixture
def crowd(inside: Team) -> Team:
    for branch, files in FILES.items():
        inside.commit(branch, files)
    return inside


@pytest.mark.parametrize(
    ("branch", "action"),
    list(zip(GATED, ["opened", "synchronize", "reopened", "ready_for_review", "edited"], strict=True)),
)
def test_R31__pull_request__ends_in_a_terminal_status(crowd: Team, branch: str, action: str) -> None:
    number = crowd.github.open_pull(branch)
    run = crowd.gate(number, action=action)
    assert End(code=run.code, states=tuple(states(crowd, crowd.sha(branch)))) == GATED[branch], told(run)


@pytest.mark.parametrize("branch", GATED)
def test_R31__merge_group_dispatch_and_command__end_in_a_terminal_status(crowd: Team, branch: str) -> None:
    sha = crowd.sha(branch)
    run = crowd.run("merge_group", crowd.github.event("merge_group", head=branch))
    assert End(code=run.code, states=tuple(states(crowd, sha))) == GATED[branch], told(run)
    crowd.github.statuses[sha].clear()
    run = crowd.dispatch(branch)
    assert End(code=run.code, states=tuple(states(crowd, sha))) == GATED[branch], told(run)
    crowd.github.statuses[sha].clear()
    crowd.github.collaborators["max"] = "maintain"
    number = crowd.github.open_pull(branch, fork_of="mallory/shop", author="mallory")
    run = crowd.say(number, f"/mergefloor run {sha}", author="max")
    assert End(code=run.code, states=tuple(states(crowd, sha))) == GATED[branch], told(run)


def test_R31__events_without_a_verdict__leave_no_status_or_the_one_that_is_documented(crowd: Team) -> None:
    github, sha, main = crowd.github, crowd.sha("worse"), crowd.sha("main")
    github.collaborators |= {"max": "maintain", "rita": "read"}
    fork = github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    closed = github.open_pull("harmless")
    github.close_pull(closed)
    dependabot = github.open_pull("docs", author="dependabot[bot]")
    pushed = crowd.run("push", github.event("push"))
    other = crowd.run("push", github.event("push", ref="refs/heads/worse"))
    scheduled = crowd.runner.run(
        "schedule", github.event("schedule"), {}, token=github.token, env_extra={"GITHUB_SHA": main}
    )
    ends = {
        "fork": crowd.gate(fork, cache_key=""),
        "closed": crowd.gate(closed),
        "talk": crowd.say(fork, "nice work", author="rita"),
        "refused": crowd.say(fork, f"/mergefloor run {sha}", author="rita"),
        "wrong": crowd.say(fork, "/mergefloor dance", author="max"),
        "push": pushed,
        "push to a branch": other,
        "schedule": scheduled,
    }
    codes = {name: run.code for name, run in ends.items()}
    assert codes == {name: 2 if name == "fork" else 0 for name in ends}
    assert [states(crowd, each) for each in (sha, main, crowd.sha("harmless"))] == [[], [], []]
    github.add_token("reads", permissions=Permissions.read_only())
    quiet = crowd.gate(dependabot, cache_key="", github_token="reads")
    assert (quiet.code, states(crowd, crowd.sha("docs"))) == (0, []), told(quiet)


def test_R31__preflight__is_pending_until_a_maintainer_runs_it_or_green(crowd: Team) -> None:
    for branch, expected in {"worse": "pending", "docs": "success"}.items():
        number = crowd.github.open_pull(branch, fork_of="mallory/shop", author="mallory")
        event = crowd.github.event("pull_request", number=number)
        run = crowd.run("pull_request_target", event, cache_key="")
        assert (run.code, states(crowd, crowd.sha(branch))) == (0, [expected]), told(run)


def test_R31__dependabot_without_secrets__waits_in_error(crowd: Team) -> None:
    number = crowd.github.open_pull("worse", author="dependabot[bot]")
    run = crowd.gate(number, cache_key="")
    assert (run.code, states(crowd, crowd.sha("worse"))) == (2, ["error"]), told(run)
    assert replace(crowd).sticky(number) == []

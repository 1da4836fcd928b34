"""T90 to T93: the branch of data can be written by every collaborator, so what it holds is foreign input."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.endpoint import MODEL, serving
from tests.e2e.hosted.team import KEY, Team
from tests.e2e.hosted.threats.sinks import COMMAND, HIDDEN
from tests.fakes.github.access import Permissions

DATA = "mergefloor-history"
RIGHTS = Permissions(contents="write", issues="write", pull_requests="write", statuses="write")
WORDS = "</script><img src=x onerror=alert(1)> @everyone fixes #1 [x](https://evil.example/) \u202e`$(id)`"
HOUR = 3_600


def clock(team: Team, mode: str, **more: str) -> Any:
    """The clock strikes."""
    team.github.add_token(team.github.token, permissions=RIGHTS)
    team.runner.run_id += 1
    given = {"cache-key": KEY, "mode": mode, "report-path": "rep", **more}
    env = {"GITHUB_SHA": team.sha("main")}
    return team.runner.run(
        "schedule", team.github.event("schedule"), given, token=team.github.token, env_extra=env
    )


def held(team: Team) -> tuple[str, dict[str, Any]]:
    """The month's file and its last line."""
    names = team.git("ls-tree", "-r", "--name-only", DATA).split()
    path = next(name for name in names if name.startswith("history/"))
    return path, json.loads(team.git("show", f"{DATA}:{path}").splitlines()[-1])


def forge(team: Team, rows: list[dict[str, Any]]) -> None:
    """A collaborator adds lines to the branch of data."""
    path, _ = held(team)
    text = team.git("show", f"{DATA}:{path}") + "\n"
    text += "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    team.commit(DATA, {path: text})
    team.git("checkout", "-q", "main")


def many(last: dict[str, Any], count: int, **more: Any) -> list[dict[str, Any]]:
    return [{**last, "id": f"9{n}.1/x", "at": last["at"] + (n - count) * HOUR, **more} for n in range(count)]


def branches(team: Team) -> list[str]:
    return team.git("branch", "--format=%(refname:short)").split()


def test_T90__forged_history__changes_no_verdict_and_is_not_even_read_by_a_gate(team: Team) -> None:
    assert clock(team, "scheduled").code == 0
    _, last = held(team)
    perfect = {**last["metrics"]["pass_rate"], "value": 0.0, "low": 0.0, "high": 0.1, "cases": "0" * 12}
    for sha in (team.sha("main"), team.sha("worse")):
        forge(team, many(last, 30, sha=sha, metrics={"pass_rate": perfect}))
    told = {}
    for branch in ("worse", "harmless"):
        number = team.github.open_pull(branch)
        team.github.requests.clear()
        run = team.gate(number)
        told[branch] = (run.code, team.status(team.sha(branch))[0])
        asked = [
            f"{each.path} {json.dumps(each.query)} {json.dumps(each.body)}" for each in team.github.requests
        ]
        assert asked and not [each for each in asked if DATA in each or "/git/ref/heads" in each]
    assert told == {"worse": (1, "failure"), "harmless": (0, "success")}


ABSURD: dict[str, dict[str, Any]] = {
    "after the end of time": {"at": 1e300},
    "in a year of many digits": {"at": 10**15},
    "before the beginning": {"at": -(10**15)},
    "in the first second": {"at": 0},
    "in another century": {"at": 253_402_300_000},
    "of no time": {"at": True},
    "with draws without end": {"samples": 10**15},
    "with a case that has them": {
        "metrics": {"pass_rate": {"kind": "binary", "n": 1, "value": 1, "cases": "(1/999999999999999)" * 12}}
    },
    "with values that are none": {
        "metrics": {"pass_rate": {"kind": "score", "n": 12, "value": 1e308, "cases": "9" * 300}}
    },
    "with prices beyond all": {"spend": {"usd": 1e308, "calls": 10**15}, "seconds": [1e308, -1e308, 0]},
    "with texts of a megabyte": {"suite": "x" * 1_000_000},
}


@pytest.mark.parametrize("mode", ["scheduled", "weekly"])
def test_T91__absurd_lines__stop_no_run_and_are_told_or_harmless(team: Team, mode: str) -> None:
    assert clock(team, "scheduled").code == 0
    _, last = held(team)
    forge(team, [{**last, "id": f"7{n}.1/greeter", **more} for n, more in enumerate(ABSURD.values())])
    run = clock(team, mode)
    assert run.code == 0, run.log
    assert "Traceback" not in run.log
    assert max(map(len, run.files.values()), default=0) < 3_000_000
    assert len(run.summary) < 1_000_000


def test_T92__words_in_lines__are_names_in_issues_on_the_page_and_in_the_log(team: Team) -> None:
    assert clock(team, "scheduled").code == 0
    _, last = held(team)
    good, bad = (
        last["metrics"]["pass_rate"],
        {**last["metrics"]["pass_rate"], "value": 0.0, "cases": "0" * 12},
    )
    words = {"model": WORDS, "event": WORDS, "class": WORDS, "sha": WORDS, "embedding_model": WORDS}
    odd = {**words, "suite": WORDS, "prompt": {"path": WORDS, "version": WORDS}, "judge": {"model": WORDS}}
    calm = many(last, 40, **odd, metrics={"pass_rate": good, WORDS: good})
    fallen = [{**row, "id": f"8{row['id']}", "metrics": {"pass_rate": bad, WORDS: bad}} for row in calm[-8:]]
    forge(team, [*calm[:-8], *fallen])
    for mode in ("scheduled", "weekly"):
        run = clock(team, mode)
        assert run.code == 0, run.log
        for text in (run.summary, *(str(each.body) for each in team.github.issues.values())):
            assert "<img" not in text and "\n@" not in text and "](https://evil" not in text
            assert not HIDDEN.search(text), mode
            assert not [row for row in text.splitlines() if COMMAND.match(row)]
        assert "$(id)" not in run.log.replace("`$(id)`", "") and not HIDDEN.search(run.log)
    page = team.git("show", f"{DATA}:index.html")
    assert "<img src=x" not in page and "</script><img" not in page
    assert "default-src &#39;none&#39;" in page and not HIDDEN.search(page)
    assert "onerror=alert" not in team.git("show", f"{DATA}:badge.svg")


def test_T92__model_of_a_line_that_is_a_command__is_not_given_to_anybody_to_type(team: Team) -> None:
    """An issue tells people which command to type. What stands in it is what a shell takes for one word."""
    from mergefloor.render.alarm import PLAIN_MODEL

    for plain in ("openai/gpt-5-2025-08-07", "openai-compatible/llama3.1:8b", "scripted/a_b.yaml"):
        assert PLAIN_MODEL.fullmatch(plain)
    for odd in (
        "x; id",
        "openai/$(id)",
        "openai/a`id`",
        "openai/a b",
        "openai/a\n",
        "openai/\u0430",
        "--x/y",
        "o/a'",
    ):
        assert not PLAIN_MODEL.fullmatch(odd)


def drifts(team: Team) -> list[Any]:
    return [each for each in team.github.issues.values() if "mergefloor-drift:" in (each.body or "")]


def test_T93__stranger_who_copies_the_marker_and_closes_his_issue__acknowledges_nothing(team: Team) -> None:
    team.commit("main", {"mergefloor.yml": small.CONFIG.replace("scripted/answers.yaml", MODEL)})
    with serving() as endpoint:
        there = {"openai-base-url": endpoint.url, "openai-api-key": "sk-of-the-endpoint"}
        assert clock(team, "scheduled", **there).code == 0
        forge(team, many(held(team)[1], 20))
        endpoint.say = lambda _number, _prompt: "Noted."
        assert clock(team, "scheduled", **there).code == 0
        (ours,) = drifts(team)
        number = team.github.open_issue("mallory", "nothing to see", ours.body)
        theirs = team.github.issues[number]
        theirs.state, theirs.reason = "closed", "not_planned"
        copied = theirs.body
        run = clock(team, "scheduled", **there)
        assert (ours.state, theirs.state, theirs.body) == ("open", "closed", copied)
        assert "acknowledged" not in held(team)[1] and "drop confirmed" in run.summary
        ours.state, ours.reason = "closed", "not_planned"
        assert clock(team, "scheduled", **there).code == 0
        assert held(team)[1]["acknowledged"] == ["pass_rate"], "control: whoever may close ours is believed"


def test_T90__history_that_was_edited__is_said_so_by_the_next_run(team: Team) -> None:
    assert clock(team, "scheduled").code == 0
    path, last = held(team)
    better = {**last, "metrics": {"pass_rate": {**last["metrics"]["pass_rate"], "value": 0.5}}}
    team.commit(DATA, {path: json.dumps(better) + "\n"})
    team.git("checkout", "-q", "main")
    run = clock(team, "scheduled")
    assert run.code == 0
    assert f"{path!r} no longer begins" in run.log


def test_T92__control__without_forged_lines_the_same_run_is_as_quiet(team: Team) -> None:
    assert [clock(team, mode).code for mode in ("scheduled", "weekly")] == [0, 0]
    assert DATA in branches(team)

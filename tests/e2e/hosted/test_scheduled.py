"""`mode: scheduled` on GitHub: started by the clock, lines on the branch of data, one issue for an alert."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.endpoint import MODEL, Endpoint, serving
from tests.e2e.hosted.team import KEY, Team
from tests.fakes.github.access import Permissions

DATA = "mergefloor-history"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as found:
        yield found


def scheduled(team: Team, *, event: str = "schedule", code: int = 0, **inputs: str) -> Any:
    """The clock strikes; the token may write data and issues."""
    rights = Permissions(contents="write", issues="write")
    team.github.add_token(team.github.token, permissions=rights)
    team.runner.run_id += 1
    given = {"cache-key": KEY, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    run = team.runner.run(
        event,
        team.github.event(event),
        given,
        token=team.github.token,
        env_extra={"GITHUB_SHA": team.sha("main")},
    )
    assert run.code == code, run.log
    return run


def lines(team: Team) -> list[dict[str, Any]]:
    """Every line of the history, in the order of the file."""
    names = team.git("ls-tree", "-r", "--name-only", DATA).split()
    months = [name for name in names if name.startswith("history/")]
    return [json.loads(line) for name in months for line in team.git("show", f"{DATA}:{name}").splitlines()]


def drifts(team: Team) -> list[Any]:
    """The issues about drift, as GitHub has them."""
    return [issue for issue in team.github.issues.values() if "mergefloor-drift:" in (issue.body or "")]


def test_schedule__of_a_new_repository__begins_the_history(team: Team) -> None:
    run = scheduled(team)
    (line,) = lines(team)
    assert (line["suite"], line["event"], line["samples"], line["unresolved"]) == (
        "greeter",
        "scheduled",
        1,
        0,
    )
    assert line["metrics"]["pass_rate"]["cases"] == "1" * small.CASES
    assert line["prompt"]["version"] == "1.0.0" and line["model"] == "scripted/answers.yaml"
    assert "cannot tell yet: 19 runs more needed" in run.summary
    assert "no history yet" in run.summary
    assert drifts(team) == []
    assert team.github.statuses[team.sha("main")] == []


# --- the story over the wire ---------------------------------------------------------------------------------------


def serve(team: Team, endpoint: Endpoint) -> dict[str, str]:
    """The suite asks the endpoint; Ada owns it."""
    config = small.CONFIG.replace("scripted/answers.yaml", MODEL)
    team.commit("main", {"mergefloor.yml": config, ".github/CODEOWNERS": "* @ada\n"})
    return {"openai-base-url": endpoint.url, "openai-api-key": "sk-of-the-endpoint"}


def repeat(team: Team, times: int) -> None:
    """As many runs like the last one, written to the branch of data as a run of ours would."""
    last, path = lines(team)[-1], month(team)
    text = team.git("show", f"{DATA}:{path}") + "\n"
    for number in range(1, times + 1):
        at = last["at"] + number * 0.001
        text += json.dumps({**last, "id": f"{last['id']}-{number}", "at": at}, separators=(",", ":")) + "\n"
    push(team, {path: text})


def month(team: Team) -> str:
    names = team.git("ls-tree", "-r", "--name-only", DATA).split()
    return next(name for name in names if name.startswith("history/"))


def push(team: Team, files: dict[str, str]) -> None:
    """Somebody commits to the branch of data."""
    team.git("checkout", "-q", DATA)
    for path, text in files.items():
        (team.folder / path).write_text(text, encoding="utf-8")
        team.git("add", path)
    team.git("commit", "-q", "-m", "by hand")
    team.git("checkout", "-q", "main")


def test_story__answers_get_worse_and_recover__one_issue_that_says_environment(
    team: Team, endpoint: Endpoint
) -> None:
    inputs = serve(team, endpoint)
    scheduled(team, **inputs)
    repeat(team, 20)
    calm = scheduled(team, **inputs)
    assert "quiet" in calm.summary and calm.summary.startswith("## \u2705") and drifts(team) == []
    endpoint.say = lambda _number, _prompt: "Go away."
    bad = scheduled(team, **inputs)
    (issue,) = drifts(team)
    assert issue.state == "open" and issue.title.startswith("Drift: greeter pass_rate \u2212100 pt since")
    assert "**the environment drifted**" in issue.body
    assert "dropped from 100 % to 0 %" in issue.body and "| `g-0` | 100 % | 0 % |" in issue.body
    assert {"mergefloor", "drift"} <= set(issue.labels)
    (said,) = [comment.body for comment in team.github.comments[issue.number]]
    assert "@ada: " in said
    assert team.github.statuses[team.sha("main")] == []
    assert bad.outputs["verdict"] == "pass" and bad.summary.startswith("## \u26a0\ufe0f")
    asked = endpoint.calls
    again = scheduled(team, **inputs)
    assert endpoint.calls == asked + small.CASES, "where the drop comes from was looked into once"
    assert f"/runs/{team.runner.run_id}/" in issue.body
    assert len(team.github.comments[issue.number]) == 1
    assert "drop confirmed" in again.summary
    endpoint.say = lambda _number, _prompt: "Hello, friend!"
    scheduled(team, **inputs)
    repeat(team, 30)
    scheduled(team, **inputs)
    assert (issue.state, issue.reason) == ("closed", "completed")
    assert len(drifts(team)) == 1
    assert "Recovered" in team.github.comments[issue.number][-1].body


def test_story__a_person_acknowledges__is_read_back_and_kept_in_the_history(
    team: Team, endpoint: Endpoint
) -> None:
    inputs = serve(team, endpoint)
    scheduled(team, **inputs)
    repeat(team, 20)
    endpoint.say = lambda _number, _prompt: "Go away."
    scheduled(team, **inputs)
    (issue,) = drifts(team)
    issue.state, issue.reason = "closed", "not_planned"
    run = scheduled(team, **inputs)
    assert lines(team)[-1]["acknowledged"] == ["pass_rate"]
    assert (issue.state, issue.reason) == ("closed", "not_planned")
    assert "cannot tell yet: 19 runs more needed" in run.summary
    assert "acknowledged" not in lines(team)[-2]


# --- faults ----------------------------------------------------------------------------------------------------------


def test_fault__provider_down__a_line_with_unknown_draws_and_exit_0(team: Team, endpoint: Endpoint) -> None:
    inputs = serve(team, endpoint)
    endpoint.say = lambda _number, _prompt: 400
    run = scheduled(team, **inputs)
    (line,) = lines(team)
    assert line["unresolved"] == small.CASES
    assert line["metrics"]["pass_rate"] == {"kind": "binary", "n": 0, "cases": "-" * small.CASES}
    assert "without an answer" in run.summary


@pytest.mark.parametrize("answer", [401, 404])
def test_fault__key_or_model_refused__exit_2_and_no_status(
    team: Team, endpoint: Endpoint, answer: int
) -> None:
    inputs = serve(team, endpoint)
    endpoint.say = lambda _number, _prompt: answer
    run = scheduled(team, code=2, **inputs)
    assert "mend the key or the model's name" in run.summary
    assert team.github.statuses[team.sha("main")] == []


def test_fault__no_key__exit_2_and_which_one(team: Team) -> None:
    team.commit(
        "main", {"mergefloor.yml": small.CONFIG.replace("scripted/answers.yaml", "openai/gpt-5-2025-08-07")}
    )
    run = scheduled(team, code=2)
    assert "OPENAI_API_KEY" in run.log
    assert drifts(team) == []


def test_fault__the_budget_ends_early__the_line_says_how_much(team: Team, endpoint: Endpoint) -> None:
    inputs = serve(team, endpoint)
    config = small.CONFIG.replace("scripted/answers.yaml", MODEL)
    price = f"prices: {{{MODEL}: {{input: 100000, output: 0}}}}\nbudget: {{usd: 60, concurrency: 1}}\n"
    team.commit("main", {"mergefloor.yml": config + price})
    run = scheduled(team, **inputs)
    (line,) = lines(team)
    assert 0 < line["metrics"]["pass_rate"]["n"] < small.CASES
    assert line["unresolved"] == small.CASES - line["metrics"]["pass_rate"]["n"]
    assert "draws without an outcome" in run.log


def test_fault__branch_of_data_protected__lines_wait_in_the_cache_and_are_added_later(team: Team) -> None:
    scheduled(team)
    team.github.guarded[DATA] = (422, "Changes must be made through a pull request.")
    run = scheduled(team)
    assert "the history was not extended" in run.log and "Settings > Rules" in run.log
    assert len(lines(team)) == 1
    del team.github.guarded[DATA]
    run = scheduled(team)
    assert "1 line of earlier runs is not on the branch of data" in run.summary
    assert "17 runs more needed" in run.summary, "what waits counts in the charts"
    written = [int(line["id"].partition(".")[0]) for line in lines(team)]
    assert written == [team.runner.run_id - 2, team.runner.run_id - 1, team.runner.run_id]


def test_fault__branch_of_data_deleted__is_said_with_the_way_back_and_begins_anew(team: Team) -> None:
    for _ in range(2):
        scheduled(team)
    tip = team.sha(DATA)
    team.git("branch", "-D", DATA)
    run = scheduled(team)
    assert "was deleted, with 1 line" in run.summary or "was deleted, with 2 lines" in run.summary
    assert f"`git push --force origin FETCH_HEAD:refs/heads/{DATA}`" in run.summary
    assert "git fetch origin" in run.summary and len(lines(team)) >= 1
    assert team.git("cat-file", "-t", tip) == "commit"


def test_fault__branch_of_data_rewritten_by_a_person__is_said_once(team: Team) -> None:
    for _ in range(3):
        scheduled(team)
    team.git("branch", "-f", DATA, f"{DATA}~2")
    run = scheduled(team)
    assert "was rewritten by somebody else" in run.summary
    assert "was rewritten by somebody else" not in scheduled(team).summary


def test_fault__lines_of_a_newer_release__are_skipped_said_and_kept(team: Team) -> None:
    scheduled(team)
    newer = '{"v":2,"whatever":true}'
    push(team, {month(team): team.git("show", f"{DATA}:{month(team)}") + f"\n{newer}\n"})
    run = scheduled(team)
    assert "A newer mergefloor wrote 1 line" in run.summary
    assert newer in team.git("show", f"{DATA}:{month(team)}").splitlines()
    assert "18 runs more needed" in run.summary


def test_fault__the_last_run_was_63_days_ago__is_said_with_what_to_do(team: Team) -> None:
    scheduled(team)
    line = lines(team)[0]
    push(team, {month(team): json.dumps({**line, "at": line["at"] - 63 * 86_400}) + "\n"})
    run = scheduled(team)
    assert "The last scheduled run was 63 days ago" in run.summary and "Enable workflow" in run.summary


def test_fault__issues_switched_off__a_remark_and_the_alarm_on_the_page(
    team: Team, endpoint: Endpoint
) -> None:
    inputs = serve(team, endpoint)
    scheduled(team, **inputs)
    repeat(team, 20)
    team.github.world.has_issues = False
    endpoint.say = lambda _number, _prompt: "Go away."
    run = scheduled(team, **inputs)
    assert "tick `Issues`" in run.log and "drop confirmed" in run.summary


# --- when ---------------------------------------------------------------------------------------------------------------


def test_dispatch__with_mode_scheduled__is_one_on_the_default_branch_alone(team: Team) -> None:
    scheduled(team, event="workflow_dispatch", mode="scheduled")
    assert len(lines(team)) == 1
    run = team.dispatch("harmless", mode="scheduled")
    assert run.code == 3 and "of the default branch" in run.log


def test_schedule__with_mode_record__still_records(team: Team) -> None:
    run = scheduled(team, mode="record")
    assert DATA not in team.git("branch", "--format=%(refname:short)").split()
    assert "is full: 60 new runs" in run.summary


def test_schedule__no_right_to_write__says_which_permission(team: Team) -> None:
    run = team.runner.run(
        "schedule", team.github.event("schedule"), {"cache-key": KEY}, token=team.github.token,
        env_extra={"GITHUB_SHA": team.sha("main")},
    )  # fmt: skip
    assert run.code == 0, run.log
    assert "`permissions: contents: write`" in run.log

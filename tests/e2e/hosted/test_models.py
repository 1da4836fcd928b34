"""`mode: models` on GitHub: one issue, edited in place, and the owner of a pin told once a threshold."""

from __future__ import annotations

import time
from typing import Any

from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team
from tests.fakes.github.access import Permissions

MARKER = "<!-- mergefloor:models -->"
DAY = 86_400
OLD, NEW = "scripted/answers.yaml", "scripted/newer.yaml"


def day(number: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + number * DAY))


def ending(days: int, *, owner: str = "@acme/ai") -> dict[str, str]:
    """The config with a pin that ends in so many days."""
    models = f"models: {{{OLD}: {{retires: {day(days)}, instead: {NEW}}}}}\n"
    defaults = f'defaults: {{model: {OLD}, owner: "{owner}"}}'
    return {"mergefloor.yml": models + small.CONFIG.replace(f"defaults: {{model: {OLD}}}", defaults)}


def models(team: Team, branch: str = "main", **inputs: str) -> Any:
    """The button on a branch, with a token that may write issues."""
    team.github.add_token(team.github.token, permissions=Permissions(issues="write"))
    team.runner.run_id += 1
    return team.dispatch(branch, mode="models", **inputs)


def issue(team: Team) -> Any:
    (found,) = team.github.issues.values()
    return found


def said(team: Team) -> list[str]:
    """The comments of the issue, without their first line."""
    return [each.body.split("\n", 1)[1] for each in team.github.comments[issue(team).number]]


def test_dispatch__of_calm_pins__opens_the_issue_all_the_same(team: Team) -> None:
    run = models(team)
    assert run.code == 0, run.log
    assert issue(team).title == "Models: nothing to do"
    assert issue(team).body.startswith(f"{MARKER}\n")
    assert "Nothing needs doing" in issue(team).body
    assert "**Nobody owns** `scripted/answers.yaml`" in issue(team).body
    assert sorted(issue(team).labels) == ["mergefloor", "models"]
    assert "Nothing needs doing" in run.summary
    assert said(team) == []


def test_dispatch__again_and_again__edits_one_issue_and_mentions_the_owner_once(team: Team) -> None:
    team.commit("main", ending(20))
    for _ in range(3):
        run = models(team)
        assert run.code == 0, run.log
    assert issue(team).title == "Models: 1 pin needs an update"
    first = issue(team).body.splitlines()[1:]
    assert any(
        line.startswith(
            f"❗ 1 pin retires within 60 days: `{OLD}` ({day(20)}, in 20 days). Next: run `mergefloor"
        )
        for line in first
    )
    assert "| `@acme/ai` |" in issue(team).body
    (comment,) = said(team)
    assert comment.startswith(
        f"@acme/ai `{OLD}` retires ({day(20)}, in 20 days): run `mergefloor model-update"
    )


def test_dispatch__as_the_day_comes_nearer__tells_once_a_threshold(team: Team) -> None:
    for days in (59, 25, 5, -1):
        team.commit("main", ending(days))
        assert models(team).code == 0
    # The day itself was moved each time; the comments of one day and one threshold are one.
    assert [text.split("(")[1].split(")")[0] for text in said(team)] == [
        f"{day(59)}, in 59 days",
        f"{day(25)}, in 25 days",
        f"{day(5)}, in 5 days",
        f"{day(-1)}, 1 day ago",
    ]


def test_dispatch__after_the_pin_moved__says_that_nothing_is_left_to_do(team: Team) -> None:
    team.commit("main", ending(20))
    models(team)
    moved = ending(20)["mergefloor.yml"].replace(f"{{model: {OLD}", f"{{model: {NEW}")
    team.commit("main", {"mergefloor.yml": moved, "newer.yaml": small.ANSWERS})
    models(team)
    assert (issue(team).title, issue(team).state) == ("Models: nothing to do", "open")
    assert len(said(team)) == 1


def test_dispatch__owners_of_the_file__come_from_codeowners(team: Team) -> None:
    config = ending(5)["mergefloor.yml"].replace(', owner: "@acme/ai"', "")
    team.commit("main", {"mergefloor.yml": config, ".github/CODEOWNERS": "* @all\n/mergefloor.yml @ada\n"})
    models(team)
    (comment,) = said(team)
    assert comment.startswith("@ada `")


def test_dispatch__of_an_owner_with_an_address__mentions_nobody(team: Team) -> None:
    team.commit("main", ending(5, owner="ai@acme.org"))
    models(team)
    (comment,) = said(team)
    assert comment.startswith(f"`{OLD}` retires")
    assert "Owned by `ai@acme.org`, whom GitHub does not notify." in comment


def test_dispatch__on_another_branch__is_a_usage_error(team: Team) -> None:
    run = models(team, "harmless")
    assert run.code == 3
    assert "mergefloor models --ref" in run.log
    assert team.github.issues == {}


def test_dispatch__with_a_config_that_cannot_be_read__writes_no_issue(team: Team) -> None:
    team.commit("main", {"mergefloor.yml": "suites: {}\n"})
    run = models(team)
    assert run.code == 3
    assert team.github.issues == {}


def test_dispatch__of_a_config_elsewhere__has_an_issue_of_its_own(team: Team) -> None:
    team.commit("main", {"other/gate.yml": small.CONFIG})
    models(team)
    models(team, config="other/gate.yml")
    firsts = [found.body.splitlines()[0] for found in team.github.issues.values()]
    assert firsts == [MARKER, "<!-- mergefloor:models:other/gate.yml -->"]


def test_dispatch__without_the_right_to_write_issues__succeeds_and_says_so(team: Team) -> None:
    team.runner.run_id += 1
    run = team.dispatch("main", mode="models")
    assert run.code == 0, run.log
    assert "the issue was not written" in run.log


def test_schedule__keeps_the_same_issue_up_to_date(team: Team) -> None:
    team.commit("main", ending(20))
    models(team)
    rights = Permissions(contents="write", issues="write")
    team.github.add_token(team.github.token, permissions=rights)
    team.commit("main", ending(20, owner="@ada"))
    run = team.dispatch("main", mode="scheduled")
    assert run.code == 0, run.log
    assert "| `@ada` |" in issue(team).body
    assert len(said(team)) == 1

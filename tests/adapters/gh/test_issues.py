"""Issues over real HTTP: one for each marker, whatever fails and whoever writes at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.adapters.gh.hosted import Site, hosted
from tests.adapters.gh.turns import at_once
from tests.fakes.github import Fault, Permissions
from tests.fakes.github.faults import Kind

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import CloseIssue, CommentIssue, UpsertIssue
from mergefloor.errors import HubError

MARKER = "<!-- mergefloor:drift:tone -->"
OTHER = "<!-- mergefloor:drift:other -->"
US = "github-actions[bot]"
FAILING: tuple[Kind, ...] = ("502", "reset", "html")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path, permissions=Permissions(issues="write")) as made:
        yield made


def stamp(run: int = 1, started: float = 100.0) -> RunStamp:
    return RunStamp(run=run, attempt=1, started=started, url="https://github.com/o/r/actions/runs/1")


def upsert(
    body: str = "text", *, run: int = 1, started: float = 100.0, comment: str = "", **but
) -> UpsertIssue:
    made = UpsertIssue(
        marker=MARKER, title=f"Drift: {body[:20]}", body=body, stamp=stamp(run, started), comment=comment
    )
    return replace(made, **but)


def close(*, run: int = 1, started: float = 100.0, comment: str = "recovered") -> CloseIssue:
    return CloseIssue(marker=MARKER, comment=comment, stamp=stamp(run, started))


def shown(site: Site) -> list[tuple[str, str, str]]:
    """State, title and last line of every issue with the marker."""
    found = [issue for issue in site.fake.issues.values() if (issue.body or "").startswith(MARKER)]
    return [(one.state, one.title, (one.body or "").rpartition("\n")[2]) for one in found]


def said(site: Site) -> list[str]:
    """Comments below issues, without their first line."""
    return [c.body.partition("\n")[2] for n in site.fake.issues for c in site.fake.comments[n]]


def test_issue__first_and_second_run__is_one_that_is_edited(site: Site) -> None:
    assert site.hub().apply(upsert("one", labels=("drift",), comment="@ann look")) is None
    assert (
        site.hub().apply(upsert("two", run=2, started=200.0, labels=("drift",), comment="@ann look")) is None
    )
    assert shown(site) == [("open", "Drift: two", "two")]
    assert said(site) == ["@ann look"]
    (issue,) = site.fake.issues.values()
    assert issue.labels == ["drift"]
    assert (issue.body or "").split("\n")[0] == MARKER


def test_issue__usual_run__takes_few_requests(site: Site) -> None:
    hub = site.hub()
    hub.apply(upsert("one", labels=("drift",), comment="@ann look"))
    first = len(site.asked())
    hub.apply(upsert("two", run=2, started=200.0, labels=("drift",), comment="@ann look"))
    assert (first, len(site.asked()) - first) == (11, 6)


def test_issue__the_same_effect_again__writes_nothing(site: Site) -> None:
    effect = upsert("one", labels=("drift",), comment="@ann look")
    site.hub().apply(effect)
    before = len(site.asked("POST", "PATCH"))
    assert site.hub().apply(effect) is None
    assert all(asked == "POST /graphql" for asked in site.asked("POST", "PATCH")[before:])


def test_issue__closed_by_a_person__is_reopened_and_says_so_once_more(site: Site) -> None:
    site.hub().apply(upsert("one", comment="opened"))
    site.fake.close_issue(next(iter(site.fake.issues)))
    for run in (2, 3):
        site.hub().apply(upsert("again", run=run, started=100.0 * run, comment="reopened"))
    assert shown(site) == [("open", "Drift: again", "again")]
    assert said(site) == ["opened", "reopened"]


def test_issue__closed_and_opened_by_us__has_a_comment_each_time(site: Site) -> None:
    for run in range(1, 4):
        site.hub().apply(upsert(f"run {run}", run=run, started=100.0 * run, comment=f"opened {run}"))
        site.hub().apply(close(run=run, started=100.0 * run + 1, comment=f"closed {run}"))
    assert shown(site) == [("closed", "Drift: run 3", "run 3")]
    assert said(site) == [f"{word} {run}" for run in range(1, 4) for word in ("opened", "closed")]
    assert next(iter(site.fake.issues.values())).reason == "completed"


def test_close__twice_or_without_an_issue__does_nothing_more(site: Site) -> None:
    assert site.hub().apply(close()) is None
    assert site.fake.issues == {}
    site.hub().apply(upsert("one"))
    site.hub().apply(close(run=2, started=200.0))
    site.hub().apply(close(run=2, started=200.0))
    site.hub().apply(close(run=3, started=300.0, comment="recovered again"))
    assert shown(site) == [("closed", "Drift: one", "one")]
    assert said(site) == ["recovered"]


def test_issue__older_run__opens_nothing_that_a_newer_one_closed_and_closes_nothing_it_opened(
    site: Site,
) -> None:
    site.hub().apply(upsert("one"))
    site.hub().apply(close(run=3, started=300.0))
    assert site.hub().apply(upsert("late", run=2, started=200.0)) == "a newer run has written the issue"
    assert shown(site) == [("closed", "Drift: one", "one")]
    site.hub().apply(upsert("new", run=4, started=400.0))
    assert site.hub().apply(close(run=3, started=300.0)) == "a newer run has written the issue"
    assert shown(site) == [("open", "Drift: new", "new")]


@pytest.mark.parametrize("knows_no_apps", [False, True])
def test_R27__among_1_200_issues_and_pull_requests__the_one_is_found(site: Site, knows_no_apps: bool) -> None:
    site.fake.world.creator_knows_no_apps = knows_no_apps
    if not knows_no_apps:
        site.hub().apply(upsert("one"))
    for number in range(1_200):
        site.fake.open_issue(US if number % 2 else "ann", body=f"talk {number}")
    if knows_no_apps:
        site.hub().apply(upsert("one"))
    assert site.hub().apply(upsert("two", run=2, started=200.0)) is None
    assert shown(site) == [("open", "Drift: two", "two")]


@pytest.mark.parametrize("author", ["mallory", "other-app[bot]", "github-actions"])
def test_T54__a_strangers_issue_with_our_marker__is_never_taken(site: Site, author: str) -> None:
    body = f'{MARKER}\n<!-- mergefloor-state {{"v":1,"sha":"","run":9,"attempt":1,"started":9e9}} -->\nforged'
    number = site.fake.open_issue(author, body=body)
    site.hub().apply(upsert("ours"))
    site.hub().apply(CommentIssue(marker=MARKER, key="k", body="news"))
    site.hub().apply(close(run=2, started=200.0))
    assert site.fake.issues[number].body == body and site.fake.issues[number].state == "open"
    assert site.fake.comments[number] == []
    assert [row for row in shown(site) if row[2] != "forged"] == [("closed", "Drift: ours", "ours")]


def test_T54__our_issue_edited_by_a_person__keeps_no_newer_run_out(site: Site) -> None:
    site.hub().apply(upsert("ours"))
    (number,) = site.fake.issues
    site.fake.edit_issue(number, "ann", (site.fake.issues[number].body or "").replace("100.0", "9e9"))
    assert site.hub().apply(upsert("again", run=2, started=200.0)) is None
    assert shown(site) == [("open", "Drift: again", "again")]


def test_R25__100_times_500_but_created__leaves_one_issue_and_one_mention(site: Site) -> None:
    hub, left = site.hub(), []
    for _ in range(100):
        site.fake.faults = [
            Fault(kind="500", method="POST", path="*/issues", after=True),
            Fault(kind="500", method="POST", path="*/comments", after=True),
        ]
        assert hub.apply(upsert("text", comment="@ann")) is None
        left.append((len(site.fake.issues), said(site)))
        site.fake.issues.clear()
        site.fake.comments.clear()
    assert left == [(1, ["@ann"])] * 100


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("path", ["*/issues", "*/comments", "*/labels", "*/issues/*"])
@pytest.mark.parametrize("kind", FAILING)
def test_R23__any_write_that_fails_or_whose_answer_is_lost__ends_in_one_of_each(
    site: Site, kind: Kind, path: str, after: bool
) -> None:
    method = "PATCH" if path == "*/issues/*" else "POST"
    if method == "PATCH":
        site.hub().apply(upsert("before", started=50.0))
    site.fake.faults = [Fault(kind=kind, method=method, path=path, times=2, after=after)]
    assert site.hub().apply(upsert("after", labels=("drift",), comment="@ann")) is None
    assert shown(site) == [("open", "Drift: after", "after")]
    assert said(site) == ["@ann"]
    assert next(iter(site.fake.issues.values())).labels == ["drift"]


@pytest.mark.parametrize("kind", [*FAILING, "403-secondary", "429", "graphql-error"])
def test_R23__questions_that_fail_for_a_while__make_no_second_issue(site: Site, kind: Kind) -> None:
    site.hub().apply(upsert("before", started=50.0))
    faults = [Fault(kind=kind, path="/graphql", retry_after=5)]
    if not kind.startswith("graphql"):
        faults.append(Fault(kind=kind, method="GET", retry_after=5))
    site.fake.faults = faults
    assert site.hub().apply(upsert("after")) is None
    assert shown(site) == [("open", "Drift: after", "after")]


@pytest.mark.parametrize("kind", ["500", "403-secondary", "429", "graphql-error"])
def test_R23__github_is_down_for_good__ends_with_an_error_in_two_minutes(site: Site, kind: Kind) -> None:
    site.fake.faults = [Fault(kind=kind, times=None)]
    with pytest.raises(HubError):
        site.hub().apply(upsert())
    assert sum(site.waited) <= 120
    assert site.fake.issues == {}


def test_R26__two_runs_at_once__leave_one_open_issue_of_the_newer(site: Site) -> None:
    for seed in range(12):
        marker = f"<!-- mergefloor:{seed} -->"
        pair = [
            upsert(text, marker=marker, started=at, comment="@ann")
            for text, at in (("older", 1e2), ("newer", 2e2))
        ]
        at_once(site, pair, Random(seed), permissions=Permissions(issues="write"))
        found = [issue for issue in site.fake.issues.values() if (issue.body or "").startswith(marker)]
        assert [(one.state, (one.body or "").rpartition("\n")[2]) for one in found] == [("open", "newer")], (
            seed
        )
        assert [c.body.partition("\n")[2] for c in site.fake.comments[found[0].number]] == ["@ann"], seed
    left = [issue for issue in site.fake.issues.values() if "Two runs opened" in (issue.body or "")]
    assert {issue.state for issue in left} <= {"closed"}


def test_comment__of_one_key__is_there_once(site: Site) -> None:
    site.hub().apply(upsert())
    for _ in range(3):
        site.fake.faults = [Fault(kind="502", method="POST", path="*/comments", after=True)]
        assert site.hub().apply(CommentIssue(marker=MARKER, key="2026-W47", body="week 47")) is None
    site.hub().apply(CommentIssue(marker=MARKER, key="2026-W48", body="week 48"))
    assert said(site) == ["week 47", "week 48"]


def test_comment__without_an_issue__is_a_remark(site: Site) -> None:
    remark = site.hub().apply(CommentIssue(marker=MARKER, key="k", body="x"))
    assert remark == "there is no issue to comment on, so nothing was said"


def test_issue__label_that_may_not_be_made__is_a_remark_and_the_issue_is_there(site: Site) -> None:
    remark = site.hub().apply(upsert(labels=("x" * 60,)))
    assert remark is not None and "not labelled" in remark
    assert len(shown(site)) == 1


@pytest.mark.parametrize("effect", [upsert(), close(), CommentIssue(marker=MARKER, key="k", body="x")])
def test_issue__issues_switched_off__is_a_remark(site: Site, effect: UpsertIssue) -> None:
    site.fake.world.has_issues = False
    remark = site.hub().apply(effect)
    assert remark is not None and "Settings > General > Features" in remark


def test_issue__token_without_the_permission__says_which_one(tmp_path: Path) -> None:
    permissions = Permissions(issues="read", pull_requests="none")
    with hosted(tmp_path, permissions=permissions) as site, pytest.raises(HubError, match="issues: write"):
        site.hub().apply(upsert())


def test_issue__longest_body_and_title__are_cut_and_say_so(site: Site) -> None:
    body = "intro\n```text\n" + "ä\n" * 70_000 + "```\n"
    assert site.hub().apply(upsert(body, title="t" * 300)) is None
    (issue,) = site.fake.issues.values()
    text = issue.body or ""
    assert len(text) <= 65_536 and len(issue.title) == 250
    assert text.split("\n")[-3:] == [
        "```",
        "",
        "The rest does not fit here (GitHub takes 65,536 characters): the page of "
        "[the run](https://github.com/o/r/actions/runs/1) has all of it.",
    ]


def test_issue__title_that_would_end_the_hidden_line__stays_inside(site: Site) -> None:
    site.hub().apply(upsert("one", title="a --> b \u2014 c"))
    site.hub().apply(upsert("two", run=2, started=200.0, title="a --> b \u2014 c"))
    (issue,) = site.fake.issues.values()
    assert issue.title == "a --> b \u2014 c"
    assert (issue.body or "").split("\n")[2].count("-->") == 1


def test_issue__deleted_meanwhile__is_opened_again_but_not_closed_again(site: Site) -> None:
    site.hub().apply(upsert("one"))
    site.fake.before = lambda request: site.fake.issues.clear() if request.method == "PATCH" else None
    assert site.hub().apply(close(run=2, started=200.0)) is None
    assert site.fake.issues == {}
    site.fake.before = None
    site.hub().apply(upsert("one"))
    site.fake.before = lambda request: site.fake.issues.clear() if request.method == "PATCH" else None
    assert site.hub().apply(upsert("two", run=2, started=200.0)) is None
    assert shown(site) == [("open", "Drift: two", "two")]


def test_issue__hidden_lines_taken_away_by_a_person__are_written_again(site: Site) -> None:
    site.hub().apply(upsert("one", comment="opened"))
    (number,) = site.fake.issues
    site.fake.edit_issue(number, "ann", f"{MARKER}\nmy own words")
    site.hub().apply(close(run=2, started=200.0))
    assert shown(site) == [("closed", "Drift: one", "one")]
    site.hub().apply(upsert("two", run=3, started=300.0, comment="reopened"))
    site.fake.edit_issue(number, "ann", f"{MARKER}\nmy own words")
    site.fake.close_issue(number)
    site.hub().apply(upsert("three", run=4, started=400.0, comment="once more"))
    assert shown(site) == [("open", "Drift: three", "three")]
    assert said(site) == ["opened", "recovered", "reopened", "once more"]

"""The one comment over real HTTP: limits, permissions, faults of the line, long and closed pull requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from tests.adapters.gh.hosted import Site, hosted
from tests.adapters.gh.turns import at_once
from tests.fakes.github import Fault, Permissions
from tests.fakes.github.faults import Kind

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import AmendComment, UpsertComment
from mergefloor.errors import HubError

MARKER = "<!-- mergefloor:mergefloor.yml -->"
US = "github-actions[bot]"
FAILING: tuple[Kind, ...] = ("500", "502", "503", "reset", "cut", "html")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path) as made:
        yield made


def upsert(site: Site, body: str = "text", *, run: int = 1, started: float = 100.0, pull: int | None = None):
    stamp = RunStamp(run=run, attempt=1, started=started)
    return UpsertComment(pull=pull or site.number, marker=MARKER, body=body, sha=site.head, stamp=stamp)


def last_lines(site: Site, number: int | None = None) -> list[str]:
    return [body.rpartition("\n")[2] for body in site.bodies(number)]


def test_comment__created_and_edited__is_one_in_eight_requests(site: Site) -> None:
    hub = site.hub()
    assert hub.apply(upsert(site, "one")) is None
    assert hub.apply(upsert(site, "two", run=2)) is None
    assert last_lines(site) == ["two"]
    assert len(site.asked()) == 8


def test_R25__100_times_500_but_created__leaves_100_times_one_comment(site: Site) -> None:
    left, asked, hub = [], [], site.hub()
    for _ in range(100):
        number = site.fake.open_pull("topic")
        site.fake.faults = [Fault(kind="500", method="POST", path="*/comments", after=True)]
        before = len(site.fake.requests)
        assert hub.apply(upsert(site, pull=number)) is None
        left.append(len(site.bodies(number)))
        asked.append(len(site.fake.requests) - before)
    assert left == [1] * 100
    assert max(asked) == 4


def test_R25__30_runs_on_one_pull_request__each_with_a_lost_answer__leave_one_comment(site: Site) -> None:
    for run in range(30):
        site.fake.faults = [Fault(kind="500", method="POST", path="*/comments", after=True, times=2)]
        site.hub().apply(upsert(site, f"run {run}", run=run))
    assert last_lines(site) == ["run 29"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", FAILING)
def test_R23__any_write_that_fails_or_whose_answer_is_lost__ends_in_one_comment(
    site: Site, kind: Kind, method: str, after: bool
) -> None:
    hub = site.hub()
    if method != "POST":
        hub.apply(upsert(site, "before", started=50.0))
    if method == "DELETE":
        site.fake.comment(site.number, US, site.bodies()[0])
    path = "*/comments" if method == "POST" else "*/issues/comments/*"
    site.fake.faults = [Fault(kind=kind, method=method, path=path, times=2, after=after)]
    assert hub.apply(upsert(site, "after")) is None
    assert last_lines(site) == ["after"]


@pytest.mark.parametrize("kind", [*FAILING, "graphql-error", "lost-page"])
def test_R23__a_question_that_fails_for_a_while__makes_no_second_comment(site: Site, kind: Kind) -> None:
    hub = site.hub()
    hub.apply(upsert(site, "before", started=50.0))
    for number in range(150):
        site.fake.comment(site.number, "ann", f"talk {number}")
    site.fake.faults = [Fault(kind=kind, path="/graphql", times=2)]
    if not kind.startswith("graphql"):
        site.fake.faults = [*site.fake.faults.faults, Fault(kind=kind, method="GET", times=2)]
    assert hub.apply(upsert(site, "after")) is None
    assert [line for line in last_lines(site) if not line.startswith("talk")] == ["after"]


@pytest.mark.parametrize("kind", ["500", "graphql-error", "lost-page", "403-secondary", "429"])
def test_R23__github_is_down_for_good__ends_with_an_error_within_a_minute(site: Site, kind: Kind) -> None:
    for number in range(150):
        site.fake.comment(site.number, "ann", f"talk {number}")
    site.fake.faults = [Fault(kind=kind, times=None)]
    with pytest.raises(HubError):
        site.hub().apply(upsert(site))
    assert sum(site.waited) <= 60
    assert len(site.bodies()) == 150


def test_R27__own_comment_before_3_100_others__is_found(site: Site) -> None:
    hub = site.hub()
    hub.apply(upsert(site, "one"))
    for number in range(3_100):
        site.fake.comment(site.number, "ann", f"talk {number}")
    assert hub.apply(upsert(site, "two", run=2)) is None
    assert [line for line in last_lines(site) if not line.startswith("talk")] == ["two"]


def test_R28__deleted_between_reading_and_writing__is_created_again(site: Site) -> None:
    hub = site.hub()
    hub.apply(upsert(site, "one"))
    said = site.fake.comments[site.number][0].id
    site.fake.before = lambda request: site.fake.delete_comment(said) if request.method == "PATCH" else None
    assert hub.apply(upsert(site, "two", run=2)) is None
    assert last_lines(site) == ["two"]


@pytest.mark.parametrize("merged", [False, True])
def test_R28__closed_pull_request__is_no_crash(site: Site, merged: bool) -> None:
    site.fake.close_pull(site.number, merged=merged)
    assert site.hub().apply(upsert(site)) is None
    assert last_lines(site) == ["text"]


def test_R28__locked_pull_request__is_a_clear_error(tmp_path: Path) -> None:
    with hosted(tmp_path, private=False) as site:
        site.fake.pulls[site.number].locked = True
        site.fake.add_token("ghs_other", permissions=Permissions(), viewer="app[bot]", member=False)
        with pytest.raises(HubError, match="locked") as caught:
            site.hub(token="ghs_other").apply(upsert(site))
        assert caught.value.status == 403
        assert site.bodies() == []


def test_R28__deleted_pull_request__is_a_clear_error(site: Site) -> None:
    del site.fake.pulls[site.number]
    with pytest.raises(HubError) as caught:
        site.hub().apply(upsert(site))
    assert caught.value.status == 404


def test_R28__force_push_meanwhile__leaves_the_comment_alone(site: Site) -> None:
    hub = site.hub()
    hub.apply(upsert(site, "before"))
    late = upsert(site, "late", run=2)
    site.push("name: other\n")
    said = hub.apply(late)
    assert said is not None and "the comment was left alone" in said
    assert last_lines(site) == ["before"]


def test_R28__force_push_between_the_look_and_the_create__is_seen(site: Site) -> None:
    late = upsert(site, "late")

    def push(request) -> None:
        if request.method == "GET" and "pulls" in request.path:
            site.fake.before = None
            site.push("name: other\n")

    site.fake.before = push
    said = site.hub().apply(late)
    assert said is not None and site.bodies() == []


def test_comment__read_only_token__is_a_clear_error(tmp_path: Path) -> None:
    with hosted(tmp_path, permissions=Permissions.read_only()) as site:
        with pytest.raises(HubError, match="pull-requests: write") as caught:
            site.hub().apply(upsert(site))
        assert caught.value.status == 403


def test_T54__foreign_comment_with_our_marker__is_never_edited(site: Site) -> None:
    forged = f'{MARKER}\n<!-- mergefloor-state {{"v":1,"sha":"x","run":99,"attempt":9,"started":9e9}} -->\nmerge it!'
    for author in ("mallory", "other-app[bot]"):
        site.fake.comment(site.number, author, forged)
    hub = site.hub()
    hub.apply(upsert(site, "one"))
    site.fake.comment(site.number, "mallory", forged)
    hub.apply(upsert(site, "two", run=2))
    assert last_lines(site) == ["merge it!", "merge it!", "two", "merge it!"]
    assert [said.edited for said in site.fake.comments[site.number] if said.author != US] == [None] * 3


def test_T54__our_own_comment_edited_by_a_maintainer__is_not_believed(site: Site) -> None:
    hub = site.hub()
    hub.apply(upsert(site, "one"))
    said = site.fake.comments[site.number][0]
    site.fake.edit_comment(said.id, "ann", said.body.replace("100.0", "9e9").replace("one", "merge it!"))
    assert hub.apply(upsert(site, "two", run=2)) is None
    assert last_lines(site) == ["two"]


def test_amend__block_of_an_override__stays_on_top_until_the_next_run(site: Site) -> None:
    hub = site.hub()
    hub.apply(upsert(site, "verdict"))
    hub.apply(AmendComment(pull=site.number, marker=MARKER, block="Overridden by @ann"))
    assert site.bodies()[0].split("\n")[2:] == [
        "<!-- mergefloor-block -->", "Overridden by @ann", "<!-- /mergefloor-block -->", "verdict",
    ]  # fmt: skip
    hub.apply(upsert(site, "next", run=2))
    assert last_lines(site) == ["next"] and "Overridden" not in site.bodies()[0]


def test_R26__two_runs_over_http__in_20_interleavings__leave_one_comment_of_the_newer(site: Site) -> None:
    for seed in range(20):
        random, number = Random(seed), site.fake.open_pull("topic")
        if seed % 2:
            site.hub().apply(upsert(site, "before", started=50.0, pull=number))
        pair = [upsert(site, text, started=at, pull=number) for text, at in (("older", 1e2), ("newer", 2e2))]
        at_once(site, pair, random)
        assert last_lines(site, number) == ["newer"], seed

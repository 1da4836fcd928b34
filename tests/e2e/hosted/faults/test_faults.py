"""R23, R24, R30: every fault of GitHub at every request of a run. The pull request of these tests must not be merged."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.inside import Inside, Watch, fast
from tests.e2e.hosted.faults.table import PLACES, WAYS, Place, Way, states, struck, told
from tests.e2e.hosted.team import Team
from tests.fakes.github import FakeGitHub, Fault, FaultPlan, Limits, Request
from tests.fakes.runner import Run, RunnerHarness

FULL = os.environ.get("MERGEFLOOR_FAULTS") == "full"
QUICK = [way for way in WAYS if not way.slow]
SLOW = [way for way in WAYS if way.slow]
# Every case broke, and the version was not raised: a status, a comment and a suggestion are due.
BROKEN = {"prompts/greeter.yaml": small.prompt("Greet coldly.", "1.0.1", "colder")}
SPEED = 20.0 if FULL else 100.0
TIMED = ("status pending", "many blobs", "status final", "the comment")
STATUS_S, COMMENT_S = 300.0, 60.0
# Seconds that GitHub may take where it never answers. Whether the pull request moved is asked three times: before
# the final status, the comment and the suggestion.
LIMITS = {
    "read": STATUS_S, "pending": 90.0, "final": STATUS_S, "comment": 120.0 + 2 * COMMENT_S, "many blobs": 30.0,
}  # fmt: skip
SOCKET_S, BUSY_S = 15.0, 5.0


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """One team for the whole table; every run has a pull request of its own on the same commit."""
    path = tmp_path_factory.mktemp("crew")
    folder = path / "repository"
    folder.mkdir()
    limits = Limits(per_hour=None, writes_per_minute=None, statuses_per_context=10_000)
    with FakeGitHub(folder / ".git", limits=limits) as github:
        urls = {"api_url": github.url, "graphql_url": github.graphql_url, "repository": github.repository}
        outside = Team(folder=folder, github=github, runner=RunnerHarness(path / "runner", **urls))
        made = replace(outside, runner=Inside.like(outside))
        made.begin(small.FILES)
        made.commit("broken", BROKEN)
        yield made
    assert github.violations == []


@pytest.fixture
def number(crew: Team) -> Iterator[int]:
    """A pull request with a comment of ours on it, and no fault left behind."""
    made = crew.github.open_pull("broken")
    yield made
    crew.github.faults = ()


def sha(crew: Team) -> str:
    return crew.github.pulls[max(crew.github.pulls)].head_sha


def pairs(ways: list[Way], share: int = 1) -> list[tuple[Place, Way]]:
    """Every way at every place, or in a test that must be quick every `share`-th, each place beginning at another."""
    fits = [(place, way) for place, way in itertools.product(PLACES, ways) if way.fits(place)]
    return fits if FULL else fits[::share]


def named(value: object) -> str:
    return str(getattr(value, "name", value))


def begin(crew: Team, number: int, place: Place) -> None:
    """An edit needs a comment to be edited."""
    if place.name == "the edit":
        stamp = '<!-- mergefloor-state {"v":1,"sha":"x","run":1,"attempt":1,"started":1.0} -->'
        crew.github.comment(
            number, "github-actions[bot]", f"<!-- mergefloor:mergefloor.yml -->\n{stamp}\nold"
        )


@pytest.mark.parametrize(("place", "way"), pairs(QUICK, 7), ids=named)
def test_R23__a_fault_for_ever__decides_nothing_else_than_it_may(
    crew: Team, number: int, place: Place, way: Way
) -> None:
    begin(crew, number, place)
    head, before, hit = sha(crew), len(crew.github.statuses[sha(crew)]), struck(crew)
    watch = Watch()
    crew.runner.clocks = lambda: watch.clocks
    crew.github.faults = [way.at(place, None)]
    run = crew.gate(number, exit_zero="true" if place.part == "final" else "false")
    found = states(crew, head, before)
    assert struck(crew) > hit, "the table names a request that no run makes"
    assert "success" not in found
    assert run.outputs["verdict"] == ("block" if _verdict_is_known(place, way) else "error"), told(run)
    if place.part == "read" and not place.spare:
        assert run.code == 2, told(run)
        assert found[-1:] == ["error"], told(run)
    elif place.part == "pending" and _refused(way):
        assert (run.code, found) == (2, []), told(run)
    elif place.part == "final":
        assert run.code == 2, "nobody has heard the verdict"
    else:
        assert (run.code, found[-1:]) == (1, ["failure"]), told(run)
    assert len(crew.sticky(number)) <= 1
    assert run.state.get("done") == (
        "1" if found and found[-1] != "pending" and place.part != "final" else None
    )
    assert sum(watch.waited) <= STATUS_S + max(STATUS_S, 2 * COMMENT_S), "one reading, then the status"


def _verdict_is_known(place: Place, way: Way) -> bool:
    if place.part == "pending":
        return not _refused(way)
    return place.part != "read" or place.spare


def _refused(way: Way) -> bool:
    """Whether GitHub said clearly that this token will never write a status."""
    return way.kind in ("401", "403", "403-primary", "404", "422", "403-secondary")


@pytest.mark.parametrize(("place", "way"), pairs([way for way in QUICK if way.passing], 7), ids=named)
def test_R23__a_fault_that_passes__changes_nothing(crew: Team, number: int, place: Place, way: Way) -> None:
    begin(crew, number, place)
    head, before, hit = sha(crew), len(crew.github.statuses[sha(crew)]), struck(crew)
    crew.runner.clocks = lambda: Watch().clocks
    crew.github.faults = [way.at(place, 1)]
    run = crew.gate(number)
    assert struck(crew) == hit + 1
    assert run.code == 1, told(run)
    assert states(crew, head, before)[-1] == "failure"
    if not (place.part == "comment" and way.minute):  # that is all the time there is
        (comment,) = crew.sticky(number)
        assert "Do not merge" in comment
        assert len(crew.github.review_comments[number]) == 1
    assert run.outputs["verdict"] == "block"
    assert run.state["done"] == "1"


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_R23__a_server_that_answers_nothing__takes_no_more_than_its_time(
    crew: Team, number: int, place: Place
) -> None:
    """A socket that says nothing is given up after 15 s: here it costs them at once."""
    begin(crew, number, place)
    head, before = sha(crew), len(crew.github.statuses[sha(crew)])
    watch = Watch()
    crew.runner.clocks = lambda: watch.clocks
    plan = FaultPlan([Fault(kind="reset", path=place.path, method=place.method, containing=place.containing,
                            nth=place.nth, times=None)])  # fmt: skip

    def silent(request: Request) -> Fault | None:
        fault = plan(request)
        if fault is not None:
            watch.waited.append(SOCKET_S)
        return fault

    crew.github.faults = silent
    run = crew.gate(number)
    assert SOCKET_S <= sum(watch.waited) <= LIMITS[place.name if place.spare else place.part] + SOCKET_S
    ends_as(place, run, states(crew, head, before))


@pytest.mark.parametrize("way", SLOW, ids=named)
@pytest.mark.parametrize("place", PLACES if FULL else [p for p in PLACES if p.name in TIMED], ids=named)
def test_R23__a_server_that_hangs_or_drips__is_left_behind(
    crew: Team, number: int, place: Place, way: Way
) -> None:
    """Over real sockets, in hurried time. How long it takes includes the work of a busy machine."""
    begin(crew, number, place)
    head, before, hit = sha(crew), len(crew.github.statuses[sha(crew)]), struck(crew)
    crew.runner.clocks = lambda: fast(SPEED)
    crew.github.faults = [way.at(place, None)]
    run = crew.gate(number)
    assert struck(crew) > hit
    assert run.seconds <= LIMITS[place.name if place.spare else place.part] + BUSY_S * SPEED, told(run)
    ends_as(place, run, states(crew, head, before))


def ends_as(place: Place, run: Run, found: list[str]) -> None:
    """What a run looks like when one of its requests is never answered."""
    assert "success" not in found
    if place.part == "final":
        assert run.code == 2, told(run)
    elif place.part == "read" and not place.spare:
        assert (run.code, found[-1]) == (2, "error"), told(run)
    else:
        assert (run.code, found[-1]) == (1, "failure"), told(run)


@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        (Fault(kind="reset", method="POST", path="*/issues/*/comments", after=True), 1, "failure"),
        (Fault(kind="403", method="POST", path="*/statuses/*", containing='"failure"', times=None), 2, "pending"),
        (Fault(kind="404", path="*/pulls/*", times=None), 2, "error"),
    ],
    ids=["comment lost but made", "verdict refused", "pull request unreadable"],
)  # fmt: skip
def test_R24__as_a_process__ends_as_the_table_says(team: Team, fault: Fault, code: int, state: str) -> None:
    number = team.github.open_pull("worse")
    team.github.faults = [fault]
    run = team.gate(number, exit_zero="true" if state == "pending" else "false")
    assert (run.code, states(team, team.sha("worse"))[-1]) == (code, state), told(run)
    assert len(team.sticky(number)) == (state != "error")


@pytest.mark.skipif(not FULL, reason="takes a minute of real time")
def test_R23__as_a_process__a_comment_that_hangs_takes_a_minute(team: Team) -> None:
    number = team.github.open_pull("worse")
    team.github.faults = [Fault(kind="hang", path="*/issues/*/comments", times=None)]
    run = team.runner.run(
        "pull_request", team.github.event("pull_request", number=number), {"comment": "true"},
        token=team.github.token, timeout=200,
    )  # fmt: skip
    assert (run.code, states(team, team.sha("worse"))[-1]) == (1, "failure"), told(run)
    assert 55 <= run.seconds <= 75

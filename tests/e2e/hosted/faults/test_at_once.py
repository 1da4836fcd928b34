"""R25, R26, R27, R28 on whole runs: lost answers, two runs at once, long conversations, people who act meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random

import pytest
from tests.adapters.gh.interleave import interleave
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.inside import Inside, standing_alone
from tests.e2e.hosted.faults.table import states, told, written
from tests.e2e.hosted.team import KEY, MARKER, Team
from tests.fakes.github import Fault, Permissions, Request
from tests.fakes.runner import Run, RunnerHarness

from mergefloor.runner import seal

FULL = os.environ.get("MERGEFLOOR_FAULTS") == "full"
US = "github-actions[bot]"
STARTED = 1_795_000_000.0
STEPS = 18  # requests of a run for a change of nothing relevant


def test_R25__100_runs_whose_comment_was_made_with_500__leave_one_comment_each(inside: Team) -> None:
    github = inside.github
    github.limits.writes_per_minute = github.limits.per_hour = None
    left, codes = [], []
    for _ in range(100 if FULL else 8):
        number = github.open_pull("docs")
        github.faults = [Fault(kind="500", method="POST", path="*/issues/*/comments", after=True)]
        codes.append(inside.gate(number).code)
        left.append(len(inside.sticky(number)))
    assert set(codes) == {0}
    assert set(left) == {1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two runs for one event: `second` started later."""

    team: Team
    number: int
    first: Inside
    second: Inside

    def run(self, runner: RunnerHarness, token: str) -> Run:
        event = self.team.github.event("pull_request", number=self.number, action="edited")
        return runner.run("pull_request", event, {"cache-key": KEY}, token=token)

    def clear(self) -> None:
        """As if nobody had run yet."""
        self.team.github.statuses[self.team.sha("docs")].clear()
        self.team.github.comments[self.number].clear()

    def settled(self) -> None:
        """One comment, of the run that started last; a final status, of the run that announced itself last."""
        (comment,) = self.team.sticky(self.number)
        assert f"/runs/{self.second.run_id}/" in comment
        said = written(self.team, self.team.sha("docs"))
        announced = [status.target_url for status in said if status.state == "pending"]
        assert said[-1].state == "success"
        assert said[-1].target_url == announced[-1]


@pytest.fixture
def pair(inside: Team) -> Pair:
    runner = inside.runner
    assert isinstance(runner, Inside)
    inside.github.limits.writes_per_minute = inside.github.limits.per_hour = None
    for token in ("ghs_first", "ghs_second"):
        inside.github.add_token(token, permissions=Permissions())
    return Pair(
        team=inside,
        number=inside.github.open_pull("docs"),
        first=runner.other("first", 71, STARTED),
        second=runner.other("second", 72, STARTED + 5),
    )


def test_R26__a_newer_run_within_an_older_one__at_every_request__has_the_last_word(pair: Pair) -> None:
    """The newer one begins and ends while one request of the older one is on its way."""
    github, sha = pair.team.github, pair.team.sha("docs")
    for step in range(1, STEPS + 1):
        seen: list[str] = []

        def meanwhile(request: Request, at: int = step, seen: list[str] = seen) -> None:
            if request.token == "ghs_first":
                seen.append(request.path)
                if len(seen) == at:
                    assert pair.run(pair.second, "ghs_second").code == 0

        pair.clear()
        github.before = meanwhile
        assert pair.run(pair.first, "ghs_first").code == 0
        github.before = None
        assert len(seen) >= step, "the older run makes fewer requests than this test believes"
        pair.settled()
        pending = [s.target_url for s in written(pair.team, sha) if s.state == "pending"]
        assert (pending[-1] or "").count("/runs/72/") == (step > 3), "the third request announces a run"


@pytest.mark.parametrize("seeds", [range(0, 11), range(11, 22), range(22, 500 if FULL else 33)], ids=str)
def test_R26__two_runs_in_any_order_of_their_requests__leave_one_comment_and_one_word(
    pair: Pair, seeds: range
) -> None:
    for seed in seeds:
        pair.clear()
        assert both(pair, Random(seed)) == [0, 0]
        pair.settled()


def both(pair: Pair, random: Random) -> list[object]:
    """Runs both at once, one request of one of them at a time; their exit codes."""
    gates: dict[str, Callable[[], None]] = {}

    def entered(token: str, runner: Inside) -> Callable[[Callable[[], None]], object]:
        def work(gate: Callable[[], None]) -> object:
            gates[token] = gate
            return pair.run(runner, token).code

        return work

    pair.team.github.before = lambda request: gates[request.token]()
    try:
        with side_by_side(pair):
            return interleave([entered("ghs_first", pair.first), entered("ghs_second", pair.second)], random)
    finally:
        pair.team.github.before = None


@contextmanager
def side_by_side(pair: Pair) -> Iterator[None]:
    """Both runs in threads of one process: what a process has for itself is put aside for both."""
    with standing_alone():
        seal(os.environ)
        pair.first.alone = pair.second.alone = False
        yield
        pair.first.alone = pair.second.alone = True


@pytest.mark.parametrize("path", ["*/statuses/*", "*/issues/*/comments"])
def test_R26__two_processes__the_newer_one_has_the_last_word(team: Team, path: str) -> None:
    """The newer process runs while the older one writes its verdict, or its comment."""
    number, sha = team.github.open_pull("worse"), team.sha("worse")
    newer = RunnerHarness(
        team.runner.workspace.parent / "newer",
        api_url=team.github.url,
        graphql_url=team.github.graphql_url,
        repository=team.github.repository,
    )
    newer.run_id, once, codes = 1_000_002, threading.Event(), list[int]()
    plan = Fault(kind="500", method="POST", path=path, containing="" if "comments" in path else '"failure"')

    def meanwhile(request: Request) -> None:
        if plan.matches(request) and not once.is_set():
            once.set()
            codes.append(replace(team, runner=newer).gate(number).code)

    team.github.before = meanwhile
    assert team.gate(number).code == 1
    assert codes == [1]
    (comment,) = team.sticky(number)
    assert "/runs/1000002/" in comment
    last = written(team, sha)[-1]
    assert (last.state, "/runs/1000002/" in (last.target_url or "")) == ("failure", True)


def test_R27__strangers_with_our_marker_among_3_100_comments__are_never_edited(inside: Team) -> None:
    github = inside.github
    number = github.open_pull("docs")
    forged = f"{MARKER}\nforged"
    ids = [github.comment(number, "mallory", forged)]
    github.comment(number, US, f"{MARKER}\nours, from long ago")
    for index in range(3_100):
        github.comment(number, "ann", f"talk {index}")
    ids += [github.comment(number, "mallory", forged), github.comment(number, "ann", f"> {MARKER}\nquoted")]
    run = inside.gate(number)
    assert run.code == 0, told(run)
    for at in ids:
        kept = github.world.found_comment(at)
        assert kept is not None
        assert kept.edited is None
    ours = [c for c in github.comments[number] if c.author == US]
    assert len(ours) == 1
    assert "May merge" in ours[0].body


@pytest.mark.parametrize(
    "path", ["*/compare/*", "*/statuses/*", "*/issues/comments/*"], ids=["work", "status", "comment"]
)
@pytest.mark.parametrize("act", ["delete", "close", "merge", "force-push"])
def test_R28__what_people_do_meanwhile__ends_no_run_in_a_crash_or_on_a_foreign_commit(
    inside: Team, act: str, path: str
) -> None:
    github = inside.github
    number, old, new = github.open_pull("worse"), inside.sha("worse"), inside.sha("harmless")
    github.comment(number, US, f"{MARKER}\nold")
    done = threading.Event()

    def meanwhile(request: Request) -> None:
        wanted = Fault(kind="500", path=path, containing='"failure"' if "statuses" in path else "")
        if wanted.matches(request) and not done.is_set():
            done.set()
            {
                "delete": lambda: [github.delete_comment(c.id) for c in list(github.comments[number])],
                "close": lambda: github.close_pull(number),
                "merge": lambda: github.close_pull(number, merged=True),
                "force-push": lambda: github.push_pull(number, new),
            }[act]()

    github.before = meanwhile
    run = inside.gate(number)
    github.before = None
    assert done.is_set()
    pushed_early = act == "force-push" and path == "*/compare/*"
    assert run.code == (2 if pushed_early else 1), told(run)
    assert states(inside, new) == []
    assert states(inside, old)[-1] == ("error" if pushed_early else "failure")
    texts = inside.sticky(number)
    if act == "force-push":
        assert all("old" in text or path == "*/issues/comments/*" for text in texts)
    else:
        assert len(texts) == 1
        assert "Do not merge" in texts[0]


def test_R28__pushed_before_the_run_began__leaves_the_old_commit_alone(inside: Team) -> None:
    github = inside.github
    number, old = github.open_pull("worse"), inside.sha("worse")
    event = github.event("pull_request", number=number, action="synchronize")
    newer = inside.commit("worse", {"prompts/greeter.yaml": small.prompt("Greet.", "1.1.0", "shorter")})
    github.push_pull(number, newer)
    run = inside.run("pull_request", event)
    assert run.code == 2, told(run)
    assert (states(inside, old), states(inside, newer)) == ([], [])
    assert "a newer commit was pushed" in run.log

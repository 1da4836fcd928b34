"""T86: three permissions are enough for everything, nothing else is asked for, and what is missing is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team
from tests.e2e.hosted.threats.inside import a_team
from tests.fakes.github import Permissions, Status
from tests.fakes.github.routes import find
from tests.fakes.runner import Run

THREE = Permissions(contents="read", pull_requests="write", statuses="write")
SMALL_BUMP = {"prompts/greeter.yaml": small.prompt("Greet {{who}} warmly.", "1.0.1")}
ASKED = {
    ("GET", "branches/[+]"),
    ("GET", "collaborators/[]/permission"),
    ("GET", "commits/[+]/statuses"),
    ("GET", "compare/[+]...[+]"),
    ("GET", "git/blobs/[]"),
    ("GET", "git/trees/[+]"),
    ("GET", "pulls/[]"),
    ("GET", "pulls/[]/files"),
    ("PATCH", "issues/comments/[]"),
    ("POST", "/graphql"),
    ("POST", "issues/[]/comments"),
    ("POST", "issues/comments/[]/reactions"),
    ("POST", "pulls/[]/comments"),
    ("POST", "statuses/[]"),
}


@contextmanager
def granted(place: Path, permissions: Permissions) -> Iterator[Team]:
    """The small team, whose workflow's token may do this much."""
    with a_team(place, branches={**small.BRANCHES, "bump": SMALL_BUMP}) as team:
        team.github.add_token(team.github.token, permissions=permissions)
        team.github.collaborators.update(max="maintain", wendy="write")
        yield team


def gate(team: Team) -> Run:
    return team.gate(team.github.open_pull("worse"))


def again(team: Team) -> Run:
    gate(team)
    return team.gate(1)


def suggestion(team: Team) -> Run:
    return team.gate(team.github.open_pull("bump"))


def forked(team: Team) -> Run:
    number = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    return team.say(number, f"/mergefloor run {team.sha('worse')}", author="max")


def overridden(team: Team) -> Run:
    gate(team)
    return team.say(1, f"/mergefloor override {team.sha('worse')} wanted", author="max")


def explained(team: Team) -> Run:
    gate(team)
    return team.say(1, "/mergefloor explain g-3", author="wendy")


def queued(team: Team) -> Run:
    return team.run("merge_group", team.github.event("merge_group", head="worse"))


def pushed(team: Team) -> Run:
    return team.run("push", team.github.event("push"))


def looked(team: Team) -> Run:
    number = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    return team.run("pull_request_target", team.github.event("pull_request", number=number), cache_key="")


def finished(team: Team) -> Run:
    """The step after a run that was killed."""
    number = team.github.open_pull("worse")
    event = team.github.event("pull_request", number=number)
    sha = team.sha("worse")
    url = "https://github.com/acme/shop/actions/runs/1/attempts/1"
    team.github.statuses[sha].append(
        Status(
            id=1,
            sha=sha,
            state="pending",
            context="mergefloor",
            description="",
            target_url=url,
            creator="x",
            created=1,
        )
    )
    team.runner.state = {"sha": sha, "context": "mergefloor", "url": url}
    return team.runner.run("pull_request", event, {}, token=team.github.token, post=True)


FEATURES: dict[str, tuple[Callable[[Team], Run], int]] = {
    "gate": (gate, 1),
    "again": (again, 1),
    "suggestion": (suggestion, 1),
    "fork-by-command": (forked, 1),
    "override": (overridden, 0),
    "explain": (explained, 0),
    "merge-queue": (queued, 1),
    "history": (pushed, 0),
    "preflight": (looked, 0),
    "finisher": (finished, 0),
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, str]]]:
    """Every feature with exactly the three permissions: which endpoints it asked, none of them refused."""
    found = {}
    for name, (feature, code) in FEATURES.items():
        with granted(tmp_path_factory.mktemp("scope"), THREE) as team:
            run = feature(team)
            assert run.code == code, f"{name}: {run.log}"
            assert [r for r in team.github.requests if r.status in {401, 403}] == [], name
            assert [c for c in run.annotations if c.name == "warning"] == [], name
            prefix = f"/repos/{team.github.repository}"
            found[name] = {(r.method, _pattern(r.method, r.path, prefix)) for r in team.github.requests}
            texts = [r.body["query"] for r in team.github.requests if r.path == "/graphql"]
            assert all(re.match(r"\s*(query\b|\{)", text) for text in texts), "reads alone"
            if name == "suggestion":
                assert team.github.review_comments[1]
            if name == "finisher":
                assert team.status(team.sha("worse"))[0] == "error"
    return found


def _pattern(method: str, path: str, prefix: str) -> str:
    if path == "/graphql":
        return path
    route = find(method, path, prefix)
    assert route is not None, path
    return route[0].pattern


def test_T86__every_feature_with_three_permissions__works_and_asks_nothing_else(
    used: dict[str, set[tuple[str, str]]],
) -> None:
    assert set().union(*used.values()) <= ASKED
    assert ASKED - set().union(*used.values()) <= {("GET", "pulls/[]/files"), ("GET", "commits/[+]/statuses")}


def test_T86__nothing_is_asked_that_changes_code_settings_or_runs(
    used: dict[str, set[tuple[str, str]]],
) -> None:
    writes = {row for row in set().union(*used.values()) if row[0] != "GET"}
    assert {pattern.split("/")[0] for _, pattern in writes} <= {"", "issues", "pulls", "statuses"}
    assert not any(method in {"PUT", "DELETE"} for method, _ in writes)


def test_T86__control__the_fake_refuses_what_is_not_granted(tmp_path: Path) -> None:
    with granted(tmp_path, Permissions.read_only()) as team:
        run = gate(team)
        assert run.code == 2
        assert [r.status for r in team.github.requests if r.method == "POST" and "/statuses/" in r.path][
            -1
        ] == 403


MISSING = {
    "contents": (Permissions(contents="none"), 2, "contents: read"),
    "statuses": (Permissions(statuses="none"), 2, "statuses: write"),
    "statuses-read": (Permissions(statuses="read"), 2, "statuses: write"),
    "pull-requests": (Permissions(pull_requests="none"), 2, "pull-requests: "),
    "pull-requests-read": (Permissions(pull_requests="read"), 1, "pull-requests: write"),
}


@pytest.mark.parametrize("which", MISSING)
def test_T86__one_permission_missing__is_named_and_never_a_pass(tmp_path: Path, which: str) -> None:
    permissions, code, sentence = MISSING[which]
    with granted(tmp_path, permissions) as team:
        run = team.gate(team.github.open_pull("worse"))
        assert run.code == code, run.log
        assert sentence in run.log
        assert "Traceback" not in run.log
        assert "a bug of ours" not in run.log
        told = [s.state for s in team.github.statuses.get(team.sha("worse"), [])]
        assert "success" not in told
        assert not told or told[-1] in {"failure", "error"}


@pytest.mark.parametrize("word", ["run {sha}", "override {sha} wanted"])
@pytest.mark.parametrize("which", ["statuses-read", "pull-requests-read"])
def test_T86__command_without_a_permission__is_told_in_the_log(tmp_path: Path, which: str, word: str) -> None:
    permissions, _, sentence = MISSING[which]
    with granted(tmp_path, permissions) as team:
        number = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
        run = team.say(number, f"/mergefloor {word.format(sha=team.sha('worse'))}", author="max")
        assert sentence in run.log
        if which == "statuses-read":
            assert run.code == 2, "a status that nobody sees is no release"

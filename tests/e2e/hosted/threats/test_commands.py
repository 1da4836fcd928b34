"""T10, T11: which commit is judged, and who may ask for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import KEY, Team
from tests.e2e.hosted.threats.loopback import LLM, NAME, Asked, a_model
from tests.e2e.hosted.threats.sinks import COMMAND, HIDDEN
from tests.fakes.github import Fault, Request
from tests.fakes.runner import Run

CONFIG = small.CONFIG.replace("scripted/answers.yaml", f"openai-compatible/{NAME}")
FILES = {
    **small.FILES,
    "mergefloor.yml": f"{CONFIG}    metrics: {{pass_rate: {{floor: 0.5}}}}\n",
    "evals/greeter/first.yaml": small.cases(3),
}
LATER = {"prompts/greeter.yaml": small.prompt("Greet coldly, SECOND PUSH.", "2.0.1", "colder")}


def warm(asked: Asked) -> str:
    return "Noted." if "coldly" in asked.system else "Hello, friend!"


@dataclass(slots=True)
class Race:
    """A pull request of commit A, and B that is pushed right before the request number `at`."""

    team: Team
    llm: LLM
    number: int
    first: str
    second: str
    at: int
    seen: int = field(default=0)

    def push(self, _: Request) -> None:
        self.seen += 1
        if self.seen == self.at:
            self.team.github.push_pull(self.number, self.second)

    def run(self, say: str = "") -> Run:
        """The gate on A, or the command that asks for it, with B arriving meanwhile."""
        inputs = {"openai_base_url": self.llm.url, "cache_key": ""}
        github = self.team.github
        event, payload = "pull_request", github.event("pull_request", number=self.number, action="reopened")
        if say:
            event = "issue_comment"
            payload = github.event(event, comment=github.comment(self.number, "max", say))
        github.before = self.push
        try:
            return self.team.run(event, payload, **inputs)
        finally:
            github.before = None

    @property
    def asked_of_second(self) -> list[Asked]:
        return [asked for asked in self.llm.asked if "SECOND PUSH" in json.dumps(asked.body)]


@pytest.fixture(scope="module")
def race(opened: Callable[..., Team]) -> Iterator[Callable[..., Race]]:
    team = opened(files=FILES)
    team.github.collaborators["max"] = "maintain"
    made = 0
    with a_model(warm) as llm:

        def make(at: int, fork: str | None = None) -> Race:
            nonlocal made
            made += 1
            # Commits of their own: a status of an earlier race must not speak for this one.
            first = team.commit(f"race-{made}", {**small.WORSE, "race.txt": f"{made}\n"})
            second = team.commit(f"later-{made}", LATER, start=f"race-{made}")
            number = team.github.open_pull(f"race-{made}", sha=first, author="mallory", fork_of=fork)
            llm.asked.clear()
            return Race(team, llm, number, first, second, at)

        yield make


def test_T10__head_moves_before_any_request_of_a_run__the_new_commit_is_neither_run_nor_judged(
    race: Callable[..., Race],
) -> None:
    calm = race(10**9)
    assert calm.run().code == 1
    total = calm.seen
    assert total > 10
    for at in range(1, total + 1):
        now = race(at)
        run = now.run()
        assert now.asked_of_second == [], at
        assert not now.team.github.statuses.get(now.second), f"a status on B, pushed before request {at}"
        told = now.team.github.statuses.get(now.first, [])
        assert not told or told[-1].state in {"failure", "error"}, f"A stays {told[-1].state}, B before {at}"
        assert run.code in {1, 2}, at
        if any(said.body.startswith("<!-- mergefloor") for said in now.team.github.comments[now.number]):
            assert at >= total - 8, "a comment on the old commit, although the new one was known"


def test_T10__control__the_same_run_on_the_second_commit__does_ask_the_model(
    race: Callable[..., Race],
) -> None:
    late = race(10**9)
    late.team.github.push_pull(late.number, late.second)
    assert late.run().code == 1
    assert late.asked_of_second, "the mark of B is seen where B is run"
    assert late.team.github.statuses[late.second][-1].state == "failure"


@pytest.mark.parametrize("word", ["run {sha}", "override {sha} it is fine"])
def test_T10__command_for_the_commit_before_the_push__does_nothing(
    race: Callable[..., Race], word: str
) -> None:
    now = race(1, fork="mallory/shop")
    now.team.github.push_pull(now.number, now.second)
    run = now.run(f"/mergefloor {word.format(sha=now.first)}")
    assert run.code == 0
    assert now.llm.asked == []
    assert not now.team.github.statuses.get(now.first)
    assert not now.team.github.statuses.get(now.second)
    assert reactions(now.team, now.number) == ["confused"]
    assert now.second in run.summary, "the person is told which commit it is now"


def test_T10__head_moves_while_a_command_runs__only_the_named_commit_is_settled(
    race: Callable[..., Race],
) -> None:
    for at in (3, 5, 8, 12, 16):
        now = race(at, fork="mallory/shop")
        run = now.run(f"/mergefloor run {now.first}")
        assert run.code in {0, 1, 2}, at
        assert now.asked_of_second == [], at
        assert not now.team.github.statuses.get(now.second), at
        told = now.team.github.statuses.get(now.first, [])
        assert not told or told[-1].state in {"failure", "error"}, at


def reactions(team: Team, number: int) -> list[str]:
    """What the last comment of somebody else was answered with."""
    asked = [said.id for said in team.github.comments[number] if said.author != "github-actions[bot]"]
    return [content for _, _, content in team.github.reactions.get(asked[-1], [])]


# T11 ------------------------------------------------------------------------------------------------------------

ROLES = ("none", "read", "triage", "write", "maintain", "admin", "release-captain")
MAY = {
    "run": {"write", "maintain", "admin"},
    "explain": {"write", "maintain", "admin"},
    "override": {"maintain", "admin"},
}
WORDS = {"run": "run {sha}", "override": "override {sha} the tone is wanted", "explain": "explain g-3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A team with a worse pull request of a stranger, and the roles of everybody."""

    team: Team
    number: int
    sha: str

    def say(self, body: str, author: str = "the-admin", **how: object) -> tuple[Run, list[str], set[str]]:
        """Somebody writes; the run, the reactions, and the kinds of things that were done."""
        return self.hear(self.team.github.comment(self.number, author, body, **how))

    def hear(self, comment: int, action: str = "created") -> tuple[Run, list[str], set[str]]:
        github = self.team.github
        payload = github.event("issue_comment", comment=comment, action=action)
        before, told = len(github.statuses[self.sha]), self.texts()
        run = self.team.run("issue_comment", payload)
        done = {"status"} if len(github.statuses[self.sha]) > before else set()
        done |= {"comment"} if self.texts() != told else set()
        return run, [content for _, _, content in github.reactions.get(comment, [])], done

    def texts(self) -> list[str]:
        many = self.team.github.comments.values()
        return [said.body for each in many for said in each if said.author == "github-actions[bot]"]


@pytest.fixture(scope="module")
def stage(opened: Callable[..., Team]) -> Stage:
    team = opened()
    number = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    for role in ROLES:
        team.github.world.users.add(f"the-{role}")
        if role != "none":
            team.github.collaborators[f"the-{role}"] = role
    return Stage(team=team, number=number, sha=team.sha("worse"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("word", WORDS)
def test_T11__command_by_role__acts_for_exactly_those_who_may(stage: Stage, word: str, role: str) -> None:
    run, reactions, done = stage.say(
        f"/mergefloor {WORDS[word].format(sha=stage.sha)}\r\nmore words", f"the-{role}"
    )
    if role in MAY[word]:
        assert reactions == ["eyes", "rocket"]
        assert done or word == "explain"
        assert run.code == {"run": 1, "override": 0, "explain": 0}[word], run.log
    else:
        assert (run.code, reactions, done) == (0, ["confused"], set())
        assert repr(role) in run.summary.replace("\u2019", "'") or role in run.summary


def _by(**how: object) -> Callable[[Stage, str], int]:
    def write(stage: Stage, line: str) -> int:
        who = str(how.get("author", "the-admin"))
        shape, by_app = str(how.get("body", "{}")), bool(how.get("by_app", False))
        return stage.team.github.comment(stage.number, who, shape.format(line), by_app=by_app)

    return write


def _on_an_issue(stage: Stage, line: str) -> int:
    return stage.team.github.comment(stage.team.github.open_issue(), "the-admin", line)


IGNORED: dict[str, tuple[Callable[[Stage, str], int], str]] = {
    "edited": (_by(), "edited"),
    "deleted": (_by(), "deleted"),
    "bot": (_by(author="renovate[bot]"), "created"),
    "our-own": (_by(author="github-actions[bot]"), "created"),
    "through-an-app": (_by(by_app=True), "created"),
    "second-line": (_by(body="please\n{}"), "created"),
    "empty-first-line": (_by(body="\n{}"), "created"),
    "quoted": (_by(body="> {}"), "created"),
    "indented": (_by(body="    {}"), "created"),
    "fenced": (_by(body="```\n{}\n```"), "created"),
    "in-a-sentence": (_by(body="type {}"), "created"),
    "on-an-issue": (_on_an_issue, "created"),
    "deleted-account": (lambda s, line: s.team.github.comment(s.number, None, line), "created"),
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", IGNORED)
def test_T11__comment_that_is_no_command__is_left_alone_whoever_wrote_it(
    stage: Stage, kind: str, word: str
) -> None:
    stage.team.github.collaborators["renovate[bot]"] = "admin"
    write, action = IGNORED[kind]
    comment = write(stage, f"/mergefloor {WORDS[word].format(sha=stage.sha)}")
    run, reactions, done = stage.hear(comment, action)
    refused = ["confused"] if kind == "deleted-account" else []
    assert (run.code, reactions, done) == (0, refused, set()), run.log


REFUSED = {
    "short-sha": "/mergefloor run {sha:.12}",
    "no-sha": "/mergefloor run",
    "head": "/mergefloor run HEAD",
    "upper-case": "/mergefloor run {SHA}",
    "another-commit": "/mergefloor run {base}",
    "two-commits": "/mergefloor run {sha} {base}",
    "no-reason": "/mergefloor override {sha}",
    "blank-reason": "/mergefloor override {sha}   ",
    "unknown-word": "/mergefloor merge {sha}",
    "shell": "/mergefloor run {sha}; rm -rf /",
    "line-separator": "/mergefloor run {sha}\u2028x",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_T11__command_that_is_wrong__is_answered_with_confusion_and_nothing_else(
    stage: Stage, kind: str
) -> None:
    base = stage.team.sha("main")
    body = REFUSED[kind].format(sha=stage.sha, SHA=stage.sha.upper(), base=base)
    run, reactions, done = stage.say(body)
    assert run.code == 0, run.log
    assert reactions[-1:] == ["confused"]
    assert "status" not in done
    assert not stage.team.github.statuses.get(base)


def test_T11__explain_by_a_path__names_no_case_and_no_file(team: Team) -> None:
    team.github.collaborators["wendy"] = "write"
    stage = Stage(team=team, number=team.github.open_pull("worse"), sha=team.sha("worse"))
    run, reactions, _ = stage.say("/mergefloor explain ../../../proc/self/environ", "wendy")
    assert (run.code, reactions) == (0, ["eyes", "confused"])


def test_T11__closed_pull_request__is_not_acted_on(stage: Stage) -> None:
    stage.team.github.close_pull(stage.number)
    try:
        for word in WORDS.values():
            run, reactions, done = stage.say(f"/mergefloor {word.format(sha=stage.sha)}")
            assert (run.code, reactions, done) == (0, ["confused"], set()), run.log
    finally:
        stage.team.github.reopen_pull(stage.number)


@pytest.mark.parametrize(("role", "acts"), [("maintain", False), ("admin", True)])
def test_T11__override_of_ones_own_pull_request__takes_an_admin(team: Team, role: str, acts: bool) -> None:
    team.github.collaborators["ada"] = role
    number, sha = team.github.open_pull("worse", author="ada"), team.sha("worse")
    stage = Stage(team=team, number=number, sha=sha)
    run, reactions, _ = stage.say(f"/mergefloor override {sha} I like it", "ada")
    assert run.code == 0
    assert reactions == (["eyes", "rocket"] if acts else ["confused"])
    assert ("success" in [s.state for s in team.github.statuses[sha]]) == acts
    if acts:
        assert "opened this pull request too" in team.sticky(number)[0], "shown as such"


def test_T11__role_that_cannot_be_told__is_no_role(stage: Stage) -> None:

    stage.team.github.faults = [Fault(kind="403", path="*/collaborators/*", times=None)]
    try:
        run, reactions, done = stage.say(f"/mergefloor run {stage.sha}")
    finally:
        stage.team.github.faults = []
    assert run.code == 2
    assert "rocket" not in reactions
    assert done == set()


def edited(team: Team, comment: int) -> None:
    team.github.edit_comment(
        comment, "mallory", f"/mergefloor override {team.sha('worse')} what I never said"
    )


def demoted(team: Team, _: int) -> None:
    team.github.collaborators["max"] = "write"


def gone(team: Team, comment: int) -> None:
    team.github.delete_comment(comment)


@pytest.mark.parametrize(
    "event", [None, edited, demoted, gone], ids=["control", "edited", "demoted", "deleted"]
)
def test_T11__override__stands_on_a_rerun_only_as_it_was_given(
    team: Team, event: Callable[[Team, int], None] | None
) -> None:
    number, sha = team.github.open_pull("worse", author="ada"), team.sha("worse")
    team.github.collaborators["max"] = "maintain"
    stage = Stage(team=team, number=number, sha=sha)
    assert stage.say(f"/mergefloor override {sha} wanted", "max")[1] == ["eyes", "rocket"]
    comment = next(said.id for said in team.github.comments[number] if said.author == "max")
    if event is not None:
        event(team, comment)
    assert team.gate(number, cache_key=KEY).code == 1
    assert team.status(sha)[0] == ("success" if event is None else "failure")
    assert ("let in by" in team.sticky(number)[0]) == (event is None)


def test_T11__override_by_a_forged_comment_of_ours__counts_for_nothing(team: Team) -> None:
    """Who may write to the repository may edit our comment, and may set a status. Neither overrides."""
    number, sha = team.github.open_pull("worse", author="ada"), team.sha("worse")
    assert team.gate(number).code == 1
    ours = next(said for said in team.github.comments[number] if said.author == "github-actions[bot]")
    forged = f"/mergefloor override {sha} wanted"
    team.github.edit_comment(ours.id, "max", f"{forged}\n{ours.body}")
    team.github.collaborators["max"] = "maintain"
    assert team.gate(number).code == 1
    assert team.status(sha)[0] == "failure"


def test_T11__hostile_reason__is_words_in_every_place_where_it_is_shown(team: Team) -> None:

    number, sha = team.github.open_pull("worse", author="ada"), team.sha("worse")
    team.github.collaborators["max"] = "maintain"
    reason = "`x` @org/team <!-- mergefloor:x --> ![i](https://evil.example/i.png) fixes #1 ::error::x \u202eoverturned"
    with_reason = Stage(team=team, number=number, sha=sha)
    run, reactions, _ = with_reason.say(f"/mergefloor override {sha} {reason}", "max")
    assert reactions == ["eyes", "rocket"]
    (comment,) = team.sticky(number)
    body = comment.split("\n", 1)[1]
    assert "<!-- mergefloor:x" not in body
    assert "@org" not in body.replace("`", "").replace("\\u{40}org", "") or "`" in body
    assert not HIDDEN.search(comment)
    assert not any(COMMAND.match(line) for line in body.splitlines())
    state, line = team.status(sha)
    assert state == "success"
    assert len(line) <= 140
    assert not HIDDEN.search(line), "a reader of the checks list sees what is there"
    assert [c.name for c in run.commands if c.name not in {"add-mask", "stop-commands"}] == []

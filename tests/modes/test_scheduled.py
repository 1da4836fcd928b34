"""Scheduled runs over a branch of data and issues in memory: what they write down, and whom they call when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any

from tests.fuzz.memory import MemoryCache, MemorySnapshot, NoProgress, Tree, world

from mergefloor import graders
from mergefloor.core.activity import Inputs, RunStamp
from mergefloor.core.effects import (
    AppendHistory,
    AppendSummary,
    CloseIssue,
    CommentIssue,
    Outcome,
    SetStatus,
    UpsertIssue,
)
from mergefloor.core.history.branch import BRANCH, grown
from mergefloor.core.history.entry import Entry
from mergefloor.core.history.history import History
from mergefloor.core.hub import Issue
from mergefloor.core.ports import Snapshot, Toolbox
from mergefloor.core.settings import Config, Price
from mergefloor.core.types import EmbedRequest, Failure, ModelRef, Output, Request, Usage, Vectors
from mergefloor.engine import Engine, Limits
from mergefloor.errors import HubError, NoSuchRef, RepositoryError
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.scheduling import scheduled
from mergefloor.modes.action.tasks import ScheduledTask
from mergefloor.modes.archive import read_archive
from mergefloor.modes.world import World

MODEL = "openai/candidate-2026-01-01"
PRICE = Price(input=1.0, output=1000.0)
TEXT = "Answer in plain words."
CASES = 30
DAY = 86_400.0
BEGIN = 1_790_000_000.0


@dataclass(kw_only=True)
class Provider:
    """A model whose answer passes with `rate`, by a hash of question and draw. `fault` makes every call fail."""

    rate: float = 0.95
    fault: str = ""
    fatal: bool = False
    asked: int = 0

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        provider, _, model = name.partition("/")
        return ModelRef(provider=provider, name=model, endpoint=provider)

    def connect(self, ref: ModelRef) -> Provider:
        return self

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        self.asked += 1
        if self.fault:
            return Failure(stage="candidate", code=self.fault, message="it is down; wait", fatal=self.fatal)
        seed = hashlib.sha256(f"{request.messages[-1].content} - {draw}".encode()).hexdigest()
        said = "yes" if int(seed[:8], 16) / 16**8 < self.rate else "no"
        usage = Usage(input_tokens=0, output_tokens=10)
        return Output(text=said, usage=usage, served_model=request.model.name, latency_s=1.0)

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...


@dataclass
class Time:
    now: float = BEGIN

    def __call__(self) -> float:
        return self.now


@contextmanager
def engine(
    provider: Provider, cache: MemoryCache, now: Time, settings: Config, box: Toolbox, offline: bool
) -> Iterator[Engine]:
    with Engine(
        models=provider,
        cache=cache,
        build=partial(graders.build, toolbox=box),
        budget=settings.budget,
        prices={MODEL: PRICE},
        clock=lambda: 0.0,
        wall_clock=now,
        progress=NoProgress(),
        rng=Random(1),
        offline=offline,
        limits=Limits(attempts=1),
    ) as made:
        yield made


@dataclass
class DataRepo:
    """The branch of data as files. `broken`: GitHub does not answer; `files` None: there is no branch."""

    files: dict[str, bytes] | None = None
    broken: bool = False

    def snapshot(self, ref: str) -> MemorySnapshot:
        if self.broken:
            raise RepositoryError("GitHub does not answer", "run the job again")
        if self.files is None:
            raise NoSuchRef(f"there is no {ref}", "push it")
        return MemorySnapshot(sha="d" * 40, tree=MappingProxyType(dict(self.files)))

    def append(self, effect: AppendHistory) -> None:
        assert effect.branch == BRANCH
        old = self.files or {}
        self.files = {**old, **grown(old, effect.lines)}


@dataclass
class Row:
    """One issue."""

    title: str
    body: str
    open: bool = True
    dismissed: bool = False
    opened: int = 1
    edits: int = 0
    comments: dict[str, str] = field(default_factory=dict)


@dataclass
class Tracker:
    """The issues of a repository, by marker."""

    rows: dict[str, Row] = field(default_factory=dict)
    silent: bool = False

    def issues(self, prefix: str) -> tuple[Issue, ...]:
        if self.silent:
            raise HubError("GitHub does not answer", "run the job again")
        return tuple(
            Issue(number=number, marker=marker, open=row.open, dismissed=row.dismissed)
            for number, (marker, row) in enumerate(self.rows.items(), 1)
            if marker.startswith(prefix)
        )

    def apply(self, effect: object) -> None:
        if isinstance(effect, UpsertIssue):
            row = self.rows.setdefault(effect.marker, Row(title="", body=""))
            row.opened += not row.open
            row.title, row.body, row.open, row.dismissed = effect.title, effect.body, True, False
            row.edits += 1
        elif isinstance(effect, CloseIssue):
            row = self.rows[effect.marker]
            row.open = False
            row.comments["closed"] = effect.comment
        elif isinstance(effect, CommentIssue):
            self.rows[effect.marker].comments.setdefault(effect.key, effect.body)


def tree(text: str = TEXT, *, cases: int = CASES, version: str = "1.0.0", **config: Any) -> dict[str, bytes]:
    rows = (
        {"id": f"c{i}", "input": f"case {i}", "graders": [{"type": "contains", "value": "yes"}]}
        for i in range(cases)
    )
    suite = {"prompt": "p.md", "golden": "g.jsonl", **config.pop("suite", {})}
    whole = {"version": 1, "defaults": {"model": MODEL}, "suites": {"s": suite}, **config}
    return {
        "mergefloor.yml": json.dumps(whole).encode(),
        "p.md": f"---\nversion: {version}\n---\n{text}".encode(),
        "g.jsonl": "\n".join(map(json.dumps, rows)).encode(),
    }


@dataclass
class Stage:
    """A repository, one provider, one cache, a branch of data, issues, and a calendar."""

    provider: Provider
    made: World
    time: Time
    data: DataRepo
    tracker: Tracker
    number: int = 0
    writable: bool = True

    def run(self, *, attempt: int = 1, again: bool = False) -> Outcome:
        """One scheduled run, a day after the last."""
        self.number += not again
        self.time.now = BEGIN + self.number * DAY
        place = Place(
            inputs=Inputs(),
            stamp=RunStamp(
                run=self.number,
                attempt=attempt,
                started=self.time.now,
                url="https://github.com/o/r/actions/1",
            ),
            config="mergefloor.yml",
            redact=str,
        )
        self.time.now += 60
        outcome = scheduled(ScheduledTask(sha="base", name="main"), place, self.made, self.tracker)  # type: ignore[arg-type]
        for effect in outcome.effects:
            if isinstance(effect, AppendHistory) and self.writable:
                self.data.append(effect)
            self.tracker.apply(effect)
        return outcome

    def runs(self, number: int) -> Outcome:
        for _ in range(number):
            last = self.run()
        return last

    def commit(self, files: Tree) -> None:
        """A change of ours on the default branch."""
        self.made = replace(self.made, repo=world(files, files).repo)

    @property
    def history(self) -> History:
        return read_archive(self.data, MemoryCache()).history  # type: ignore[arg-type]

    @property
    def issue(self) -> Row:
        (row,) = self.drifts
        return row

    @property
    def drifts(self) -> list[Row]:
        return [row for marker, row in self.tracker.rows.items() if "mergefloor-drift" in marker]


def stage(files: Tree | None = None, **provider: Any) -> Stage:
    served, time, data = Provider(**provider), Time(), DataRepo()
    files = files or tree()
    made = world(files, files, served)  # type: ignore[arg-type]
    run = partial(engine, served, made.cache, time)
    made = replace(made, engine=run, clock=lambda: 0.0, now=time, data=data)  # type: ignore[arg-type]
    return Stage(served, made, time, data, Tracker())


def page(outcome: Outcome) -> str:
    return "\n".join(effect.text for effect in outcome.effects if isinstance(effect, AppendSummary))


def entry(it: Stage) -> Entry:
    return it.history.entries[-1]


# --- what is written down ----------------------------------------------------------------------------------------


def test_run__the_first__draws_every_case_once_and_writes_one_line() -> None:
    it = stage(rate=1.0)
    outcome = it.run()
    assert (outcome.exit_code, it.provider.asked) == (0, CASES)
    line = entry(it)
    rate = line.reading("pass_rate")
    assert rate is not None and (rate.value, rate.cases) == (1.0, CASES)
    assert rate.low is not None and 0.85 < rate.low < 0.95 and rate.high == 1.0
    assert (line.id, line.samples, line.unresolved, line.model) == ("1.1/s", 1, 0, MODEL)
    assert line.prompt is not None and line.prompt.version == "1.0.0"
    assert (line.spend.calls, line.spend.output_tokens, line.length) == (CASES, 10 * CASES, 3.0)
    assert line.spend.usd is not None and round(line.spend.usd, 4) == 0.3
    assert "19 runs more needed" in page(outcome)


def test_run__every_next__draws_anew_and_fills_the_history_of_gates() -> None:
    it = stage()
    it.runs(6)
    assert it.provider.asked == 6 * CASES
    assert len(it.history.entries) == 6
    assert len(it.made.cache.rows) == 6 * CASES


def test_run__of_several_samples__counts_them_by_case() -> None:
    it = stage(tree(schedule={"samples": 3}))
    it.run()
    rate = entry(it).reading("pass_rate")
    assert rate is not None and {point.draws for point in rate.points if point} == {3}


def test_run__the_same_attempt_again__adds_no_line() -> None:
    it = stage()
    it.run()
    it.run(again=True)
    assert len(it.history.entries) == 1
    it.run(again=True, attempt=2)
    assert [each.id for each in it.history.entries] == ["1.1/s", "1.2/s"]


# --- the story -----------------------------------------------------------------------------------------------------


def test_story__the_environment_drifts_and_recovers__one_issue_opened_updated_closed() -> None:
    it = stage({**tree(), "CODEOWNERS": b"* @ada @org/team ada@example.org\n"})
    assert it.runs(24).exit_code == 0
    assert it.drifts == []
    it.provider.rate = 0.7
    outcome = it.run()
    assert outcome.exit_code == 0
    assert not any(isinstance(effect, SetStatus) for effect in outcome.effects)
    it.runs(3)
    row = it.issue
    assert (row.open, row.opened, row.edits) == (True, 1, 4), row.title
    assert row.title.startswith("Drift: s pass_rate \u2212") and "since 2026-" in row.title
    assert (
        "**the environment drifted**, for the very same requests are answered worse than before." in row.body
    )
    assert row.body.startswith("`pass_rate` of suite `s` dropped from 9")
    assert "<- drop begins" in row.body and "| `c" in row.body
    (called,) = row.comments.values()
    assert called.startswith("@ada @org/team: ") and "example.org" not in called
    it.provider.rate = 1.0
    it.runs(24)
    assert (it.issue.open, it.issue.opened) == (False, 1)
    assert it.issue.comments["closed"].startswith("Recovered")


def test_story__a_prompt_of_ours_gets_worse__begins_a_new_baseline_and_calls_nobody() -> None:
    it = stage()
    it.runs(24)
    it.commit(tree("Answer badly.", version="2.0.0"))
    it.provider.rate = 0.55
    outcome = it.runs(6)
    assert it.drifts == []
    assert "14 runs more needed" in page(outcome)


def test_story__a_change_while_an_alert_stands__closes_it_with_the_reason() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(3)
    assert it.issue.open
    it.commit(tree("Answer better.", version="1.1.0"))
    it.run()
    assert not it.issue.open
    assert "made on purpose (prompt" in it.issue.comments["closed"]


def test_story__a_person_closes_as_not_planned__what_is_now_is_normal() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(3)
    it.issue.open, it.issue.dismissed = False, True
    it.run()
    assert entry(it).acknowledged == ("pass_rate",)
    outcome = it.runs(20)
    assert (it.issue.open, it.issue.opened) == (False, 1)
    assert "quiet" in page(outcome)


def test_story__a_person_closes_as_completed__it_comes_back_while_the_drop_lasts() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(3)
    it.issue.open = False
    it.run()
    assert (it.issue.open, it.issue.opened) == (True, 2)

"""Scheduled runs over a branch of data and issues in memory: what they write down, and whom they call when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest
from tests.fuzz.memory import MemoryCache, MemorySnapshot, Tree, opened, world

from mergefloor.core.activity import Inputs, RunStamp
from mergefloor.core.effects import (
    Annotate,
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
    lenient: bool = False
    mute: bool = False
    bad: set[str] = field(default_factory=set)
    until: int = 0
    asked: int = 0

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        provider, _, model = name.partition("/")
        return ModelRef(provider=provider, name=model, endpoint=provider)

    def connect(self, ref: ModelRef) -> Provider:
        return self

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        self.asked += 1
        if request.model.provider == "anthropic":
            if self.mute:
                return Failure(stage="judge", code="timeout", message="it is down; wait")
            said = _verdict(request.messages[-1].content, self.lenient)
            return Output(text=said, usage=Usage(), served_model=request.model.name)
        if self.fault:
            return Failure(stage="candidate", code=self.fault, message="it is down; wait", fatal=self.fatal)
        seed = hashlib.sha256(f"{request.messages[-1].content} - {draw}".encode()).hexdigest()
        said = "yes" if int(seed[:8], 16) / 16**8 < self.rate else "no"
        if self.asked <= self.until and request.messages[-1].content in self.bad:
            said = "no"
        usage = Usage(input_tokens=0, output_tokens=10)
        return Output(text=said, usage=usage, served_model=request.model.name, latency_s=1.0)

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...


def _verdict(user: str, lenient: bool) -> str:
    """What a sound judge says of a planted capital and of our candidate; a lenient one passes everything."""
    lines = user.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("<<<CANDIDATE "))
    said = json.loads(lines[start + 1])
    passed = lenient or said.startswith(("yes", "The capital of France is Paris"))
    return json.dumps({"checks": [{"id": "c1", "reason": "r", "evidence": [], "pass": passed}]})


@dataclass
class Time:
    now: float = BEGIN

    def __call__(self) -> float:
        return self.now


def engine(
    provider: Provider, cache: MemoryCache, now: Time, settings: Config, box: Toolbox, offline: bool
) -> AbstractContextManager[Engine]:
    once = Limits(attempts=1)
    return opened(
        provider, cache, settings, box, offline, clocks=(lambda: 0.0, now), prices={MODEL: PRICE}, limits=once
    )


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
    late: Callable[[Row], object] | None = None
    asked: int = 0

    def issues(self, prefix: str) -> tuple[Issue, ...]:
        if self.silent:
            raise HubError("GitHub does not answer", "run the job again")
        self.asked += 1
        if self.late is not None and self.asked % 2 == 0:  # a run asks when it begins and when it ends
            for row in self.rows.values():
                self.late(row)
            self.late = None
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


def test_story__a_person_closes_while_the_run_goes_on__nothing_is_opened_over_their_head() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(3)
    it.tracker.late = lambda row: (setattr(row, "open", False), setattr(row, "dismissed", True))
    it.run()
    assert (it.issue.open, it.issue.opened, it.issue.edits) == (False, 1, 3)
    assert entry(it).acknowledged == ()
    it.run()
    assert entry(it).acknowledged == ("pass_rate",)


def test_story__github_does_not_tell_of_issues__none_is_touched_and_the_history_goes_on() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(2)
    it.tracker.silent = True
    outcome = it.run()
    assert (it.issue.edits, len(it.history.entries), outcome.exit_code) == (2, 27, 0)
    assert "cannot be told now" in page(outcome)
    assert any(
        isinstance(effect, Annotate) and "no issue about drift was opened" in effect.message
        for effect in outcome.effects
    )


def test_story__nothing_stored_from_before__cannot_tell_and_looks_again_when_confirmed() -> None:
    it = stage()
    it.runs(24)
    it.made.cache.rows.clear()
    it.provider.rate = 0.5
    asked = it.provider.asked
    it.run()
    assert it.provider.asked == asked + CASES, "nothing to compare with: no further sample is drawn"
    assert "**cannot be told yet**" in it.issue.body and "5 are needed" in it.issue.body
    it.run()
    assert it.issue.edits == 2 and "**cannot be told yet**" in it.issue.body


def test_story__a_cache_that_forgot_the_answer__looks_again_and_says_the_same() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.run()
    assert "**the environment drifted**" in it.issue.body
    asked = it.provider.asked
    it.run()
    assert it.provider.asked == asked + CASES
    it.made.cache.notes.clear()
    it.run()
    assert it.provider.asked == asked + CASES * 7, "five samples of each case: there are fewer than 50"
    assert "**the environment drifted**" in it.issue.body


def test_story__a_bad_hour_that_is_over__stays_on_the_page_until_a_second_chart_confirms() -> None:
    """Samples that are drawn after the alarm are fine again: no issue for a suspicion."""
    it = stage(tree(cases=100), rate=0.98)
    it.runs(24)
    it.provider.bad = {f"case {i}" for i in range(10)}
    it.provider.until = it.provider.asked + 100
    outcome = it.run()
    assert "drop suspected" in page(outcome) and "**not the environment**" in page(outcome)
    assert it.drifts == []
    it.provider.until = it.provider.asked + 100
    it.run()
    assert it.issue.title.startswith("Drift: ") and "**not the environment**" in it.issue.body


# --- what goes wrong -----------------------------------------------------------------------------------------------


def test_fault__an_outage__is_a_line_of_unknowns_that_moves_no_chart() -> None:
    it = stage()
    it.runs(24)
    it.provider.fault = "provider-5xx"
    outcome = it.run()
    assert outcome.exit_code == 0 and it.drifts == []
    assert entry(it).unresolved == CASES
    rate = entry(it).reading("pass_rate")
    assert rate is not None and (rate.value, rate.cases) == (None, 0)
    assert "this run does not count" in page(outcome) and "30 draws without an answer" in page(outcome)


def test_fault__a_refused_key__exit_2_for_somebody_has_to_mend_it() -> None:
    it = stage()
    it.provider.fault, it.provider.fatal = "refused-key", True
    outcome = it.run()
    assert outcome.exit_code == 2
    assert "mend the key" in page(outcome)


def test_fault__history_unreadable__concludes_nothing_and_loses_no_line() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(2)
    it.data.broken = True
    outcome = it.run()
    assert (outcome.exit_code, it.issue.open, it.issue.edits) == (0, True, 2)
    assert "cannot be read now" in page(outcome)
    it.data.broken = False
    it.run()
    assert len(it.history.entries) == 28 and it.issue.edits == 3


def test_fault__branch_that_cannot_be_written__lines_wait_and_count() -> None:
    it = stage()
    it.runs(3)
    it.writable = False
    outcome = it.runs(3)
    assert len(it.history.entries) == 3
    assert "2 lines of earlier runs are not on the branch of data" in page(outcome)
    assert "14 runs more needed" in page(outcome)
    it.writable = True
    it.run()
    assert [each.id for each in it.history.entries] == [f"{number}.1/s" for number in range(1, 8)]


def test_fault__history_deleted_under_an_open_alert__the_issue_stays_and_is_named() -> None:
    it = stage()
    it.runs(24)
    it.provider.rate = 0.5
    it.runs(2)
    it.data.files = None
    outcome = it.run()
    assert it.issue.open
    assert "Issue 1 tells of a drift that no chart knows any more" in page(outcome)


def test_fault__budget_for_one_suite_alone__suites_take_turns() -> None:
    suites = {name: {"prompt": "p.md", "golden": f"{name}.jsonl"} for name in ("a", "b")}
    rows = {
        f"{name}.jsonl": "\n".join(
            json.dumps({"id": f"{name}{i}", "input": f"{name} {i}", "must_contain": ["yes"]})
            for i in range(6)
        ).encode()
        for name in suites
    }
    # Ten tokens a call at 1,000 dollars a million; what a call may cost at most is reserved before it.
    budget = {"usd": 0.065, "concurrency": 1}
    whole = {
        "version": 1,
        "defaults": {"model": MODEL, "params": {"max_tokens": 10}},
        "suites": suites,
        "budget": budget,
    }
    it = stage({**tree(), **rows, "mergefloor.yml": json.dumps(whole).encode()})
    measured = []
    for _ in range(4):
        it.run()
        last = it.history.entries[-2:]
        measured.append("".join(sorted(e.suite for e in last for r in e.readings if r.cases >= 3)))
    assert measured == ["a", "b", "a", "b"]


def test_safety__a_case_that_fails_on_the_branch__is_told_and_turns_nothing_red() -> None:
    it = stage(tree(suite={"class": "safety"}), rate=0.9)
    outcome = it.run()
    assert outcome.exit_code == 0
    assert "Safety cases of s fail on this branch: `c" in page(outcome)
    assert entry(it).kind == "safety"
    assert any(isinstance(effect, Annotate) and effect.level == "warning" for effect in outcome.effects)


@pytest.mark.parametrize("name", ["@everyone", "<b>x</b>", "a|b", "`x`", "[x](https://evil.example)", "-->"])
def test_hostile__names_on_the_branch_of_data__are_words_in_every_sink(name: str) -> None:
    """Whoever may push there can write any metric into the lines of a suite."""
    it = stage()
    it.runs(24)
    it.provider.rate = 0.2
    it.runs(2)
    files = it.data.files or {}
    months = {path: data for path, data in files.items() if path.startswith("history/")}
    for path, data in months.items():
        rows = [json.loads(line) for line in data.splitlines()]
        for row in rows:
            row["metrics"][name] = row["metrics"]["pass_rate"]
            row["model"] = f"{name}; rm -rf /"
        it.data.files = {**files, path: b"".join(json.dumps(row).encode() + b"\n" for row in rows)}
        files = it.data.files
    outcome = it.run()
    texts = [text for row in it.drifts for text in (row.title, row.body)]
    assert len(it.drifts) == 2
    for text in (*texts, page(outcome)):
        plain = text.replace("`pass_rate`", "").replace("`s`", "").replace("<- ", "")
        assert name not in plain and "rm -rf" not in plain


# --- judges --------------------------------------------------------------------------------------------------------

JUDGED: dict[str, Any] = {
    "suite": {"graders": [{"type": "judge", "name": "tone", "rubric": "Says yes."}]},
    "judge": {"model": "anthropic/judge-20260101"},
    "policy": {"judge_calibration": "waive"},
}


def test_judge__that_gets_a_planted_verdict_wrong__writes_nothing_down_and_touches_no_issue() -> None:
    it = stage(tree(**JUDGED))
    it.runs(2)
    assert entry(it).judging.model == "anthropic/judge-20260101"
    assert [reading.name for reading in entry(it).readings] == ["pass_rate", "tone"]
    it.provider.lenient = True
    outcome = it.run()
    assert outcome.exit_code == 2
    assert len(it.history.entries) == 2
    assert "planted verdict" in page(outcome)
    assert not any(isinstance(effect, AppendHistory) for effect in outcome.effects)
    it.provider.lenient = False
    assert it.run().exit_code == 0


def test_judge__that_does_not_answer__is_an_outage_and_no_wrong_verdict() -> None:
    it = stage(tree(**JUDGED))
    it.run()
    it.provider.mute = True
    it.provider.rate = 0.5
    outcome = it.run()
    assert outcome.exit_code == 0 and "no answer" in page(outcome)
    tone = entry(it).reading("tone")
    assert tone is not None and entry(it).unresolved == CASES - tone.cases > 0


def test_judge__another_rubric__is_another_epoch_and_resets_the_chart() -> None:
    it = stage(tree(**JUDGED))
    it.runs(2)
    before = entry(it).judging.epoch
    rubric = {"graders": [{"type": "judge", "name": "tone", "rubric": "Says yes, kindly."}]}
    it.commit(tree(**{**JUDGED, "suite": rubric}))
    outcome = it.run()
    assert before is not None and entry(it).judging.epoch not in (None, before)
    assert page(outcome).count("19 runs more needed") == 2


def test_judge__uncalibrated__counts_in_no_pass_rate_and_is_charted_by_itself() -> None:
    it = stage(tree(**{**JUDGED, "policy": {}}), rate=0.5)
    it.provider.lenient = True
    outcome = it.run()
    assert outcome.exit_code == 0, "nothing that it says counts"
    tone, rate = entry(it).reading("tone"), entry(it).reading("pass_rate")
    assert tone is not None and rate is not None and rate.value is not None
    assert (tone.value, rate.value < 0.8) == (1.0, True)

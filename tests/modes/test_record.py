"""Recording: five stored runs a case for as few calls as possible, and what the next gate makes of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from tests.fuzz.memory import MemoryCache, Tree, opened, world

from mergefloor.core.cost import usd
from mergefloor.core.effects import Annotate, AppendSummary, Outcome, Print, SetOutput, WriteFile
from mergefloor.core.keys import ask_key, candidate_ask
from mergefloor.core.ports import Snapshot, Toolbox
from mergefloor.core.recorded import Recorded
from mergefloor.core.report import Report
from mergefloor.core.settings import Config, Price
from mergefloor.core.types import EmbedRequest, Failure, ModelRef, Output, Request, Usage, Vectors
from mergefloor.engine import Engine, Limits
from mergefloor.errors import InputError, UsageError
from mergefloor.modes import gate, record
from mergefloor.modes.world import World

MODEL, JUDGE = "openai/candidate-2026-01-01", "anthropic/judge-20260101"
PRICE = Price(input=1.0, output=1000.0)
OLD, NEW = "Answer in plain words.", "Answer in short plain words."
CASES = 20
DAY = 86_400.0


@dataclass(kw_only=True)
class Provider:
    """A model and a judge. An answer passes with `rate`, by a hash of seed, prompt, question and draw, always alike.

    `asked` lists every call as (who, system text); `fault` makes a call fail; `cut` ends answers early.
    """

    seed: int = 0
    rate: float = 1.0
    cut: bool = False
    fault: str = ""
    fatal: bool = False
    works_until: int = 10**9
    asked: list[tuple[str, str]] = field(default_factory=list)

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        provider, _, model = name.partition("/")
        return ModelRef(provider=provider, name=model, endpoint=provider)

    def connect(self, ref: ModelRef) -> Provider:
        return self

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        system, user = request.messages[0].content, request.messages[-1].content
        judged = request.model.provider == "anthropic"
        self.asked.append(("judge" if judged else "candidate", system))
        if self.fault and len(self.asked) > self.works_until:
            stage = "judge" if judged else "candidate"
            return Failure(stage=stage, code=self.fault, message="it is down; wait", fatal=self.fatal)  # type: ignore[arg-type]
        if judged:
            return _output(request, _verdict(user))
        text = json.dumps([self.seed, system, user, draw])
        share = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 16**8
        said = f"{'yes' if share < self.rate else 'no'} {draw} {len(system)}"
        return _output(request, said, "length" if self.cut else "stop")

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...

    @property
    def counted(self) -> Counter[str]:
        """Calls by prompt: `old`, `new`, `judge`."""
        names = {OLD: "old", NEW: "new"}
        return Counter(who if who == "judge" else names.get(system, "other") for who, system in self.asked)


def _output(request: Request, text: str, finish: Any = "stop") -> Output:
    usage = Usage(input_tokens=0, output_tokens=10)
    return Output(text=text, finish=finish, usage=usage, served_model=request.model.name)


def _verdict(user: str) -> str:
    """What a sound judge says: the planted capital is right, a candidate that says yes is right."""
    lines = user.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("<<<CANDIDATE "))
    said = json.loads(lines[start + 1])
    passed = said.startswith(("yes", "The capital of France is Paris"))
    return json.dumps({"checks": [{"id": "c1", "reason": "r", "evidence": [], "pass": passed}]})


@dataclass
class Time:
    now: float = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


def engine(
    provider: Provider, cache: MemoryCache, now: Time, settings: Config, box: Toolbox, offline: bool
) -> AbstractContextManager[Engine]:
    once = Limits(attempts=1)
    return opened(
        provider,
        cache,
        settings,
        box,
        offline,
        clocks=(lambda: 0.0, now),
        prices={MODEL: PRICE, JUDGE: PRICE},
        limits=once,
    )


def tree(text: str, *, cases: int = CASES, **config: Any) -> dict[str, bytes]:
    rows = (
        {"id": f"c{i}", "input": f"case {i}", "graders": [{"type": "contains", "value": "yes"}]}
        for i in range(cases)
    )
    suite = {"prompt": "p.md", "golden": "g.jsonl", **config.pop("suite", {})}
    whole = {"version": 1, "defaults": {"model": MODEL}, "suites": {"s": suite}, **config}
    whole["policy"] = {"semver": "off", **whole.get("policy", {})}
    return {
        "mergefloor.yml": json.dumps(whole).encode(),
        "p.md": f"---\nversion: 1.0.{text.count('short')}\n---\n{text}".encode(),
        "g.jsonl": "\n".join(map(json.dumps, rows)).encode(),
    }


JUDGED: dict[str, Any] = {
    "suite": {"graders": [{"type": "judge", "name": "tone", "rubric": "Says yes."}]},
    "judge": {"model": JUDGE},
    "policy": {"judge_calibration": "waive"},
}


@dataclass
class Stage:
    """A repository of two commits, one provider, one cache."""

    provider: Provider
    made: World
    time: Time

    def record(self, **asked: Any) -> Recorded:
        self.provider.asked.clear()
        return record.examine(record.RecordRequest(**{"ref": "base", **asked}), self.made)

    def outcome(self, **asked: Any) -> Outcome:
        self.provider.asked.clear()
        return record.run(record.RecordRequest(**{"ref": "base", **asked}), self.made)

    def gate(self) -> Report:
        self.provider.asked.clear()
        return gate.examine(gate.GateRequest(base="base", head="head"), self.made)


def stage(provider: Provider | None = None, *, base: Tree | None = None, head: Tree | None = None) -> Stage:
    provider = provider or Provider()
    time = Time()
    made = world(base or tree(OLD), head or tree(NEW), provider)  # type: ignore[arg-type]
    run = partial(engine, provider, made.cache, time)
    return Stage(provider, replace(made, engine=run, clock=lambda: 0.0, now=time), time)


def judged(provider: Provider | None = None, **more: Any) -> Stage:
    config = {**JUDGED, **more}
    return stage(provider, base=tree(OLD, **config), head=tree(NEW, **config))


def told(outcome: Outcome) -> dict[str, str]:
    return {effect.name: effect.value for effect in outcome.effects if isinstance(effect, SetOutput)}


# --- what is drawn ---------------------------------------------------------------------------------------------


def test_record__of_an_empty_cache__draws_five_runs_a_case_and_a_second_time_none() -> None:
    it = stage()
    first = it.record()
    assert (first.ending, it.provider.counted) == ("full", {"old": 5 * CASES})
    assert (first.suites[0].before, first.suites[0].after) == ((CASES, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, CASES))
    second = it.record()
    assert (second.ending, it.provider.asked, second.cost.calls) == ("full", [], 0)
    assert second.suites[0].pass_rate == first.suites[0].pass_rate == 1.0


def test_record__of_cases_that_ask_the_same__draws_each_request_once() -> None:
    base = tree(OLD)
    rows = [
        {"id": f"c{i}", "input": "the same", "graders": [{"type": "contains", "value": f"{i}"}]}
        for i in range(4)
    ]
    it = stage(base={**base, "g.jsonl": "\n".join(map(json.dumps, rows)).encode()})
    assert it.record().suites[0].after == (0, 0, 0, 0, 0, 4)
    assert len(it.provider.asked) == 5


def test_record__after_a_gate__counts_what_the_gate_drew() -> None:
    it = stage()
    it.gate()
    assert it.provider.counted["old"] == CASES
    assert it.record().suites[0].before == (0, CASES, 0, 0, 0, 0)
    assert it.provider.counted == {"old": 4 * CASES}


def test_record__of_runs_older_than_90_days__draws_new_ones_and_keeps_the_old_addresses() -> None:
    it = stage()
    it.record()
    rows = dict(it.made.cache.rows)  # type: ignore[attr-defined]
    it.time.now += 90 * DAY
    assert it.record().cost.calls == 0, "90 days old is not older than 90 days"
    it.time.now += 1
    again = it.record()
    assert (again.cost.calls, again.suites[0].before) == (5 * CASES, (CASES, 0, 0, 0, 0, 0))
    cache: MemoryCache = it.made.cache  # type: ignore[assignment]
    assert len(cache.rows) == 2 * len(rows)
    assert {key: cache.rows[key] for key in rows} == rows


def test_record__of_one_suite__leaves_the_others_alone() -> None:
    base = tree(
        OLD,
        suites={"s": {"prompt": "p.md", "golden": "g.jsonl"}, "t": {"prompt": "q.md", "golden": "g.jsonl"}},
    )
    base["q.md"] = b"---\nversion: 1.0.0\n---\nAnswer."
    it = stage(base=base)
    found = it.record(suites=("t",))
    assert ([suite.name for suite in found.suites], it.provider.counted) == (["t"], {"other": 5 * CASES})


def test_record__of_an_unknown_suite_or_a_broken_tree__says_so_before_a_call() -> None:
    it = stage()
    with pytest.raises(UsageError, match="there is no suite 'x'"):
        it.record(suites=("x",))
    for broken in ({"p.md": None}, {"g.jsonl": b""}, {"mergefloor.yml": b"version: 2"}):
        files = {k: v for k, v in {**tree(OLD), **broken}.items() if v is not None}
        with pytest.raises(InputError):
            stage(base=files).record()
    with pytest.raises(InputError, match="there is no config"):
        it.record(config="other.yml")
    assert it.provider.asked == []


# --- what the next gate makes of it ----------------------------------------------------------------------------


def test_gate__after_a_recording__draws_the_head_alone_and_looks_back_on_five_runs() -> None:
    bare, recorded = stage(), stage()
    bare.gate()
    recorded.record()
    report = recorded.gate()
    assert (bare.provider.counted, recorded.provider.counted) == (
        {"old": CASES, "new": CASES},
        {"new": CASES},
    )
    assert {row.base.draws for row in report.suites[0].rows if row.base} == {5}
    assert report.exit_code == 0


def test_gate__after_a_recording_with_a_judge__asks_it_of_the_head_alone() -> None:
    bare, recorded = judged(), judged()
    bare.gate()
    assert bare.provider.counted["judge"] == 4 + 2 * CASES  # four planted verdicts, both arms
    recorded.record()
    assert recorded.provider.counted == {"old": 5 * CASES, "judge": 4 + 5 * CASES}
    recorded.gate()
    assert recorded.provider.counted == {"new": CASES, "judge": CASES}


def test_gate__of_changes_that_do_nothing__is_not_blocked_after_a_recording() -> None:
    verdicts, looks = Counter[str](), 0
    for seed in range(40):
        it = stage(Provider(seed=seed, rate=0.85))
        it.record()
        report = it.gate()
        verdicts[report.verdict] += 1
        looks += bool(report.suites[0].metrics[0].looks)
        assert {row.base.draws for row in report.suites[0].rows if row.base} <= {5, 8, 12}
    assert verdicts["block"] == 0
    assert looks >= 5, "some of them must have been suspected, else nothing was shown"


def test_gate__of_a_change_that_breaks_it__is_blocked_after_a_recording() -> None:
    @dataclass(kw_only=True)
    class Worse(Provider):
        async def complete(self, request: Request, *, draw: int) -> Output | Failure:
            answer = await super().complete(request, draw=draw)
            broken = request.messages[0].content == NEW and request.messages[-1].content < "case 2"
            return _output(request, "no") if broken else answer

    it = stage(Worse())
    it.record()
    assert it.gate().verdict == "block"


@pytest.mark.parametrize("floor", [{}, {"metrics": {"pass_rate": {"floor": 0.8}}}])
@pytest.mark.parametrize("seed", range(6))
def test_gate__again_after_a_recording__replays_its_decision(seed: int, floor: dict[str, Any]) -> None:
    base, head = (tree(text, suite=floor) for text in (OLD, NEW))
    it = stage(Provider(seed=seed, rate=0.8), base=base, head=head)
    first = it.gate()
    it.record()
    second = it.gate()
    assert it.provider.asked == []
    assert second.suites[0].metrics == first.suites[0].metrics
    assert (second.verdict, second.reasons) == (first.verdict, first.reasons)


def test_record__addresses__are_those_of_plain_draws_and_never_of_a_fresh_pair() -> None:
    it = stage(Provider(rate=0.5))
    it.gate()
    cache: MemoryCache = it.made.cache  # type: ignore[assignment]
    request = Request(
        model=ModelRef(provider="openai", name=MODEL.partition("/")[2], endpoint="openai"),
        messages=(),
    )
    plain = {ask_key(candidate_ask(request, index=i)) for i in range(50)}
    fresh = {
        ask_key(candidate_ask(request, look=look, index=i, pair=pair))
        for look in ("one", "two")
        for i in range(50)
        for pair in ("", "p")
    }
    assert not plain & fresh
    before = dict(cache.rows)
    it.record()
    assert {key: cache.rows[key] for key in before} == before
    it.provider.rate = 0.0  # had a fresh draw been taken from the recording's, it would be drawn anew here
    it.gate()
    assert it.provider.asked == []


# --- what ends early -------------------------------------------------------------------------------------------


def test_record__when_the_money_ends__keeps_what_it_has_evenly_and_goes_on_next_time() -> None:
    # 10 output tokens at 1000 USD a million: 1 cent a call. The purse holds 47 calls of about 100.
    it = stage(base=tree(OLD, budget={"usd": 0.475}, defaults={"model": MODEL, "params": {"max_tokens": 10}}))
    first = it.outcome(report_dir="out")
    found = it.made.cache.rows  # type: ignore[attr-defined]
    assert (first.exit_code, len(it.provider.asked), len(found)) == (0, 47, 47)
    line = next(e for e in first.effects if isinstance(e, Annotate))
    assert line.level == "warning"
    assert "47 new, 47 of 100 stored runs" in line.message
    page = next(e.text for e in first.effects if isinstance(e, AppendSummary))
    assert "13 cases have 2 runs and 7 cases have 3 runs of the 5 a gate looks back on" in page
    assert "To finish: 53 more answers, about $0.53" in page
    assert told(first)["cost-usd"] == "0.4700"
    second, third = it.record(), it.record()
    assert (second.ending, second.cost.calls) == ("partial", 47)
    assert (third.ending, third.cost.calls) == ("full", 6)
    assert third.suites[0].finish.answers == 0


def test_record__of_a_budget_that_pays_for_no_call__ends_with_2() -> None:
    it = stage(base=tree(OLD, budget={"usd": 0.001}))
    outcome = it.outcome()
    assert (outcome.exit_code, it.provider.asked) == (2, [])
    assert told(outcome)["verdict"] == "error"
    text = next(e.text for e in outcome.effects if isinstance(e, Print))
    assert "does not pay for a single call" in text
    assert "at most" in text, "nothing is there to go by, so the price is a bound"
    assert next(e for e in outcome.effects if isinstance(e, Annotate)).level == "error"


def test_record__while_the_provider_is_down__ends_with_0_and_a_warning_for_a_call_a_case() -> None:
    it = stage(Provider(fault="provider-5xx", works_until=0))
    outcome = it.outcome()
    assert (outcome.exit_code, len(it.provider.asked)) == (0, CASES)
    assert [e.level for e in outcome.effects if isinstance(e, Annotate)] == ["warning"]
    it.provider.works_until = 10**9
    assert it.record().ending == "full"


def test_record__that_loses_its_provider_half_way__keeps_what_it_has() -> None:
    it = stage(Provider(fault="provider-5xx", works_until=50))
    found = it.record()
    assert (found.ending, sum(n * c for n, c in enumerate(found.suites[0].after))) == ("partial", 50)
    it.provider.works_until = 10**9
    assert (it.record().ending, len(it.provider.asked)) == ("full", 50)


def test_record__of_a_refused_key__ends_with_2_after_a_few_calls() -> None:
    it = stage(Provider(fault="refused-key", fatal=True, works_until=0))
    outcome = it.outcome()
    assert (outcome.exit_code, told(outcome)["verdict"]) == (2, "error")
    assert len(it.provider.asked) <= CASES


def test_record__of_a_judge_that_fails_a_planted_verdict__ends_with_2_where_it_gates() -> None:
    class Fooled(Provider):
        async def complete(self, request: Request, *, draw: int) -> Output | Failure:
            row = {"id": "c1", "reason": "r", "evidence": [], "pass": True}
            if request.model.provider == "anthropic":
                return _output(request, json.dumps({"checks": [row]}))
            return await super().complete(request, draw=draw)

    assert judged(Fooled()).record().ending == "judge"
    advisory = judged(Fooled(), policy={}).record()
    assert (advisory.ending, [name for name, _ in advisory.planted]) == (
        "full",
        ["bad", "empty", "injection"],
    )


def test_record__of_answers_that_are_always_cut__pays_for_one_a_case_and_run_and_for_five_in_all() -> None:
    it = stage(Provider(cut=True))
    paid = [it.record().cost.calls for _ in range(7)]
    assert paid == [CASES] * 5 + [0, 0]
    found = it.record()
    assert (found.ending, found.suites[0].unkept) == ("full", 5 * CASES)


def test_record__of_verdicts_that_did_not_come__asks_for_them_again() -> None:
    it = judged(Provider(fault="provider-5xx", works_until=4 + 2 * CASES))
    assert it.record().ending == "partial"
    it.provider.works_until = 10**9
    second = it.record()
    assert (second.ending, second.suites[0].ungraded) == ("full", 0)
    assert it.record().cost.calls == 0


# --- what is told ----------------------------------------------------------------------------------------------


def test_record__effects__are_a_page_a_log_files_and_outputs() -> None:
    it = stage(Provider(rate=0.9))
    outcome = it.outcome(name="main", report_dir="out")
    page = next(e.text for e in outcome.effects if isinstance(e, AppendSummary))
    files = {e.path: e.text for e in outcome.effects if isinstance(e, WriteFile)}
    assert files["out/record.md"] == page
    data = json.loads(files["out/record.json"])
    assert (data["ending"], data["suites"][0]["runs"], data["ref"]) == ("full", 100, "main")
    assert {"verdict": "pass", "report": "out"}.items() <= told(outcome).items()
    rate = float(told(outcome)["pass-rate"])
    assert rate == pytest.approx(data["suites"][0]["pass_rate"], abs=1e-4)
    low, high = data["suites"][0]["interval"]
    assert 0 < low < rate < high < 1
    assert data["cost"]["usd"] == pytest.approx(100 * usd(Usage(output_tokens=10), PRICE))
    assert not [e for e in outcome.effects if isinstance(e, Annotate)]
    assert "| `s` | 20 | 0 | 100 of 100 | 100 | $1.00 |" in page
    assert told(it.outcome())["cost-usd"] == "0.0000"


def test_record__names_of_a_repository__cannot_leave_their_cell_and_secrets_are_redacted() -> None:
    it = stage()
    it.made = replace(it.made, redact=lambda text: text.replace("sesame-open", "[redacted]"))
    outcome = it.outcome(name="<img src=x> @all | sesame-open")
    texts = [e.text for e in outcome.effects if isinstance(e, AppendSummary | Print)]
    assert not any("<img" in text or "@all |" in text or "sesame" in text for text in texts)

"""A judge and people's labels: who may block, what that costs, and what is said of it."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from tests.fuzz.memory import MemoryCache, Tree, opened, world

from mergefloor.core.calibration.session import Calibrated, headline
from mergefloor.core.effects import AppendSummary, Outcome, Print, SetOutput, WriteFile
from mergefloor.core.ports import Snapshot, Toolbox
from mergefloor.core.report import Report
from mergefloor.core.settings import Config
from mergefloor.core.types import EmbedRequest, Failure, ModelRef, Output, Request, Vectors
from mergefloor.engine import Engine, Limits
from mergefloor.errors import InputError, UsageError
from mergefloor.modes import calibrate, gate, record, validate
from mergefloor.modes.world import World
from mergefloor.render.calibration import remarks

MODEL, JUDGE = "openai/candidate-2026-01-01", "anthropic/judge-20260101"
RUBRIC = "The answer is polite."
CASES = 12


@dataclass(kw_only=True)
class Provider:
    """A model that is polite by the old prompt and rude by the new one, and a judge of politeness.

    `wrong`: one labelled output in so many is judged the wrong way round (0: none); `down`: calls about a labelled
    output fail with this code; `credulous`: it passes whatever it is shown, `gullible`: every planted answer; `terse`: what the new prompt brings about
    lacks a word that a check without a judge looks for; `absent`: no call reaches the judge. `asked` lists the judge's calls.
    """

    wrong: int = 0
    down: str = ""
    credulous: bool = False
    gullible: bool = False
    absent: bool = False
    terse: bool = False
    asked: list[str] = field(default_factory=list)

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        provider, _, model = name.partition("/")
        return ModelRef(provider=provider, name=model, endpoint=provider)

    def connect(self, ref: ModelRef) -> Provider:
        return self

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        system, user = request.messages[0].content, request.messages[-1].content
        if request.model.provider != "anthropic":
            said = "rude" if "short" in system else "polite"
            what = "reply" if self.terse and said == "rude" else "answer"
            return _output(request, f"{said} {what} to {user} {draw}")
        lines = user.splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("<<<CANDIDATE "))
        candidate = json.loads(lines[start + 1])
        self.asked.append(candidate)
        if self.absent:
            return Failure(stage="judge", code="connection", message="nobody there")
        if self.down and "labelled" in candidate:
            return Failure(stage="judge", code=self.down, message="the judge is down")  # type: ignore[arg-type]
        passed = candidate.startswith(("polite", "The capital of France is Paris")) or self.credulous
        passed |= self.gullible and "labelled" not in candidate and "answer to" not in candidate
        if self.wrong and "labelled" in candidate:
            passed ^= int(hashlib.sha256(candidate.encode()).hexdigest()[:6], 16) % self.wrong == 0
        row = {"id": "c1", "reason": "I find ::error:: it so", "evidence": [], "pass": passed}
        return _output(request, json.dumps({"checks": [row]}))

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...


def _output(request: Request, text: str) -> Output:
    return Output(text=text, served_model=request.model.name)


def engine(
    provider: Provider, cache: MemoryCache, settings: Config, box: Toolbox, offline: bool
) -> AbstractContextManager[Engine]:
    once = Limits(attempts=1)
    return opened(
        provider, cache, settings, box, offline, clocks=(lambda: 0.0, lambda: 1_000_000_000.0), limits=once
    )


def labels(number: int, *, grader: str = "tone") -> bytes:
    """Half of the outputs are polite; two people rate each alike."""
    rows = [
        {
            "id": f"l{i}",
            "input": f"question {i}",
            "output": f"{'polite' if i % 2 else 'rude'} labelled answer {i}",
            "label": i % 2,
            "grader": grader,
            "rater": rater,
        }
        for i in range(number)
        for rater in ("ada", "bob")
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def tree(
    text: str, *, rubric: str = RUBRIC, known: bytes | None = None, policy: str = "require", **terms: float
) -> Tree:
    checks = [
        {"type": "judge", "name": "tone", "rubric": rubric},
        {"type": "contains", "name": "says", "value": "answer"},
    ]
    suite = {"prompt": "p.md", "golden": "g.jsonl", "graders": checks}
    whole = {
        "version": 1,
        "defaults": {"model": MODEL},
        "judge": {"model": JUDGE, "calibration": "labels.jsonl"},
        "policy": {"semver": "off", "judge_calibration": policy, **terms},
        "suites": {"s": suite},
    }
    rows = ({"id": f"c{i}", "input": f"case {i}"} for i in range(CASES))
    found = {
        "mergefloor.yml": json.dumps(whole).encode(),
        "p.md": f"---\nversion: 1.0.0\n---\n{text}".encode(),
        "g.jsonl": "\n".join(map(json.dumps, rows)).encode(),
    }
    return found if known is None else {**found, "labels.jsonl": known}


OLD, NEW = "Answer.", "Answer in short."


@dataclass
class Stage:
    provider: Provider
    made: World

    def gate(self, **asked: Any) -> Report:
        self.provider.asked.clear()
        return gate.examine(gate.GateRequest(base="base", head="head", **asked), self.made)

    def calibrate(self, **asked: Any) -> Calibrated:
        self.provider.asked.clear()
        return calibrate.examine(calibrate.CalibrateRequest(**{"ref": "base", **asked}), self.made)

    def outcome(self, **asked: Any) -> Outcome:
        self.provider.asked.clear()
        return calibrate.run(calibrate.CalibrateRequest(**{"ref": "base", **asked}), self.made)

    @property
    def judged_labels(self) -> int:
        return sum("labelled" in candidate for candidate in self.provider.asked)


def stage(provider: Provider | None = None, number: int = 120, **changed: Any) -> Stage:
    provider = provider or Provider()
    known = changed.pop("known", labels(number))
    base, head = tree(OLD, known=known, **changed), tree(NEW, known=known, **changed)
    made = world(base, head, provider)  # type: ignore[arg-type]
    return Stage(provider, replace(made, engine=partial(engine, provider, made.cache), clock=lambda: 0.0))


def again(it: Stage, **changed: Any) -> Stage:
    """The same cache and provider with another repository."""
    other = stage(it.provider, **changed)
    return Stage(it.provider, replace(other.made, cache=it.made.cache, engine=it.made.engine))


def told(report: Report) -> str:
    return "\n".join(report.unseen)


# --- the gate --------------------------------------------------------------------------------------------------


def test_gate__with_a_judge_that_people_bear_out__blocks_what_it_judges() -> None:
    report = stage().gate()
    assert (report.verdict, report.exit_code) == ("block", 1)
    assert "`tone`: the judge anthropic/judge-20260101 agrees with people on 100 % of 120 labels" in told(
        report
    )
    assert "it gates; a real drop of 57.9 points shows as 57.9" in told(report)
    tone = next(m for s in report.suites for m in s.metrics if m.rule.name == "tone")
    assert (tone.rule.gating, tone.rule.counted) == (False, True)
    assert report.judge is not None and report.judge.agreement == 1.0
    assert report.judge.kappa_interval is not None and report.judge.kappa_interval[0] >= 0.4


def test_gate__with_a_judge_that_contradicts_people__shows_it_and_cannot_block() -> None:
    report = stage(Provider(wrong=2)).gate()
    assert report.verdict != "block"
    assert "shown, cannot block" in told(report) and "kappa" in told(report)
    tone = next(m for s in report.suites for m in s.metrics if m.rule.name == "tone")
    assert not tone.rule.gating and not tone.rule.counted


def test_gate__with_too_few_labels__says_how_many_are_lacking() -> None:
    report = stage(number=34).gate()
    assert report.verdict != "block"
    assert "only 34 labels, 50 are needed: shown, cannot block; label more: `mergefloor label`" in told(
        report
    )


def test_gate__by_terms_of_the_base__names_them_and_lets_block_what_meets_them() -> None:
    strict = stage(judge_labels=200).gate()
    assert "120 labels" in told(strict) and "only 120 labels, 200 are needed" in told(strict)
    assert strict.verdict != "block"
    assert stage(number=30, judge_labels=30, judge_specificity=0.5).gate().verdict == "block"


def test_gate__of_a_change_that_lowers_the_terms__goes_by_those_of_the_base() -> None:
    it = stage(number=34)
    head = tree(NEW, known=labels(34), judge_labels=20)
    repo = replace(it.made.repo, head=head)  # type: ignore[type-var]
    report = replace(it, made=replace(it.made, repo=repo)).gate()
    assert "only 34 labels, 50 are needed" in told(report)
    assert [(each.rule, each.subject) for each in report.tampering] == [
        ("policy-loosened", "policy.judge_labels")
    ]


@pytest.mark.parametrize("policy", ["require", "waive"])
def test_gate__whose_judge_alone_convicts_and_misses_a_planted_answer__is_undecided(policy: str) -> None:
    sound, caught = stage(policy=policy).gate(), stage(Provider(gullible=True), policy=policy).gate()
    assert (sound.verdict, caught.verdict, caught.exit_code) == ("block", "error", 2)
    assert any("the judge cannot be believed" in reason for reason in caught.reasons)
    assert caught.advice[0].startswith("name another `judge.model`")
    (rate,) = (m for s in caught.suites for m in s.metrics if m.rule.name == "pass_rate")
    assert (rate.verdict, rate.head) == ("inconclusive", 1.0)
    assert not any(hearing.votes for hearing in caught.judged)


@pytest.mark.parametrize("policy", ["require", "waive"])
def test_gate__whose_judge_misses_a_planted_answer__still_blocks_by_what_convicts_without_it(
    policy: str,
) -> None:
    report = stage(Provider(gullible=True, terse=True), policy=policy).gate()
    assert (report.verdict, report.exit_code) == ("block", 1)
    assert "pass_rate" in report.reasons[0]
    assert "The judge missed planted answers" in told(report)
    assert "has not been compared with people" not in told(report)
    assert "it gates" not in told(report)


def test_gate__of_a_silenced_judge__says_so_beside_what_people_say_of_it() -> None:
    line = next(each for each in stage(Provider(gullible=True)).gate().unseen if each.startswith("`tone`"))
    assert line.endswith("shown, cannot block in this run; the judge missed a planted answer.")


def test_gate__where_the_policy_waives_it__asks_no_label_and_blocks() -> None:
    it = stage(Provider(wrong=2), policy="waive")
    assert it.gate().verdict == "block"
    assert it.judged_labels == 0


def test_gate__a_second_time__asks_nobody_anything() -> None:
    it = stage()
    it.gate()
    assert it.judged_labels == 120
    report = it.gate()
    assert (report.verdict, it.provider.asked, report.cost.calls) == ("block", [], 0)


def test_gate__offline_without_stored_verdicts__cannot_block_and_says_so() -> None:
    report = stage().gate(offline=True)
    assert "120 of 120 verdicts are not stored" in told(report)
    assert report.verdict != "block"


def test_gate__whose_judge_is_down__is_undecided_and_no_pass() -> None:
    report = stage(Provider(down="timeout")).gate()
    assert report.verdict == "error"
    assert any("could not be compared with people on tone" in reason for reason in report.reasons)


def test_gate__whose_labels_are_gone_from_the_base__cannot_block_and_says_why() -> None:
    report = stage(known=None).gate()
    assert report.verdict != "block"
    assert "'labels.jsonl', which is not there" in told(report)


def test_gate__with_labels_of_another_check__says_which_check_has_none() -> None:
    report = stage(known=labels(60, grader="style")).gate()
    assert "`tone`: no label says what people think" in told(report)


def test_gate__with_labels_that_the_change_brings_along__goes_by_those_of_the_base() -> None:
    it = stage(number=10)
    head = tree(NEW, known=labels(120))
    repo = replace(it.made.repo, head=head)  # type: ignore[type-var]
    assert "10 labels" in told(replace(it, made=replace(it.made, repo=repo)).gate())


def test_gate__of_a_changed_rubric__judges_the_labels_anew() -> None:
    it = stage()
    it.gate()
    other = again(it, rubric="The answer is civil.")
    other.gate()
    assert other.judged_labels == 120


def test_record__draws_the_verdicts_on_labels__so_that_the_gate_asks_for_none() -> None:
    it = stage()
    record.examine(record.RecordRequest(ref="base"), it.made)
    assert it.judged_labels == 120
    assert it.gate().verdict == "block"
    assert it.judged_labels == 0


def test_record__before_anybody_has_labelled__stores_what_people_are_to_label() -> None:
    it = stage(known=None)
    found = record.examine(record.RecordRequest(ref="base"), it.made)
    assert (found.exit_code, found.unlabelled) == (0, "labels.jsonl") and found.suites[0].calls >= CASES
    waived = record.examine(record.RecordRequest(ref="base"), stage(known=None, policy="waive").made)
    assert waived.unlabelled is None


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (None, "`judge.calibration` names 'labels.jsonl', which is not there yet"),
        (labels(3), "All valid."),
        (b"{}", "labels.jsonl:1: `label` is missing"),
    ],
)
def test_validate__reads_the_labels_too(known: bytes | None, told: str) -> None:
    it = stage(known=known)
    try:
        (effect,) = validate.run(it.made.repo.snapshot("base"), None, it.made.models, now=0.0).effects
        said = effect.text if isinstance(effect, Print) else ""
    except InputError as error:
        said = "\n".join(map(str, error.problems))
    assert told in said


def test_gate__of_a_label_on_what_the_gate_itself_drew__asks_the_judge_once() -> None:
    it = stage()
    it.gate()
    drawn = next(said for said in it.provider.asked if said.startswith("polite answer to case 1 "))
    row = {"id": "x", "input": "case 1", "output": drawn, "label": 1, "grader": "tone"}
    other = again(it, known=json.dumps(row).encode())
    other.calibrate()
    assert other.provider.asked.count(drawn) == 2, "the repeats alone: the first verdict is the gate's own"


def test_gate__of_several_rubrics_under_one_name__lets_block_those_that_labels_are_about() -> None:
    rows = [
        {
            "id": f"c{i}",
            "input": f"question {i}",
            "graders": [{"type": "judge", "name": "own", "rubric": RUBRIC if i < 100 else "It is brief."}],
        }
        for i in range(101)
    ]
    golden = {"g.jsonl": "\n".join(map(json.dumps, rows)).encode()}
    known = labels(100, grader="own")
    base, head = ({**tree(text, known=known), **golden} for text in (OLD, NEW))
    it = stage()
    made = replace(world(base, head, it.provider), engine=it.made.engine, clock=lambda: 0.0)  # type: ignore[arg-type]
    measured = Stage(it.provider, made).gate()
    grades = {
        row.case: next(g for g in row.head.grades if g.grader == "own")
        for row in measured.suites[0].rows
        if row.head is not None
    }
    assert grades["c0"].gating and not grades["c100"].gating
    assert [(each.title, each.votes, each.labels) for each in measured.judged] == [
        ("own (the rubric of c0)", True, 100),
        ("own (the rubric of c100)", False, 0),
    ]
    assert "`own (the rubric of c100)`: only 0 labels, 50 are needed: shown, cannot block" in told(measured)
    assert [(each.grader, each.rubric_of) for each in measured.rates] == [("own", "c0")]


def test_gate__of_a_rubric_with_a_single_label__does_not_vote_by_the_labels_of_another() -> None:
    rubrics = (RUBRIC, "It is brief.")
    rows = [
        {
            "id": f"c{i}",
            "input": f"question {i}",
            "graders": [{"type": "judge", "name": "own", "rubric": rubrics[i == 100]}],
        }
        for i in range(101)
    ]
    golden = {"g.jsonl": "\n".join(map(json.dumps, rows)).encode()}
    known = labels(101, grader="own")
    base, head = ({**tree(text, known=known), **golden} for text in (OLD, NEW))
    it = stage()
    made = replace(world(base, head, it.provider), engine=it.made.engine, clock=lambda: 0.0)  # type: ignore[arg-type]
    held = Stage(it.provider, made).gate().judged
    assert [(each.labels, each.votes) for each in held] == [(100, True), (1, False)]


# --- the command -----------------------------------------------------------------------------------------------


def test_calibrate__of_a_sound_judge__ends_well_and_asks_three_times() -> None:
    it = stage()
    found = it.calibrate()
    assert (found.exit_code, it.judged_labels) == (0, 360)
    (hearing,) = found.hearings
    assert hearing.votes and hearing.calibration.repeats is not None
    assert hearing.calibration.repeats.outputs == 120
    assert hearing.calibration.raters.agreement == 1.0


def test_calibrate__a_second_time__asks_nobody_and_finds_the_same() -> None:
    it = stage(Provider(wrong=10))
    first = it.calibrate()
    second = it.calibrate()
    assert (it.provider.asked, second.cost.calls) == ([], 0)
    assert second.hearings == first.hearings


def test_calibrate__after_a_gate__asks_for_the_repeats_alone() -> None:
    it = stage()
    it.gate()
    it.calibrate()
    assert it.judged_labels == 240


def test_calibrate__of_a_judge_that_contradicts_people__ends_with_1_and_names_the_worst() -> None:
    it = stage(Provider(wrong=2))
    outcome = it.outcome(report_dir="out", json_path="c.json")
    assert outcome.exit_code == 1
    files = {e.path: e.text for e in outcome.effects if isinstance(e, WriteFile)}
    assert set(files) == {"out/calibration.md", "out/calibration.html", "out/calibration.json", "c.json"}
    check = json.loads(files["c.json"])["checks"][0]
    assert (check["name"], check["may_block"], check["n"]) == ("tone", False, 120)
    assert sum(map(sum, check["confusion"])) == 120
    assert "<svg" in files["out/calibration.html"] and "<script" not in files["out/calibration.html"]
    assert "<span" in files["out/calibration.html"] and "/>" not in re.sub(
        r"<svg.*?</svg>", "", files["out/calibration.html"], flags=re.DOTALL
    )
    assert '<pre class="text">' in files["out/calibration.html"]
    console = next(e.text for e in outcome.effects if isinstance(e, Print))
    page = next(e.text for e in outcome.effects if isinstance(e, AppendSummary))
    assert "I find" in console and "::error::" not in console, "a judge's words are no workflow command"
    assert page.count("```text") == 10
    assert (
        next(e.value for e in outcome.effects if isinstance(e, SetOutput) and e.name == "verdict") == "block"
    )


def test_calibrate__of_a_judge_that_misses_a_planted_answer__cannot_decide() -> None:
    assert stage(Provider(credulous=True)).calibrate().exit_code == 2


def test_calibrate__of_a_judge_that_is_not_there__does_not_say_that_it_cannot_be_believed() -> None:
    found = stage(Provider(absent=True)).calibrate()
    assert found.exit_code == 2
    assert headline(found) == (
        "The judge does not answer: planted good, bad, empty and injection answers: no answer (connection: nobody there)."
    )


def test_calibrate__offline_without_stored_verdicts__cannot_decide() -> None:
    found = stage().calibrate(offline=True)
    assert found.exit_code == 2
    assert headline(found) == "Could not decide: 120 verdicts not stored. Run it again without `--offline`."


def test_calibrate__of_a_judge_without_a_date__says_that_it_may_become_another() -> None:
    files = tree(OLD, known=labels(60))
    files["mergefloor.yml"] = files["mergefloor.yml"].replace(JUDGE.encode(), b"openai/gpt-4o")
    it = stage()
    found = replace(it, made=replace(it.made, repo=replace(it.made.repo, base=files)))  # type: ignore[type-var]
    (told,) = (each for each in remarks(found.calibrate(offline=True)) if "dated snapshot" in each)
    assert "name `openai/gpt-4o-20" in told
    assert not any("dated snapshot" in each for each in remarks(it.calibrate(offline=True)))


def test_calibrate__under_a_policy_that_waives_it__does_not_say_that_the_judge_cannot_block() -> None:
    assert "blocks all the same" in headline(stage(Provider(wrong=2), policy="waive").calibrate())


def test_calibrate__of_a_judge_that_is_down__cannot_decide() -> None:
    assert stage(Provider(down="timeout")).calibrate().exit_code == 2


def test_calibrate__without_a_file_of_labels__says_how_to_get_one() -> None:
    with pytest.raises(InputError, match="not there"):
        stage(known=None).calibrate()


def test_calibrate__of_a_check_that_nobody_has__names_those_there_are() -> None:
    with pytest.raises(UsageError, match="tone"):
        stage().calibrate(grader="taste")


def test_calibrate__with_labels_of_another_check__ends_with_1_and_names_both() -> None:
    found = stage(known=labels(60, grader="style")).calibrate()
    assert (found.exit_code, found.unheard, found.strangers) == (1, ("tone",), ("style",))
    assert any("correct `grader` there: the judged checks are tone" in each for each in remarks(found))


def test_calibrate__of_a_suite_without_a_judge__has_nothing_to_do() -> None:
    it = stage()
    plain = json.loads(it.made.repo.snapshot("base").read("mergefloor.yml"))
    plain["suites"]["s"]["graders"].pop(0)
    files = {**tree(OLD, known=labels(3)), "mergefloor.yml": json.dumps(plain).encode()}
    made = replace(world(files, files, it.provider), engine=it.made.engine, clock=lambda: 0.0)  # type: ignore[arg-type]
    found = calibrate.examine(calibrate.CalibrateRequest(ref="base"), made)
    assert (found.exit_code, found.hearings, it.provider.asked) == (0, (), [])


def test_gate__of_a_calibrated_check__tells_both_pass_rates_as_people_would_give_them() -> None:
    report = stage(Provider(wrong=10)).gate()
    (found,) = report.rates
    assert (found.suite, found.grader) == ("s", "tone")
    assert found.base is not None and found.head is not None
    assert (found.base.raw, found.head.raw, found.base.cases) == (1.0, 0.0, CASES)
    assert found.base.method == "rogan-gladen" and found.base.corrected is not None
    assert found.base.corrected.high == 1.0 and 0.5 < found.base.corrected.low < 1.0


def test_gate__with_too_few_labels__corrects_nothing_and_says_why() -> None:
    (found,) = stage(number=34).gate().rates
    assert found.head is not None
    assert (found.head.corrected, found.head.why) == (None, "only 34 labels, 50 are needed")


def test_gate__where_the_policy_waives_calibration__knows_no_other_pass_rate() -> None:
    report = stage(policy="waive").gate()
    assert (report.rates, report.judged) == ((), ())

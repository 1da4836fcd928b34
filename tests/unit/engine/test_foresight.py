"""Missing keys: told before anybody is paid, and no obstacle where stored answers serve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mergefloor.core.types import GradeMissing, GraderSpec, ModelRef, Output
from mergefloor.engine import Needs

OTHER = ModelRef(provider="fake", name="other", endpoint="three")


def lacking(fakes: Any, **keys: str) -> Needs:
    """Models by name with the variable that each lacks; judged checks ask the judge."""

    def asked(spec: GraderSpec) -> tuple[ModelRef, ...]:
        return (fakes.JUDGE,) if spec.kind == "judge" else ()

    return Needs(missing_key=lambda ref: keys.get(ref.name, ""), asked=asked)


def of_other(fakes: Any, index: int) -> Any:
    job = fakes.job(index)
    return replace(job, ask=replace(job.ask, request=replace(job.ask.request, model=OTHER)))


def test_evaluate__one_of_two_models_lacks_its_key__nobody_is_asked(bench: Any, fakes: Any) -> None:
    b = bench(needs=lacking(fakes, other="OTHER_KEY"))
    cells = b.engine.evaluate([fakes.job(0), of_other(fakes, 1), fakes.job(2)])
    assert {c.output.message for c in cells} == {"no key for 'fake/other'; set `OTHER_KEY`"}
    assert {(c.output.code, c.output.fatal) for c in cells} == {("refused-key", True)}
    assert (b.requests, b.models.connected, b.engine.ledger.cost().calls) == (0, [], 0)


def test_evaluate__a_judge_without_a_key__is_told_before_the_candidate_is_asked(
    bench: Any, fakes: Any
) -> None:
    b = bench(needs=lacking(fakes, judge="JUDGE_KEY", other="OTHER_KEY"))
    cells = b.engine.evaluate([fakes.job(0, graders=(fakes.JUDGED,)), of_other(fakes, 1)])
    told = "no key for 'fake/judge', 'fake/other'; set `JUDGE_KEY` and `OTHER_KEY`"
    assert {c.output.message for c in cells} == {told}
    assert b.requests == 0


def test_evaluate__a_judge_without_a_key_that_no_check_asks__is_no_matter(bench: Any, fakes: Any) -> None:
    b = bench(needs=lacking(fakes, judge="JUDGE_KEY"))
    assert all(isinstance(c.output, Output) for c in b.run(3))


def test_evaluate__everything_stored__needs_no_key(bench: Any, fakes: Any) -> None:
    first = bench()
    cold = first.run(5, graders=(fakes.JUDGED,))
    keyless = lacking(fakes, candidate="A", judge="B")
    second = bench(cache=first.cache, needs=keyless)
    assert [c.grades for c in second.run(5, graders=(fakes.JUDGED,))] == [c.grades for c in cold]
    assert second.models.connected == []


@pytest.mark.parametrize("lost", ["first verdict", "repaired verdict"])
def test_evaluate__stored_answers_and_a_verdict_that_is_not__needs_the_judges_key_alone(
    bench: Any, fakes: Any, lost: str
) -> None:
    first = bench(judge=fakes.FakeModel(fakes.verdict))
    known = [replace(fakes.job(i, graders=(fakes.JUDGED,)), known=fakes.ok(f"said {i}")) for i in range(3)]
    first.engine.evaluate(known[:2])
    if lost == "repaired verdict":
        for entry in list(first.cache.entries):
            stored = first.cache.entries[entry]
            first.cache.entries[entry] = replace(stored, answer=replace(stored.answer, text="no verdict"))
    jobs = known[:2] if lost == "repaired verdict" else known
    second = bench(cache=first.cache, needs=lacking(fakes, candidate="A", judge="B"))
    cells = second.engine.evaluate(jobs)
    missing = [c.grades[0].failure for c in cells if isinstance(c.grades[0], GradeMissing)]
    assert {(f.stage, f.message) for f in missing} == {("judge", "no key for 'fake/judge'; set `B`")}
    assert second.models.connected == []


def test_foresee__a_key_that_later_calls_need__bars_earlier_ones(bench: Any, fakes: Any) -> None:
    b = bench(needs=lacking(fakes, candidate="A"))
    assert b.engine.foresee([fakes.job(0)]).message == "no key for 'fake/candidate'; set `A`"
    asked = fakes.judging("planted")
    (reply,) = b.engine.probe([asked])
    assert (reply.stage, reply.code, len(b.models.judge.calls)) == ("judge", "refused-key", 0)


def test_probe__without_a_key__asks_nobody(bench: Any, fakes: Any) -> None:
    b = bench(needs=lacking(fakes, judge="B"))
    assert [reply.code for reply in b.engine.probe([fakes.judging("planted")])] == ["refused-key"]
    assert b.models.connected == []


def test_foresee__offline__leaves_the_word_to_the_cache(bench: Any, fakes: Any) -> None:
    b = bench(needs=lacking(fakes, candidate="A"), offline=True)
    assert b.engine.foresee([fakes.job(0)]) is None
    assert b.run(1)[0].output.code == "offline"


def test_foresee__every_key_there__reads_nothing(bench: Any, fakes: Any) -> None:
    class Unread(fakes.MemoryCache):  # type: ignore[misc,name-defined]
        def get(self, key: str) -> Any:
            raise AssertionError(key)

    b = bench(cache=Unread(), needs=lacking(fakes))
    assert b.engine.foresee([fakes.job(0, graders=(fakes.JUDGED,))], [fakes.judging("x")]) is None

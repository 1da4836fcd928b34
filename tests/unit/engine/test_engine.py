"""Jobs in, cells out: order, pipeline, cache, coalescing, cancelling, memory."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from mergefloor.core.types import Failure, Grade, GradeMissing, Output


def test_evaluate__cells__come_in_the_order_of_the_jobs(bench: Any, fakes: Any) -> None:
    slow = fakes.FakeModel(lambda request, n: float(len(request.messages[-1].content) % 3))
    b = bench(slow, concurrency=3)
    cells = b.engine.evaluate([fakes.job(i, text="x" * (i + 1)) for i in range(20)])
    assert [c.job.sample.case for c in cells] == [f"c{i}" for i in range(20)]
    assert all(isinstance(c.output, Output) and isinstance(c.grades[0], Grade) for c in cells)
    assert (b.progress.total, b.progress.done) == (20, 20)


def test_evaluate__candidate_and_judge__are_pipelined_to_the_physical_limit(bench: Any, fakes: Any) -> None:
    b = bench(concurrency=20)
    b.run(200, graders=(fakes.JUDGED,))
    # Two endpoints of 20 places each: the judges of one wave run while the next wave of candidates does.
    assert 11 * 0.2 <= b.seconds <= 11 * 0.2 + 0.1
    assert b.models.candidate.most_in_flight == b.models.judge.most_in_flight == 20


def test_evaluate__warm__makes_no_call_connects_nothing_and_takes_no_time(bench: Any, fakes: Any) -> None:
    first = bench()
    cold = first.run(30, graders=(fakes.JUDGED,))
    second = bench(cache=first.cache)
    warm = second.run(30, graders=(fakes.JUDGED,))
    assert (second.requests, second.models.connected, second.seconds) == (0, [], 0.0)
    assert [replace(c.output, cached=False) for c in warm] == [c.output for c in cold]
    assert [c.grades for c in warm] == [c.grades for c in cold]
    cost = second.engine.ledger.cost()
    assert (cost.calls, cost.cached_calls, cost.usd) == (0, 60, 0.0)


def test_evaluate__same_ask_at_the_same_time__is_one_call(bench: Any, fakes: Any) -> None:
    b = bench()
    cells = b.run(10, text="the same")
    assert b.requests == 1
    assert [c.output.cached for c in cells].count(False) == 1
    assert b.engine.ledger.cost().calls == 1


def test_evaluate__same_ask_that_fails__is_one_failure_for_all(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down("bad-request")))
    assert {c.output.code for c in b.run(10, text="the same")} == {"bad-request"}
    assert b.requests == 1


def test_evaluate__known_answer__is_only_graded(bench: Any, fakes: Any) -> None:
    b = bench()
    known = replace(fakes.job(0), known=fakes.ok("from history"))
    [cell] = b.engine.evaluate([known])
    assert cell.output.text == "from history" and cell.grades and b.requests == 0


@pytest.mark.parametrize(
    ("finish", "kept"), [("stop", 1), ("refusal", 1), ("filtered", 0), ("length", 0), ("empty", 0)]
)
def test_evaluate__what_is_filtered_cut_or_empty__is_not_kept(
    bench: Any, fakes: Any, finish: str, kept: int
) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.ok("x", finish=finish)))
    [cell] = b.run(1)
    assert (cell.output.finish, len(b.cache.entries), b.requests) == (finish, kept, 1)


def test_evaluate__unreadable_verdict__is_repaired_and_not_kept(bench: Any, fakes: Any) -> None:
    judge = fakes.FakeModel(
        lambda r, n: fakes.ok('{"pass": true}' if r.messages[-1].content.endswith("!") else "hm")
    )
    b = bench(judge=judge)
    [cell] = b.run(1, graders=(fakes.JUDGED,))
    assert isinstance(cell.grades[0], Grade)
    assert len(judge.calls) == 2 and len(b.cache.entries) == 2


def test_evaluate__saved_before_it_is_graded(bench: Any, fakes: Any) -> None:
    class Breaks:
        def step(self, subject: object, replies: object) -> object:
            assert len(b.cache.entries) == 1
            raise ZeroDivisionError("a bug")

    b = bench(build=lambda spec: Breaks())
    [cell] = b.run(1)
    assert isinstance(cell.grades[0], GradeMissing)
    assert cell.grades[0].failure.code == "check-crashed" and "a bug" in cell.grades[0].failure.message


def test_evaluate__a_check_that_never_stops_asking__is_missing(bench: Any, fakes: Any) -> None:
    class Endless:
        def step(self, subject: Any, replies: tuple[object, ...]) -> object:
            return fakes.Asks(asks=(fakes.judging("x", index=len(replies)),))

    [cell] = bench(build=lambda spec: Endless()).run(1)
    assert cell.grades[0].failure.code == "check-endless"


def test_evaluate__offline__asks_only_the_cache(bench: Any, fakes: Any) -> None:
    first = bench()
    first.run(2)
    b = bench(cache=first.cache, offline=True)
    cells = b.run(3)
    assert [isinstance(c.output, Output) for c in cells] == [True, True, False]
    assert (
        cells[2].output.code == "offline"
        and cells[2].output.stage == "candidate"
        and b.models.connected == []
    )


def test_evaluate__key_missing__is_a_fatal_failure_that_says_what_to_set(bench: Any, fakes: Any) -> None:
    b = bench(missing=("judge",))
    cells = b.run(5, graders=(fakes.JUDGED,))
    failures = [c.grades[0].failure for c in cells]
    assert all(isinstance(c.output, Output) for c in cells)
    assert {f.code for f in failures} == {"refused-key"} and "FAKE_KEY" in failures[0].message
    assert failures[0].stage == "judge" and b.models.connected.count("judge") == 1


def test_evaluate__another_model_served__is_fatal_and_paid(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.ok("x", served_model="candidate-mini")), concurrency=2)
    cells = b.run(9)
    assert {c.output.code for c in cells} == {"served-model"}
    assert b.requests <= 3 and not b.cache.entries
    assert b.engine.ledger.cost().calls == b.requests


def test_evaluate__dated_snapshot_of_the_alias_served__is_fine(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.ok("x", served_model="candidate-2026-01-01")))
    assert isinstance(b.run(1)[0].output, Output)


def test_evaluate__many_jobs__have_few_tasks(bench: Any, fakes: Any) -> None:
    most = 0

    def watch(request: object, n: int) -> Output:
        nonlocal most
        most = max(most, len(asyncio.all_tasks()))
        answer: Output = fakes.ok("x")
        return answer

    b = bench(fakes.FakeModel(watch, latency=0.001), concurrency=4)
    b.run(500)
    assert most <= 2 * 4 + 2


def test_evaluate__latency__is_measured_around_the_call(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(latency=1.5))
    b.run(3)
    [use] = b.engine.ledger.uses("s")
    assert use.latency_p50 == pytest.approx(1.5) and use.arm == "head"


def test_evaluate__a_broken_spec__ends_the_run(bench: Any, fakes: Any) -> None:
    def refuse(spec: object) -> object:
        raise fakes.ProviderError("no such check", "write another")

    with pytest.raises(fakes.ProviderError):
        bench(build=refuse).run(3)


def test_probe__answers_alone__in_order_and_cached(bench: Any, fakes: Any) -> None:
    b = bench(judge=fakes.FakeModel(lambda r, n: fakes.ok(json.dumps({"of": r.messages[-1].content}))))
    asks = [fakes.judging(name) for name in "abc"]
    texts = [reply.text for reply in b.engine.probe(asks)]
    assert texts == ['{"of": "judge a"}', '{"of": "judge b"}', '{"of": "judge c"}']
    assert all(reply.cached for reply in b.engine.probe(asks))
    assert {call.arm for call in b.engine.ledger.calls} == {"judge"}


def test_cancel__in_the_middle__keeps_what_was_answered_and_resumes(bench: Any, fakes: Any) -> None:
    b = bench(concurrency=5)
    count = 0

    def stop(total: int = 1) -> None:
        nonlocal count
        count += 1
        if count == 12:
            b.engine.cancel()

    b.progress.step = stop
    cells = b.run(50)
    stopped = [c for c in cells if isinstance(c.output, Failure)]
    assert {c.output.code for c in stopped} == {"cancelled"}
    assert 50 - len(stopped) == len(b.cache.entries) >= 12
    assert b.requests - len(b.cache.entries) <= 5
    assert all(isinstance(c.output, Failure) for c in b.run(3, text="new"))
    resumed = bench(cache=b.cache)
    assert all(isinstance(c.output, Output) for c in resumed.run(50))
    assert resumed.requests == len(stopped)


def test_close__connected_models__are_closed(bench: Any, fakes: Any) -> None:
    b = bench()
    b.run(1)
    with b.engine:
        pass
    assert b.models.candidate.closed

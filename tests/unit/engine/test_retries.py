"""R06-R08, R10, R12, R13: tries, deadlines, outages, rates and money, in time that costs none."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest

from mergefloor.core.settings import Price
from mergefloor.core.types import Failure, Output
from mergefloor.engine import Limits
from mergefloor.engine.gate import Gate
from mergefloor.engine.retries import RETRYABLE, Retries

PERMANENT = ["bad-request", "offline", "no-scripted-answer"]
FATAL = ["refused-key", "quota", "unknown-model"]


@pytest.mark.parametrize("code", sorted(RETRYABLE - {"timeout"}))
def test_call__retryable_for_ever__is_tried_five_times(bench: Any, fakes: Any, code: str) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down(code)))
    [cell] = b.run(1)
    assert (cell.output.code, b.requests) == (code, 5)
    assert cell.output.wait_s is None
    assert b.seconds <= 5 * 0.2 + 0.5 + 1 + 2 + 4


@pytest.mark.parametrize("code", sorted(RETRYABLE - {"timeout"}))
@pytest.mark.parametrize("bad", [1, 4])
def test_call__retryable_for_a_while__is_answered(bench: Any, fakes: Any, code: str, bad: int) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down(code) if n <= bad else fakes.ok("x")))
    [cell] = b.run(1)
    assert isinstance(cell.output, Output) and b.requests == bad + 1


@pytest.mark.parametrize("code", PERMANENT)
def test_call__not_retryable__is_asked_once_and_others_go_on(bench: Any, fakes: Any, code: str) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down(code)))
    assert {c.output.code for c in b.run(7)} == {code}
    assert b.requests == 7


@pytest.mark.parametrize("code", FATAL)
@pytest.mark.parametrize("concurrency", [1, 20])
def test_call__fatal__stops_the_endpoint_within_concurrency_and_one(
    bench: Any, fakes: Any, code: str, concurrency: int
) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down(code, fatal=True)), concurrency=concurrency)
    assert {c.output.code for c in b.run(200)} == {code}
    assert b.requests <= concurrency + 1


def test_call__fatal_on_the_judge__leaves_the_candidate_alone(bench: Any, fakes: Any) -> None:
    b = bench(judge=fakes.FakeModel(lambda r, n: fakes.down("quota", fatal=True)), concurrency=4)
    cells = b.run(50, graders=(fakes.JUDGED,))
    assert all(isinstance(c.output, Output) for c in cells)
    assert {(c.grades[0].failure.code, c.grades[0].failure.stage) for c in cells} == {("quota", "judge")}
    assert len(b.models.judge.calls) <= 5


@pytest.mark.parametrize("cases", [1, 50, 200, 1000])
def test_call__total_outage__costs_little(bench: Any, fakes: Any, cases: int) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down("provider-5xx")), minutes=600.0)
    assert {c.output.code for c in b.run(cases)} == {"provider-5xx"}
    assert b.requests <= min(5 * cases, 1.1 * cases + 100)


def test_call__a_third_of_the_tries_fails__every_case_resolves_in_time(bench: Any, fakes: Any) -> None:
    clean = bench(fakes.FakeModel(latency=1.0), fakes.FakeModel(fakes.verdict, latency=1.0))
    clean.run(200, graders=(fakes.JUDGED,))
    slow = 0
    for seed in range(10):
        rng = Random(seed)

        def flaky(request: Any, n: int, rng: Random = rng) -> Output | Failure:
            failed: Output | Failure = fakes.down("connection")
            return failed if rng.random() < 0.3 else fakes.verdict(request, n)

        b = bench(fakes.FakeModel(flaky, latency=1.0), fakes.FakeModel(flaky, latency=1.0))
        cells = b.run(200, graders=(fakes.JUDGED,))
        assert all(isinstance(c.output, Output) and isinstance(c.grades[0], fakes.Grade) for c in cells)
        assert len(b.models.judge.calls) > 200
        slow += b.seconds > 3 * clean.seconds
    assert slow <= 1


def test_call__one_case_that_always_fails__gets_a_second_round_and_no_more(bench: Any, fakes: Any) -> None:
    b = bench(
        fakes.FakeModel(
            lambda r, n: fakes.down("timeout") if r.messages[-1].content == "question 3" else fakes.ok("x")
        )
    )
    cells = b.run(50)
    assert [c.job.sample.case for c in cells if isinstance(c.output, Failure)] == ["c3"]
    assert b.models.candidate.tries["question 3"] == 10


def test_call__never_answers__is_given_up_at_the_wall_deadline(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(lambda r, n: 1e6))
    [cell] = b.run(1)
    assert (cell.output.code, cell.output.stage, b.requests) == ("timeout", "candidate", 1)
    assert b.seconds == pytest.approx(120, abs=1)


def test_call__run_is_over__says_so_for_all_that_is_left(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(latency=50.0), minutes=2.0, concurrency=2)
    cells = b.run(20)
    assert b.seconds == pytest.approx(120, abs=1)
    late = [c.output for c in cells if isinstance(c.output, Failure)]
    assert len(late) == 16 and b.requests == 6
    assert {(f.code, f.stage) for f in late} == {("budget", "budget")} and "minutes" in late[0].message


@pytest.mark.parametrize(("wait", "tries", "at"), [(7.0, 2, 7.2), (119.0, 2, 119.2), (121.0, 1, None)])
def test_call__retry_after__is_honoured_up_to_two_minutes(
    bench: Any, fakes: Any, wait: float, tries: int, at: float | None
) -> None:
    b = bench(
        fakes.FakeModel(lambda r, n: fakes.down("overloaded", wait_s=wait) if n == 1 else fakes.ok("x"))
    )
    b.run(1)
    assert b.requests == tries
    if at is not None:
        assert at <= b.models.candidate.calls[1][0] <= at + 0.5


def test_call__provider_that_asks_for_an_hour__is_told_and_not_called_again(bench: Any, fakes: Any) -> None:
    model = fakes.FakeModel(lambda r, n: fakes.down("rate-limited", wait_s=3600.0))
    b = bench(model, concurrency=2)
    cells = b.run(50)
    assert {cell.output.code for cell in cells} == {"rate-limited"}
    assert all("asks to wait 60 minutes" in cell.output.message for cell in cells)
    assert len(model.calls) <= 3
    assert b.seconds < 60


def test_call__retry_after_beyond_the_run__is_not_waited_for(bench: Any, fakes: Any) -> None:
    b = bench(fakes.FakeModel(lambda r, n: fakes.down("rate-limited", wait_s=90.0)), minutes=1.0)
    [cell] = b.run(1)
    assert (cell.output.code, b.requests) == ("rate-limited", 1) and b.seconds < 1


def test_delay__jitter__is_full_and_capped() -> None:
    draws = [Retries(Limits(attempts=99), Random(seed)).delay(_down(), 10, 1e9) for seed in range(400)]
    assert 0 <= min(draws) < 1 and 19 < max(draws) <= 20  # type: ignore[type-var,operator]
    first = [Retries(Limits(), Random(seed)).delay(_down(), 1, 1e9) for seed in range(400)]
    assert max(first) <= 0.5  # type: ignore[type-var,operator]


def _down() -> Failure:
    return Failure(stage="candidate", code="connection", message="")


class Bucket:
    """A provider that lets `rate` calls a second through, `burst` at once."""

    def __init__(self, fakes: Any, loop: Any, rate: float, burst: float) -> None:
        self.fakes, self.loop, self.rate, self.level, self.burst, self.at = (
            fakes,
            loop,
            rate,
            burst,
            burst,
            0.0,
        )
        self.refused: list[float] = []

    def __call__(self, request: object, n: int) -> Output | Failure:
        now = self.loop().time()
        self.level, self.at = min(self.burst, self.level + (now - self.at) * self.rate), now
        if self.level >= 1:
            self.level -= 1
            found: Output | Failure = self.fakes.ok("x")
            return found
        self.refused.append(now)
        late: Failure = self.fakes.down("rate-limited", wait_s=max(1.0, (1 - self.level) / self.rate))
        return late


@pytest.mark.parametrize(("rate", "burst"), [(10.0, 10.0), (50.0, 5.0), (3.0, 3.0)])
def test_gate__rate_limited_provider__is_found_and_kept(
    bench: Any, fakes: Any, rate: float, burst: float
) -> None:
    bucket = Bucket(fakes, asyncio.get_running_loop, rate, burst)
    b = bench(fakes.FakeModel(bucket, latency=0.1), minutes=600.0, usd=100.0)
    count = int(120 * rate)
    cells = b.run(count)
    assert all(isinstance(c.output, Output) for c in cells)
    settled = 30.0
    late = [at for at in bucket.refused if at > settled]
    calls = [at for at, _, _ in b.models.candidate.calls if at > settled]
    assert len(late) / len(calls) < 0.05
    assert b.seconds <= 1.3 * count / rate


def test_gate__refusals_that_do_not_depend_on_the_rate__do_not_slow_the_run_down_for_ever(
    bench: Any, fakes: Any
) -> None:
    rng = Random(3)

    def unlucky(request: Any, n: int) -> Output | Failure:
        late: Output | Failure = fakes.down("rate-limited", wait_s=0.1)
        return late if rng.random() < 0.05 else fakes.ok("x")

    b = bench(fakes.FakeModel(unlucky, latency=0.1), minutes=600.0, usd=100.0)
    assert all(isinstance(c.output, Output) for c in b.run(4000))
    assert b.seconds <= 10 * 4000 * 0.1 / 20


def test_gate__one_burst_of_refusals__halves_once_and_recovers(fakes: Any) -> None:
    now = 0.0
    gate = Gate(16, lambda: now)
    for _ in range(10):
        gate.limited(started=0.0, wait=0.0)
    assert gate.limit == 8.0
    now = 1.0
    gate.limited(started=0.5, wait=0.0)
    assert gate.limit == 4.0
    for _ in range(4):
        gate.passed()
    assert 4.8 < gate.limit < 5.2
    for _ in range(500):
        gate.passed()
    assert gate.limit == 16.0


def test_budget__calls_stop_before_the_one_that_could_cross(bench: Any, fakes: Any) -> None:
    price = {"fake/candidate": Price(input=0.0, output=1_000_000.0 / 1024)}
    answer = fakes.ok("x", usage=fakes.Usage(output_tokens=512))
    b = bench(fakes.FakeModel(lambda r, n: answer), prices=price, usd=10.0, concurrency=20)
    cells = b.run(100)
    assert b.engine.ledger.usd == pytest.approx(0.5 * b.requests)
    assert 9.0 <= b.engine.ledger.usd <= 10.0
    refused = [c.output for c in cells if isinstance(c.output, Failure)]
    assert len(refused) == 100 - b.requests and {(f.code, f.stage) for f in refused} == {("budget", "budget")}
    assert b.models.candidate.most_in_flight <= 10


def test_budget__bound_in_the_request__is_what_a_call_may_cost(bench: Any, fakes: Any) -> None:
    price = {"fake/candidate": Price(input=0.0, output=1_000_000.0)}
    b = bench(
        fakes.FakeModel(lambda r, n: fakes.ok("x", usage=fakes.Usage(output_tokens=1))), prices=price, usd=5.0
    )
    assert isinstance(b.run(1, max_tokens=4)[0].output, Output)
    assert b.run(1, max_tokens=6)[0].output.code == "budget"


def test_budget__text_of_many_bytes__is_estimated_by_its_bytes(bench: Any, fakes: Any) -> None:
    price = {"fake/candidate": Price(input=1_000_000.0, output=0.0)}
    b = bench(prices=price, usd=50.0)
    assert b.run(1, text="\u6f22" * 60)[0].output.code == "budget"
    assert isinstance(bench(prices=price, usd=50.0).run(1, text="x" * 60)[0].output, Output)


def test_budget__no_price__counts_nothing_and_is_listed(bench: Any, fakes: Any) -> None:
    b = bench(prices={}, usd=0.0)
    assert all(isinstance(c.output, Output) for c in b.run(3))
    assert b.engine.ledger.cost().unpriced == ("fake/candidate",)

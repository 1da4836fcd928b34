"""Prices, percentiles and the books of a run."""

from __future__ import annotations

import pytest

from mergefloor.core.cost import Call, Ledger, price_of, usd
from mergefloor.core.settings import Price
from mergefloor.core.stats import percentile
from mergefloor.core.types import Usage

PRICES = {
    "openai/gpt-4o": Price(input=2.5, output=10, cached_input=1.25),
    "openai/gpt-4o-2024-05-13": Price(input=5, output=15),
    "openai/gpt-5": Price(input=1.25, output=10),
    "anthropic/claude-x-20250101": Price(input=3, output=15),
    "anthropic/claude-x-20250601": Price(input=2, output=9),
}


def call(**fields: object) -> Call:
    values: dict[str, object] = {
        "arm": "head",
        "model": "openai/gpt-4o",
        "usage": Usage(input_tokens=1000, output_tokens=100),
        "latency_s": 1.0,
        "suite": "s",
    }
    return Call(**{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("openai/gpt-4o", 2.5),
        ("openai/gpt-4o-2024-05-13", 5),
        ("openai/gpt-4o-2024-11-20", 2.5),
        ("anthropic/claude-x", 2),
        ("anthropic/claude-x-20250101", 3),
        ("openai/gpt-5-pro", None),
        ("openai/gpt-4o-mini", None),
        ("openai-compatible/gpt-4o", None),
        ("local/all-minilm-l6-v2", 0),
        ("localhost/gpt-4o", None),
    ],
)
def test_price_of__names_aliases_and_dates__never_another_model(model: str, expected: float | None) -> None:
    found = price_of(model, PRICES)
    assert (found.input if found else None) == expected


def test_usd__cached_input__is_charged_at_its_own_rate() -> None:
    usage = Usage(input_tokens=1_000_000, cached_input_tokens=400_000, output_tokens=1_000_000)
    assert usd(usage, Price(input=2.0, output=8.0, cached_input=0.5)) == pytest.approx(
        0.6 * 2 + 0.4 * 0.5 + 8
    )
    assert usd(usage, Price(input=2.0, output=8.0)) == pytest.approx(10)


def test_usd__more_cached_than_sent__never_negative() -> None:
    assert (
        usd(Usage(input_tokens=10, cached_input_tokens=99), Price(input=1, output=1, cached_input=1)) == 1e-5
    )


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [((), 0.5, None), ((3.0,), 0.95, 3.0), ((4.0, 1.0, 3.0, 2.0), 0.5, 2.0), (tuple(range(1, 21)), 0.95, 19)],
)
def test_percentile__nearest_rank(values: tuple[float, ...], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected


def test_ledger__cached_scripted_and_unpriced_calls__cost_nothing_and_say_so() -> None:
    ledger = Ledger(
        PRICES, [call(), call(cached=True), call(scripted=True), call(model="openai-compatible/llama")]
    )
    cost = ledger.cost()
    assert cost.usd == pytest.approx(ledger.usd) == pytest.approx(0.0035)
    assert (cost.calls, cost.cached_calls, cost.unpriced) == (3, 1, ("openai-compatible/llama",))
    assert (cost.input_tokens, cost.output_tokens) == (3000, 300)
    assert ledger.scripted


def test_ledger__a_local_model__is_free_and_never_unpriced() -> None:
    ledger = Ledger({}, [call(arm="judge", model="local/all-minilm-l6-v2")])
    cost = ledger.cost()
    assert (cost.usd, cost.unpriced, cost.calls, cost.input_tokens) == (0.0, (), 1, 1000)
    assert ledger.uses("s")[0].usd == 0.0


def test_ledger__uses__are_per_suite_and_arm_and_time_only_fresh_calls() -> None:
    ledger = Ledger(PRICES)
    for seconds in (1.0, 2.0, 3.0):
        ledger.add(call(latency_s=seconds))
    ledger.add(call(cached=True, latency_s=900.0))
    ledger.add(call(arm="judge", model="x/unknown"))
    ledger.add(call(arm="base", cached=True))
    ledger.add(call(suite="other"))
    base, head, judge = ledger.uses("s")
    assert (base.arm, base.calls, base.cached_calls, base.usd, base.latency_p50) == ("base", 0, 1, 0.0, None)
    assert (head.calls, head.cached_calls, head.latency_p50, head.latency_p95) == (3, 1, 2.0, 3.0)
    assert head.usd == pytest.approx(3 * 0.0035)
    assert (judge.arm, judge.usd) == ("judge", None)
    assert ledger.uses("none") == ()

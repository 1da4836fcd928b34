"""How much three years of history take: the figures of docs/history.md."""

from __future__ import annotations

import zlib
from dataclasses import replace
from random import Random

from mergefloor.core.history.codec import line_of
from mergefloor.core.history.entry import Entry, Judging, Pace, Point, PromptPin, Reading, Spend

DAYS, SUITES, CASES = 3 * 365, 50, 100
MB = 1_000_000
# Most cases always pass or always fail; some are undecided: shares of passing that golden sets have.
RATES = (1.0,) * 80 + (0.9,) * 8 + (0.5,) * 4 + (0.0,) * 8
ENTRY = Entry(
    id="", at=0.0, sha="", event="scheduled", suite="", kind="regression", samples=3, readings=(),
    case_set="0011223344556677", model="anthropic/claude-sonnet-4-6-20251015",
    prompt=PromptPin(path="prompts/support-answers.prompt.md", version="1.4.2", hash="0123456789abcdef"),
    golden="0123456789abcdef", embedding_model="local/minilm-l6",
    judging=Judging(model="openai/gpt-5-mini-2025-08-07", epoch="0123456789abcdef", agreement=0.91, kappa=0.78),
    spend=Spend(usd=0.123456, calls=600, input_tokens=123456, output_tokens=23456), length=412.345678,
    pace=Pace(p50=0.812345, p95=2.123456, p99=3.456789),
)  # fmt: skip


def run(rng: Random, day: int, suite: int, scores: int) -> Entry:
    passes = tuple(Point(value=sum(rng.random() < rate for _ in range(3)) / 3, draws=3) for rate in RATES)
    readings = [_reading("pass_rate", "binary", passes)]
    for at in range(scores):
        values = tuple(Point(value=min(1.0, max(0.0, rng.gauss(0.8, 0.1))), draws=3) for _ in RATES)
        readings.append(_reading(f"faithfulness_{at}", "score", values))
    return replace(
        ENTRY,
        id=f"{17_012_345_678 + day}.1/support-answers-{suite:02}",
        at=1.7e9 + 86400 * day,
        sha=f"{rng.getrandbits(160):040x}",
        suite=f"support-answers-{suite:02}",
        readings=tuple(readings),
    )


def _reading(name: str, kind, points: tuple[Point, ...]) -> Reading:
    mean = sum(point.value for point in points) / len(points)
    return Reading(
        name=name,
        kind=kind,
        value=mean,
        cases=len(points),
        low=mean - 0.0512345,
        high=mean + 0.0412345,
        points=points,
    )


def three_years(scores: int) -> tuple[float, float]:
    """MB of plain text and of what git stores without deltas, told from a week of all suites."""
    rng = Random(7)
    text = "\n".join(
        line_of(run(rng, day, suite, scores)) for day in range(7) for suite in range(SUITES)
    ).encode()
    return len(text) * DAYS / 7 / MB, len(zlib.compress(text)) * DAYS / 7 / MB


def test_size__a_pass_rate__is_under_fifty_megabytes_and_six_in_git() -> None:
    plain, packed = three_years(scores=0)
    assert 40 < plain < 52 and packed < 6


def test_size__a_pass_rate_and_a_score__is_under_eighty_megabytes_and_seventeen_in_git() -> None:
    plain, packed = three_years(scores=1)
    assert 60 < plain < 80 and packed < 17

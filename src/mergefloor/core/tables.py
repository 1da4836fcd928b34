"""The two tables of a report: suites by metrics, and what every arm used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.classes import CLASSES
from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.phrases import metric_name
from mergefloor.core.report import ArmUse, Report, SuiteReport
from mergefloor.core.standing import result
from mergefloor.core.wording import UNKNOWN, Name, Words, apart, change, count, level, say, seconds, span, usd

Tone: TypeAlias = Literal["good", "bad", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is shown at most: cases with and without their outputs, table rows, lines of a section.

    `every`: rows of the table of all cases. `sections` False leaves out the costs of each arm and the path of the decision.
    """

    diffs: int
    cases: int
    rows: int = 100
    lines: int = 40
    sections: bool = True
    every: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under a title. The first `names` columns are names, the others numbers or a word.

    `tones` colours a row's last cell; `more` says what was left out.
    """

    title: Words
    header: tuple[str, ...]
    names: int
    rows: tuple[tuple[Words, ...], ...]
    tones: tuple[Tone, ...] = ()
    more: Words = ()


def tone(verdict: Verdict, exit_code: int) -> Tone:
    """How a verdict should look: only an inconclusive one that may merge is neither good nor bad."""
    if verdict == "pass":
        return "good"
    return "unsure" if verdict == "inconclusive" and exit_code == 0 else "bad"


def metrics_table(report: Report, limits: Limits) -> Table:
    """Every metric of every suite by class, what blocks first; suites that did not run come last."""
    order = {"block": 0, "error": 1, "inconclusive": 2, "pass": 3}
    found = [(suite, metric) for suite in report.suites for metric in suite.metrics]
    found.sort(key=lambda item: (CLASSES.index(item[1].case_class), order[item[1].verdict]))
    shown = found[: limits.rows]
    idle = [suite for suite in report.suites if not suite.metrics][: max(0, limits.rows - len(shown))]
    left = len(found) + sum(not suite.metrics for suite in report.suites) - len(shown) - len(idle)
    return Table(
        title=say("Suites and metrics"),
        header=("Suite", "Metric", "Base", "Head", "Change", "90 % interval", "Floor", "Result"),
        names=2,
        rows=(*(_metric_row(suite, metric) for suite, metric in shown), *map(_idle_row, idle)),
        tones=(
            *(tone(metric.verdict, 0) if metric.rule.gating else "unsure" for _, metric in shown),
            *(tone(suite.verdict, 0) for suite in idle),
        ),
        more=say("{} not shown.", count(left, "more row")) if left else (),
    )


def _metric_row(suite: SuiteReport, metric: MetricDecision) -> tuple[Words, ...]:
    base, head = apart(metric.kind, metric.base, metric.head)
    floor = level(metric.kind, metric.rule.floor)
    if metric.rule.floor is not None:
        head, floor = _beside_floor(metric, head)
    cells = (
        base,
        head,
        change(metric.kind, metric.delta),
        span(metric.kind, metric.interval),
        floor,
        result(metric),
    )
    return ((Name(suite.name),), metric_name(metric), *(say(cell) for cell in cells))


def _beside_floor(metric: MetricDecision, head: str) -> tuple[str, str]:
    """A head a hair under its floor must not read as equal to it."""
    exact, floor = apart(metric.kind, metric.head, metric.rule.floor)
    return (exact if len(exact) > len(head) else head), floor


def _idle_row(suite: SuiteReport) -> tuple[Words, ...]:
    result = {"pass": "not affected", "block": "blocked"}.get(suite.verdict, "not decided")
    return ((Name(suite.name),), *(say(UNKNOWN),) * 6, say(result))


def cost_table(report: Report, limits: Limits) -> Table:
    """What each arm of each suite used; the sums are in the title."""
    cost = report.cost
    tokens = f"{cost.input_tokens:,} tokens in, {cost.output_tokens:,} out"
    title = say(
        "Cost: {}, {}, {} saved by the cache, {}",
        usd(cost.usd) + (" and what has no price" if cost.unpriced else ""),
        count(cost.calls, "call"),
        f"{cost.cached_calls:,}",
        tokens,
    )
    uses = [(suite, use) for suite in report.suites for use in suite.uses]
    shown = uses[: limits.rows] if limits.sections else []
    return Table(
        title=title,
        header=(
            "Suite",
            "Arm",
            "Model",
            "Calls",
            "From cache",
            "Tokens in",
            "Tokens out",
            "Cost",
            "Latency p50",
            "p95",
        ),
        names=3,
        rows=tuple(_use_row(suite, use) for suite, use in shown),
        more=say("{} not shown.", count(len(uses) - len(shown), "more row"))
        if len(uses) > len(shown)
        else (),
    )


def _use_row(suite: SuiteReport, use: ArmUse) -> tuple[Words, ...]:
    numbers = (use.calls, use.cached_calls, use.input_tokens, use.output_tokens)
    texts = (
        *(f"{number:,}" for number in numbers),
        usd(use.usd),
        seconds(use.latency_p50),
        seconds(use.latency_p95),
    )
    return ((Name(suite.name),), say(use.arm), (Name(use.model),), *(say(text) for text in texts))

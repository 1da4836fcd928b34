"""How a metric was decided, step by step, for a reader who knows no statistics: suspicion, re-runs, verdict."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.decision import flips, scores
from mergefloor.core.evidence import Look, MetricDecision, Verdict
from mergefloor.core.luck import once
from mergefloor.core.phrases import FRESH, against_floor, metric_name
from mergefloor.core.report import Report, SuiteReport
from mergefloor.core.standing import gating, head_only, under_floor
from mergefloor.core.tables import Tone, tone
from mergefloor.core.wording import Name, Prose, Words, apart, count, finite, say

ENDINGS: dict[Verdict, str] = {
    "block": "This metric blocks the merge.",
    "pass": "This metric lets the change through.",
    "inconclusive": "A loss can be neither shown nor ruled out.",
    "error": "This metric could not be decided.",
}
TITLES = {"one": "First re-run", "two": "Second re-run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A net change against the line that the owner tolerates, in cases (binary) or in score; a loss is negative."""

    net: float
    tolerated: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Luck:
    """How often chance alone would show a loss this large, against the limit under which it counts as proof."""

    p: float
    limit: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what was done, what came out, and what follows from it in a word or two."""

    title: str
    text: Words
    result: str
    tone: Tone
    loss: Loss | None = None
    luck: Luck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The steps of one metric and how they end."""

    title: Words
    steps: tuple[Step, ...]
    ending: str
    tone: Tone
    reasons: tuple[Words, ...]


def paths(report: Report, most: int) -> tuple[Path, ...]:
    """The way to the verdict of every metric that can block; what blocks comes first."""
    order = {"block": 0, "error": 1, "inconclusive": 2, "pass": 3}
    found = sorted(gating(report.suites), key=lambda item: order[item[1].verdict])
    return tuple(_path(suite, metric) for suite, metric in found[:most])


def _path(suite: SuiteReport, metric: MetricDecision) -> Path:
    steps = [_first(metric), *(_again(metric, look) for look in metric.looks)]
    if metric.rule.floor is not None and metric.head is not None:
        steps.append(_floor(metric))
    return Path(
        title=say("{} of {}", metric_name(metric), Name(suite.name)),
        steps=tuple(steps),
        ending=ENDINGS[metric.verdict],
        tone=tone(metric.verdict, 0),
        reasons=tuple((Prose(reason),) for reason in metric.reasons),
    )


def _first(metric: MetricDecision) -> Step:
    known = count(metric.cases_total - metric.cases_unresolved, "case")
    base, head = apart(metric.kind, metric.base, metric.head)
    if head_only(metric):
        text = say("{} measured on the head alone: {}. There is no base to compare with.", known, head)
        return Step(title="First answers", text=text, result="No comparison", tone="unsure")
    moved = say("{} measured: {} on the base, {} on the head.", known, base, head)
    if not metric.looks:
        return Step(title="First answers", text=moved, result=_at_once(metric), tone=_calm(metric))
    doubt = "One answer a case proves nothing, so the doubtful cases were run again on both sides."
    return Step(title="First answers", text=say("{} {}", moved, doubt), result="Suspicious", tone="unsure")


def _at_once(metric: MetricDecision) -> str:
    if metric.verdict == "error":
        return "Not known"
    return "No suspicion" if metric.delta is None or metric.delta >= 0 else "Within the noise"


def _calm(metric: MetricDecision) -> Tone:
    return "unsure" if metric.verdict in {"error", "inconclusive"} else "good"


def _again(metric: MetricDecision, look: Look) -> Step:
    times = FRESH[metric.kind][look.name]
    often = f"{times} times" if times > 1 else "once"
    text = say(
        "{} run again, {} a side{}, base and head in the same minutes.",
        count(look.cases, "case"),
        often,
        " in all" if look.name == "two" else "",
    )
    if any(finite(number) is None for number in (look.net, look.p, look.alpha, metric.rule.max_drop)):
        return Step(title=TITLES[look.name], text=text, result="Not known", tone="unsure")
    loss, luck = _loss(metric, look), _luck(look)
    result, how = _result(look, loss)
    return Step(title=TITLES[look.name], text=text, result=result, tone=how, loss=loss, luck=luck)


def _loss(metric: MetricDecision, look: Look) -> Loss:
    """`Look.net` is in cases for shares and a mean over cases for scores (DECISION 1 and 2)."""
    drop = metric.rule.max_drop
    if metric.kind == "binary":
        line = flips.tolerated(drop, metric.cases_total)
        size, allowed, unit = f"{abs(look.net):.1f}", f"{line:.1f}", " cases"
    else:
        line = scores.tolerated(drop)
        size, allowed, unit = f"{abs(look.net):.3f}", f"{line:.3f}", " of the mean score"
    verb = "gained" if look.net > 0 else "lost"
    return Loss(
        net=look.net,
        tolerated=line,
        text=f"The head {verb} {size}{unit} in sum; a loss of {allowed} is tolerated.",
    )


def _luck(look: Look) -> Luck:
    text = f"Luck alone would show this {once(look.p)}; it counts as proof from {once(look.alpha)} on."
    return Luck(p=look.p, limit=look.alpha, text=text)


def _result(look: Look, loss: Loss) -> tuple[str, Tone]:
    if look.convicts:
        return "Confirmed: worse", "bad"
    if look.net >= 0:
        return "Not worse", "good"
    if look.net > -loss.tolerated:
        return "Within what is tolerated", "good"
    return ("Could be luck" if look.p > look.alpha else "Not yet proof"), "unsure"


def _floor(metric: MetricDecision) -> Step:
    low = under_floor(metric)
    text = say("{}.", against_floor(metric))
    how: Tone = "good" if not low else "bad" if metric.verdict == "block" else "unsure"
    return Step(title="Floor", text=text, result="Below the floor" if low else "Above the floor", tone=how)

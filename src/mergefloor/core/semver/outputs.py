"""Counts what both sides answered: the evidence of the version check, from the draws of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from mergefloor.core.cost import usd
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.exact import sign, tail
from mergefloor.core.plan import PlannedCase
from mergefloor.core.semver.measured import Evidence
from mergefloor.core.settings import Price
from mergefloor.core.types import Cell, Grade, Output, SampleId
from mergefloor.core.wording import apart

SCHEMA_CHECK = "json"
LEVEL = 0.05
Prices = Callable[[str], "Price | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Look 0 of one case: every base draw that is known, and the head's; None where it is not known."""

    case: PlannedCase
    base: tuple[Cell, ...]
    head: Cell | None


def evidence(
    cases: Sequence[PlannedCase],
    cells: Mapping[SampleId, Cell],
    decisions: Iterable[MetricDecision],
    price: Prices,
    latency: float | None = None,
) -> Evidence:
    """What was measured on the cases whose requests differ. `decisions`: of the same golden set; `price` of
    `provider/name`; `latency`: head over base, as timed by the run that made the calls."""
    drawn = draws([case for case in cases if not case.identical], cells)
    known = [each for each in drawn if each.head is not None and each.base]
    return Evidence(
        n=len(drawn),
        unresolved=len(drawn) - len(known),
        changed=sum(_differs(each.head, each.base) for each in known),
        noise=_noise(known),
        moved=tuple(_moved(metric) for metric in decisions if moved(metric)),
        valid_drop=_worse(known, _valid, "answers satisfy their JSON schema", up=False),
        refusals_up=_worse(known, _refused, "answers are refused or filtered", up=True),
        cost=_cost(known, price),
        latency=latency,
    )


def draws(cases: Sequence[PlannedCase], cells: Mapping[SampleId, Cell]) -> tuple[Draws, ...]:
    """Look 0 of every case, in the order of the cases."""
    base: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    head: dict[tuple[str, str], Cell] = {}
    for sample, cell in sorted(cells.items(), key=lambda item: item[0].index):
        if sample.look != "plain" or not isinstance(cell.output, Output):
            continue
        if sample.arm == "base":
            base[sample.suite, sample.case].append(cell)
        elif sample.index == 0:
            head[sample.suite, sample.case] = cell
    names = [(case.suite, case.case.id) for case in cases]
    return tuple(
        Draws(case=case, base=tuple(base[name]), head=head.get(name))
        for case, name in zip(cases, names, strict=True)
    )


def output_tokens(cells: Iterable[Cell]) -> tuple[int, ...]:
    """Lengths of the base's outputs, as the provider counted them; a script counts nothing."""
    outputs = [
        cell.output for cell in cells if cell.job.sample.arm == "base" and isinstance(cell.output, Output)
    ]
    return tuple(output.usage.output_tokens for output in outputs if output.usage.output_tokens)


def moved(metric: MetricDecision) -> bool:
    """Whether the head's mean is not the base's: fresh pairs have shown a loss, or the interval excludes zero."""
    if any(look.convicts for look in metric.looks):
        return True
    return metric.interval is not None and (metric.interval[0] > 0 or metric.interval[1] < 0)


def _moved(metric: MetricDecision) -> str:
    base, head = apart(metric.kind, metric.base, metric.head)
    return f"`{metric.rule.name}` moved from {base} to {head}"


def _differs(one: Cell | None, others: Iterable[Cell]) -> bool:
    return all(_said(one) != _said(other) for other in others)


def _said(cell: Cell | None) -> tuple[str, str] | None:
    """How an answer ended and its text, byte for byte."""
    output = cell.output if cell is not None else None
    return (output.finish, output.text) if isinstance(output, Output) else None


def _noise(known: Sequence[Draws]) -> float | None:
    """How often a base output differs from every other of its case: what the head would do if nothing had changed."""
    shares = [
        sum(_differs(cell, each.base[:i] + each.base[i + 1 :]) for i, cell in enumerate(each.base))
        / len(each.base)
        for each in known
        if len(each.base) > 1
    ]
    return fsum(shares) / len(shares) if shares else None


Share = Callable[[Cell, PlannedCase], "float | None"]


def _worse(known: Sequence[Draws], share: Share, what: str, *, up: bool) -> str:
    """A sentence when a rate went the wrong way in more cases than even odds allow (exact sign test, 5 %).

    With a history of several draws the odds of a loss by chance are less than even, so this errs on the quiet side.
    """
    pairs = [pair for each in known if (pair := _pair(each, share)) is not None]
    gaps = [(old - new if up else new - old) for old, new in pairs]
    if not gaps or tail(map(sign, gaps)) > LEVEL:
        return ""
    before, after = (fsum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    return f"{after:.1%} of {what}, {before:.1%} before".replace("%", " %")


def _pair(each: Draws, share: Share) -> tuple[float, float] | None:
    old = [value for cell in each.base if (value := share(cell, each.case)) is not None]
    new = share(each.head, each.case) if each.head is not None else None
    return (fsum(old) / len(old), new) if old and new is not None else None


def _valid(cell: Cell, case: PlannedCase) -> float | None:
    names = {spec.name for spec in case.graders if spec.kind == SCHEMA_CHECK}
    graded = [grade.passed for grade in cell.grades if grade.grader in names and isinstance(grade, Grade)]
    return float(all(graded)) if graded else None


def _refused(cell: Cell, case: PlannedCase) -> float:
    return float(isinstance(cell.output, Output) and cell.output.finish in {"refusal", "filtered"})


def _cost(known: Sequence[Draws], price: Prices) -> float | None:
    """Mean cost of a head's answer over that of a base's, whether it was paid now or earlier."""
    base = [_paid(each.base, price) for each in known]
    head = [_paid([each.head] if each.head else [], price) for each in known]
    spent = fsum(cost for cost in base if cost is not None)
    if None in base or None in head or not spent:
        return None
    return fsum(cost for cost in head if cost is not None) / spent


def _paid(cells: Sequence[Cell], price: Prices) -> float | None:
    """Mean USD of these answers; None without a price."""
    found = [_usd(cell, price) for cell in cells]
    known = [cost for cost in found if cost is not None]
    return fsum(known) / len(known) if known and len(known) == len(found) else None


def _usd(cell: Cell, price: Prices) -> float | None:
    request, output = cell.job.ask.request, cell.output
    rate = price(str(request.model))
    return usd(output.usage, rate) if isinstance(output, Output) and rate is not None else None

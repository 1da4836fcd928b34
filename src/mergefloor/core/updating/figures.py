"""What the answers of each model cost, how long they took and how long they are, over the same cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log
from statistics import mean, median

from mergefloor.core.cost import usd
from mergefloor.core.settings import Price
from mergefloor.core.stats import percentile
from mergefloor.core.types import ArmName, Cell, Output, SampleId

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFigures:
    """One model on one suite. `usd`: an answer's mean price (None: unknown); latencies in seconds, those of answers
    when they were drawn; `tokens`, `chars`: of the median answer (None: the provider counted none, there is none)."""

    model: str
    answers: int
    usd: float | None = None
    p50: float | None = None
    p95: float | None = None
    tokens: float | None = None
    chars: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthChange:
    """One case whose answer became longer or shorter, in characters."""

    case: str
    before: int
    after: int


def figures(
    cells: Iterable[Cell], arm: ArmName, model: str, price: Callable[[str], Price | None]
) -> ArmFigures:
    """One arm's plain draws, also those that were stored: both arms answer the same cases."""
    outputs = [found for cell in cells if (found := _plain(cell, arm)) is not None]
    asked = [output for output in outputs if not output.scripted]
    rate = price(model)
    waits = [output.latency_s for output in asked if output.latency_s > 0]
    tokens = [output.usage.output_tokens for output in outputs if output.usage.output_tokens]
    spent = [usd(output.usage, rate) for output in asked] if rate is not None else []
    return ArmFigures(
        model=model,
        answers=len(outputs),
        usd=mean(spent) if spent else None,
        p50=percentile(waits, 0.50),
        p95=percentile(waits, 0.95),
        tokens=median(tokens) if tokens else None,
        chars=median(len(output.text) for output in outputs) if outputs else None,
    )


def longest(cells: Mapping[SampleId, Cell]) -> tuple[LengthChange, ...]:
    """The cases whose answers changed most in length, by ratio, between the first draws of both arms."""
    first: dict[tuple[str, ArmName], int] = {}
    for sample, cell in sorted(cells.items(), key=lambda item: item[0].index):
        output = _plain(cell, sample.arm)
        if output is not None:
            first.setdefault((sample.case, sample.arm), len(output.text))
    both = [
        LengthChange(case=case, before=size, after=first[case, "head"])
        for (case, arm), size in first.items()
        if arm == "base" and (case, "head") in first and first[case, "head"] != size
    ]
    return tuple(sorted(both, key=lambda each: (-_ratio(each), each.case))[:SHOWN])


def _ratio(each: LengthChange) -> float:
    return abs(log((1 + each.after) / (1 + each.before)))


def _plain(cell: Cell, arm: ArmName) -> Output | None:
    sample = cell.job.sample
    mine = sample.arm == arm and sample.look == "plain" and isinstance(cell.output, Output)
    return cell.output if mine and isinstance(cell.output, Output) else None

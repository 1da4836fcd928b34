"""The draws of a recording run: what is stored is graded again, what is lacking is drawn, every case in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mergefloor.core.plan import PlannedCase, Side, plain_job
from mergefloor.core.ports import Toolbox
from mergefloor.core.types import Cell, Job, Output
from mergefloor.engine.answers import worth_keeping
from mergefloor.modes.measure import CanaryMiss, canaries
from mergefloor.modes.stock import Stocks
from mergefloor.modes.world import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One run of one case. `number` counts a case's runs from 0, stored ones first; `draw` is the index of a new
    draw, None for a stored run; `first`: the case's first new draw."""

    case: PlannedCase
    side: Side
    number: int
    job: Job
    draw: int | None = None
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Every turn that was taken with what came of it, and the planted judge calls that came back wrong."""

    turns: tuple[tuple[Turn, Cell], ...]
    planted: tuple[CanaryMiss, ...]


def draw(cases: Sequence[PlannedCase], stocks: Stocks, toolbox: Toolbox, engine: Engine) -> Drawn:
    """Grade what is stored and draw what is lacking.

    Turn by turn over all cases, so that a budget that ends early leaves every case with about as many runs. The
    first draw of a case shows whether another is worth its money: an outage, a bad key or an answer that is cut
    off costs one call a case and not five.
    """
    turns = sorted((turn for case in cases for turn in _turns(case, stocks)), key=lambda turn: turn.number)
    planted = canaries([turn.job for turn in turns], toolbox, engine)
    done = _taken([turn for turn in turns if turn.draw is None or turn.first], engine)
    good = {turn.side.hash for turn, cell in done if turn.first and _kept(cell)}
    rest = [t for t in turns if t.draw is not None and not t.first and t.side.hash in good]
    return Drawn(turns=(*done, *_taken(rest, engine)), planted=planted)


def all_jobs(cases: Sequence[PlannedCase], stocks: Stocks) -> list[Job]:
    """The jobs of all runs, stored and lacking."""
    return [turn.job for case in cases for turn in _turns(case, stocks)]


def stored_jobs(cases: Sequence[PlannedCase], stocks: Stocks) -> list[Job]:
    """The jobs of the stored runs, which only need grading."""
    return [turn.job for case in cases for turn in _turns(case, stocks) if turn.draw is None]


def _turns(case: PlannedCase, stocks: Stocks) -> Iterator[Turn]:
    side = case.base
    if side is None:
        return
    stock = stocks[side.hash]
    for number, known in enumerate(stock.known):
        yield Turn(case=case, side=side, number=number, job=plain_job(case, "base", number, known))
    for number, index in enumerate(stock.lacking, start=len(stock.known)):
        first = number == len(stock.known)
        job = plain_job(case, "base", index)
        yield Turn(case=case, side=side, number=number, job=job, draw=index, first=first)


def _taken(turns: Sequence[Turn], engine: Engine) -> tuple[tuple[Turn, Cell], ...]:
    cells = engine.evaluate([turn.job for turn in turns])
    return tuple(zip(turns, cells, strict=True))


def _kept(cell: Cell) -> bool:
    return isinstance(cell.output, Output) and worth_keeping(cell.job.ask, cell.output)

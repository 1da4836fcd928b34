"""From draws to figures: what each suite had, has, passed, cost and still lacks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from mergefloor.core import causes, stats
from mergefloor.core.compare import value
from mergefloor.core.cost import Call, Ledger, usd
from mergefloor.core.plan import PlannedCase, Side
from mergefloor.core.recorded import Finish, SuiteRecord
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Cell, Failure, GradeMissing, Output
from mergefloor.engine.purse import estimate
from mergefloor.modes.drawing import Turn
from mergefloor.modes.history import LIMIT
from mergefloor.modes.stock import Stock, Stocks

Turns = Sequence[tuple[Turn, Cell]]


def suite_record(
    name: str, cases: Sequence[PlannedCase], turns: Turns, before: Stocks, after: Stocks, ledger: Ledger
) -> SuiteRecord:
    """The figures of one suite; `turns` are its own, stocks are by request."""
    uses = ledger.uses(name)
    rates = _rates(turns)
    mean = fsum(rates) / len(rates) if rates else None
    return SuiteRecord(
        name=name,
        before=_spread(cases, before),
        after=_spread(cases, after),
        calls=sum(use.calls for use in uses),
        cached_calls=sum(use.cached_calls for use in uses),
        usd=_sum(use.usd for use in uses),
        pass_rate=mean,
        interval=None if mean is None else _interval(mean, len(rates)),
        finish=_finish(cases, turns, after, [call for call in ledger.calls if call.suite == name], ledger),
        unkept=sum(len(after[side.hash].unkept) for side in _sides(cases).values()),
        ungraded=sum(_ungraded(cell) for _, cell in turns),
    )


def failures(cells: Sequence[Cell]) -> tuple[Failure, ...]:
    """Why draws or verdicts are not known, checks that do not gate included."""
    idle = (g for c in cells for g in c.grades if isinstance(g, GradeMissing) and not g.gating)
    return (*causes.failures(cells), *(grade.failure for grade in idle))


def _ungraded(cell: Cell) -> bool:
    return isinstance(cell.output, Output) and any(isinstance(grade, GradeMissing) for grade in cell.grades)


def _spread(cases: Iterable[PlannedCase], stocks: Stocks) -> tuple[int, ...]:
    found = Counter(len(stocks[case.base.hash].known) for case in cases if case.base is not None)
    return tuple(found[number] for number in range(LIMIT + 1))


def _sides(cases: Iterable[PlannedCase]) -> Mapping[str, Side]:
    return {case.base.hash: case.base for case in cases if case.base is not None}


def _rates(turns: Turns) -> list[float]:
    """The share of passes of every case with a known run: each case counts once."""
    known: dict[str, list[float]] = defaultdict(list)
    for turn, cell in turns:
        passed = value(PASS_RATE, "binary", cell)
        if passed is not None:
            known[turn.case.case.id].append(passed)
    return [fsum(row) / len(row) for row in known.values()]


def _interval(mean: float, cases: int) -> tuple[float, float]:
    """Wilson, two-sided 90 %, with cases as the unit: several runs of a case are no new cases."""
    low = stats.wilson_lower(mean * cases, cases)
    return low, 1.0 - stats.wilson_lower((1.0 - mean) * cases, cases)


def _finish(
    cases: Sequence[PlannedCase], turns: Turns, after: Stocks, calls: Sequence[Call], ledger: Ledger
) -> Finish:
    """What the rest would cost at the average of the runs that are there; without any, the most it can cost."""
    lacking = [(side, stock) for side, stock in _stocked(cases, after) if stock.lacking]
    answers = sum(len(stock.lacking) for _, stock in lacking)
    if not answers:
        return Finish()
    outputs = [(t.side, c.output) for t, c in turns if isinstance(c.output, Output)]
    if not outputs:
        most = [(len(stock.lacking), _bound(side, ledger)) for side, stock in lacking]
        return Finish(answers=answers, usd=_sum(None if b is None else n * b for n, b in most), bound=True)
    judged = (_again(call, ledger) for call in calls if call.arm == "judge")
    whole = _sum((*(_price(side, output, ledger) for side, output in outputs), *judged))
    return Finish(answers=answers, usd=None if whole is None else answers * whole / len(outputs))


def _sum(amounts: Iterable[float | None]) -> float | None:
    """None when one of them is not known."""
    listed = tuple(amounts)
    known = [amount for amount in listed if amount is not None]
    return fsum(known) if len(known) == len(listed) else None


def _stocked(cases: Sequence[PlannedCase], stocks: Stocks) -> list[tuple[Side, Stock]]:
    return [(side, stocks[subject]) for subject, side in _sides(cases).items()]


def _bound(side: Side, ledger: Ledger) -> float | None:
    model = side.request.model
    if model.provider == "scripted":
        return 0.0
    price = ledger.price(str(model))
    return None if price is None else estimate(side.request, price)


def _price(side: Side, output: Output, ledger: Ledger) -> float | None:
    if output.scripted:
        return 0.0
    price = ledger.price(str(side.request.model))
    return None if price is None else usd(output.usage, price)


def _again(call: Call, ledger: Ledger) -> float | None:
    """What a call would cost if the cache had not answered."""
    if call.scripted:
        return 0.0
    price = ledger.price(call.model)
    return None if price is None else usd(call.usage, price)

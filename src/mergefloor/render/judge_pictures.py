"""A judged check before people as pictures: the confusion matrix, kappa with its interval, and both pass rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.judge_view import JudgedCheck, Side
from mergefloor.core.page_words import PAGE
from mergefloor.render.calibration import matrix
from mergefloor.render.svg import Svg, box, dot, line, picture, text

MATRIX = (320.0, 150.0)
KAPPA = (320.0, 60.0)
RATES = (320.0, 52.0)  # width, and the height of a side
LOWEST = -0.2  # where the line of kappa begins; what lies below is drawn at its end
EDGE = 10.0


def pictures(check: JudgedCheck, name: str) -> tuple[tuple[str, Svg], ...]:
    """Every picture of a check that has something to show, under its title. `name` is unique in the page."""
    found = [(PAGE["judge_matrix"], confusion_picture(check.confusion, f"{name}-matrix"))]
    if check.kappa is not None:
        found.append((PAGE["judge_kappa"], kappa_picture(check.kappa, f"{name}-kappa", check.needed)))
    if check.sides:
        found.append((PAGE["judge_rates"], rates_picture(check.sides, f"{name}-rates")))
    return tuple(found)


def confusion_picture(confusion: Confusion, name: str) -> Svg:
    """Four fields; the bar in each is its share of the row."""
    rows = matrix(confusion)
    told = "; ".join(f"{said}: the judge passes {passed}, fails {failed}" for said, passed, failed in rows)
    parts = [
        text((170, 16), "judge passes", "tiny", "middle"),
        text((265, 16), "judge fails", "tiny", "middle"),
    ]
    for number, (said, *counts) in enumerate(rows):
        top = 26.0 + 60 * number
        parts.append(text((8, top + 30), said, "tiny"))
        for column, shown in enumerate(counts):
            left, right = 125.0 + 95 * column, column == number
            whole = sum(counts) or 1
            parts.append(box((left, top), (88, 52), "frame"))
            parts.append(box((left, top + 44), (88 * shown / whole, 8), f"bar {'good' if right else 'bad'}"))
            parts.append(text((left + 44, top + 30), f"{shown:,}", "", "middle"))
    return picture(name, MATRIX, PAGE["judge_matrix"], told, *parts)


def kappa_picture(kappa: Estimate, name: str, needed: float) -> Svg:
    """Kappa and its interval on a line, with the bound that its lower end must reach."""
    low, value, high, limit = map(_place, (kappa.low, kappa.value, kappa.high, needed))
    kind = "good" if kappa.low >= needed else "bad"
    told = (
        f"kappa {kappa.value:.2f}, {kappa.low:.2f} to {kappa.high:.2f}; its lower end must reach {needed:.2f}"
    )
    return picture(
        name,
        KAPPA,
        PAGE["judge_kappa"],
        told,
        line((_place(LOWEST), 30), (_place(1), 30), "track"),
        box((low, 25), (high - low, 10), f"bar {kind}"),
        dot((value, 30), 5, f"mark {kind}"),
        line((limit, 16), (limit, 44), "limit"),
        text((limit, 12), f"needed {needed:g}", "tiny", "middle"),
        text((_place(0), 56), "0", "tiny", "middle"),
        text((_place(1), 56), "1", "tiny", "end"),
    )


def rates_picture(sides: Sequence[Side], name: str) -> Svg:
    """The pass rate of each side: a ring for the judge's own, a dot with its interval for people's."""
    bottom = RATES[1] * len(sides)
    parts = [part for index, side in enumerate(sides) for part in _side(side, RATES[1] * index)]
    ticks = (
        text((EDGE, bottom + 14), "0 %", "tiny"),
        text((RATES[0] - EDGE, bottom + 14), "100 %", "tiny", "end"),
    )
    told = "; ".join(side.label for side in sides)
    return picture(name, (RATES[0], bottom + 20), PAGE["judge_rates"], told, *parts, *ticks)


def _side(side: Side, top: float) -> Iterator[Svg]:
    middle = top + 30
    yield text((EDGE, top + 14), side.label, "tiny")
    yield line((EDGE, middle), (RATES[0] - EDGE, middle), "track")
    if side.corrected is not None:
        low, high = _across(side.corrected.low), _across(side.corrected.high)
        yield box((low, middle - 5), (high - low, 10), "bar plain")
    yield dot((_across(side.raw), middle), 6.5, "ring")
    if side.corrected is not None:
        yield dot((_across(side.corrected.value), middle), 4.5, "mark plain")


def _across(rate: float) -> float:
    return EDGE + rate * (RATES[0] - 2 * EDGE)


def _place(value: float) -> float:
    return EDGE + (max(LOWEST, value) - LOWEST) / (1 - LOWEST) * (KAPPA[0] - 2 * EDGE)

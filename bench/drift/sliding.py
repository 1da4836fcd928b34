"""How often query drift is told of though nothing drifts, when windows slide a little from run to run.

    python bench/drift/sliding.py

Prints the table of docs/queries.md: one process, about ten minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tabulate import tabulate

from mergefloor.core.drift.queries import Effort, Incomparable, query_drift
from mergefloor.core.queries.found import ISSUE_ALPHA

YEARS, DAYS, WINDOW, TOPICS, DIMENSIONS = 40, 364, 63, 12, 16
A_DAY = WINDOW // 7
FAR = 0.05
ROUGH, EXACT = Effort(permutations=199), Effort(permutations=999)
PAGE, ISSUE = 0.01, ISSUE_ALPHA
Point = tuple[float, ...]


def stream(random: Random, size: int) -> list[Point]:
    """Queries about a dozen topics, for ever the same."""
    topics = [[random.gauss(0, 1) for _ in range(DIMENSIONS)] for _ in range(TOPICS)]
    chosen = random.choices(topics, k=size)
    return [tuple(x + random.gauss(0, 0.5) for x in topic) for topic in chosen]


def tested(queries: Sequence[Point]) -> list[float]:
    """Every day of a year: the p-value of the newest window against the one before. What is far from any alarm gets a
    rough one."""
    found = []
    for day in range(DAYS):
        end = 2 * WINDOW + day * A_DAY
        sides = queries[end - 2 * WINDOW : end - WINDOW], queries[end - WINDOW : end]
        p = p_value(*sides, day, ROUGH)
        found.append(p_value(*sides, day, EXACT) if p < FAR else p)
    return found


def p_value(before: Sequence[Point], after: Sequence[Point], seed: int, effort: Effort) -> float:
    """That both windows are of one kind."""
    result = query_drift(before, after, seed=seed, effort=effort)
    assert not isinstance(result, Incomparable)
    return result.p_value


def openings(p_values: Sequence[float], every: int, alpha: float, *, remembering: bool) -> int:
    """Issues that are opened or opened again when a person closes each at once. `remembering`: not before the older
    window begins where the newer one of the last alarm began."""
    last, opened = -WINDOW, 0
    for day in range(0, DAYS, every):
        if p_values[day] <= alpha and (not remembering or day - last >= WINDOW // A_DAY):
            opened += 1
            last = day
    return opened


def main() -> None:
    """Print the table."""
    years = []
    for year in range(YEARS):
        random = Random(f"calm year {year}")
        years.append(tested(stream(random, 2 * WINDOW + DAYS * A_DAY)))
    rows = [
        (name, round(sum(openings(year, every, alpha, remembering=kept) for year in years) / YEARS, 2))
        for name, every, alpha, kept in (
            ("weekly, p <= .01", 7, PAGE, True),
            ("daily, p <= .01, every alarm", 1, PAGE, False),
            ("daily, p <= .01, one alarm a change", 1, PAGE, True),
            ("daily, p <= .002, one alarm a change", 1, ISSUE, True),
            ("weekly, p <= .002", 7, ISSUE, True),
        )
    ]
    print(tabulate(rows, headers=("runs", "false issues a year"), tablefmt="github"))


if __name__ == "__main__":
    main()

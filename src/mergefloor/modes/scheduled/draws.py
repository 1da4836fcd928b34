"""New samples of every case, at addresses where nothing is stored yet: the next gate finds them as history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

from mergefloor.core.keys import component_hash
from mergefloor.core.plan import PlannedCase, Side, plain_job
from mergefloor.core.ports import Cache, Evaluator
from mergefloor.core.types import Cell, Job, Output

STORED = 5  # draws of a case that stand for how it was; as many as a gate looks back on


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """What was drawn, by suite and case."""

    cells: Mapping[tuple[str, str], tuple[Cell, ...]]

    def of(self, suite: str) -> dict[str, tuple[Cell, ...]]:
        """The cells of one suite by case."""
        return {case: cells for (name, case), cells in self.cells.items() if name == suite}

    @property
    def all(self) -> list[Cell]:
        """Every cell."""
        return [cell for cells in self.cells.values() for cell in cells]


def fresh_jobs(cases: Sequence[PlannedCase], cache: Cache, samples: int) -> Iterator[Job]:
    """So many new samples of every case; cases that send the same request share none of them. All cases of a suite
    once, then all of them again: a budget that ends early leaves every case with about as many draws. Suites come in
    the order of the cases."""
    free: dict[str, Iterator[int]] = {}
    for _, mine in _by_suite(cases).items():
        for _ in range(samples):
            for case in mine:
                if case.base is not None:
                    indices = free.setdefault(case.base.hash, _free(case.base, cache))
                    yield plain_job(case, "base", next(indices))


def stored(cases: Sequence[PlannedCase], cache: Cache, before: float, engine: Evaluator) -> Draws:
    """What was stored of every case before a moment (seconds since 1970), the newest five, judged as today."""
    jobs = [
        plain_job(case, "base", number, known)
        for case in cases
        if case.base is not None
        for number, known in enumerate(_outputs(case.base, cache, before))
    ]
    return taken(jobs, engine)


def _outputs(side: Side, cache: Cache, before: float) -> list[Output]:
    entries = (entry for _, entry in cache.history(side.hash) if entry.at < before)
    return [entry.answer for entry in entries if isinstance(entry.answer, Output)][-STORED:]


def _free(side: Side, cache: Cache) -> Iterator[int]:
    """Indices at which nothing is stored; one that only a fresh pair of a gate has taken is passed over too."""
    used = {entry.components.get("sample") for _, entry in cache.history(side.hash)}
    return (index for index in count() if _hashed(index) not in used)


@lru_cache(maxsize=4096)
def _hashed(index: int) -> str:
    return component_hash(index)


def taken(jobs: Sequence[Job], engine: Evaluator) -> Draws:
    """The jobs done, by case."""
    found: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in engine.evaluate(jobs):
        found[cell.job.sample.suite, cell.job.sample.case].append(cell)
    return Draws(cells={key: tuple(cells) for key, cells in found.items()})


def _by_suite(cases: Sequence[PlannedCase]) -> dict[str, list[PlannedCase]]:
    found: dict[str, list[PlannedCase]] = defaultdict(list)
    for case in cases:
        found[case.suite].append(case)
    return found

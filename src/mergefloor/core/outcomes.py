"""Which cases changed sides, for the reader: broken (passed on base, fails on head) and fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mergefloor.core.compare import value
from mergefloor.core.plan import PlannedCase
from mergefloor.core.report import CaseChange, CaseRow, CaseSide
from mergefloor.core.retrieval import Lost
from mergefloor.core.search import lost_documents
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import ArmName, Cell, SampleId

HALF = 0.5
ARMS: tuple[ArmName, ArmName] = ("base", "head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Broken and fixed cases of one suite, confirmed ones first."""

    broken: tuple[CaseChange, ...]
    fixed: tuple[CaseChange, ...]


def changed_sides(
    cases: Sequence[PlannedCase],
    cells: Mapping[SampleId, Cell],
    confirmed: frozenset[str],
    fixed: frozenset[str],
    holes: frozenset[str] = frozenset(),
) -> Sides:
    """Compare the first outcomes of both arms, case by case.

    A case is broken when most of its base draws pass every gating check and the head's first draw does not;
    `confirmed` and `fixed` name the cases where fresh pairs agree without exception. `holes`: safety cases that are
    broken however seldom they fail.
    """
    drawn = _by_case(cells)
    rows = [_change(case, drawn[case.suite, case.case.id], confirmed | fixed | holes) for case in cases]
    known = [row for row in rows if row is not None]
    broken = [c for c, before, after in known if c.case in holes or (before and not after)]
    return Sides(
        broken=_ordered(broken),
        fixed=_ordered(c for c, before, after in known if after and not before and c not in broken),
    )


def case_rows(cases: Sequence[PlannedCase], cells: Mapping[SampleId, Cell]) -> tuple[CaseRow, ...]:
    """Every case with its pass rate over all draws of each side, in the order given."""
    drawn = _by_case(cells)
    return tuple(_row(case, drawn[case.suite, case.case.id]) for case in cases)


def _by_case(cells: Mapping[SampleId, Cell]) -> dict[tuple[str, str], list[Cell]]:
    drawn: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells.values():
        drawn[cell.job.sample.suite, cell.job.sample.case].append(cell)
    return drawn


def _row(case: PlannedCase, cells: Sequence[Cell]) -> CaseRow:
    base, head = (_side_of(cells, arm) for arm in ARMS)
    shown = case.head or case.base
    return CaseRow(
        case=case.case.id,
        place=case.case.place,
        question=_asked(case, shown.question if shown else ""),
        tags=case.case.tags,
        base_rate=_passed(base),
        head_rate=_passed(head),
        base=base,
        head=head,
        identical=case.identical,
        critical=case.case.critical,
        lost=_lost(case, base, head),
        case_class=case.case_class,
    )


def _lost(case: PlannedCase, base: CaseSide | None, head: CaseSide | None) -> tuple[Lost, ...]:
    if base is None or head is None:
        return ()
    return lost_documents(case.case, case.graders, base.output, head.output, head.grades)


def _side_of(cells: Sequence[Cell], arm: ArmName) -> CaseSide | None:
    return _side(cells, arm) if any(cell.job.sample.arm == arm for cell in cells) else None


def _passed(side: CaseSide | None) -> float | None:
    return side.passes / side.draws if side is not None and side.draws else None


def _change(
    case: PlannedCase, cells: Sequence[Cell], sure: frozenset[str]
) -> tuple[CaseChange, bool, bool] | None:
    before, after = _rate(cells, "base"), _rate(cells, "head")
    if case.head is None or before is None or after is None:
        return None
    base, head = _side(cells, "base"), _side(cells, "head")
    change = CaseChange(
        case=case.case.id,
        place=case.case.place,
        question=_asked(case, case.head.question),
        base=base,
        head=head,
        confirmed=case.case.id in sure,
        critical=case.case.critical,
        lost=_lost(case, base, head),
        case_class=case.case_class,
    )
    return change, before >= HALF, after >= HALF


def _asked(case: PlannedCase, prompt: str) -> str:
    """What tells this case from the others: its input, else its variables, else what was sent."""
    if case.case.input is not None:
        return case.case.input
    return "\n".join(f"{name}: {value}" for name, value in case.case.vars.items()) or prompt


def _rate(cells: Sequence[Cell], arm: ArmName) -> float | None:
    values = [value(PASS_RATE, "binary", c) for c in cells if _plain(c, arm)]
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _plain(cell: Cell, arm: ArmName) -> bool:
    return cell.job.sample.arm == arm and cell.job.sample.look == "plain"


def _side(cells: Sequence[Cell], arm: ArmName) -> CaseSide:
    """The draw to show is one that agrees with the arm's majority; the counts are over every draw."""
    mine = [cell for cell in cells if cell.job.sample.arm == arm]
    results = [value(PASS_RATE, "binary", cell) for cell in mine]
    typical = (_rate(cells, arm) or 0.0) >= HALF
    shown = next(
        (c for c, v in zip(mine, results, strict=True) if v is not None and bool(v) == typical), mine[0]
    )
    return CaseSide(
        output=shown.output,
        grades=shown.grades,
        passes=sum(1 for v in results if v == 1.0),
        draws=sum(1 for v in results if v is not None),
    )


def _ordered(changes: Iterable[CaseChange]) -> tuple[CaseChange, ...]:

    return tuple(sorted(changes, key=lambda c: (not c.critical, not c.confirmed, c.case)))

"""`mergefloor explain CASE`: one case from the cache alone; nothing is paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from mergefloor.core import keys, story
from mergefloor.core.effects import Outcome, Print
from mergefloor.core.evidence import LookName, Want
from mergefloor.core.plan import PlannedCase, jobs_for, plain_job
from mergefloor.core.ports import Stored
from mergefloor.core.types import ArmName, Cell, Job, Output
from mergefloor.errors import UsageError
from mergefloor.modes.hearing import heard
from mergefloor.modes.history import LIMIT, stored_history
from mergefloor.modes.rules import read_rules, read_sides
from mergefloor.modes.selection import Selected, select
from mergefloor.modes.world import Engine, World
from mergefloor.render import explanation

SHOWN = 5
ARMS: tuple[ArmName, ...] = ("base", "head")
# Look 0 with a floor's repeats, then the fresh pairs of looks 1 and 2: every address that a gate may have used.
LOOKS: tuple[tuple[LookName, int], ...] = (("plain", 3), ("one", 3), ("two", 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRequest:
    """Which case of which change. `case` is an id, or SUITE/ID."""

    case: str
    base: str
    head: str
    config: str | None = None
    width: int = 80


def run(request: ExplainRequest, world: World) -> Outcome:
    """Tell the whole story of one case. UsageError when no suite has it."""
    sides = read_sides(world.repo, request.base, request.head)
    rules = read_rules(sides, request.config)
    selected = select(rules, sides, world)
    _find(request.case, selected)
    with world.engine(rules.policy, selected.toolbox, True) as engine:
        planned = _find(request.case, heard(selected, rules, engine).selected)
        told = story.Story(
            suite=planned.suite,
            case=planned.case.id,
            place=planned.case.place,
            identical=planned.identical,
            arms=tuple(_arm(planned, arm, world, engine) for arm in ARMS if planned.side(arm) is not None),
        )
    return Outcome(
        exit_code=0, effects=(Print(text=explanation(told, width=request.width, redact=world.redact)),)
    )


def _find(name: str, selected: Selected) -> PlannedCase:
    cases = {f"{p.suite}/{p.case.id}": p for plan in selected.plans for p in plan.planned}
    found = cases.get(name) or next((p for p in cases.values() if p.case.id == name), None)
    if found is not None:
        return found
    ids = [p.case.id for p in cases.values()]
    near = get_close_matches(name, [*cases, *ids], n=3)
    known = f"did you mean {', '.join(near)}?" if near else _some(ids)
    raise UsageError(f"no suite that this change touches has a case {name!r}", known)


def _some(ids: list[str]) -> str:
    if not ids:
        return "the change touches none at all: compare other commits with `--base` and `--head`"
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return f"it touches {', '.join(ids[:SHOWN])}{more}"


def _arm(planned: PlannedCase, arm: ArmName, world: World, engine: Engine) -> story.ArmStory:
    side = planned.side(arm)
    if side is None:
        raise UsageError(f"{planned.case.id} has no {arm} side", "name another case")
    jobs = _history(planned, world) if arm == "base" else []
    jobs += [job for job in _addresses(planned, arm) if job.sample not in {j.sample for j in jobs}]
    cells = tuple(cell for cell in engine.evaluate(jobs) if isinstance(cell.output, Output))
    return story.ArmStory(
        arm=arm,
        model=str(side.request.model),
        messages=side.request.messages,
        draws=_distinct(cells),
        miss=None if cells else _miss(plain_job(planned, arm, 0), world),
    )


def _history(planned: PlannedCase, world: World) -> list[Job]:
    stored = stored_history([planned], world.cache, world.now()) if planned.base else {}
    outputs = stored.get(planned.base.hash, ()) if planned.base else ()
    return [plain_job(planned, "base", index, known) for index, known in enumerate(outputs[:LIMIT])]


def _addresses(planned: PlannedCase, arm: ArmName) -> list[Job]:
    if planned.base is None or planned.head is None:
        return [plain_job(planned, arm, index) for index in range(LOOKS[0][1])]
    by_name = {(planned.suite, planned.case.id): planned}
    wants = [
        Want(suite=planned.suite, case=planned.case.id, look=look, count=count) for look, count in LOOKS[1:]
    ]
    fresh = [job for job in jobs_for(wants, by_name) if job.sample.arm == arm]
    return [plain_job(planned, arm, index) for index in range(LOOKS[0][1])] + fresh


def _distinct(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(
        sorted(
            cells,
            key=lambda cell: (("plain", "one", "two").index(cell.job.sample.look), cell.job.sample.index),
        )
    )


def _miss(job: Job, world: World) -> story.Miss:
    stored: list[Mapping[str, str]] = [
        e.components for _, e in world.cache.entries() if isinstance(e, Stored)
    ]
    return story.miss(keys.component_hashes(job.ask), stored)

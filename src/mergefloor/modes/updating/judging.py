"""The judge moved: stored outputs are judged by both, labelled ones too, and no candidate is asked anything."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mergefloor import graders
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.labels import Sheet
from mergefloor.core.plan import PlannedCase, plain_job
from mergefloor.core.ports import Cache, Snapshot
from mergefloor.core.report import Cost
from mergefloor.core.settings import Config
from mergefloor.core.types import Cell, Job
from mergefloor.core.updating.judge import JudgeUpdate, compared, concluded, flips
from mergefloor.core.updating.pin import Keys
from mergefloor.errors import ProviderError
from mergefloor.modes.calibration import read_sheets
from mergefloor.modes.hearing import held
from mergefloor.modes.history import LIMIT, young_draws
from mergefloor.modes.measure import CanaryMiss, planted
from mergefloor.modes.rules import read_config
from mergefloor.modes.selection import toolbox
from mergefloor.modes.standing_suites import Standing, read_standing
from mergefloor.modes.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What one judge said: of stored outputs, of labelled ones, of planted ones; and what that cost."""

    cells: tuple[Cell, ...]
    hearings: tuple[Hearing, ...]
    missed: tuple[CanaryMiss, ...]
    cost: Cost


def judge_keys(settings: Config, name: str) -> Keys | None:
    """Where the config names this judge; None where it does not."""
    judge = settings.judge
    if judge.place is not None and judge.model == name:
        return ("judge", "model")
    return ("judge", "panel", judge.panel.index(name)) if name in judge.panel else None


def rejudge(
    ref: str, path: str | None, edited: Snapshot, world: World, *, offline: bool
) -> tuple[JudgeUpdate, Cost]:
    """Both judges on everything that is stored. `edited`: the tree with the judge's pin rewritten."""
    old = read_standing(ref, path, (), world)
    specs = (spec for planned in old.cases for spec in planned.graders)
    new = replace(old, toolbox=toolbox(specs, read_config(edited, path), edited, world))
    labelled = read_sheets(old.config, old.files)
    _foresee((old, new), world, offline=offline)
    jobs = _jobs(old, world.cache, world.now())
    then, now = (_heard(each, jobs, labelled, world, offline=offline) for each in (old, new))
    turned, known, missing = flips(then.cells, now.cells)
    checks = compared(then.hearings, now.hearings, waived=old.config.policy.judge_calibration == "waive")
    named = {sheet.grader for sheet in labelled}
    judged = {s.name: s.name in named for case in old.cases for s in case.graders if graders.judged(s)}
    ending, reasons = concluded(checks, [(miss.name, miss.got) for miss in now.missed], judged)
    found = JudgeUpdate(
        ending=ending, reasons=reasons, verdicts=known, missing=missing, flips=turned, checks=checks
    )
    return found, total((then.cost, now.cost))


def _foresee(benches: tuple[Standing, Standing], world: World, *, offline: bool) -> None:
    """ProviderError where either judge lacks its key: the other is not paid first."""
    missing = []
    for each in benches:
        jobs = _jobs(each, world.cache, world.now())
        with world.engine(each.config, each.toolbox, offline) as engine:
            asks = [canary.ask for canary in graders.canaries(each.toolbox)] if each.toolbox.judges else []
            missing.append(engine.foresee(jobs, asks))
    told = list(dict.fromkeys(failure.message for failure in missing if failure is not None))
    if told:
        raise ProviderError("; ".join(told))


def _jobs(standing: Standing, cache: Cache, now: float) -> tuple[Job, ...]:
    """The judged checks of every stored output that a gate would look back on."""
    return tuple(
        plain_job(judged, "base", index, output)
        for planned in standing.cases
        if (judged := _judged(planned)) is not None and judged.base is not None
        for index, (_, output) in enumerate(young_draws(judged.base.hash, cache, now)[-LIMIT:])
    )


def _judged(planned: PlannedCase) -> PlannedCase | None:
    specs = tuple(spec for spec in planned.graders if graders.judged(spec))
    return replace(planned, graders=specs) if specs else None


def _heard(
    standing: Standing, jobs: tuple[Job, ...], labelled: tuple[Sheet, ...], world: World, *, offline: bool
) -> _Bench:
    if standing.toolbox.judge is None:
        return _Bench(cells=(), hearings=(), missed=(), cost=Cost())
    with world.engine(standing.config, standing.toolbox, offline) as engine:
        missed = planted(standing.toolbox, engine)
        cells = engine.evaluate(jobs)
        hearings = held(standing, labelled, engine)
        return _Bench(cells=cells, hearings=hearings, missed=missed, cost=engine.ledger.cost())


def total(costs: tuple[Cost, ...]) -> Cost:
    """Several runs as one bill."""
    return Cost(
        usd=sum(each.usd for each in costs),
        input_tokens=sum(each.input_tokens for each in costs),
        output_tokens=sum(each.output_tokens for each in costs),
        calls=sum(each.calls for each in costs),
        cached_calls=sum(each.cached_calls for each in costs),
        unpriced=tuple(sorted({name for each in costs for name in each.unpriced})),
    )

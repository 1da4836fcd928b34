"""Calibration: how far the judge agrees with people, check by check, and whether it may block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from mergefloor import config, graders
from mergefloor.core import causes
from mergefloor.core.calibration.labels import Sheet
from mergefloor.core.calibration.session import Calibrated, headline
from mergefloor.core.cost import Ledger
from mergefloor.core.effects import Annotate, AppendSummary, Effect, Outcome, Print, SetOutput, WriteFile
from mergefloor.core.evidence import Verdict
from mergefloor.core.lifecycle import day_of
from mergefloor.errors import InputError, UsageError
from mergefloor.modes import notices
from mergefloor.modes.calibration import REPEATS, checks, read_sheets
from mergefloor.modes.hearing import held, wanted
from mergefloor.modes.measure import planted
from mergefloor.modes.standing_suites import Standing, read_standing
from mergefloor.modes.world import World
from mergefloor.render import calibration, calibration_console, calibration_html, calibration_json

VERDICTS: dict[Literal[0, 1, 2], Verdict] = {0: "pass", 1: "block", 2: "error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateRequest:
    """Which tree's judge. `name`: what people call `ref`; `grader`: one check alone; None: all of them."""

    ref: str
    name: str | None = None
    grader: str | None = None
    config: str | None = None
    report_dir: str | None = None
    json_path: str | None = None
    offline: bool = False
    width: int = 80


def run(request: CalibrateRequest, world: World) -> Outcome:
    """Compare the judge with people. Exit 1 when a judged check that is to block may not."""
    found = examine(request, world)
    return Outcome(exit_code=found.exit_code, effects=_effects(request, found, world))


def examine(request: CalibrateRequest, world: World) -> Calibrated:
    """The whole calibration as a value. InputError without labels, UsageError for a check that nobody has."""
    started = world.clock()
    standing = read_standing(request.ref, request.config, (), world)
    known = checks(standing.cases)
    if request.grader is not None and request.grader not in known:
        fix = f"the judged checks are {', '.join(known)}" if known else "no suite has a judged check"
        raise UsageError(f"no suite has a judged check {request.grader!r}", fix)
    labelled = _labelled(standing, request.grader) if known else ()
    found = _skeleton(request, standing, labelled, world)
    if standing.toolbox.judge is None:
        return replace(found, duration_s=world.clock() - started)
    pairs = any(graders.compares(spec) for case in standing.cases for spec in case.graders)
    with world.engine(standing.config, standing.toolbox, request.offline) as engine:
        missed = () if request.offline else planted(standing.toolbox, engine, pairs=pairs)
        hearings = held(standing, labelled, engine, samples=REPEATS)
        ledger = engine.ledger
    lost = [failure for hearing in hearings for failure in hearing.lost]
    return replace(
        found,
        hearings=hearings,
        cost=ledger.cost(),
        duration_s=world.clock() - started,
        planted=tuple((miss.name, miss.got) for miss in missed),
        cancelled=causes.cancelled(lost),
        scripted=ledger.scripted,
    )


def _labelled(standing: Standing, grader: str | None) -> tuple[Sheet, ...]:
    settings = standing.config
    if settings.judge.calibration is None:
        place = settings.path or "mergefloor.yml"
        fix = (
            "write `judge: {calibration: evals/calibration.jsonl}` and commit the labels: `mergefloor label`"
        )
        raise InputError.at(place, 1, "no file of labels is named, so the judge cannot be compared", fix)
    sheets = read_sheets(settings, standing.files)
    return tuple(sheet for sheet in sheets if grader in (None, sheet.grader))


def _skeleton(
    request: CalibrateRequest, standing: Standing, labelled: tuple[Sheet, ...], world: World
) -> Calibrated:
    """Everything that is known before anybody is asked."""
    table, today = config.model_table(standing.config.models), day_of(world.now())
    known, named = checks(standing.cases), {sheet.grader for sheet in labelled}
    asking = wanted(standing.suites)
    chosen = [name for name in known if request.grader in (None, name)]
    return Calibrated(
        ref=request.name or request.ref,
        sha=standing.files.sha,
        labels=standing.config.judge.calibration or "",
        judge=" + ".join(map(str, standing.toolbox.judges)),
        hearings=(),
        unheard=tuple(name for name in chosen if name in asking and name not in named),
        strangers=tuple(sorted(named - known.keys())),
        waived=standing.config.policy.judge_calibration == "waive",
        floating=tuple(
            (each.name, each.instead)
            for each in notices.in_use((), standing.toolbox, table, today)
            if each.used_for == "judge" and not each.pinned
        ),
        cost=Ledger().cost(),
        duration_s=0.0,
    )


def _effects(request: CalibrateRequest, found: Calibrated, world: World) -> tuple[Effect, ...]:
    clean = world.redact
    writers: dict[str, Callable[[], str]] = {
        "calibration.md": lambda: calibration(found, redact=clean),
        "calibration.json": lambda: f"{calibration_json(found, redact=clean)}\n",
        "calibration.html": lambda: calibration_html(found, redact=clean),
    }
    paths = [(request.json_path, "calibration.json")]
    if request.report_dir is not None:
        paths += [(f"{request.report_dir}/{name}", name) for name in writers]
    effects: list[Effect] = [
        SetOutput(name="verdict", value=VERDICTS[found.exit_code]),
        SetOutput(name="summary", value=calibration_json(found, redact=clean)),
        SetOutput(name="cost-usd", value=f"{found.cost.usd:.4f}"),
    ]
    effects += [SetOutput(name="report", value=request.report_dir)] if request.report_dir else []
    effects += [WriteFile(path=path, text=writers[name]()) for path, name in paths if path is not None]
    effects.append(AppendSummary(text=calibration(found, redact=clean)))
    effects.append(Print(text=calibration_console(found, width=request.width, redact=clean)))
    if found.exit_code:
        effects.append(Annotate(level="error", message=clean(headline(found)), title="mergefloor"))
    return tuple(effects)

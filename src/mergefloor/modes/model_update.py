"""Model update: today's pin against the model that a provider announced, on the same prompts and cases.

The head arm is the tree with the pins rewritten, so that the gate runs on exactly what the pull request would hold.
A suite that got worse, or that nobody can decide, keeps its pin. A judge is moved by itself: it is tried on stored
outputs, and no candidate is asked anything for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import gmtime, strftime

from mergefloor.core import lifecycle
from mergefloor.core.effects import Annotate, AppendSummary, Effect, Print, SetOutput, WriteFile
from mergefloor.core.updating.found import Update
from mergefloor.core.updating.pin import PinEdit, edits, movable
from mergefloor.errors import InputError
from mergefloor.modes.updating.candidate import Wish, try_out
from mergefloor.modes.updating.edits import as_edits, written
from mergefloor.modes.updating.judging import judge_keys, rejudge, total
from mergefloor.modes.updating.overlay import Overlay
from mergefloor.modes.updating.reading import Pins, read_pins
from mergefloor.modes.updating.terms import Models, left, proven, unchanged, usable
from mergefloor.modes.updating.versions import versioned
from mergefloor.modes.world import World
from mergefloor.render.update_record import update_json
from mergefloor.render.updating import update_console, update_diff, update_end, update_line, update_page

VERDICTS = {0: "pass", 1: "block", 2: "error"}
BOTH = "The old model answers and judges: the suites were tried under the old judge, the new judge by itself on what is stored."


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUpdateRequest:
    """From which model to which, of which suites (empty: all that ask the old one). `name`: what people call `ref`;
    `write`: what was accepted goes to the work tree."""

    old: str
    new: str
    ref: str = "HEAD"
    name: str | None = None
    suites: tuple[str, ...] = ()
    config: str | None = None
    report_dir: str | None = None
    write: bool = False
    offline: bool = False
    width: int = 80

    @property
    def models(self) -> Models:
        """What is asked for, without how it is told."""
        return Models(old=self.old, new=self.new, only=self.suites)


def examine(request: ModelUpdateRequest, world: World) -> Update:
    """The whole update as a value. UsageError where there is nothing to update, InputError where a pin cannot be
    rewritten: nothing was paid for by then."""
    started = world.clock()
    pins = read_pins(world.repo.snapshot(request.ref), request.config)
    remarks = usable(request.models, pins, lifecycle.day_of(world.now()))
    names = tuple(each.suite for each in movable(pins.askings, request.old, request.suites))
    judge = _judge_edit(request, pins)
    edited = written(pins.files, _pins_of(names, request, pins))
    judged = written(pins.files, judge)
    proven(Overlay(pins.files, edited), names, request.models, pins, request.config)
    if request.write:
        unchanged(Overlay(pins.files, {**edited, **judged}), world.repo)
    found = Update(
        old=request.old,
        new=request.new,
        ref=request.name or request.ref,
        sha=pins.files.sha,
        config=pins.settings.path,
        left=tuple(left(request.models, pins)),
        remarks=(*remarks, *((BOTH,) if names and judge else ())),
        embedding=pins.settings.embedding_model == request.old,
    )
    if names:
        found = _with_suites(found, Overlay(pins.files, edited), names, request, pins, world)
    if judge:
        found = _with_judge(found, Overlay(pins.files, judged), request, world)
    found = _with_files(found, judge, pins)
    return replace(found, duration_s=world.clock() - started)


def moved_already(request: ModelUpdateRequest, world: World) -> bool:
    """Whether nothing names the old model any more and something asks the new one."""
    pins = read_pins(world.repo.snapshot(request.ref), request.config)
    used = {pin.model for pin in pins.written if pin.role != "unused"}
    return request.old not in used and request.new in used


def _pins_of(names: tuple[str, ...], request: ModelUpdateRequest, pins: Pins) -> tuple[PinEdit, ...]:
    return edits(pins.askings, request.old, request.new, names, pins.settings.path)


def _judge_edit(request: ModelUpdateRequest, pins: Pins) -> tuple[PinEdit, ...]:
    """The line that names the judge, where it is the old model. An update of some suites leaves the judge of all."""
    keys = None if request.suites else judge_keys(pins.settings, request.old)
    if keys is None or pins.settings.path is None:
        return ()
    return (PinEdit(path=pins.settings.path, keys=keys, model=request.new),)


def _with_suites(
    found: Update,
    overlay: Overlay,
    names: tuple[str, ...],
    request: ModelUpdateRequest,
    pins: Pins,
    world: World,
) -> Update:
    wish = Wish(
        suites=names, config=request.config, old=request.old, new=request.new, offline=request.offline
    )
    tried = try_out(wish, overlay, world)
    moved = tuple(suite for suite in tried.suites if suite.ending == "accepted")
    accepted = tuple(suite.name for suite in moved)
    told = replace(
        found,
        suites=tried.suites,
        cost=tried.report.cost,
        remarks=(*found.remarks, *tried.report.advice, *tried.report.unseen, *world.remarks()),
        scripted=tried.report.scripted,
    )
    if not moved:
        return told
    try:
        edited = written(pins.files, _pins_of(accepted, request, pins))
        proven(Overlay(pins.files, edited), accepted, request.models, pins, request.config)
    except InputError as error:
        return replace(told, todo=(f"no pin was written: {error}",))
    today = strftime("%Y-%m-%d", gmtime(world.now()))
    made = versioned(pins.files, edited, moved, tried.versions, today)
    return replace(told, files=as_edits(pins.files, made.files), todo=made.todo)


def _with_judge(found: Update, overlay: Overlay, request: ModelUpdateRequest, world: World) -> Update:
    judge, cost = rejudge(request.ref, request.config, overlay, world, offline=request.offline)
    return replace(found, judge=judge, cost=total((found.cost, cost)))


def _with_files(found: Update, judge: tuple[PinEdit, ...], pins: Pins) -> Update:
    """The judge's pin in the files that the suites left."""
    if found.judge is None or found.judge.ending != "accepted":
        return found
    before = {each.path: each.after.encode() for each in found.files}
    below = Overlay(pins.files, before)
    return replace(found, files=as_edits(pins.files, {**before, **written(below, judge)}))


def effects(request: ModelUpdateRequest, found: Update, world: World) -> tuple[Effect, ...]:
    """What the run leaves behind at a terminal or on the page of a run."""
    clean = world.redact
    page, data = update_page(found, redact=clean), update_json(found, redact=clean)
    listed: list[Effect] = [
        SetOutput(name="verdict", value=VERDICTS[found.exit_code]),
        SetOutput(name="summary", value=data),
        SetOutput(name="cost-usd", value=f"{found.cost.usd:.4f}"),
    ]
    if request.report_dir is not None:
        folder = request.report_dir
        listed += [
            SetOutput(name="report", value=folder),
            WriteFile(path=f"{folder}/update.md", text=page),
            WriteFile(path=f"{folder}/update.json", text=f"{data}\n"),
            WriteFile(path=f"{folder}/update.diff", text=clean(update_diff(found))),
        ]
    shown = update_console(found, width=request.width, diff=not request.write, redact=clean)
    shown += update_end(found, write=request.write, width=request.width, redact=clean)
    listed += [AppendSummary(text=page), Print(text=shown)]
    if found.exit_code:
        listed.append(Annotate(level="error", message=update_line(found, redact=clean), title="mergefloor"))
    return tuple(listed)

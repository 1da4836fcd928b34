"""Model update: today's pin against the model that a provider announced, on the same prompts and cases.

The head arm is the tree with the pins rewritten, so that the gate runs on exactly what the pull request would hold.
A suite that got worse, or that nobody can decide, keeps its pin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import gmtime, strftime

from mergefloor import config
from mergefloor.core import lifecycle
from mergefloor.core.effects import Annotate, AppendSummary, Effect, Outcome, Print, SetOutput, WriteFile
from mergefloor.core.lifecycle import Use
from mergefloor.core.types import Place
from mergefloor.core.updating.found import Left, Update
from mergefloor.core.updating.pin import Asking, edits, movable
from mergefloor.errors import InputError, RepositoryError, UsageError
from mergefloor.modes.updating.candidate import Tried, Wish, try_out
from mergefloor.modes.updating.edits import as_edits, written
from mergefloor.modes.updating.overlay import Overlay
from mergefloor.modes.updating.reading import Pins, read_pins
from mergefloor.modes.updating.versions import versioned
from mergefloor.modes.world import World
from mergefloor.render.update_record import update_json
from mergefloor.render.updating import update_console, update_diff, update_line, update_page

VERDICTS = {0: "pass", 1: "block", 2: "error"}
WORKTREE = "WORKTREE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUpdateRequest:
    """From which model to which, of which suites (empty: all that ask the old one). `name`: what people call `ref`;
    `write`: apply what was accepted to the work tree."""

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


def run(request: ModelUpdateRequest, world: World) -> Outcome:
    """Try the new model. Exit 0 when every suite that was asked about may move, 1 when one may not, 2 in doubt."""
    found = examine(request, world)
    return Outcome(exit_code=found.exit_code, effects=effects(request, found, world))


def examine(request: ModelUpdateRequest, world: World) -> Update:
    """The whole update as a value. UsageError where there is nothing to update; nothing was paid for by then."""
    started = world.clock()
    pins = read_pins(world.repo.snapshot(request.ref), request.config)
    remarks = _usable(request, pins, lifecycle.day_of(world.now()))
    moving = movable(pins.askings, request.old, request.suites)
    if not moving:
        raise UsageError(f"no suite that may move asks {request.old!r}", _pins_there(pins))
    names = tuple(each.suite for each in moving)
    planned = edits(pins.askings, request.old, request.new, names, pins.settings.path)
    overlay = Overlay(pins.files, written(pins.files, planned))
    _proven(overlay, names, request, pins)
    if request.write:
        _unchanged(overlay, world)
    wish = Wish(
        suites=names, config=request.config, old=request.old, new=request.new, offline=request.offline
    )
    tried = try_out(wish, overlay, world)
    return _update(request, pins, tried, world, remarks, started)


def moved_already(request: ModelUpdateRequest, world: World) -> bool:
    """Whether nothing names the old model any more and something asks the new one."""
    pins = read_pins(world.repo.snapshot(request.ref), request.config)
    used = {pin.model for pin in pins.written if pin.role != "unused"}
    return request.old not in used and request.new in used


def _update(
    request: ModelUpdateRequest,
    pins: Pins,
    tried: Tried,
    world: World,
    remarks: tuple[str, ...],
    started: float,
) -> Update:
    moved = [suite for suite in tried.suites if suite.ending == "accepted"]
    files, todo = _files(request, pins, tried, world.now())
    return Update(
        old=request.old,
        new=request.new,
        ref=request.name or request.ref,
        sha=pins.files.sha,
        suites=tried.suites,
        files=as_edits(pins.files, files) if moved else (),
        cost=tried.report.cost,
        duration_s=world.clock() - started,
        config=pins.settings.path,
        left=tuple(_left(request, pins)),
        todo=todo,
        remarks=(*remarks, *tried.report.unseen, *world.remarks()),
        scripted=tried.report.scripted,
    )


def _files(
    request: ModelUpdateRequest, pins: Pins, tried: Tried, now: float
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of the pull request: the pins of the suites that passed, and the versions that follow."""
    moved = [suite for suite in tried.suites if suite.ending == "accepted"]
    names = [suite.name for suite in moved]
    try:
        edited = written(pins.files, edits(pins.askings, request.old, request.new, names, pins.settings.path))
        _proven(Overlay(pins.files, edited), names, request, pins)
    except InputError as error:
        return {}, (f"no file was edited: {error}",)
    today = strftime("%Y-%m-%d", gmtime(now))
    found = versioned(pins.files, edited, moved, tried.versions, today)
    return dict(found.files), found.todo


def _proven(overlay: Overlay, names: Sequence[str], request: ModelUpdateRequest, pins: Pins) -> None:
    """Exactly these suites ask the new model in the edited tree, and every other one whom it asked before."""
    after = read_pins(overlay, request.config)
    for each in pins.askings:
        wanted = request.new if each.suite in names else each.model
        if after.model_of(each.suite) != wanted:
            where = pins.settings.path or each.prompt
            what = f"the pin of suite {each.suite!r} cannot be moved apart from the others"
            raise InputError.at(where, 1, what, f"write `model: {wanted}` under this suite first")


def _unchanged(overlay: Overlay, world: World) -> None:
    """What was accepted is written over files of the work tree: they must be those that were tried."""
    there = world.repo.snapshot(WORKTREE)
    for path in overlay.edited:
        if path not in there.files or there.read(path) != overlay.below.read(path):
            fix = "commit it first, or type `--ref WORKTREE`"
            raise RepositoryError(f"{path!r} of the work tree is not the one to update", fix)


def _usable(request: ModelUpdateRequest, pins: Pins, today: int) -> tuple[str, ...]:
    """Remarks about the two names. UsageError where the new one is no model to pin."""
    if request.old == request.new:
        raise UsageError(f"{request.old!r} is the model that is to be left", "name another one: `--to MODEL`")
    if problem := config.model_problem(request.new):
        raise UsageError(f"`--to {request.new}` {problem[0]}", problem[1])
    known = {each.suite for each in pins.askings} | set(pins.targets)
    if unknown := sorted(set(request.suites) - known):
        quoted = ", ".join(map(repr, unknown))
        raise UsageError(f"there is no suite {quoted}", f"the suites are {', '.join(sorted(known))}")
    told = lifecycle.notice(
        Use(name=request.new, place=Place(path="")), config.model_table(pins.settings.models), today
    )
    if told.floating and pins.settings.policy.floating_models == "block":
        fix = f"name `{told.instead}`" if told.instead else "name a dated snapshot of it"
        raise UsageError(
            f"`{request.new}` is not a dated snapshot, and the policy blocks such a name",
            f"{fix}, or allow it: `policy: {{floating_models: warn}}`",
        )
    return (lifecycle.sentence(told) + ".",) if told.floating or told.ends_soon else ()


def _pins_there(pins: Pins) -> str:
    listed = [f"{pin.model} ({pin.place})" for pin in pins.written]
    return f"the pins are {', '.join(dict.fromkeys(listed))}"


def _left(request: ModelUpdateRequest, pins: Pins) -> list[Left]:
    """Everything that names the old model, or could hide it, and is not touched."""
    found = [Left(what=each.suite, why=why) for each in pins.askings if (why := _why_left(each, request))]
    found += [
        Left(
            what=name,
            why="measures a target, which says itself whom it asks: change its code or its deployment",
        )
        for name in pins.targets
    ]
    for pin in pins.written:
        if pin.model == request.old and pin.role == "embedding":
            why = "an embedding model: scores by another one are on another scale, so its thresholds are set anew first"
            found.append(Left(what=str(pin.place), why=why))
    return found


def _why_left(asking: Asking, request: ModelUpdateRequest) -> str:
    if asking.model != request.old:
        return ""
    if asking.frozen:
        return "frozen: `freeze: true` keeps its pin"
    return "not asked about" if request.suites and asking.suite not in request.suites else ""


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
            WriteFile(path=f"{folder}/update.diff", text=update_diff(found)),
        ]
    shown = update_console(found, width=request.width, diff=not request.write, redact=clean)
    listed += [AppendSummary(text=page), Print(text=shown)]
    if found.exit_code:
        listed.append(Annotate(level="error", message=update_line(found, redact=clean), title="mergefloor"))
    return tuple(listed)

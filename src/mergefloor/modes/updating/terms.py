"""What an update may do: which names it takes, which suites it leaves alone, and that its edits say what they should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mergefloor import config
from mergefloor.core import lifecycle
from mergefloor.core.lifecycle import Use
from mergefloor.core.ports import Repo, Snapshot
from mergefloor.core.types import Place
from mergefloor.core.updating.found import Left
from mergefloor.core.updating.pin import Asking, Pin
from mergefloor.errors import InputError, RepositoryError, UsageError
from mergefloor.modes.updating.overlay import Overlay
from mergefloor.modes.updating.reading import Pins, read_pins

WORKTREE = "WORKTREE"
TARGET = "measures a target, which says itself whom it asks: change its code or its deployment"
EMBEDDING = (
    "an embedding model: its scores are on a scale of their own, so set the thresholds of `similarity` checks anew and move "
    "it in a change of its own"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """From which model to which, and of which suites alone (empty: of all)."""

    old: str
    new: str
    only: tuple[str, ...] = ()


def usable(models: Models, pins: Pins, today: int) -> tuple[str, ...]:
    """Remarks about the new name. UsageError where it is no model to pin, or the old one is nowhere pinned."""
    if models.old == models.new:
        raise UsageError(f"{models.old!r} is the model that is to be left", "name another one: `--to MODEL`")
    if problem := config.model_problem(models.new):
        raise UsageError(f"`--to {models.new}` {problem[0]}", problem[1])
    known = {each.suite for each in pins.askings} | set(pins.targets)
    if unknown := sorted(set(models.only) - known):
        quoted = ", ".join(map(repr, unknown))
        raise UsageError(f"there is no suite {quoted}", f"the suites are {', '.join(sorted(known))}")
    if all(pin.model != models.old for pin in pins.written):
        listed = dict.fromkeys(f"{pin.model} ({pin.place})" for pin in pins.written)
        fix = f"the pins are {', '.join(listed)}" if listed else "no model is named anywhere"
        raise UsageError(f"{models.old!r} is nowhere pinned", fix)
    return _remarks(models.new, pins, today)


def _remarks(name: str, pins: Pins, today: int) -> tuple[str, ...]:
    use = Use(name=name, place=Place(path=""))
    told = lifecycle.notice(use, config.model_table(pins.settings.models), today)
    if told.floating and pins.settings.policy.floating_models == "block":
        fix = f"name `{told.instead}`" if told.instead else "name a dated snapshot of it"
        raise UsageError(
            f"`{name}` is not a dated snapshot, and the policy blocks such a name",
            f"{fix}, or allow it: `policy: {{floating_models: warn}}`",
        )
    return (f"{lifecycle.sentence(told)}.",) if told.floating or told.ends_soon else ()


def left(models: Models, pins: Pins) -> Iterator[Left]:
    """Everything that names the old model, or could hide it, and is not touched."""
    for each in pins.askings:
        if why := _why_left(each, models):
            yield Left(what=each.suite, why=why)
    yield from (Left(what=name, why=TARGET) for name in pins.targets)
    for pin in pins.written:
        if pin.model == models.old and (why := _why_kept(pin, models, pins)):
            yield Left(what=str(pin.place), why=why)


def _why_left(asking: Asking, models: Models) -> str:
    if asking.model != models.old:
        return ""
    if asking.frozen:
        return "frozen: `freeze: true` keeps its pin"
    return "not asked about" if models.only and asking.suite not in models.only else ""


def _why_kept(pin: Pin, models: Models, pins: Pins) -> str:
    """Why a name that is the old model's stays, other than by the suites that it speaks for."""
    if pin.role == "embedding":
        return EMBEDDING
    if pin.role in ("judge", "panel"):
        return "the judge of every suite: update it without naming suites" if models.only else ""
    overruled = pin.role == "unused" and all(
        each.model != models.old for each in pins.askings if each.prompt == pin.place.path
    )
    return "named here and not asked: a nearer name overrules it" if overruled else ""


def proven(edited: Snapshot, moved: Sequence[str], models: Models, pins: Pins, path: str | None) -> None:
    """Exactly these suites ask the new model in the edited tree, and every other one whom it asked before. InputError
    where that is not so. `path`: that of the config, where it was named."""
    after = read_pins(edited, path)
    for each in pins.askings:
        wanted = models.new if each.suite in moved else each.model
        if after.model_of(each.suite) != wanted:
            where = pins.settings.path or each.prompt
            what = f"the pin of suite {each.suite!r} cannot be moved apart from the others"
            raise InputError.at(where, 1, what, f"write `model: {each.model}` where it alone is meant, first")


def unchanged(overlay: Overlay, repo: Repo) -> None:
    """What is accepted is written over files of the work tree: RepositoryError where they are not those that are tried."""
    there = repo.snapshot(WORKTREE)
    for path in overlay.edited:
        if path not in there.files or there.read(path) != overlay.below.read(path):
            fix = "commit it first, or type `--ref WORKTREE`"
            raise RepositoryError(f"{path!r} of the work tree is not the one to update", fix)

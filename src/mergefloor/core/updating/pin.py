"""Which model a suite asks and which line of the repository says so; and the edits that move those lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.place import Place

# suite: its own `model`; defaults: that of the config; prompt: that of the prompt file; assumed: nobody named one.
Origin: TypeAlias = Literal["suite", "defaults", "prompt", "assumed"]
Role: TypeAlias = Literal["suite", "defaults", "prompt", "unused", "judge", "panel", "embedding"]
Keys: TypeAlias = tuple["str | int", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One model name as it is written. `role` `unused`: of a prompt file, where something nearer names a model."""

    model: str
    role: Role
    place: Place
    suites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One suite that asks a model: which, and what says so. `own`: the model that its prompt file names; `front`: that
    file keeps it in its front matter; `frozen`: nothing may move it."""

    suite: str
    prompt: str
    model: str
    origin: Origin
    own: str | None = None
    front: bool = False
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PinEdit:
    """One pin to write: the text at `keys` of a file. `after`: the key is not there yet and goes below this one;
    `front`: the keys are those of the front matter."""

    path: str
    keys: Keys
    model: str
    after: str | None = None
    front: bool = False


def movable(askings: Iterable[Asking], old: str, only: Collection[str]) -> tuple[Asking, ...]:
    """The suites that an update from `old` is about. `only` empty: all of them."""
    return tuple(
        each for each in askings if each.model == old and not each.frozen and (not only or each.suite in only)
    )


def edits(
    askings: Sequence[Asking], old: str, new: str, passed: Collection[str], config: str | None
) -> tuple[PinEdit, ...]:
    """The fewest lines with which exactly the suites in `passed` ask `new`. A line that several suites share moves
    when all of them passed; else those that passed get a line of their own. `config`: its path, None without one."""
    lines: dict[PinEdit | None, list[Asking]] = {}
    for each in askings:
        if each.model == old:
            lines.setdefault(_line(each, new, config), []).append(each)
    found: list[PinEdit] = []
    for line, sharing in lines.items():
        if line is not None and all(each.suite in passed for each in sharing):
            found.append(line)
        elif config is not None:
            found += [_own_line(each, new, config) for each in sharing if each.suite in passed]
    return (*found, *_idle(askings, old, new, passed))


def _line(asking: Asking, new: str, config: str | None) -> PinEdit | None:
    """The line that names a suite's model; None where nobody named one."""
    if asking.origin == "prompt":
        return PinEdit(path=asking.prompt, keys=("model",), model=new, front=asking.front)
    if config is None or asking.origin == "assumed":
        return None
    keys: Keys = ("defaults", "model") if asking.origin == "defaults" else ("suites", asking.suite, "model")
    return PinEdit(path=config, keys=keys, model=new)


def _own_line(asking: Asking, new: str, config: str) -> PinEdit:
    return PinEdit(path=config, keys=("suites", asking.suite, "model"), model=new, after="prompt")


def _idle(askings: Sequence[Asking], old: str, new: str, passed: Collection[str]) -> tuple[PinEdit, ...]:
    """Names in prompt files that something nearer overrules: they follow once every suite of the file has moved."""
    files: dict[str, list[Asking]] = {}
    for each in askings:
        files.setdefault(each.prompt, []).append(each)
    return tuple(
        PinEdit(path=path, keys=("model",), model=new, front=who[0].front)
        for path, who in files.items()
        if who[0].own == old
        and all(each.origin in ("suite", "defaults") and each.suite in passed for each in who)
    )

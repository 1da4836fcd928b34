"""The pins of one tree: which model every suite asks, and which line says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mergefloor import prompts
from mergefloor.core.ports import Snapshot
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.settings import DEFAULT_MODEL, Config, Suite
from mergefloor.core.types import Place
from mergefloor.core.updating.pin import Asking, Origin, Pin
from mergefloor.modes.rules import read_config
from mergefloor.modes.suites import model_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """One tree, read: its config, whom each suite with a prompt asks, the names of suites without one, every pin."""

    files: Snapshot
    settings: Config
    askings: tuple[Asking, ...]
    targets: tuple[str, ...]
    written: tuple[Pin, ...]

    def model_of(self, suite: str) -> str | None:
        """Whom a suite asks; None for a target."""
        return next((each.model for each in self.askings if each.suite == suite), None)


def read_pins(files: Snapshot, path: str | None) -> Pins:
    """Read the config and every prompt that a suite names. InputError for files that cannot be read."""
    settings = read_config(files, path)
    parsed = {
        suite.prompt: prompts.parse(suite.prompt, files.read(suite.prompt))
        for suite in settings.suites
        if suite.prompt
    }
    askings = tuple(
        _asking(suite, settings, parsed[suite.prompt]) for suite in settings.suites if suite.prompt
    )
    return Pins(
        files=files,
        settings=settings,
        askings=askings,
        targets=tuple(suite.name for suite in settings.suites if not suite.prompt),
        written=tuple(_written(settings, parsed, askings)),
    )


def _asking(suite: Suite, settings: Config, prompt: PromptVersion) -> Asking:
    return Asking(
        suite=suite.name,
        prompt=suite.prompt,
        model=model_name(suite, settings, prompt),
        origin=_origin(suite, settings, prompt),
        own=prompt.model,
        front=prompt.format == "text",
        frozen=suite.freeze,
    )


def _origin(suite: Suite, settings: Config, prompt: PromptVersion) -> Origin:
    if suite.model is not None:
        return "suite"
    if settings.model is not None:
        return "defaults"
    return "assumed" if prompt.model is None else "prompt"


def _written(
    settings: Config, parsed: Mapping[str, PromptVersion], askings: tuple[Asking, ...]
) -> Iterator[Pin]:
    """Every model name that is written, and the one that is assumed where none is."""
    root = Place(path=settings.path or "mergefloor.yml")
    of = {origin: tuple(a.suite for a in askings if a.origin == origin) for origin in ("defaults", "assumed")}
    if settings.model is not None:
        place = settings.model_place or root
        yield Pin(model=settings.model, role="defaults", place=place, suites=of["defaults"])
    for suite in settings.suites:
        if suite.model is not None:
            yield Pin(model=suite.model, role="suite", place=suite.model_place or root, suites=(suite.name,))
    for path, prompt in parsed.items():
        if prompt.model is not None:
            mine = tuple(a.suite for a in askings if a.prompt == path and a.origin == "prompt")
            place = prompt.model_place or Place(path=path)
            yield Pin(model=prompt.model, role="prompt" if mine else "unused", place=place, suites=mine)
    if of["assumed"]:
        yield Pin(model=DEFAULT_MODEL, role="defaults", place=root, suites=of["assumed"])
    judge = settings.judge
    if judge.place is not None:
        yield Pin(model=judge.model, role="judge", place=judge.place)
    for name, place in zip(judge.panel, judge.panel_places, strict=True):
        yield Pin(model=name, role="panel", place=place)
    if settings.embedding_model is not None:
        place = settings.embedding_place or root
        yield Pin(model=settings.embedding_model, role="embedding", place=place)

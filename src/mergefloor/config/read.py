"""Find, read and check mergefloor.yml."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from mergefloor.config.build import config_of
from mergefloor.config.refused import refused, without
from mergefloor.config.rules import broken_rules
from mergefloor.config.shapes import ConfigShape
from mergefloor.core.ports import Snapshot
from mergefloor.core.prompt import Note
from mergefloor.core.settings import Config
from mergefloor.core.types import Json, Place, Problem
from mergefloor.errors import InputError
from mergefloor.golden import problems_of
from mergefloor.loading import CONFIG, Document, load_yaml

ROOT, GITHUB = "mergefloor.yml", ".github/mergefloor.yml"
MAX_PROBLEMS = 50
START = "type `mergefloor init` to have one written"


def read_config(files: Snapshot, path: str | None = None) -> Config | None:
    """The config of a tree: at `path`, else at the root, else under .github; None when there is none.

    Raises InputError with every problem of the file, each with the line of its key.
    """
    found = [place for place in ([path] if path else [ROOT, GITHUB]) if place in files.files]
    if not found:
        return None
    config = parse_config(found[0], _bounded(files, found[0]))
    if len(found) == 1:
        return config
    text = f"{GITHUB} is not read: {ROOT} comes first; remove one of the two"
    return replace(config, notes=(*config.notes, Note(place=Place(path=GITHUB), text=text)))


def parse_config(path: str, data: bytes) -> Config:
    """The config in these bytes. Raises InputError with every problem."""
    document = load_yaml(path, data)
    if not isinstance(document.value, dict) or not document.value:
        what = "the config is empty" if not document.value else "the config must be a mapping of keys"
        raise InputError.at(path, 1, what, START)
    gone = refused(document)
    shape, problems = _shaped(document, without(document.value, gone))
    problems = [*gone.values(), *problems, *broken_rules(document)]
    if shape is None or problems:
        unique = dict.fromkeys(sorted(problems, key=lambda problem: problem.place.line))
        raise InputError(tuple(unique)[:MAX_PROBLEMS])
    return config_of(shape, document)


def _shaped(document: Document, value: Json) -> tuple[ConfigShape | None, list[Problem]]:
    try:
        return ConfigShape.model_validate(value), []
    except ValidationError as error:
        return None, [_with_hint(problem) for problem in problems_of(error, document)]


def _with_hint(problem: Problem) -> Problem:
    """Suites are what a config is about: say more than that they are missing."""
    if problem.what in ("`suites` is missing", "`suites` is empty"):
        fix = f"add one: `suites: {{my-prompt: {{prompt: prompts/my_prompt.yaml}}}}`, or {START}"
        return replace(problem, fix=fix)
    return problem


def _bounded(files: Snapshot, path: str) -> bytes:
    """The bytes of the config; its size is looked at first (T68)."""
    size = files.files[path].size
    if size > CONFIG.size:
        raise InputError.at(path, 1, f"the config has {size:,} bytes", f"keep it under {CONFIG.size:,}")
    return files.read(path)

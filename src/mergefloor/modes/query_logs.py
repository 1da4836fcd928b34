"""The rows of a suite's query log, and the questions of its golden set."""

from __future__ import annotations

from mergefloor import config, golden, prompts
from mergefloor.core.ports import Snapshot
from mergefloor.core.queries.log import Query, QueryLog
from mergefloor.core.settings import Suite
from mergefloor.core.types import Case, Place, Problem
from mergefloor.errors import InputError
from mergefloor.modes.exports import Exports
from mergefloor.modes.suites import read_golden

MOST_FILES = 100
WILD = frozenset("*?[")
SAFETY = "safety"


def read_log(log: QueryLog, files: Snapshot, exports: Exports | None) -> tuple[tuple[Query, ...], int]:
    """Every row of the log, and how many files it has: those of the workspace, else those of the tree. InputError
    lists the problems of all files at once."""
    outside = config.select([log.file], exports.listed(_folder(log.file))) if exports is not None else ()
    inside = () if outside else config.select([log.file], files.files)
    paths = outside or inside
    if not 0 < len(paths) <= MOST_FILES:
        raise InputError([_uncountable(log, len(paths))])
    rows: list[Query] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            data = exports.read(path) if outside and exports is not None else files.read(path)
            rows += golden.read_queries(path, data)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(rows), len(paths)


def questions(suite: Suite, files: Snapshot) -> dict[str, str]:
    """What the golden set asks, by case id. Safety cases stand for attacks, not for what people ask."""
    return {
        case.id: asked
        for case in _cases(suite, files)
        if suite.class_of(case.tags) != SAFETY and (asked := _question(case))
    }


def _cases(suite: Suite, files: Snapshot) -> tuple[Case, ...]:
    written = read_golden(suite.golden, files)
    if suite.prompt not in files.files:
        return written
    return (*written, *prompts.parse(suite.prompt, files.read(suite.prompt)).cases)


def _question(case: Case) -> str:
    if case.input is not None:
        return case.input.strip()
    return " ".join(value.strip() for value in case.vars.values() if isinstance(value, str)).strip()


def _folder(pattern: str) -> str:
    """The folders of a glob before the first wildcard."""
    parts = pattern.split("/")[:-1]
    wild = next((at for at, part in enumerate(parts) if WILD & set(part)), len(parts))
    return "/".join(parts[:wild])


def _uncountable(log: QueryLog, found: int) -> Problem:
    place = log.place or Place(path="mergefloor.yml")
    if found:
        return Problem(
            place=place,
            what=f"{found} files match {log.file!r}; {MOST_FILES} is the most",
            fix="narrow `queries.file`",
        )
    return Problem(
        place=place,
        what=f"no file matches {log.file!r}, neither in the workspace nor in the tree",
        fix="export the queries there before this runs, or correct `queries.file`",
    )

"""The versions that a move asks for, written into the prompts of the suites that moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mergefloor import prompts
from mergefloor.core.ports import Snapshot
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver import Suggestion, VersionCheck
from mergefloor.core.semver.check import reason
from mergefloor.core.semver.version import parse_version
from mergefloor.core.updating.found import SuiteUpdate
from mergefloor.errors import InputError
from mergefloor.loading import load_yaml, rewritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioned:
    """The prompt files with their versions moved, and what has to be done by hand."""

    files: Mapping[str, bytes]
    todo: tuple[str, ...] = ()


def versioned(
    files: Snapshot,
    edited: Mapping[str, bytes],
    moved: Iterable[SuiteUpdate],
    checks: Mapping[str, VersionCheck],
    today: str,
) -> Versioned:
    """`edited` and more, with every version line that the check wants. `today`: ISO date, for `updated`."""
    wanted: dict[str, VersionCheck] = {}
    for suite in moved:
        check = checks.get(suite.name)
        if check is not None and check.ok is False:
            wanted[suite.prompt] = _larger(wanted.get(suite.prompt), check)
    found, todo = dict(edited), []
    for path, check in wanted.items():
        before = found[path] if path in found else files.read(path)
        try:
            found[path] = _bumped(path, before, check, today)
        except InputError as error:
            todo.append(f"{error}; {reason(check)}")
    return Versioned(files=found, todo=tuple(todo))


def _larger(known: VersionCheck | None, other: VersionCheck) -> VersionCheck:
    """Of two suites of one prompt the one that asks for more."""
    first = parse_version(known.wanted or "") if known is not None else None
    second = parse_version(other.wanted or "")
    more = known is None or (first is not None and second is not None and second > first)
    return other if more or known is None else known


def _bumped(path: str, data: bytes, check: VersionCheck, today: str) -> bytes:
    """One prompt with its version lines written. InputError where the line cannot be told, or more would change."""
    if not check.suggestions:
        raise InputError.at(
            path, 1, "the version cannot be rewritten on its line", f"write `version: {check.wanted}`"
        )
    made = data
    for each in check.suggestions:
        made = _line_written(path, made, each)
    made = _dated(path, made, prompts.parse(path, data), today)
    if _bare(prompts.parse(path, made)) != _bare(prompts.parse(path, data)):
        raise InputError.at(path, 1, "the version cannot be moved alone", f"write `version: {check.wanted}`")
    return made


def _line_written(path: str, data: bytes, each: Suggestion) -> bytes:
    lines = data.decode("utf-8").split("\n")
    index = each.place.line - 1
    mark = "\ufeff" if index == 0 and lines[0].startswith("\ufeff") else ""
    end = "\r" if lines[index].endswith("\r") else ""
    if lines[index] != mark + each.old + end:
        raise InputError.at(
            path, each.place.line, "the line is not the one that was read", f"write `{each.new.strip()}`"
        )
    lines[index] = mark + each.new + end
    return "\n".join(lines).encode("utf-8")


def _dated(path: str, data: bytes, prompt: PromptVersion, today: str) -> bytes:
    """`updated` follows the version, where the format has it and the file names a day."""
    if prompt.format != "native":
        return data
    value = load_yaml(path, data).value
    if not isinstance(value, dict) or not isinstance(value.get("updated"), str):
        return data
    return rewritten(path, data, ("updated",), today)


def _bare(prompt: PromptVersion) -> PromptVersion:
    """A prompt without what a version bump may move."""
    return replace(
        prompt,
        version=None,
        version_place=None,
        changelog="",
        changelog_place=None,
        content_hash="",
    )

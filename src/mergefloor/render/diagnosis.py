"""What `mergefloor doctor` found, for people and for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

from mergefloor.core.doctor import Diagnosis, Finding, Unchecked
from mergefloor.core.types import Json
from mergefloor.render.filters import inline

WIDTH = 100
SETTINGS = "on GitHub"


def diagnosis_text(found: Diagnosis) -> str:
    """Every finding with its place and what to do, then what was not looked at, then one sentence."""
    blocks = [*map(_finding, found.findings), *map(_gap, found.unchecked), [_sentence(found)]]
    return "\n\n".join("\n".join(block) for block in blocks)


def _finding(finding: Finding) -> list[str]:
    head = f"{finding.place or SETTINGS}: {finding.level}: {finding.rule}"
    return [inline(head), *_wrapped(finding.what), *_fix(finding.fix)]


def _gap(gap: Unchecked) -> list[str]:
    return [*_wrapped(f"Could not check {gap.what}", indent=""), *_fix(gap.fix)]


def _fix(fix: str) -> Iterator[str]:
    """The first line is a sentence; what follows are lines of a file, which stay as they are."""
    sentence, *lines = fix.split("\n")
    yield from _wrapped(f"-> {sentence}{':' if lines else ''}")
    yield from (f"       {inline(line)}" for line in lines)


def _wrapped(text: str, indent: str = "   ") -> list[str]:
    return textwrap.wrap(
        inline(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent="   ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _sentence(found: Diagnosis) -> str:
    where = inline(", ".join(found.workflows)) or "no workflow runs mergefloor"
    count = len(found.findings) - found.errors
    if found.findings:
        said = [_count(found.errors, "error"), _count(count, "warning")]
        return f"{' and '.join(filter(None, said))} ({where})."
    if found.exit_code:
        return f"Whether the gate holds cannot be told ({where})."
    rest = " in what was checked" if found.unchecked else ""
    return f"No weakness found{rest} ({where})."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def diagnosis_json(found: Diagnosis) -> str:
    """`{schema, errors, warnings, findings[], unchecked[], workflows[]}`; `path` is null for a setting on GitHub."""
    record: dict[str, Json] = {
        "schema": 1,
        "errors": found.errors,
        "warnings": len(found.findings) - found.errors,
        "findings": [_record(finding) for finding in found.findings],
        "unchecked": [{"what": gap.what, "fix": gap.fix, "vital": gap.vital} for gap in found.unchecked],
        "workflows": list(found.workflows),
    }
    return json.dumps(record, indent=2, allow_nan=False)


def _record(finding: Finding) -> dict[str, Json]:
    place = finding.place
    return {
        "rule": finding.rule,
        "level": finding.level,
        "path": place.path if place else None,
        "line": place.line if place else None,
        "what": finding.what,
        "fix": finding.fix,
    }

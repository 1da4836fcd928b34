"""Regular expressions in RE2: time linear in the text, whatever the pattern (T67).

Python's `re` backtracks and holds the interpreter while it does; neither a deadline nor a thread can stop it.
RE2 has no lookaround and no backreferences (https://github.com/google/re2/wiki/Syntax); `check` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from unicodedata import normalize

import re2

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Problem, Subject
from mergefloor.graders.check import Check, Seen
from mergefloor.graders.finding import Unfit, excerpt, yes_no
from mergefloor.graders.options import flag, problem, text

# Linear still means (size of the program) x (length of the text): 10^4 x 10^5 characters took 1.8 s.
MAX_PROGRAM = 10_000
MEMORY = 2 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BadPattern:
    """Why a pattern cannot be used, and what to do."""

    why: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A compiled pattern. `size`: instructions of its program, a measure of what a search costs a character."""

    program: Any
    size: int

    def occurs(self, words: str) -> bool:
        """Whether the pattern matches somewhere."""
        return self.program.search(_encodable(words)) is not None

    def covers(self, words: str) -> bool:
        """Whether the pattern matches the whole text."""
        return self.program.fullmatch(_encodable(words)) is not None


@lru_cache(maxsize=256)
def compiled(pattern: str, *, case: bool = True) -> Pattern | BadPattern:
    """The pattern in RE2's dialect, or why not. `$` is the end of the text; `\\w`, `\\d` and `\\b` mean ASCII.

    Letters of every script are `\\pL`, as in `[\\pL\\d]+`.
    """
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.case_sensitive = case
    options.max_mem = MEMORY
    try:
        program = re2.compile(pattern, options)
    except UnicodeEncodeError:
        return BadPattern(why="it holds a lone surrogate", fix="remove that character")
    except re2.error as error:
        return _refused(error)
    size = max(program.programsize, program.reverseprogramsize)
    if size > MAX_PROGRAM:
        return BadPattern(why=f"it needs {size:,} steps a character", fix="use smaller repetition counts")
    return Pattern(program=program, size=size)


def _refused(error: Exception) -> BadPattern:
    said = error.args[0] if error.args else b""
    why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "invalid perl operator" in why or "invalid escape sequence: \\" in why or "++" in why:
        fix = (
            "RE2 has no lookaround, no backreferences, no possessive or atomic groups and no `\\Z`: "
            "use a plain pattern (`\\z` for the end, `\\x{e9}` for a character), or two checks, one with `negate: true`"
        )
        return BadPattern(why=why, fix=fix)
    return BadPattern(why=why, fix="see https://github.com/google/re2/wiki/Syntax")


def regex(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The pattern matches somewhere in the output (`whole`: all of it, outer white space aside)."""
    return Check(spec=spec, look=partial(_regex, spec))


def _regex(spec: GraderSpec, subject: Subject) -> Seen:
    pattern, whole = text(spec, "pattern") or "", flag(spec, "whole", default=False)
    program = compiled(pattern, case=flag(spec, "case", default=True))
    if isinstance(program, BadPattern):
        return Unfit(reason=f"Expected a usable pattern; found that RE2 refuses it: {program.why}.")
    output = normalize("NFC", subject.output.text)
    matches = program.covers(output.strip()) if whole else program.occurs(output)
    verb = "match entirely" if whole else "match"
    return yes_no(matches, f"{verb} the pattern {excerpt(pattern)}", excerpt(output))


def check_regex(spec: GraderSpec) -> tuple[Problem, ...]:
    """The pattern is there and compiles in RE2."""
    pattern = text(spec, "pattern")
    if not pattern:
        return (problem(spec, "there is no pattern", "add `pattern`"),)
    program = compiled(pattern, case=flag(spec, "case", default=True))
    if isinstance(program, BadPattern):
        return (problem(spec, f"pattern {excerpt(pattern)}: {program.why}", program.fix),)
    return ()


def _encodable(words: str) -> str:
    """RE2 works on UTF-8, which has no lone surrogates."""
    return words if words.isascii() else words.encode("utf-8", "replace").decode("utf-8")

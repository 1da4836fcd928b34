"""Declared against required: does the version number keep its promise?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core.semver.lines import suggestion
from mergefloor.core.semver.nouns import Bump, Fact, RuleSet, Suggestion, VersionCheck
from mergefloor.core.semver.rules import MEASURED, RANK, ranked, required
from mergefloor.core.semver.version import Version, bump_between, needed, parse_version, smallest
from mergefloor.core.types import Place

SHOWN = 3
MOST = 12  # facts that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """Where the head declares its version: the place and the whole line."""

    place: Place
    text: str


def check(
    before: str | None,
    after: str | None,
    facts: Sequence[Fact],
    rules: RuleSet,
    line: VersionLine | None = None,
) -> VersionCheck:
    """Compare two declared versions with what the facts require. `line` is where the edit goes, if there is one."""
    most, least = required(facts, rules), required(facts, rules, hopeful=_open(facts))
    old = parse_version(before) if before is not None else None
    new = parse_version(after) if after is not None else None
    if old is None or new is None:
        return _undeclared(before, after, facts, rules)
    demanded = needed(most, old)
    declared = bump_between(old, new)
    ok = declared is not None and RANK[declared] >= RANK[demanded]
    unknown = declared is not None and not ok and RANK[declared] >= RANK[needed(least, old)]
    wanted = str(smallest(_led(old, new), demanded))
    return VersionCheck(
        before=before,
        after=after,
        declared=declared,
        required=demanded,
        wanted=wanted,
        ok=None if unknown else ok,
        why=_why(facts, rules),
        suggestion=None if ok or unknown else _mend(line, str(after), wanted),
        measured=any(fact.kind in MEASURED for fact in facts),
    )


def reason(found: VersionCheck) -> str:
    """The check in one sentence without a full stop: what is declared, what is required, and why."""
    because = "; ".join(found.why[:SHOWN])
    if found.before is None or found.after is None:
        return f"{_missing(found)}; a declared version would be checked: this change is {found.required} ({because})"
    if parse_version(found.before) is None or parse_version(found.after) is None:
        bad = found.before if parse_version(found.before) is None else found.after
        return f"the version {bad!r} is not of the form 1.2.3, so the bump cannot be told; write `version: 1.0.0`"
    if found.declared is None:
        return f"the version went backwards, from {found.before} to {found.after}; required {found.wanted}: {because}"
    said = f"declared {found.after} ({_bump(found.declared)})"
    if found.ok is None:
        return f"{said}; whether {found.wanted} is required is not known: {because}"
    if not found.ok:
        return f"{said}; required {found.wanted}: {because}"
    if RANK[found.declared] > RANK[found.required]:
        return f"{said}; {_at_least(found)} would do: {because}"
    return f"{said}, as required: {because}"


def _open(facts: Sequence[Fact]) -> bool:
    return any(fact.kind == "unresolved" for fact in facts)


def _undeclared(before: str | None, after: str | None, facts: Sequence[Fact], rules: RuleSet) -> VersionCheck:
    """A version that was declared and is not there any more, or cannot be read, is a promise broken."""
    broken = (before is not None and parse_version(before) is None) or (
        after is not None and parse_version(after) is None
    )
    dropped = before is not None and after is None
    old = parse_version(before) if before is not None else None
    bump = required(facts, rules) if old is None else needed(required(facts, rules), old)
    return VersionCheck(
        before=before,
        after=after,
        declared=None,
        required=bump,
        wanted=None if old is None else str(smallest(old, bump)),
        ok=False if broken or dropped else None,
        why=_why(facts, rules),
        measured=any(fact.kind in MEASURED for fact in facts),
    )


def _missing(found: VersionCheck) -> str:
    if found.before is None and found.after is None:
        return "no version is declared"
    if found.before is None:
        return f"{found.after} is the first version that is declared"
    return f"the version {found.before} is not declared any more"


def _why(facts: Sequence[Fact], rules: RuleSet) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact.why for fact in ranked(facts, rules)))[:MOST]


def _mend(line: VersionLine | None, declared: str, wanted: str) -> Suggestion | None:
    return None if line is None else suggestion(line.place, line.text, declared, wanted)


def _led(old: Version, new: Version) -> Version:
    """The old number written as the new one is: with or without `v`."""
    return Version(major=old.major, minor=old.minor, patch=old.patch, pre=old.pre, lead=new.lead)


def _bump(bump: Bump) -> str:
    return "unchanged" if bump == "none" else bump


def _at_least(found: VersionCheck) -> str:
    return "no bump" if found.required == "none" else f"{found.wanted} ({found.required})"

"""What the options of one check ask for, before and after: looser, tighter, or something else altogether."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from mergefloor.core.integrity.shapes import Shift, schema_shift
from mergefloor.core.keys import canonical
from mergefloor.core.types import GraderSpec, Json

Compare = Callable[[Json, Json], Shift | None]
_NEGATED: dict[Shift, Shift] = {"looser": "tighter", "tighter": "looser"}
AFFIXES = ("starts_with", "ends_with")


def shifts(before: GraderSpec, after: GraderSpec) -> tuple[tuple[str, Shift], ...]:
    """Every option that differs with the way it moved; two checks of one kind. Also `negate` and `gating`."""
    found: list[tuple[str, Shift]] = []
    if before.gating != after.gating:
        found.append(("gating", "looser" if before.gating else "tighter"))
    if before.negate != after.negate:
        return (*found, ("negate", "flipped"))
    for name in dict.fromkeys((*before.options, *after.options)):
        shift = _shift(before.kind, name, before.options, after.options)
        if shift is not None:
            found.append((name, _NEGATED.get(shift, shift) if before.negate else shift))
    return tuple(found)


def same_text(first: Json, second: Json) -> bool:
    """Equal but for normal form and white space: what reformatting a file does to a text."""
    return _plain(first) == _plain(second)


def _shift(kind: str, name: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Shift | None:
    old, new = before.get(name), after.get(name)
    if same_text(old, new):
        return None
    if kind in AFFIXES and name == "value":
        return _affix(old, new)
    return _TABLE.get(name, _changed)(old, new)


def _plain(value: Json) -> str:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    return f"\0{canonical(value)}"


def _changed(_old: Json, _new: Json) -> Shift:
    return "changed"


def _flipped(_old: Json, _new: Json) -> Shift:
    return "flipped"


def _affix(old: Json, new: Json) -> Shift:
    """A longer beginning or end asks for more."""
    if str(old).casefold() in str(new).casefold():
        return "tighter"
    return "looser" if str(new).casefold() in str(old).casefold() else "flipped"


def _switch(_old: Json, new: Json) -> Shift:
    """Options that ask for more when they are on."""
    return "tighter" if new is True else "looser"


def _least(old: Json, new: Json) -> Shift:
    """A lower bound; without one anything passes."""
    return "tighter" if _number(new, -1.0) > _number(old, -1.0) else "looser"


def _most(old: Json, new: Json) -> Shift:
    """An upper bound; without one anything passes."""
    return "tighter" if _number(new, float("inf")) < _number(old, float("inf")) else "looser"


def _number(value: Json, absent: float) -> float:
    return float(value) if isinstance(value, int | float) else absent


def _pattern(old: Json, new: Json) -> Shift:
    """A shorter pattern, or one with more ways through it, matches more; otherwise nobody can tell."""
    before, after = str(old), str(new)
    wider = len(after) < len(before) or after.count("|") > before.count("|")
    return "looser" if wider or after.count(".*") > before.count(".*") else "changed"


def _checks(old: Json, new: Json) -> Shift:
    before, after = (set(map(str, value)) if isinstance(value, list) else set() for value in (old, new))
    if after < before:
        return "looser"
    return "tighter" if before < after else "rubric"


def _secrets(old: Json, new: Json) -> Shift:
    """What must not leak: one text less lets more out."""
    before, after = (set(map(str, value)) if isinstance(value, list) else set() for value in (old, new))
    if after < before:
        return "looser"
    return "tighter" if before < after else "changed"


def _run(old: Json, new: Json) -> Shift:
    """A longer quotation is allowed; 10 words make one where nothing is written."""
    return "looser" if _number(new, 10.0) > _number(old, 10.0) else "tighter"


def _rubric(_old: Json, _new: Json) -> Shift:
    return "rubric"


_TABLE: dict[str, Compare] = {
    "value": _flipped,
    "reference": _flipped,
    "choices": _flipped,
    "case": _switch,
    "whole": _switch,
    "min": _least,
    "threshold": _least,
    "max": _most,
    "max_tools": _most,
    "pattern": _pattern,
    "schema": schema_shift,
    "checks": _checks,
    "secrets": _secrets,
    "run": _run,
    "rubric": _rubric,
}

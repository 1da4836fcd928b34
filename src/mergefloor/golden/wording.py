"""What a rejected entry is called in a message: one sentence an error, never the validator's own words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from mergefloor.golden.shape import FILLED_PATTERN, METRIC_PATTERN, NAME_PATTERN
from mergefloor.loading.builder import short

Context: TypeAlias = Mapping[str, Any]
Sentence: TypeAlias = tuple[str, str]

NOUNS: dict[str, str] = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "nothing",
    "finite_number": "a finite number",
}
_PATTERNS: dict[str, Sentence] = {
    NAME_PATTERN: ("{value} is not a valid name", "use 1 to 80 letters, digits, `.`, `_` or `-`"),
    METRIC_PATTERN: ("{value} is not a valid name", "use 1 to 80 letters, digits, `.`, `_`, `@` or `-`"),
    FILLED_PATTERN: ("is blank", "write a text, or leave the key out"),
}
_BOUNDS: dict[str, Sentence] = {
    "greater_than": ("is {value}", "use a number above {gt}"),
    "greater_than_equal": ("is {value}", "use a number of at least {ge}"),
    "less_than": ("is {value}", "use a number below {lt}"),
    "less_than_equal": ("is {value}", "use a number of at most {le}"),
    "string_too_long": ("is too long", "keep it under {max_length} characters"),
    "string_too_short": ("is too short", "write at least {min_length} characters"),
    "too_long": ("has too many entries", "keep at most {max_length}"),
    "too_short": ("has too few entries", "write at least {min_length}"),
}


def wrong_type(nouns: Iterable[str], value: object) -> Sentence:
    """The entry has another type than every one of `nouns`."""
    wanted = list(dict.fromkeys(nouns))
    return f"must be {' or '.join(wanted)}, not {described(value)}", _retype(wanted, value)


def sentence(kind: str, context: Context, value: object) -> Sentence:
    """What is wrong and what to do, for every kind of error but a wrong type; goes on from the entry's name."""
    if context.get("min_length") == 1 and kind in ("string_too_short", "too_short"):
        return "is empty", "fill it, or leave it out"
    if kind in _BOUNDS:
        what, fix = _BOUNDS[kind]
        return what.format(value=described(value)), fix.format(**context)
    say = _OTHERS.get(kind)
    return (
        say(context, value)
        if say
        else (f"cannot be {described(value)}", "`mergefloor schema` lists what fits")
    )


def described(value: object) -> str:
    """A value of a file in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return short(value)
    return "a list" if isinstance(value, list) else "a mapping"


def nearest(word: str, known: Iterable[str]) -> str:
    """What to do about a word that is not known: the closest one, else all of them."""
    choices = list(known)
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    return (
        f"did you mean `{close[0]}`?" if close else "use one of " + ", ".join(f"`{name}`" for name in choices)
    )


def _retype(wanted: list[str], value: object) -> str:
    if "a text" in wanted and isinstance(value, (bool, int, float)):
        return "put it in quotes"
    if "true or false" in wanted:
        return "write true or false, without quotes"
    if "a list" in wanted and isinstance(value, str):
        return f"write it as a list: `[{short(value)}]`"
    if isinstance(value, str) and any("number" in noun for noun in wanted):
        return "write the number without quotes"
    return "change it to " + " or ".join(wanted)


def _missing(_context: Context, _value: object) -> Sentence:
    return "is missing", "add it"


def _unknown_key(context: Context, _value: object) -> Sentence:
    return "is not a known key", nearest(str(context["key"]), context.get("known", ()))


def _literal(context: Context, value: object) -> Sentence:
    return f"is {described(value)}", nearest(str(value), _quoted(str(context["expected"])))


def _tag(context: Context, _value: object) -> Sentence:
    what = f"has the unknown type {short(str(context['tag']))}"
    return what, nearest(str(context["tag"]), _quoted(str(context["expected_tags"])))


def _no_tag(context: Context, _value: object) -> Sentence:
    return f"has no {str(context['discriminator']).replace(chr(39), '`')}", "say what kind it is"


def _pattern(context: Context, value: object) -> Sentence:
    default = ("{value} does not fit", f"write it after the pattern `{context['pattern']}`")
    what, fix = _PATTERNS.get(str(context["pattern"]), default)
    return what.format(value=described(value)), fix


def _told(context: Context, _value: object) -> Sentence:
    return str(context["what"]), str(context["fix"])


def _quoted(listed: str) -> list[str]:
    return re.findall(r"'([^']*)'", listed)


_OTHERS: dict[str, Callable[[Context, object], Sentence]] = {
    "missing": _missing,
    "unknown_key": _unknown_key,
    "extra_forbidden": _unknown_key,
    "literal_error": _literal,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _no_tag,
    "string_pattern_mismatch": _pattern,
    "told": _told,
}

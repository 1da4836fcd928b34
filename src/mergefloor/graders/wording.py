"""Checks of what the text says: equals, contains, starts_with, ends_with.

Texts are compared in Unicode's NFC form; without case means `str.casefold` after NFC (Unicode 15, 3.13, D145).
"""

from __future__ import annotations

from functools import partial
from unicodedata import normalize

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Json, Problem, Subject
from mergefloor.graders.check import Check, Seen, no_reference
from mergefloor.graders.finding import Finding, excerpt, yes_no
from mergefloor.graders.options import flag, problem, text, texts
from mergefloor.graders.strict_json import NotJson, identity, parse

NAMED = 3  # values that a reason names


def plain(words: str, *, case: bool) -> str:
    """The form in which two texts are compared."""
    composed = normalize("NFC", words)
    return composed if case else normalize("NFC", composed.casefold())


def equals(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The whole output is `value` (else the case's `expected`), outer white space aside; JSON if not a text."""
    return Check(spec=spec, look=partial(_equals, spec))


def _equals(spec: GraderSpec, subject: Subject) -> Seen:
    value = spec.options.get("value")
    if value is None:
        value = subject.case.expected
    if value is None:
        return no_reference(spec, subject, "value")
    if not isinstance(value, str):
        return _equals_json(value, subject.output.text)
    case = flag(spec, "case", default=True)
    same = plain(subject.output.text, case=case).strip() == plain(value, case=case).strip()
    return yes_no(same, f"equal {excerpt(value.strip())}", excerpt(subject.output.text.strip()))


def _equals_json(value: Json, output: str) -> Finding:
    expected = f"equal the JSON value {excerpt(identity(value))}"
    parsed = parse(output)
    if isinstance(parsed, NotJson):
        return yes_no(False, expected, f"no JSON ({parsed.why}) in {excerpt(output)}")
    return yes_no(identity(parsed) == identity(value), expected, excerpt(output))


def check_equals(spec: GraderSpec) -> tuple[Problem, ...]:
    """An empty text can never be equalled: an empty output fails every check."""
    value = text(spec, "value")
    if value is None or value.strip():
        return ()
    return (problem(spec, "value is empty, and an empty output fails every check", "give the expected text"),)


def contains(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """All (or any) of `values` occur in the output."""
    return Check(spec=spec, look=partial(_contains, spec))


def _contains(spec: GraderSpec, subject: Subject) -> Finding:
    case, values = flag(spec, "case", default=False), texts(spec, "values")
    output = plain(subject.output.text, case=case)
    absent = [value for value in values if plain(value, case=case) not in output]
    present = [value for value in values if value not in absent]
    names = ", ".join(map(excerpt, values[:NAMED])) + (
        f" and {len(values) - NAMED} more" if len(values) > NAMED else ""
    )
    if text(spec, "mode") == "any":
        found = f"{excerpt(present[0])} in it" if present else f"none in {excerpt(subject.output.text)}"
        return yes_no(bool(present), f"contain any of {names}", found)
    found = (
        f"{excerpt(absent[0])} absent from {excerpt(subject.output.text)}" if absent else "every one of them"
    )
    return yes_no(bool(values) and not absent, f"contain {names}", found)


def check_contains(spec: GraderSpec) -> tuple[Problem, ...]:
    """At least one value, none empty, and a known mode."""
    found = []
    values = texts(spec, "values")
    if not values or not all(values):
        found.append(
            problem(spec, "values is empty or has an empty text", 'list texts, such as `["refund"]`')
        )
    if spec.options.get("mode", "all") not in ("all", "any", None):
        found.append(problem(spec, f"mode is {spec.options['mode']!r}", "use `all` or `any`"))
    return tuple(found)


def starts_with(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The output starts with `value`; white space before either is ignored."""
    return Check(spec=spec, look=partial(_starts_with, spec))


def _starts_with(spec: GraderSpec, subject: Subject) -> Finding:
    case, value = flag(spec, "case", default=False), text(spec, "value") or ""
    output = plain(subject.output.text, case=case).lstrip()
    starts = output.startswith(plain(value, case=case).lstrip())
    return yes_no(starts, f"start with {excerpt(value.lstrip())}", excerpt(subject.output.text.lstrip()))


def ends_with(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The output ends with `value`; white space after either is ignored."""
    return Check(spec=spec, look=partial(_ends_with, spec))


def _ends_with(spec: GraderSpec, subject: Subject) -> Finding:
    case, value = flag(spec, "case", default=False), text(spec, "value") or ""
    output = plain(subject.output.text, case=case).rstrip()
    ends = output.endswith(plain(value, case=case).rstrip())
    tail = subject.output.text.rstrip()[-max(len(value), 40) :]
    return yes_no(ends, f"end with {excerpt(value.rstrip())}", excerpt(tail))


def check_affix(spec: GraderSpec) -> tuple[Problem, ...]:
    """starts_with and ends_with need something to look for."""
    if (text(spec, "value") or "").strip():
        return ()
    return (problem(spec, "value is empty: every output would pass", "give a text"),)

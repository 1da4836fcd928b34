"""How long the output is: words and chars."""

from __future__ import annotations

from functools import partial
from unicodedata import normalize

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Problem, Subject
from mergefloor.graders.check import Check
from mergefloor.graders.finding import Finding, yes_no
from mergefloor.graders.options import count, problem


def words(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """Between `min` and `max` words, both included; a word is what white space separates."""
    return Check(spec=spec, look=partial(_words, spec))


def chars(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """Between `min` and `max` characters, both included: code points of the NFC text, outer white space aside."""
    return Check(spec=spec, look=partial(_chars, spec))


def check_length(spec: GraderSpec) -> tuple[Problem, ...]:
    """At least one limit, whole numbers, in order."""
    given = {name: spec.options.get(name) for name in ("min", "max") if spec.options.get(name) is not None}
    least, most = count(spec, "min"), count(spec, "max")
    if not given:
        return (
            problem(spec, "neither min nor max is given", f"add `max`, as in `{spec.kind}: {{max: 100}}`"),
        )
    if any((count(spec, name) or 0) < 0 or count(spec, name) is None for name in given):
        return (problem(spec, f"{given} are not whole numbers from 0", "use whole numbers"),)
    if least is not None and most is not None and least > most:
        return (problem(spec, f"min {least} is more than max {most}", "swap them"),)
    return (
        (problem(spec, "max is 0, and an empty output fails every check", "use 1 or more"),)
        if most == 0
        else ()
    )


def _words(spec: GraderSpec, subject: Subject) -> Finding:
    return _between(spec, len(subject.output.text.split()), "words")


def _chars(spec: GraderSpec, subject: Subject) -> Finding:
    return _between(spec, len(normalize("NFC", subject.output.text.strip())), "characters")


def _between(spec: GraderSpec, length: int, unit: str) -> Finding:
    least, most = count(spec, "min"), count(spec, "max")
    limits = [
        *([f"at least {least}"] if least is not None else []),
        *([f"at most {most}"] if most is not None else []),
    ]
    fits = (least is None or length >= least) and (most is None or length <= most)
    return yes_no(fits, f"have {' and '.join(limits)} {unit}", f"{length}")

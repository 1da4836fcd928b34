"""The `json` check: the output is (or holds) strict JSON that satisfies a schema."""

from __future__ import annotations

from functools import partial

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Problem, Subject
from mergefloor.graders.check import Check, Seen
from mergefloor.graders.finding import Unfit, excerpt, yes_no
from mergefloor.graders.options import flag, problem
from mergefloor.graders.strict_json import NotJson, first_value, parse


def json_value(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The output is JSON (`whole: false`: holds some, the first value counts) and fits `schema` when there is one."""
    return Check(spec=spec, look=partial(_json_value, spec))


def _json_value(spec: GraderSpec, subject: Subject) -> Seen:
    whole, schema = flag(spec, "whole", default=True), spec.options.get("schema")
    expected = "be one JSON value" if whole else "hold a JSON value"
    if schema is not None:
        expected += " that fits the schema"
    value = (parse if whole else first_value)(subject.output.text)
    if isinstance(value, NotJson):
        return yes_no(False, expected, f"{value.why} in {excerpt(subject.output.text)}")
    if schema is None:
        return yes_no(True, expected, excerpt(subject.output.text))
    # jsonschema takes 80 ms to load: only repositories with a schema pay.
    from mergefloor.graders.schema import violation

    broken = violation(schema, value)
    if isinstance(broken, Unfit):
        return broken
    return yes_no(broken is None, expected, "one that does" if broken is None else excerpt(broken))


def check_json(spec: GraderSpec) -> tuple[Problem, ...]:
    """The schema is valid, local and fit for use."""
    schema = spec.options.get("schema")
    if schema is None:
        return ()
    from mergefloor.graders.schema import unusable

    bad = unusable(schema)
    return () if bad is None else (problem(spec, f"schema: {bad.why}", bad.fix),)

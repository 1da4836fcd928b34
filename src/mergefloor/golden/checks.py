"""The fields of a case that check something -> GraderSpec."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mergefloor.core.types import GraderSpec, Json, Place
from mergefloor.golden.case_shape import CaseModel
from mergefloor.golden.specs import resolved, spec_of

SIMILAR = 0.8
SAME_AS_REFERENCE = (
    "The answer conveys the same as the reference: it states every fact the reference states, "
    "contradicts none of them and reaches the same conclusion. Wording, order and length may differ."
)

At = Callable[..., Place]


def checks_of(case: CaseModel, at: At) -> tuple[GraderSpec, ...]:
    """Every check of a case in the order of CONTRACT 2; `at(*keys)` tells where an entry was written."""
    own = (spec_of(model, at("graders", index)) for index, model in enumerate(case.graders or ()))
    return (*_from_fields(case, at), *(resolved(spec, case.expected) for spec in own))


def _from_fields(case: CaseModel, at: At) -> Iterator[GraderSpec]:
    if case.expected is not None and case.method != "reference":
        yield _expected(case.expected, case.method, at("expected"))
    if case.must_contain:
        yield _contains("must_contain", case.must_contain, at("must_contain"))
    if case.must_not_contain:
        yield _contains("must_not_contain", case.must_not_contain, at("must_not_contain"))
    for name, rubric in (("expected_behavior", case.expected_behavior), ("tone_check", case.tone_check)):
        if rubric is not None:
            yield GraderSpec(kind="judge", name=name, options={"rubric": rubric}, place=at(name))


def _expected(expected: str, method: str | None, place: Place) -> GraderSpec:
    if method == "judge":
        options: dict[str, Json] = {"rubric": SAME_AS_REFERENCE, "reference": expected}
        return GraderSpec(kind="judge", name="judge", options=options, place=place)
    if method == "similarity":
        options = {"reference": expected, "threshold": SIMILAR, "method": "embedding"}
        return GraderSpec(kind="similarity", name="similarity", options=options, place=place)
    return GraderSpec(kind="equals", name="equals", options={"value": expected, "case": True}, place=place)


def _contains(name: str, values: list[str], place: Place) -> GraderSpec:
    unwanted = name == "must_not_contain"
    options: dict[str, Json] = {"values": [*values], "mode": "any" if unwanted else "all", "case": False}
    return GraderSpec(kind="contains", name=name, options=options, negate=unwanted, place=place)

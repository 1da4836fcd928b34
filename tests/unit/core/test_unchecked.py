"""Fields of cases that nobody looks at are said, and so are checks that do not count every case."""

from __future__ import annotations

from tests.unit.core.builders import CHECK, case, planned

from mergefloor.core.types import GraderSpec, ToolCall
from mergefloor.core.unchecked import unchecked

RECALL = GraderSpec(kind="retrieval", name="recall@5", options={"metric": "recall", "k": 5})
TOOLS = GraderSpec(kind="tools", name="tools")


def told(*cases: object) -> list[str]:
    return list(unchecked("s", cases))  # type: ignore[arg-type]


def test_unchecked__every_field_has_its_check__says_nothing() -> None:
    full = case("a", relevant={"d": 1.0}, expected_tools=(ToolCall(name="t"),))
    assert (
        told(
            planned("a", case=full, graders=(RECALL, TOOLS)), planned("b", case=full, graders=(RECALL, TOOLS))
        )
        == []
    )
    assert told(planned("a"), planned("b")) == []


def test_unchecked__fields_without_a_check__are_counted() -> None:
    full = case("a", relevant={"d": 1.0}, expected_tools=(ToolCall(name="t"),))
    assert told(planned("a", case=full), planned("b", case=full, graders=(CHECK, RECALL))) == [
        "`s`: 1 case with `relevant` that no check looks at; add a `retrieval` check to its `graders`",
        "`s`: 2 cases with `expected_tools` that no check looks at; add a `tools` check to its `graders`",
    ]


def test_unchecked__cases_that_a_shared_check_does_not_concern__are_counted() -> None:
    some = [planned(id, case=case(id, relevant={"d": 1.0}), graders=(CHECK, RECALL)) for id in "ab"]
    assert told(*some, planned("c"), planned("d")) == [
        "`s`: 2 cases without `relevant`, so `recall@5` does not count them"
    ]


def test_unchecked__a_check_of_one_case_alone__is_nobody_elses() -> None:
    own = planned("a", case=case("a", relevant={"d": 1.0}), graders=(CHECK, RECALL))
    assert told(own, planned("b")) == []


def test_unchecked__cases_that_a_comparison_has_nothing_to_compare_with__are_counted() -> None:
    pair = GraderSpec(kind="pairwise", name="kinder", options={"rubric": "The better one is kinder."})
    some = [planned(id, case=case(id, expected="x"), graders=(CHECK, pair)) for id in "ab"]
    assert told(*some) == []
    assert told(*some, planned("c")) == ["`s`: 1 case without `expected`, so `kinder` does not count them"]


def test_unchecked__safety_cases_that_no_check_may_fail__are_named_with_what_to_do() -> None:
    shown = (GraderSpec(kind="judge", name="kind", gating=False),)
    some = [planned(f"s{i}", case_class="safety", graders=shown) for i in range(6)]
    (said,) = told(*some, planned("fine", case_class="safety"), planned("other", graders=shown))
    assert said.startswith(
        "`s`: 6 safety cases (`s0`, `s1`, `s2`, `s3`, `s4`, ...) have no verdict, for no check"
    )
    (alone,) = told(some[0])
    assert alone.startswith("`s`: 1 safety case (`s0`) has no verdict")


def test_unchecked__a_safety_case_that_the_change_cannot_move__is_not_named() -> None:
    shown = (GraderSpec(kind="judge", name="kind", gating=False),)
    assert told(planned("a", head="old", case_class="safety", graders=shown)) == []

"""What a retrieval check looks for, and which check tells what was lost."""

from __future__ import annotations

import pytest

from mergefloor.core.search import Search, gains, lost_documents, search_of
from mergefloor.core.types import (
    Case,
    Document,
    Failure,
    Grade,
    GraderSpec,
    Json,
    Output,
    Place,
)

DOWN = Failure(stage="candidate", code="timeout", message="no answer")


def case(**relevant: float) -> Case:
    return Case(id="c", place=Place(path="g"), content_hash="0", relevant=relevant)


def looking(name: str = "recall@2", *, negate: bool = False, **options: Json) -> GraderSpec:
    return GraderSpec(kind="retrieval", name=name, options={"metric": "recall", **options}, negate=negate)


def output(*ids: str) -> Output:
    return Output(text="", documents=tuple(Document(id=each) for each in ids))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (["a", "b"], {"a": 1.0, "b": 1.0}),
        ({"a": 2, "b": 0.5}, {"a": 2.0, "b": 0.5}),
        (None, {}),
        ("a", {}),
        ([1, "a"], {"a": 1.0}),
        ({"a": "x"}, {}),
    ],
)
def test_gains__of_what_is_written(written: Json, found: dict[str, float]) -> None:
    assert gains(written) == found


def test_search_of__options__are_read_and_own_documents_go_first() -> None:
    spec = looking(k=3, threshold=1, id_separator="#", relevant=["z"])
    assert search_of(spec, case(a=1.0)) == Search(
        metric="recall", k=3, threshold=1.0, separator="#", relevant={"z": 1.0}
    )
    assert search_of(looking(metric="mrr"), case(a=2.0)) == Search(metric="mrr", relevant={"a": 2.0})


def names(*specs: GraderSpec, grades: tuple[Grade, ...] = (), wanted: Case | None = None) -> list[str]:
    base, head = output("a#1", "b#1", "c#1", "d#1"), output("c#9", "a#2", "x#1")
    found = lost_documents(wanted or case(a=1.0, b=1.0, d=1.0), specs, base, head, grades)
    return [f"{each.document} {each.base} {each.head}" for each in found]


def test_lost_documents__are_as_deep_as_the_check_looks() -> None:
    assert names(looking(k=2, id_separator="#")) == ["b 2 None"]
    assert names(looking(k=4, id_separator="#")) == ["b 2 None", "d 4 None"]
    assert names(looking(k=1, id_separator="#")) == ["a 1 2"]


def test_lost_documents__without_a_check__are_those_of_the_case_by_whole_ids() -> None:
    assert names() == []
    assert names(wanted=case(**{"a#1": 1.0})) == ["a#1 1 None"]


def test_lost_documents__the_check_that_fails__tells() -> None:
    specs = (looking("deep", k=4, id_separator="#"), looking("near", k=1, id_separator="#"))
    fails = Grade(grader="near", passed=False, score=0.0)
    assert names(*specs) == ["b 2 None", "d 4 None"]
    assert names(*specs, grades=(fails,)) == ["a 1 2"]


def test_lost_documents__a_check_turned_round__wants_no_documents() -> None:
    assert names(looking(k=4, id_separator="#", negate=True)) == []


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (None, output()),
        (output("a"), None),
        (DOWN, output()),
        (output("a"), DOWN),
        (Output(text="x"), output()),
    ],
)
def test_lost_documents__of_a_side_that_tells_none__are_not_known(
    base: Output | Failure | None, head: Output | Failure | None
) -> None:
    assert lost_documents(case(a=1.0), (looking(k=2),), base, head) == ()
    assert lost_documents(case(a=1.0), (looking(k=2),), output("a"), output()) != ()

from __future__ import annotations

from dataclasses import replace

from core_builders import CHECK, case

from mergefloor.core.comparable import Measure, not_comparable
from mergefloor.core.settings import Judge

BASE = Measure(
    cases={"a": case("a"), "b": case("b")}, checks=(CHECK,), judge=Judge(model="openai/j-2026-01-01")
)


def test_not_comparable__of_sides_that_measure_alike__is_nothing() -> None:
    moved = replace(BASE, judge=replace(BASE.judge, calibration="labels.jsonl"))
    assert not_comparable(BASE, moved, (), judged=True) == ()


def test_not_comparable__of_a_changed_golden_set__names_what_counts_for_floors_alone() -> None:
    head = replace(
        BASE,
        cases={"b": replace(case("b"), content_hash="other"), **{f"n{i}": case(f"n{i}") for i in range(7)}},
    )
    (told,) = not_comparable(BASE, head, (), judged=False)
    assert "7 new (`n0`, `n1`, `n2`, `n3`, `n4` and 2 more), 1 edited (`b`), 1 removed (`a`)" in told
    assert "Compared are the 2 cases" in told


def test_not_comparable__of_other_variables__says_whose_inputs_are_used() -> None:
    (told,) = not_comparable(BASE, BASE, ("a",), judged=False)
    assert "1 cases (`a`) are compared with each side's own inputs" in told


def test_not_comparable__of_changed_checks__says_that_the_bases_measure() -> None:
    stricter = replace(CHECK, options={"case": True})
    (told,) = not_comparable(
        BASE, replace(BASE, checks=(stricter, replace(CHECK, name="new"))), (), judged=False
    )
    assert "(`equals`, `new`): both sides are measured by the base's" in told


def test_not_comparable__of_another_judge__only_where_something_is_judged() -> None:
    head = replace(BASE, judge=Judge(model="openai/k-2026-01-01"))
    assert not_comparable(BASE, head, (), judged=False) == ()
    (told,) = not_comparable(BASE, head, (), judged=True)
    assert "judged by the base's" in told


def test_not_comparable__of_another_panel__names_every_judge() -> None:
    head = replace(BASE, judge=replace(BASE.judge, panel=("openai/k-1", "openai/l-1")))
    (told,) = not_comparable(BASE, head, (), judged=True)
    assert "(openai/j-2026-01-01 to openai/j-2026-01-01 + openai/k-1 + openai/l-1)" in told

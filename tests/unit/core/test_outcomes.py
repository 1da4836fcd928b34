from __future__ import annotations

from dataclasses import replace

from core_builders import case, draw, planned

from mergefloor.core.outcomes import changed_sides
from mergefloor.core.types import Cell, Output

NONE: frozenset[str] = frozenset()


def cells(*drawn: Cell) -> dict[object, Cell]:
    return {cell.job.sample: cell for cell in drawn}


def test_changed_sides__name_broken_and_fixed_cases_confirmed_and_critical_first() -> None:
    a, b, c = planned("a"), planned("b"), planned("c", case=case("c", critical=True))
    d, same = planned("d"), planned("e")
    drawn = cells(
        *(draw(x, "base") for x in (a, b, c, same)),
        *(draw(x, "head", False) for x in (a, b, c)),
        draw(d, "base", False),
        draw(d, "head"),
        draw(same, "head"),
    )
    found = changed_sides([a, b, c, d, same], drawn, frozenset({"b"}), NONE)  # type: ignore[arg-type]
    assert [(x.case, x.confirmed) for x in found.broken] == [("c", False), ("b", True), ("a", False)]
    assert [x.case for x in found.fixed] == ["d"]


def test_changed_sides__of_a_case_that_is_not_known_on_both_sides__says_nothing() -> None:
    a, b, gone = planned("a"), planned("b"), planned("c", head=None)
    drawn = cells(draw(a, "base"), draw(a, "head", None), draw(b, "head", False), draw(gone, "base"))
    found = changed_sides([a, b, gone], drawn, NONE, NONE)  # type: ignore[arg-type]
    assert (found.broken, found.fixed) == ((), ())


def test_changed_sides__show_a_draw_that_agrees_with_the_majority() -> None:
    one = planned("a")
    history = [draw(one, "base", False, 0), draw(one, "base", True, 1), draw(one, "base", True, 2)]
    (change,) = changed_sides([one], cells(*history, draw(one, "head", False)), NONE, NONE).broken  # type: ignore[arg-type]
    assert isinstance(change.base.output, Output)
    assert change.base.output.text == "base1"
    assert (change.base.passes, change.base.draws, change.head.passes, change.head.draws) == (2, 3, 0, 1)
    assert change.question == "hi"


def test_changed_sides__show_the_variables_of_a_case_without_input__else_what_was_sent() -> None:
    with_vars = planned("a", case=replace(case("a"), input=None, vars={"city": "Rome", "n": 2}))
    with_none = planned("b", case=replace(case("b"), input=None))
    drawn = cells(
        *(draw(x, "base") for x in (with_vars, with_none)),
        *(draw(x, "head", False) for x in (with_vars, with_none)),
    )
    found = changed_sides([with_vars, with_none], drawn, NONE, NONE)  # type: ignore[arg-type]
    assert [x.question for x in found.broken] == ["city: Rome\nn: 2", "new"]

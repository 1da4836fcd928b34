from __future__ import annotations

from dataclasses import replace

from core_builders import case, draw, planned

from mergefloor.core.outcomes import case_rows, changed_sides
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


def test_case_rows__every_case__with_its_rates_over_all_draws() -> None:
    known, silent, gone = planned("a"), planned("b"), planned("c", head=None)
    same = planned("d", base="x", head="x", case=case("d", tags=("t",), critical=True))
    history = [draw(known, "base", False, 0), draw(known, "base", True, 1)]
    drawn = cells(
        *history, draw(known, "head"), draw(silent, "base"), draw(silent, "head", None), draw(gone, "base")
    )
    rows = case_rows([known, silent, gone, same], drawn)  # type: ignore[arg-type]
    assert [(r.case, r.base_rate, r.head_rate, r.identical) for r in rows] == [
        ("a", 0.5, 1.0, False),
        ("b", 1.0, None, False),
        ("c", 1.0, None, False),
        ("d", None, None, True),
    ]
    assert rows[1].head is not None
    assert (rows[2].head, rows[3].base, rows[3].tags, rows[3].critical) == (None, None, ("t",), True)


def test_case_rows__of_a_case_without_any_side__are_still_rows() -> None:
    (row,) = case_rows([planned("a", base=None, head=None, case=replace(case("a"), input=None))], {})
    assert (row.case, row.question) == ("a", "")

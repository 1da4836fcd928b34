from __future__ import annotations

import pytest
from calibration_people import PLACE, example, ruled

from mergefloor.core.calibration.consensus import Consensus, consensus
from mergefloor.core.calibration.disagreements import worst
from mergefloor.core.calibration.labels import Value
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale


def row(id: str, value: Value | dict[str, Value], *rulings: Ruling, scale: Scale | None = None):  # type: ignore[no-untyped-def]
    found = example(id, value if isinstance(value, dict) else {"": value})
    people = consensus(found, scale or Scale())
    assert isinstance(people, Consensus)
    return found, people, rulings


def ids(rows: list, scale: Scale | None = None, most: int = 10) -> list[str]:  # type: ignore[type-arg]
    return [each.id for each in worst(rows, scale or Scale(), most)]


def test_worst__tells_what_was_asked_answered_and_said() -> None:
    (found,) = worst([row("a", 0, ruled(True, 0.9, "It is warm."))], Scale())
    assert (found.id, found.input, found.output, found.place) == ("a", "question a", "answer a", PLACE)
    assert (found.people, found.judge, found.passed, found.reason) == (0, 0.9, True, "It is warm.")


def test_worst__leaves_out_what_the_judge_gets_right() -> None:
    assert ids([row("a", 1, ruled(True)), row("b", 0, ruled(False)), row("c", 0, ruled(True))]) == ["c"]


def test_worst__puts_the_surest_first() -> None:
    rows = [row("a", 0, ruled(True, 0.6)), row("b", 1, ruled(False, 0.1)), row("c", 0, ruled(True, 0.95))]
    assert ids(rows) == ["c", "b", "a"]


def test_worst__of_several_runs__a_run_that_agrees_with_people_counts_against() -> None:
    yes, no = ruled(True), ruled(False)
    rows = [row("a", 0, yes, no, yes), row("b", 0, yes, yes, yes), row("c", 0, yes, no, no)]
    found = worst(rows, Scale())
    assert [each.id for each in found] == ["b", "a", "c"]
    assert [each.sureness for each in found] == pytest.approx([1, 1 / 3, -1 / 3])


def test_worst__of_equally_sure_ones__people_at_one_then_wrong_passes_then_ids() -> None:
    split = {"Ada": 0, "Ben": 0, "Cleo": 1}
    rows = [
        row("d", split, ruled(True)),
        row("c", 1, ruled(False)),
        row("b", 0, ruled(True)),
        row("a", 1, ruled(False)),
    ]
    assert ids(rows) == ["b", "a", "c", "d"]


def test_worst__of_many__are_ten() -> None:
    rows = [row(f"{number:02}", 0, ruled(True)) for number in range(12)]
    assert ids(rows) == [f"{number:02}" for number in range(10)]
    assert ids(rows, most=2) == ["00", "01"]


def test_worst__where_only_a_full_score_passes__a_pass_is_sure() -> None:
    scale = Scale(threshold=1)
    (found,) = worst([row("a", 0, ruled(True), scale=scale)], scale)
    assert found.sureness == 1

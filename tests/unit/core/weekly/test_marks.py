"""What changed when."""

from __future__ import annotations

from tests.unit.core.weekly.past import TODAY, run

from mergefloor.core.history.entry import Judging
from mergefloor.core.weekly.marks import marks


def test_marks__a_new_pin__names_both_and_the_first_day() -> None:
    (mark,) = marks([run(3), run(2), run(1, model="m/b"), run(0, model="m/b")])
    assert (mark.day, mark.fact, mark.old, mark.new) == (TODAY - 1, "pin", "m/a", "m/b")


def test_marks__a_run_that_does_not_know__changes_nothing() -> None:
    assert marks([run(2), run(1, model=None), run(0)]) == ()


def test_marks__a_version_with_its_text__is_one_change() -> None:
    found = marks([run(1, version="1.0.0", text="a" * 16), run(0, version="1.1.0", text="b" * 16)])
    assert [(each.fact, each.old, each.new) for each in found] == [("prompt version", "1.0.0", "1.1.0")]


def test_marks__a_text_without_its_version__shows_the_beginnings_of_the_hashes() -> None:
    found = marks([run(1, version="1", text="a" * 16), run(0, version="1", text="b" * 16)])
    assert [(each.fact, each.old, each.new) for each in found] == [("prompt", "a" * 7, "b" * 7)]


def test_marks__golden_set_judge_epoch_class_and_a_persons_word__are_all_told() -> None:
    before = run(1, golden="g1", judging=Judging(model="j/a", epoch="e1"))
    after = run(
        0, golden="g2", judging=Judging(model="j/b", epoch="e2"), kind="safety", acknowledged=("pass_rate",)
    )
    found = {each.fact: each.new for each in marks([before, after])}
    assert found == {
        "golden set": "g2",
        "judge": "j/b",
        "judge epoch": "e2",
        "class": "safety",
        "acknowledged": "pass_rate",
    }

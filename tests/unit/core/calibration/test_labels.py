from __future__ import annotations

from dataclasses import replace

from calibration_people import label

from mergefloor.core.calibration.labels import sheets


def test_sheets__are_one_a_check_with_one_example_an_id_in_the_order_of_the_file() -> None:
    rows = [label("b", 1), label("a", 0), label("b", "good", grader="facts"), label("c", 0.5)]
    tone, facts = sheets(rows)
    assert (tone.grader, [each.id for each in tone.examples]) == ("tone", ["b", "a", "c"])
    assert (facts.grader, [each.ratings for each in facts.examples]) == ("facts", [{"": "good"}])
    assert (tone.examples[0].input, tone.examples[0].output) == ("question b", "answer b")


def test_sheets__with_several_raters__keep_who_said_what() -> None:
    (found,) = sheets(
        [label("a", 1, "Ada"), label("b", 0, "Ben"), label("a", 0, "Ben"), label("b", 1, "Ada")]
    )
    assert found.examples[0].ratings == {"Ada": 1, "Ben": 0}
    assert found.raters == ("Ada", "Ben")
    assert not found.gaps


def test_sheets__when_somebody_skipped_an_example__have_gaps() -> None:
    (found,) = sheets([label("a", 1, "Ada"), label("a", 0, "Ben"), label("b", 1, "Ada")])
    assert found.gaps


def test_sheets__of_a_rater_who_labels_twice__count_the_first() -> None:
    (found,) = sheets([label("a", 1), label("a", 0)])
    assert found.examples[0].ratings == {"": 1}


def test_sheets__of_no_labels__are_none() -> None:
    assert sheets([]) == ()


def test_sheet__whose_every_row_says_random__is_a_random_sample() -> None:
    drawn = [replace(label(id, 1, rater), sample="random") for id in "ab" for rater in ("Ada", "Ben")]
    assert sheets(drawn)[0].sample == "random"


def test_sheet__of_rows_that_do_not_all_say_random__is_enriched() -> None:
    drawn, silent = replace(label("a", 1), sample="random"), label("b", 1)
    chosen = replace(label("c", 0), sample="enriched")
    assert [sheets([drawn, row])[0].sample for row in (silent, chosen)] == ["enriched", "enriched"]
    assert sheets([drawn, label("a", 0, "Ben")])[0].sample == "enriched", "one output, chosen in two ways"
    assert replace(sheets([drawn])[0], examples=()).sample == "enriched"

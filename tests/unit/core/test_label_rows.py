"""Rows of a label file: what is written can be read, what is taken back is one row, what contradicts is refused."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mergefloor import golden
from mergefloor.core.calibration.labels import Label
from mergefloor.core.label_rows import merged, row, without_last
from mergefloor.core.place import Place

ONE = Label(
    id="a", input="q", output="o", label=1.0, grader="tone", rater="ann", place=Place(path="new.csv", line=2)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def there(label: Label, line: int = 7) -> Label:
    return replace(label, place=Place(path="old.jsonl", line=line))


@given(TEXTS, TEXTS)
def test_row__of_any_text__is_one_line_that_reads_back(question: str, answer: str) -> None:
    label = replace(ONE, input=question, output=answer)
    line = row(label)
    assert len(line.splitlines()) == 1
    assert golden.read_labels("l.jsonl", f"{line}\n".encode()) == (label,)


def test_row__has_the_keys_of_the_contract__and_no_rater_where_there_is_none() -> None:
    assert json.loads(row(ONE)) == {
        "id": "a", "input": "q", "output": "o", "label": 1, "grader": "tone", "rater": "ann"
    }  # fmt: skip
    assert "rater" not in json.loads(row(replace(ONE, rater=None)))
    assert json.loads(row(replace(ONE, label=0.25)))["label"] == 0.25
    assert json.loads(row(replace(ONE, label="good")))["label"] == "good"


def test_row__of_a_sample__says_how_it_was_chosen_and_reads_back() -> None:
    drawn = replace(ONE, sample="random")
    assert json.loads(row(drawn))["sample"] == "random"
    assert golden.read_labels("l.jsonl", row(drawn).encode())[0].sample == "random"
    assert "sample" not in json.loads(row(ONE))


def test_row__of_a_comparison__says_with_what_and_reads_back() -> None:
    compared = replace(ONE, reference="the other", label="better")
    assert json.loads(row(compared))["reference"] == "the other"
    (found,) = golden.read_labels("l.jsonl", row(compared).encode())
    assert (found, found.about) == (compared, ("q", "o", "the other"))
    assert "reference" not in json.loads(row(ONE))


def test_merged__one_output_beside_two_references__is_two_labels_but_not_under_one_id() -> None:
    old, new = replace(ONE, reference="x"), replace(ONE, id="b", reference="y")
    assert merged([there(old)], [new], None).added == (new,)
    assert merged([there(old)], [replace(new, id="a")], None).problems


def test_without_last__takes_out_one_row__and_leaves_every_other_byte() -> None:
    foreign = b'{"id": "a",  "input":"q","output":"o","label":1,"grader":"tone","rater":"bob"}'
    mine = row(ONE).encode()
    data = b"\n".join((mine, b"", b"not json", mine, foreign, b""))
    assert without_last(data, ONE) == b"\n".join((mine, b"", b"not json", foreign, b""))


def test_without_last__of_a_row_that_is_not_there__is_none() -> None:
    assert without_last(row(ONE).encode(), replace(ONE, rater=None)) is None
    assert without_last(b"", ONE) is None


def test_merged__new_rows__are_added_and_equal_ones_known() -> None:
    two = replace(ONE, id="b", output="other")
    found = merged([there(ONE)], [ONE, two, two], None)
    assert (found.added, found.known, found.problems) == ((two,), 2, ())


def test_merged__the_same_output_under_another_id__is_known() -> None:
    assert merged([there(ONE)], [replace(ONE, id="z")], None).known == 1


def test_merged__rows_without_a_rater__get_the_named_one() -> None:
    nobody = replace(ONE, rater=None)
    assert merged([], [nobody], "eve").added == (replace(ONE, rater="eve"),)
    assert merged([there(ONE)], [nobody], "ann").known == 1


def test_merged__contradictions__are_all_told_with_both_places() -> None:
    rows = [
        replace(ONE, label=0.0),
        replace(ONE, output="another", rater="bob", place=Place(path="new.csv", line=3)),
        replace(ONE, id="n", output="n", label="good", place=Place(path="new.csv", line=4)),
    ]
    found = merged([there(ONE)], rows, None)
    told = list(map(str, found.problems))
    assert found.added == ()
    assert len(told) == 3
    assert told[0].startswith("new.csv:2: 'a' is labelled 1.0 for 'tone' already at old.jsonl:7")
    assert told[1].startswith("new.csv:3: the id 'a' has another input, output or reference at old.jsonl:7")
    assert told[2].startswith("new.csv:4: the label 'good' is of another kind than 1.0 at old.jsonl:7")


def test_merged__two_new_rows_that_contradict_once_both_have_a_rater__are_told() -> None:
    found = merged([], [ONE, replace(ONE, rater=None, label=0.0)], "ann")
    assert len(found.problems) == 1


def test_without_last__file_with_lines_that_are_no_rows__passes_over_them() -> None:
    line = row(ONE).encode()
    assert without_last(line + b"\n[1]\nnot json\n", ONE) == b"[1]\nnot json\n"
    assert without_last(b"[1]\n", ONE) is None

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.errors import InputError
from mergefloor.golden import read_labels

ROW: dict[str, Any] = {"id": "a", "input": "Hi", "output": "Hello", "label": 1, "grader": "tone"}


def lines(*rows: Any) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def problems(data: bytes, path: str = "labels.jsonl") -> list[str]:
    with pytest.raises(InputError) as caught:
        read_labels(path, data)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", ["evals/labels.jsonl", "labels.NDJSON"])
def test_labels__of_a_file__are_read_in_its_order_with_their_lines(path: str) -> None:
    found = read_labels(path, b"\n" + lines({**ROW, "id": "b", "label": 0.25, "rater": "Ada L."}, ROW))
    assert [(each.id, each.label, each.rater, str(each.place)) for each in found] == [
        ("b", 0.25, "Ada L.", f"{path}:2"),
        ("a", 1, None, f"{path}:3"),
    ]
    assert (found[1].input, found[1].output, found[1].grader) == ("Hi", "Hello", "tone")


def test_labels__say_how_they_were_chosen__or_do_not() -> None:
    found = read_labels(
        "l.jsonl", lines({**ROW, "sample": "random"}, {**ROW, "id": "b", "sample": "enriched"})
    )
    assert [each.sample for each in found] == ["random", "enriched"]
    table = b"id,input,output,label,grader,sample\na,Hi,Hello,1,tone,random\nb,Hi,Hello,1,tone,\n"
    assert [each.sample for each in read_labels("l.csv", table)] == ["random", None]
    assert problems(lines({**ROW, "sample": "rand"})) == [
        "labels.jsonl:1: `sample` is 'rand'; did you mean `random`?"
    ]


def test_labels__may_be_classes_and_empty_outputs() -> None:
    (found,) = read_labels("l.jsonl", lines({**ROW, "label": "very good", "output": ""}))
    assert (found.label, found.output) == ("very good", "")


def test_labels__of_a_table__are_the_same_as_of_the_lines() -> None:
    table = (
        "grader,id,input,output,label,rater\r\n"
        'tone,a,Hi,"Hello, you",1,\r\n'
        'tone,a,Hi,"Hello, you", .5 ,Ada\r\n'
        'facts,a,Hi,"Hello, you",nan,Ada\r\n'
        "facts,b,Hi,,1e3,Ada\r\n"
    )
    found = read_labels("l.csv", table.encode())
    wanted = read_labels(
        "l.jsonl",
        lines(
            {**ROW, "output": "Hello, you"},
            {**ROW, "output": "Hello, you", "label": 0.5, "rater": "Ada"},
            {**ROW, "output": "Hello, you", "label": "nan", "grader": "facts", "rater": "Ada"},
            {**ROW, "id": "b", "output": "", "label": "1e3", "grader": "facts", "rater": "Ada"},
        ),
    )
    assert found == wanted
    assert [each.place.line for each in found] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (1.01, "`label` is the number 1.01; use a number of at most 1"),
        (-0.5, "`label` is the number -0.5; use a number of at least 0"),
        (True, "`label` must be a number or a text, not true; put it in quotes"),
        (None, "`label` must be a number or a text, not nothing"),
        ([1], "`label` must be a number or a text, not a list"),
        ("", "`label` is blank"),
        ("x" * 81, "`label` is too long; keep it under 80 characters"),
    ],
)
def test_labels__that_are_neither_a_share_nor_a_class__are_refused(label: Any, said: str) -> None:
    (found,) = problems(lines({**ROW, "label": label}))
    assert found.startswith(f"labels.jsonl:1: {said}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_labels__that_are_not_finite__are_refused(number: str) -> None:
    (found,) = problems(json.dumps({**ROW, "label": 7}).replace("7", number).encode())
    assert "is not finite" in found


def test_labels__with_many_mistakes__tell_them_all_in_the_order_of_the_lines() -> None:
    found = problems(
        lines(
            {**ROW, "label": 3, "rator": "Ada"},
            [1],
            {"id": "no spaces please", "input": "Hi", "label": 1, "grader": "tone"},
            ROW,
            ROW,
        )
    )
    assert [each.split(": ", 1)[0] for each in found] == [f"labels.jsonl:{n}" for n in (1, 1, 2, 3, 3, 5)]
    assert sum("did you mean `rater`?" in each for each in found) == 1
    assert sum("`output` is missing" in each for each in found) == 1
    assert sum("a label must be a mapping" in each for each in found) == 1


@pytest.mark.parametrize(("rater", "who"), [(None, "a rater without a name"), ("Ada", "rater 'Ada'")])
def test_labels__of_one_rater_twice__are_refused(rater: str | None, who: str) -> None:
    row = {**ROW, "rater": rater} if rater else ROW
    (found,) = problems(lines(row, {**row, "label": 0}))
    assert found == (
        f"labels.jsonl:2: {who} labels 'a' for 'tone' a second time, after line 1; "
        "keep one of the two, or name two raters with `rater`"
    )


def test_labels__of_several_raters_and_checks__may_share_an_id() -> None:
    rows = [
        ROW,
        {**ROW, "rater": "Ada"},
        {**ROW, "rater": "Ben"},
        {**ROW, "grader": "facts", "output": "Bye"},
    ]
    assert len(read_labels("l.jsonl", lines(*rows))) == 4


@pytest.mark.parametrize("key", ["input", "output"])
def test_labels__of_one_id_for_two_outputs__are_refused(key: str) -> None:
    (found,) = problems(lines(ROW, {**ROW, key: "Other", "rater": "Ada"}))
    assert found.startswith("labels.jsonl:2: the id 'a' has another input, output or reference on line 1; ")


def test_labels__of_numbers_beside_classes__are_refused() -> None:
    (found,) = problems(lines(ROW, {**ROW, "id": "b", "label": "good"}))
    assert found.startswith(
        "labels.jsonl:2: the label 'good' of 'tone' is of another kind than 1.0 on line 1; "
    )


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("l.yaml", b"", "labels cannot be a .yaml file; use one of `.jsonl`, `.ndjson`, `.csv`"),
        ("labels", b"", "labels cannot be a nameless file"),
        ("l.jsonl", b"\n\n", "the file holds no labels"),
        ("l.csv", b"id,input,output,label,grader\n", "the file holds no labels"),
        ("l.csv", b"id,input,output,label,grader,mood\na,i,o,1,tone,x\n", "`mood` is not a known key"),
        ("l.jsonl", b"{", "JSON"),
    ],
)
def test_labels__of_a_file_that_is_none__say_why(path: str, data: bytes, said: str) -> None:
    assert said in "\n".join(problems(data, path))


def test_labels__with_hundreds_of_mistakes__tell_the_first_fifty() -> None:
    assert len(problems(lines(*[{**ROW, "id": str(n), "label": 2} for n in range(200)]))) == 50


values = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9) | st.just("tone")
rows = st.dictionaries(st.sampled_from([*ROW, "rater", "more"]), values | st.lists(values, max_size=2))


@given(st.lists(rows, max_size=4))
def test_labels__of_any_rows__are_read_or_refused_by_line(found: list[dict[str, Any]]) -> None:
    try:
        labels = read_labels("l.jsonl", lines(*found))
    except InputError as error:
        assert all(1 <= problem.place.line <= max(1, len(found)) for problem in error.problems)
    else:
        assert all(isinstance(each.label, str) or 0 <= each.label <= 1 for each in labels)


@given(st.text(max_size=80))
def test_labels__of_any_table__are_read_or_refused(text: str) -> None:
    try:
        read_labels("l.csv", ("id,input,output,label,grader,rater\n" + text).encode())
    except InputError as error:
        assert error.problems

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.types import Json, ToolCall
from mergefloor.errors import InputError
from mergefloor.golden import CaseModel, case_from, cases_from, has_check, read_golden
from mergefloor.loading import Document, load_yaml


def document(text: str) -> Document:
    return load_yaml("p.yaml", text.encode())


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_golden("g.yaml", text.encode())
    return [str(problem).removeprefix("g.yaml:") for problem in caught.value.problems]


def hash_of(text: str) -> str:
    return read_golden("g.yaml", text.encode())[0].content_hash


def test_case__without_id__takes_twelve_digits_of_its_content() -> None:
    case = read_golden("g.yaml", b"- {input: Hi, expected: Hello, tags: [a]}")[0]
    canonical = json.dumps({"expected": "Hello", "input": "Hi"}, separators=(",", ":"))
    assert case.content_hash == hashlib.sha256(canonical.encode()).hexdigest()
    assert case.id == case.content_hash[:12]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("- {id: zz, input: a, tags: [x, y]}", True),
        ("- {vars: {}, input: a, critical: false, cluster: ~, context: []}", True),
        ("- {input: b}", False),
        ("- {input: a, vars: {x: 1}}", False),
        ("- {input: a, expected: a}", False),
        ("- {input: a, critical: true}", False),
        ("- {input: a, cluster: c}", False),
        ("- {input: a, context: [c]}", False),
        ("- {input: a, relevant: [d]}", False),
        ("- {input: a, expected_tools: [t]}", False),
        ("- {input: a, graders: [{type: words, max: 3}]}", False),
        ("- {input: a, must_contain: [a]}", False),
        ("- {input: a, must_not_contain: [a]}", False),
        ("- {input: a, tone_check: a}", False),
    ],
)
def test_content_hash__id_and_tags__do_not_count_and_everything_else_does(other: str, same: bool) -> None:
    assert (hash_of("- {input: a}") == hash_of(other)) is same


def test_case__every_field__arrives() -> None:
    case = read_golden(
        "g.yaml",
        b"- id: A.b_c-1\n  input: Hi\n  vars: {n: 1, deep: {x: [true, ~]}}\n  expected: e\n  context: [c1, c2]\n"
        b"  relevant: [d1]\n  expected_tools: [search, {name: book, arguments: {day: 1}}]\n  tags: [t]\n"
        b"  critical: true\n  cluster: k\n",
    )[0]
    assert (case.id, case.input, case.expected, case.critical, case.cluster) == (
        "A.b_c-1",
        "Hi",
        "e",
        True,
        "k",
    )
    assert case.vars == {"n": 1, "deep": {"x": [True, None]}}
    assert (case.context, case.relevant, case.tags) == (("c1", "c2"), {"d1": 1.0}, ("t",))
    assert case.expected_tools == (ToolCall(name="search"), ToolCall(name="book", arguments={"day": 1}))
    assert str(case.place) == "g.yaml:1"


def test_case__everything_wrong__is_told_at_once_with_the_line_of_the_key() -> None:
    text = """
- id: a b
  input: 5
  must_contains: [x]
  critical: yes
  method: exakt
- tags: foo
  context: [a, 7]
- {input: x, expected: "  ", must_contain: [""], relevant: x}
- {input: x, expected_tools: [1]}
"""
    assert problems(text) == [
        "2: `id` 'a b' is not a valid name; use 1 to 80 letters, digits, `.`, `_` or `-`",
        "3: `input` must be a text, not the number 5; put it in quotes",
        "4: `must_contains` is not a known key; did you mean `must_contain`?",
        "5: `critical` must be true or false, not 'yes'; write true or false, without quotes",
        "6: `method` is 'exakt'; did you mean `exact`?",
        "6: the case has a `method` and nothing to compare with; add `expected`",
        "7: `tags` must be a list, not 'foo'; write it as a list: `['foo']`",
        "7: the case has neither `input` nor `vars`; add one of them",
        "8: `context[2]` must be a text, not the number 7; put it in quotes",
        "9: `expected` is blank; write a text, or leave the key out",
        "9: `must_contain[1]` is empty; fill it, or leave it out",
        "9: `relevant` must be a list or a mapping, not 'x'; write it as a list: `['x']`",
        "10: `expected_tools[1]` must be a text or a mapping, not the number 1; put it in quotes",
    ]


def test_case__same_id_or_same_content__is_told_with_the_line_of_the_first() -> None:
    found = problems("- {id: A, input: x}\n- input: y\n  id: A\n- {input: z}\n- {input: z, tags: [t]}\n")
    assert found == [
        "3: the case id 'A' is taken by line 1; give one another `id`",
        "5: the case is the same as the one on line 4; remove one of the two",
    ]


@pytest.mark.parametrize(("digits", "fits"), [(1, True), (80, True), (81, False), (0, False)])
def test_case__length_of_id__is_bounded(digits: int, fits: bool) -> None:
    text = f"- {{input: x, id: '{'a' * digits}'}}"
    if fits:
        assert read_golden("g.yaml", text.encode())[0].id == "a" * digits
    else:
        assert "is not a valid name" in problems(text)[0]


@pytest.mark.parametrize("name", ["'a\\n'", '"a\\n"', '"é"', "'a/b'", "'<b>'"])
def test_case__id_with_other_characters__is_refused(name: str) -> None:
    assert "is not a valid name" in problems(f"- {{input: x, id: {name}}}")[0]


def test_case__long_input__is_refused_above_the_limit() -> None:
    assert read_golden("g.yaml", b"- input: " + b"x" * 200_000)
    assert problems("- input: " + "x" * 200_001) == [
        "1: `input` is too long; keep it under 200000 characters"
    ]


def test_case_from__embedded__is_found_by_keys_and_ids_taken_are_refused() -> None:
    prompt = document("system: s\ntest_cases:\n  - id: a\n    input: x\n    must_contain: [y]\n")
    case = case_from(prompt, "test_cases", 0)
    assert (case.id, str(case.place), str(case.graders[0].place)) == ("a", "p.yaml:3", "p.yaml:5")
    with pytest.raises(InputError, match=r"p\.yaml:3: the case id 'a' is used twice"):
        case_from(prompt, "test_cases", 0, taken={"a"})


def test_cases_from__problems_of_embedded_cases__name_the_line_in_the_file() -> None:
    prompt = document("system: s\ntest_cases:\n  - input: x\n    tag: y\n  - input: 3\n")
    with pytest.raises(InputError) as caught:
        cases_from(prompt, "test_cases")
    assert [problem.place.line for problem in caught.value.problems] == [4, 5]


def test_has_check__a_case_with_none_of_its_own__says_so() -> None:
    plain, checked = read_golden(
        "g.yaml", b"- {input: x, must_contain: [], graders: []}\n- {input: x, expected: y}\n"
    )
    assert (has_check(plain), has_check(checked)) == (False, True)


FIELDS = sorted(CaseModel.model_fields)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1) | st.text("a {}'`\n", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "name", "value", "min", "rubric", "schema", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
KINDS = ["equals", "contains", "regex", "json", "words", "similarity", "overlap", "judge", "length", "nope"]
GRADERS = st.lists(
    st.dictionaries(
        st.sampled_from(["min", "max", "value", "values", "rubric", "checks", "n", "metric"]),
        ANYTHING,
        max_size=3,
    ).flatmap(lambda d: st.sampled_from(KINDS).map(lambda k: {**d, "type": k})),
    max_size=2,
)


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from(FIELDS) | st.text("ab{", max_size=3), ANYTHING, max_size=5),
    ANYTHING | GRADERS,
)
def test_case__any_plain_data__gives_a_case_or_plain_sentences(row: dict[str, Json], graders: Json) -> None:
    row = {**row, "graders": graders}
    try:
        case = case_from(Document(path="g.yaml", value=row, lines={(): 3}))
    except InputError as error:
        for problem in error.problems:
            assert problem.place.line == 3
            assert "\n" not in str(problem)
            # The last resort of the wording table, and what a validator would have said.
            assert not any(
                word in str(problem) for word in ("mergefloor schema", "Input should", "refused", "Extra")
            )
    else:
        assert case.input is not None or case.vars

"""What a case says of targets: relevant documents, expected tools, earlier turns of a conversation."""

import pytest
from tests.unit.golden.test_cases import hash_of, problems

from mergefloor.core.types import Case, GraderSpec, Message, Place, ToolCall
from mergefloor.golden import concerns, read_golden


def case_of(text: str) -> Case:
    return read_golden("g.yaml", text.encode())[0]


def test_relevant__list_and_mapping__become_gains() -> None:
    assert case_of("- {input: q, relevant: [a, b]}").relevant == {"a": 1.0, "b": 1.0}
    assert case_of("- {input: q, relevant: {a: 3, b: 0.5}}").relevant == {"a": 3.0, "b": 0.5}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("relevant: {a: 1}", "relevant: {a: 2}"),
        ("relevant: [a]", "relevant: [b]"),
        ("relevant: [a]", "tags: [a]"),
        ("expected_tools: [a]", "expected_tools: [{name: a, arguments: {n: 1}}]"),
        (
            "messages: [{role: user, content: a}, {role: assistant, content: b}]",
            "messages: [{role: user, content: a}, {role: assistant, content: c}]",
        ),
    ],
)
def test_content_hash__documents_tools_and_turns__count(first: str, second: str) -> None:
    assert hash_of(f"- {{input: q, {first}}}") != hash_of(f"- {{input: q, {second}}}")


def test_content_hash__order_of_gains__does_not_count() -> None:
    assert hash_of("- {input: q, relevant: {a: 1, b: 2}}") == hash_of("- {input: q, relevant: {b: 2, a: 1}}")


def test_messages__alone__the_last_turn_is_the_question() -> None:
    case = case_of(
        "- messages:\n    - {role: user, content: Hi}\n    - {role: assistant, content: Hello}\n"
        "    - {role: user, content: Bye}\n"
    )
    assert case.input == "Bye"
    assert case.earlier == (
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Hello"),
    )


def test_messages__beside_input__are_the_turns_before_it() -> None:
    whole = case_of(
        "- messages: [{role: user, content: a}, {role: assistant, content: b}, {role: user, content: c}]"
    )
    split = case_of("- {messages: [{role: user, content: a}, {role: assistant, content: b}], input: c}")
    assert (whole.earlier, whole.input) == (split.earlier, split.input)


def test_messages__one_turn__is_an_input() -> None:
    case = case_of("- messages: [{role: user, content: a}]")
    assert (case.earlier, case.input) == ((), "a")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "- messages:\n    - {role: user, content: a}\n    - {role: assistant, content: b}\n",
            "3: the conversation does not end with the user's turn; add it, or add `input`",
        ),
        (
            "- input: c\n  messages:\n    - {role: user, content: a}\n",
            "3: the conversation ends with the user's turn, and `input` is another one; "
            "remove `input`, or add the assistant's turn between them",
        ),
        (
            "- messages: [{role: system, content: a}]",
            "1: `messages[1].role` is 'system'; use one of `user`, `assistant`",
        ),
        ("- messages: [{role: user, content: ' '}]", "1: `messages[1].content` is blank"),
        ("- messages: [{role: user}]", "1: `messages[1].content` is missing"),
        ("- messages: []", "1: the case has neither `input` nor `vars`; add one of them"),
        ("- {input: q, relevant: [a, b, a]}", "1: `relevant` names 'a' twice; remove one of the two"),
        ("- {input: q, relevant: {a: -1}}", "1: `relevant.a` is the number -1; use a number above 0"),
        ("- {input: q, relevant: {a: 1001}}", "1: `relevant.a` is the number 1001; use a number of at most"),
        ("- {input: q, relevant: [' ']}", "1: `relevant[1]` is blank"),
        ("- {input: q, expected_tools: [{name: ' '}]}", "1: `expected_tools[1].name` is blank"),
        (
            "- input: q\n  graders:\n    - {type: retrieval, metric: recall, k: 5}\n",
            "3: the retrieval check has nothing to compare with; add `relevant` to the case",
        ),
        (
            "- input: q\n  graders:\n    - {type: tools}\n",
            "3: the tools check has nothing to compare with; add `expected_tools` to the case",
        ),
    ],
)
def test_case__what_makes_no_sense__is_told_with_its_line(row: str, says: str) -> None:
    (found,) = problems(row)
    assert found.startswith(says)


def test_csv__documents_tools_and_turns__are_cells_of_json() -> None:
    header = "input,messages,relevant,expected_tools\n"
    turns = '"[{""role"": ""user"", ""content"": ""a""}, {""role"": ""assistant"", ""content"": ""b""}]"'
    row = f'c,{turns},"{{""d1"": 2}}","[{{""name"": ""t"", ""arguments"": {{""n"": 1}}}}]"\n'
    case = read_golden("g.csv", (header + row).encode())[0]
    assert case.relevant == {"d1": 2.0}
    assert case.expected_tools == (ToolCall(name="t", arguments={"n": 1}),)
    assert [turn.content for turn in case.earlier] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "options", "fields", "wanted"),
    [
        ("retrieval", {}, {}, False),
        ("retrieval", {}, {"relevant": {"a": 1.0}}, True),
        ("retrieval", {"relevant": ["a"]}, {}, True),
        ("tools", {}, {}, False),
        ("tools", {}, {"expected_tools": (ToolCall(name="t"),)}, True),
        ("tools", {"expected": ["t"]}, {}, True),
        ("trajectory", {"max_tools": 1}, {}, True),
        ("words", {"max": 1}, {}, True),
    ],
)
def test_concerns__a_check_without_anything_to_look_for__does_not(
    kind: str, options: dict[str, object], fields: dict[str, object], wanted: bool
) -> None:
    case = Case(id="c", place=Place(path="g"), content_hash="0", **fields)  # type: ignore[arg-type]
    spec = GraderSpec(kind=kind, name=kind, options=options)  # type: ignore[arg-type]
    assert concerns(spec, case) is wanted

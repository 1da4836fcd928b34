"""Where the earlier turns of a conversation stand in what is sent."""

from __future__ import annotations

import pytest

from mergefloor.core.targets import payload
from mergefloor.core.types import Message
from mergefloor.prompts import parse, question, render_all

EARLIER = (Message(role="user", content="Hi {{ x }} $y"), Message(role="assistant", content="Hello"))
TALK = [("user", "Hi {{ x }} $y"), ("assistant", "Hello")]
ASKED = ("user", "And now?")

NATIVE = "system: Be kind.\nexamples: [{user: a, ideal: b}]\n"
TEMPLATE = "template: 'Answer: $input'\nrequired_vars: [input]\n"
FIXED = "template: You sell $what.\nrequired_vars: [what]\n"
MESSAGES = (
    "messages:\n  - {role: system, content: Be kind.}\n  - {role: user, content: a}\n"
    "  - {role: assistant, content: b}\n  - {role: user, content: 'Q: {{input}}'}\n"
)
JINJA = "---\nrole: user\nvars: [input]\n---\nQ: {{ input | upper }}\n"


@pytest.mark.parametrize(
    ("path", "text", "given", "sent"),
    [
        (
            "prompts/a.yaml",
            NATIVE,
            {},
            [("system", "Be kind."), ("user", "a"), ("assistant", "b"), *TALK, ASKED],
        ),
        ("prompts/a.yaml", TEMPLATE, {}, [*TALK, ("user", "Answer: And now?")]),
        ("prompts/a.yaml", FIXED, {"what": "tea"}, [("user", "You sell tea."), *TALK, ASKED]),
        (
            "prompts/a.prompt.yml",
            MESSAGES,
            {},
            [("system", "Be kind."), ("user", "a"), ("assistant", "b"), *TALK, ("user", "Q: And now?")],
        ),
        ("prompts/a.md", "Be kind.\n", {}, [("system", "Be kind.\n"), *TALK, ASKED]),
        ("prompts/a.j2", JINJA, {}, [*TALK, ("user", "Q: AND NOW?\n")]),
        (
            "prompts/a.j2",
            "---\nrole: system\n---\nBe {{ how }}.",
            {"how": "kind"},
            [("system", "Be kind."), *TALK, ASKED],
        ),
    ],
)
def test_conversation__of_every_format__stands_before_the_question(case, path, text, given, sent) -> None:
    asked = case(earlier=EARLIER, input="And now?", vars=given)
    rendered = render_all(parse(path, text.encode()), [asked])
    assert not rendered.problems
    messages = rendered.messages["c1"]
    assert [(turn.role, turn.content) for turn in messages] == sent
    assert question(messages) == sent[-1][1]


def test_conversation__none__changes_nothing(case) -> None:
    prompt = parse("prompts/a.yaml", NATIVE.encode())
    (messages,) = render_all(prompt, [case(input="q")]).messages.values()
    assert [turn.content for turn in messages] == ["Be kind.", "a", "b", "q"]


def test_input__that_a_prompt_does_not_use__is_refused_unless_a_conversation_carries_it(case) -> None:
    prompt = parse("prompts/a.yaml", FIXED.encode())
    assert render_all(prompt, [case(input="q", vars={"what": "tea"})]).problems
    assert not render_all(prompt, [case(input="q", earlier=EARLIER, vars={"what": "tea"})]).problems


def test_payload__of_a_conversation__tells_the_turns_before_the_question(case) -> None:
    assert payload(case(input="q", earlier=EARLIER)) == {
        "input": "q",
        "messages": [
            {"role": "user", "content": "Hi {{ x }} $y"},
            {"role": "assistant", "content": "Hello"},
        ],
    }
    assert payload(case(input="q")) == {"input": "q"}

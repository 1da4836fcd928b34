from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver import Fact
from mergefloor.core.semver.static import static_change
from mergefloor.core.types import Message, ModelRef, Request

Prompt = Callable[..., PromptVersion]
Sends = Callable[..., Request]
Change = Callable[[str, str], tuple[Fact, ...]]


def kinds(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.kind for fact in facts]


def test_static_change__of_a_comment_in_the_file__is_identical(prompt: Prompt, request_of: Sends) -> None:
    before, after = prompt(), prompt(content_hash="other", changelog="more")
    assert kinds(static_change(before, after, {"a": request_of()}, {"a": request_of()})) == ["identical"]
    assert kinds(static_change(before, after, {}, {})) == ["identical"]


def test_static_change__of_the_text__is_told_once_though_file_and_requests_show_it(change: Change) -> None:
    assert kinds(change("Be kind. Say 3 words.", "Be kind. Say 4 words.")) == ["weighty-words"]
    assert kinds(change("Be kind.", "Be kind.\n")) == ["wording"]


def test_static_change__where_no_golden_input_reaches__is_unreached(
    prompt: Prompt, request_of: Sends
) -> None:
    before, after = prompt("Hi{% if vip %} VIP{% endif %}"), prompt("Hi{% if vip %} friend{% endif %}")
    assert kinds(static_change(before, after, {"a": request_of("Hi")}, {"a": request_of("Hi")})) == [
        "unreached"
    ]


def test_static_change__of_the_interface__counts_though_every_golden_input_renders_the_same(
    prompt: Prompt, request_of: Sends
) -> None:
    facts = static_change(
        prompt(optional_vars={"a": 1}), prompt(required_vars=("a",)), {"a": request_of()}, {"a": request_of()}
    )
    assert kinds(facts) == ["variable-required", "identical"]


def test_static_change__from_outside_the_prompt_file__is_seen_in_what_is_rendered(
    prompt: Prompt, request_of: Sends
) -> None:
    same = prompt("Rules: {{ rules }}")
    before, after = request_of("Rules: always refund"), request_of("Rules: never refund")
    assert kinds(static_change(same, same, {"a": before}, {"a": after})) == ["weighty-words"]
    hotter = request_of(params={"temperature": 1})
    assert kinds(static_change(same, same, {"a": request_of()}, {"a": hotter})) == ["parameters"]


def test_static_change__of_the_model_in_the_config__is_seen(prompt: Prompt, request_of: Sends) -> None:
    other = request_of(model=ModelRef(provider="anthropic", name="claude-x", endpoint="e"))
    assert kinds(static_change(prompt(), prompt(), {"a": request_of()}, {"a": other})) == ["model"]


def test_static_change__without_a_common_case__compares_the_files(prompt: Prompt, request_of: Sends) -> None:
    before = prompt(model="openai/gpt-4o", params={"temperature": 0})
    after = replace(before, model="anthropic/claude", params={}, response_schema={"type": "object"})
    found = kinds(static_change(before, after, {"a": request_of()}, {"b": request_of()}))
    assert found == ["model", "output-format", "parameters"]
    assert kinds(static_change(prompt("Say 1."), prompt("Say 2."), {}, {})) == ["weighty-words"]


def test_static_change__of_examples__is_few_shots(prompt: Prompt) -> None:
    system, user, answer, other = (
        Message(role="system", content="Be kind."),
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Hello"),
        Message(role="assistant", content="Hello there"),
    )
    none = prompt(turns=(system,))
    one, edited = prompt(turns=(system, user, answer)), prompt(turns=(system, user, other))
    (added,) = static_change(none, one, {}, {})
    (changed,) = static_change(one, edited, {}, {})
    assert (added.kind, added.why) == ("few-shots", "the examples went from 0 to 1")
    assert (changed.kind, changed.why) == ("few-shots", "1 example, with other words")
    two = prompt(turns=(system, user, answer, user, answer))
    (both,) = static_change(two, prompt(turns=(system, user, answer, user, other)), {}, {})
    assert both.why == "2 examples, with other words"


def test_static_change__of_a_turn_that_changes_its_role__is_an_instruction(prompt: Prompt) -> None:
    text = "Be kind."
    system, user = (
        prompt(turns=(Message(role=role, content=text),), format="native") for role in ("system", "user")
    )  # type: ignore[arg-type]
    (fact,) = static_change(system, user, {}, {})
    assert (fact.kind, fact.why) == ("instructions", "the turns changed from system to user")
    (gone,) = (
        f for f in static_change(system, prompt(turns=(), format="native"), {}, {}) if "turns" in f.why
    )
    assert gone.why == "the turns changed from system to none"


def test_static_change__over_many_inputs__tells_an_edit_once(prompt: Prompt, request_of: Sends) -> None:
    before = {f"c{i}": request_of(f"Order {i}: be kind, say 1 word.") for i in range(300)}
    after = {f"c{i}": request_of(f"Order {i}: be kind, say 2 words.") for i in range(300)}
    same = prompt("Order {{ n }}: {{ rule }}")
    assert kinds(static_change(same, same, before, after)) == ["weighty-words"]


def test_static_change__of_a_cap_below_usual_lengths__is_major_evidence(
    prompt: Prompt, request_of: Sends
) -> None:
    capped = request_of(params={"max_tokens": 10})
    facts = static_change(prompt(), prompt(), {"a": request_of()}, {"a": capped}, output_tokens=(40, 50))
    assert kinds(facts) == ["max-tokens"]

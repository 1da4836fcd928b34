"""A prompt and its cases -> the messages that are sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.types import Case, Json, Message, Problem
from mergefloor.prompts.binding import CONTEXT, Call, bind
from mergefloor.prompts.placeholders import Fill, TooLongError, as_text, fill_braces, fill_dollars, joined
from mergefloor.prompts.sandbox import Job, Limits, Refusal, Sandbox
from mergefloor.prompts.text import is_jinja, newline_of

_FILLS: dict[str, Fill] = {"native": fill_braces, "prompt_yml": fill_braces, "template": fill_dollars}
_SPENT = "the template was stopped too often or took too long in all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """Messages by case id, and for every case without messages the reason, at the case's place."""

    messages: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def render_all(
    prompt: PromptVersion,
    cases: Sequence[Case],
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
) -> Rendered:
    """Render every case. `limits` are those of the child that renders Jinja; `clock` counts seconds."""
    bound = [bind(prompt, case) for case in cases]
    calls = [call for call in bound if isinstance(call, Call)]
    if prompt.format == "text" and any(is_jinja(turn.content) for call in calls for turn in call.turns):
        filled = dict(_sandboxed(prompt, calls, limits, clock))
    else:
        filled = {call.case.id: _literal(prompt, call) for call in calls}
    outcomes = (each if isinstance(each, Problem) else filled[each.case.id] for each in bound)
    problems = tuple(each for each in outcomes if isinstance(each, Problem))
    messages = {name: turns for name, turns in filled.items() if not isinstance(turns, Problem)}
    return Rendered(messages=messages, problems=problems)


def question(messages: Sequence[Message]) -> str:
    """What was asked, for a judge or a reader: the last user turn, else the whole prompt."""
    asked = next((m.content for m in reversed(messages) if m.role == "user"), None)
    return asked if asked is not None else joined([m.content for m in messages])


def _literal(prompt: PromptVersion, call: Call) -> tuple[Message, ...] | Problem:
    fill = _FILLS.get(prompt.format)
    if call.literal or fill is None:
        return call.sent(call.turns)
    values = {name: as_text(value) for name, value in call.values.items()}
    if call.own_context:
        values[CONTEXT] = joined(call.case.context)
    try:
        turns = [Message(role=turn.role, content=fill(turn.content, values)) for turn in call.turns]
    except TooLongError as error:
        return _problem(prompt, call, Refusal(kind="output", error=str(error)))
    return call.sent(tuple(turns))


def _sandboxed(
    prompt: PromptVersion, calls: Sequence[Call], limits: Limits, clock: Callable[[], float]
) -> Iterator[tuple[str, tuple[Message, ...] | Problem]]:
    """One child for all cases. A case that kills it loses its own messages only, until that happens too often."""
    body = prompt.turns[0].content
    until, deaths = clock() + limits.batch, 0
    with Sandbox(Job(templates=(body,), newline=newline_of(body)), limits, clock) as sandbox:
        for call in calls:
            if deaths >= limits.deaths or clock() > until:
                yield call.case.id, _problem(prompt, call, Refusal(kind="spent", error=_SPENT))
                continue
            values: dict[str, Json] = dict(call.values)
            texts = sandbox.render(values, texts=CONTEXT if call.own_context else "")
            if isinstance(texts, Refusal):
                deaths += texts.died
                yield call.case.id, _problem(prompt, call, texts)
            else:
                yield call.case.id, call.sent((Message(role=call.turns[0].role, content=texts[0]),))


_ADVICE: dict[str, str] = {
    "forbidden": "templates see data only: remove what reaches further",
    "undefined": "give the variable under `vars`, or test for it with `is defined`",
    "memory": "make the template's text or loops smaller",
    "cpu": "make the template's loops smaller",
    "wall": "make the template's loops smaller",
    "output": "make the template's text or loops smaller",
    "spent": "correct the template, see the cases above",
}


def _problem(prompt: PromptVersion, call: Call, refusal: Refusal) -> Problem:
    what = f"case {call.case.id!r} cannot be rendered from {prompt.path}: {refusal.error}"
    if refusal.line is not None:
        what += f" (line {refusal.line} of its text)"
    return Problem(place=call.case.place, what=what, fix=_ADVICE.get(refusal.kind, "correct the template"))

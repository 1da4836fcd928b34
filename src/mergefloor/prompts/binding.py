"""What one case fills into one prompt: the values of its variables and the turns that come out, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.types import Case, Json, Message, Problem
from mergefloor.prompts.fields import listed, suggestion
from mergefloor.prompts.text import INPUT_TURN

INPUT, CONTEXT = "input", "context"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A prompt and a case that fit. `turns` are templates, filled with `values`, unless `literal`; `tail` is added
    as it is. `own_context`: the value of `context` is the case's list of texts.

    The turns of a conversation before the question stand before the last user turn of what comes out (`sent`): after
    the prompt's own messages, or between them and the message into which the prompt fills the question.
    """

    case: Case
    turns: tuple[Message, ...]
    values: Mapping[str, Json]
    tail: tuple[Message, ...] = ()
    literal: bool = False
    own_context: bool = False

    def sent(self, filled: tuple[Message, ...]) -> tuple[Message, ...]:
        """The messages in order, `filled` being the turns with their values."""
        listed = (*filled, *self.tail)
        asked = max((place for place, turn in enumerate(listed) if turn.role == "user"), default=len(listed))
        return (*listed[:asked], *self.case.earlier, *listed[asked:])


def variables(prompt: PromptVersion) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a case must give, and names that it may give."""
    return frozenset(prompt.required_vars), frozenset(prompt.optional_vars) - frozenset(prompt.required_vars)


def bind(prompt: PromptVersion, case: Case) -> Call | Problem:
    """Fit one case to a prompt. Every missing and every unknown name is told in one sentence."""
    turns, tail, needs_input = _turns(prompt, case)
    required, optional = variables(prompt)
    known, takes_input = required | optional, bool(tail) or needs_input
    values = _values(prompt, case, known)
    literal = _is_literal(prompt, case, known)
    missing = [] if literal else [name for name in prompt.required_vars if name not in values]
    missing += [INPUT] if needs_input and INPUT not in missing else []
    unknown = [name for name in case.vars if name not in known]
    if case.input is not None and not takes_input and INPUT not in (*known, *unknown):
        unknown.append(INPUT)
    if missing or unknown:
        return _refusal(case, missing, unknown, known)
    if case.input is not None and not takes_input and case.vars.get(INPUT, case.input) != case.input:
        what = f"case {case.id!r} gives `input` twice, once under `vars`, with different texts"
        return Problem(place=case.place, what=what, fix="remove one of them")
    return Call(
        case=case,
        turns=turns,
        values=values,
        tail=tail,
        literal=literal,
        own_context=bool(case.context) and CONTEXT in known and CONTEXT not in case.vars,
    )


def _turns(prompt: PromptVersion, case: Case) -> tuple[tuple[Message, ...], tuple[Message, ...], bool]:
    """The turns to fill, what comes after them as it is, and whether an `input` is lacking for that."""
    users = () if case.input is None else (Message(role="user", content=case.input),)
    if prompt.format == "text" and prompt.turns[1:] == (INPUT_TURN,):
        body = prompt.turns[0]
        return ((body,) if users else (Message(role="user", content=body.content),)), users, False
    if prompt.format == "native" or (prompt.format == "text" and prompt.turns[0].role == "system"):
        return prompt.turns, users, not users
    if case.earlier and INPUT not in frozenset().union(*variables(prompt)):
        return prompt.turns, users, False
    return prompt.turns, (), False


def _values(prompt: PromptVersion, case: Case, known: frozenset[str]) -> dict[str, Json]:
    """Defaults, then what the case says. In literal formats a null is no value; in Jinja it is one."""
    values = {name: value for name, value in prompt.optional_vars.items() if value is not None}
    if case.input is not None and INPUT in known:
        values[INPUT] = case.input
    if case.context and CONTEXT in known:
        values[CONTEXT] = list(case.context)
    jinja = prompt.format == "text"
    return values | {name: value for name, value in case.vars.items() if jinja or value is not None}


def _is_literal(prompt: PromptVersion, case: Case, known: frozenset[str]) -> bool:
    """Texts of format (a) are literal for a case without variables."""
    return prompt.format == "native" and not case.vars and not (case.context and CONTEXT in known)


def _refusal(case: Case, missing: Iterable[str], unknown: Iterable[str], known: frozenset[str]) -> Problem:
    lacks, extra = list(missing), list(unknown)
    parts = [f"does not give {listed(lacks)}"] if lacks else []
    parts += [f"gives {listed(extra)}, which the prompt does not use"] if extra else []
    near = [hint for hint in (suggestion(name, lacks or known) for name in extra) if hint]
    takes = f"the prompt takes {listed(sorted(known))}" if known else "the prompt takes no variables"
    return Problem(
        place=case.place, what=f"case {case.id!r} {' and '.join(parts)}", fix=near[0] if near else takes
    )

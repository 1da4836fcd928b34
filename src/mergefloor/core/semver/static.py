"""What two versions of a prompt, and what they send, say about the bump before any output is seen (DECISION 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from mergefloor.core.keys import request_hash
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver.nouns import Fact, Kind
from mergefloor.core.semver.settings import Setting, setting_facts
from mergefloor.core.semver.text import differing, text_facts
from mergefloor.core.semver.variables import variable_facts
from mergefloor.core.types import Message, Request

Requests: TypeAlias = "Mapping[str, Request]"
Turns: TypeAlias = "tuple[Message, ...]"


def static_change(
    before: PromptVersion,
    after: PromptVersion,
    before_requests: Requests,
    after_requests: Requests,
    *,
    output_tokens: Sequence[int] = (),
) -> tuple[Fact, ...]:
    """Every fact about a change, each once. Requests by golden case; `output_tokens`: lengths of the base's outputs.

    The files are compared, and so is what they render to: text that reaches the model from elsewhere (shared
    variables, retrieved context, the config's model and parameters) is seen although the prompt file is the same.
    Without a common golden case the files alone are compared.
    """
    pairs = [
        (before_requests[name], after_requests[name]) for name in before_requests if name in after_requests
    ]
    moved = [(old, new) for old, new in pairs if request_hash(old) != request_hash(new)]
    found = list(variable_facts(before, after))
    if pairs and not moved:
        found += _unmoved(before, after)
    else:
        found += _sent(before, after, moved, output_tokens)
    return tuple(dict.fromkeys(found)) or (Fact(kind="identical", why="nothing that is sent changed"),)


def _unmoved(before: PromptVersion, after: PromptVersion) -> Iterator[Fact]:
    if before.turns == after.turns:
        yield Fact(kind="identical", why="every golden input renders the same bytes on both sides")
    else:
        yield Fact(kind="unreached", why="the text changed where no golden input reaches it")


def _sent(
    before: PromptVersion,
    after: PromptVersion,
    moved: Sequence[tuple[Request, Request]],
    lengths: Sequence[int],
) -> Iterator[Fact]:
    for old, new in _settings(before, after, moved):
        yield from setting_facts(old, new, lengths)
    yield from _all_turns(
        [(before.turns, after.turns), *((old.messages, new.messages) for old, new in moved)]
    )


def _all_turns(pairs: Iterable[tuple[Turns, Turns]]) -> Iterator[Fact]:
    """The files first, then every golden case as far as it shows another kind of change than what is known.

    Inputs differ from case to case and the edit does not: a pair of texts is compared once.
    """
    kinds: set[Kind] = set()
    compared: set[tuple[str, str]] = set()
    for before, after in pairs:
        found = list(_turn_facts(before, after, compared))
        yield from (fact for fact in found if fact.kind not in kinds)
        kinds.update(fact.kind for fact in found)


def _settings(
    before: PromptVersion, after: PromptVersion, moved: Sequence[tuple[Request, Request]]
) -> list[tuple[Setting, Setting]]:
    """One pair of settings: all requests of one side share them. The files' own where nothing was rendered."""
    if moved:
        return [(_setting(moved[0][0]), _setting(moved[0][1]))]
    return [(_written(before), _written(after))]


def _setting(request: Request) -> Setting:
    model = request.model
    return Setting(
        model=str(model), endpoint=model.endpoint, params=request.params, schema=request.response_schema
    )


def _written(prompt: PromptVersion) -> Setting:
    return Setting(model=prompt.model or "", params=prompt.params, schema=prompt.response_schema)


def _turn_facts(before: Turns, after: Turns, compared: set[tuple[str, str]]) -> Iterator[Fact]:
    old_shots, old_rest = _parts(before)
    new_shots, new_rest = _parts(after)
    if old_shots != new_shots:
        yield Fact(kind="few-shots", why=_shots(old_shots, new_shots))
    if [turn.role for turn in old_rest] != [turn.role for turn in new_rest]:
        yield Fact(
            kind="instructions", why=f"the turns changed from {_roles(old_rest)} to {_roles(new_rest)}"
        )
    old_text, new_text = ("\n".join(turn.content for turn in rest) for rest in (old_rest, new_rest))
    edit = differing(old_text, new_text)
    if edit not in compared:
        compared.add(edit)
        yield from text_facts(old_text, new_text)


def _parts(turns: Turns) -> tuple[Turns, Turns]:
    """Example turns (all up to the last answer, but system messages), and the rest."""
    last = max((index for index, turn in enumerate(turns) if turn.role == "assistant"), default=-1)
    shots = tuple(turn for turn in turns[: last + 1] if turn.role != "system")
    return shots, tuple(turn for turn in turns if turn.role == "system") + tuple(
        turn for turn in turns[last + 1 :] if turn.role != "system"
    )


def _shots(before: Turns, after: Turns) -> str:
    old, new = (sum(turn.role == "assistant" for turn in turns) for turns in (before, after))
    if old == new:
        return f"{old:,} example{'' if old == 1 else 's'}, with other words"
    return f"the examples went from {old:,} to {new:,}"


def _roles(turns: Turns) -> str:
    return " + ".join(turn.role for turn in turns) or "none"

"""Prompt format (a): YAML with `system`, `examples` and `test_cases`.

Texts are literal. Only a case that has `vars` (or `context`, where a text uses `{{context}}`) fills `{{name}}`,
once and literally; its `input` is the last user turn, as it is.
"""

from __future__ import annotations

from mergefloor.core.prompt import Note, PromptVersion
from mergefloor.core.types import Case, Message, Problem
from mergefloor.errors import InputError
from mergefloor.golden import cases_from
from mergefloor.loading import Document
from mergefloor.prompts.fields import Fields, listed
from mergefloor.prompts.placeholders import brace_names

KEYS = ("version", "updated", "updated_by", "changelog", "system", "examples", "test_cases")
DECIDING = ("system", "examples", "test_cases")


def read_native(document: Document, content_hash: str) -> PromptVersion:
    """One prompt of format (a). Raises InputError with every problem."""
    problems: list[Problem] = []
    fields = Fields(document, problems)
    fields.only(KEYS)
    turns = _turns(fields)
    names = tuple(dict.fromkeys(name for turn in turns for name in brace_names(turn.content)))
    version, place = fields.version()
    cases = _cases(fields)
    if problems:
        raise InputError(problems)
    return PromptVersion(
        path=document.path,
        format="native",
        content_hash=content_hash,
        turns=turns,
        version=version,
        version_place=place,
        changelog=fields.remark("changelog"),
        changelog_place=fields.place("changelog") if "changelog" in fields.value else None,
        required_vars=names,
        cases=cases,
        notes=_notes(fields, names),
    )


def _turns(fields: Fields) -> tuple[Message, ...]:
    turns = [Message(role="system", content=fields.text("system", required=True))]
    for example in fields.items("examples"):
        example.only(("user", "ideal"))
        turns.append(Message(role="user", content=example.text("user", required=True)))
        turns.append(Message(role="assistant", content=example.text("ideal", required=True)))
    return tuple(turns)


def _cases(fields: Fields) -> tuple[Case, ...]:
    if fields.value.get("test_cases") is None:
        return ()
    try:
        return cases_from(fields.document, "test_cases")
    except InputError as error:
        fields.problems.extend(error.problems)
        return ()


def _notes(fields: Fields, names: tuple[str, ...]) -> tuple[Note, ...]:
    if not names:
        return ()
    text = f"{listed('{{' + name + '}}' for name in names)} is filled for cases with `vars` and literal for all others"
    return (Note(place=fields.place("system"), text=text),)

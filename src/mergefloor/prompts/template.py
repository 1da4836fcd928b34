"""Prompt format (b): YAML with a `template` in which `$name` and `${name}` are filled and `$$` is a dollar.

The rendered template is the one user message. Every variable is declared, in `required_vars` or `optional_vars`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from mergefloor.core.prompt import Note, PromptVersion
from mergefloor.core.types import Json, Message, Problem
from mergefloor.errors import InputError
from mergefloor.loading import Document
from mergefloor.prompts.fields import MAX_PROBLEMS, Fields, kind, listed, short, suggestion
from mergefloor.prompts.placeholders import dollar_names, lone_dollars

KEYS = (
    "name",
    "version",
    "description",
    "owner",
    "model_hint",
    "required_vars",
    "optional_vars",
    "template",
)
DECIDING = ("template", "required_vars", "optional_vars", "model_hint")
_EXCERPTS = 3
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")


def read_template(document: Document, content_hash: str) -> PromptVersion:
    """One prompt of format (b). Raises InputError with every problem."""
    problems: list[Problem] = []
    fields = Fields(document, problems)
    fields.only(KEYS)
    text = fields.text("template", required=True)
    required, optional = fields.names("required_vars", is_name), _optional(fields)
    _compare(fields, text, required, optional)
    version, place = fields.version()
    if problems:
        raise InputError(problems)
    return PromptVersion(
        path=document.path,
        format="template",
        content_hash=content_hash,
        turns=(Message(role="user", content=text),),
        name=fields.remark("name"),
        description=fields.remark("description"),
        version=version,
        version_place=place,
        model_hint=_hint(fields),
        hint_place=fields.place("model_hint"),
        required_vars=required,
        optional_vars=optional,
        notes=_notes(fields),
    )


def is_name(text: str) -> bool:
    """Whether `$text` would be a variable."""
    return _NAME.fullmatch(text) is not None


def _optional(fields: Fields) -> Mapping[str, Json]:
    """`optional_vars` is a list of names, empty when not given, or a mapping from name to default."""
    value = fields.value.get("optional_vars")
    if not isinstance(value, dict):
        return dict.fromkeys(fields.names("optional_vars", is_name), "")
    for name, default in value.items():
        if not is_name(name):
            what = f"{short(name)} in `optional_vars` is not the name of a variable"
            fields.wrong(what, "use letters, digits and `_`", "optional_vars", name)
        if isinstance(default, dict | list):
            what = f"the default of {short(name)} is {kind(default)}"
            fields.wrong(what, "write a text or a number", "optional_vars", name)
    return {name: "" if default is None else default for name, default in value.items()}


def _compare(fields: Fields, text: str, required: tuple[str, ...], optional: Mapping[str, Json]) -> None:
    """Declared and used variables must be the same."""
    used, declared = dict.fromkeys(dollar_names(text)), dict.fromkeys((*required, *optional))
    for name in required:
        if name in optional:
            fields.wrong(
                f"{name!r} is both required and optional", "remove it from one list", "optional_vars", name
            )
    needed, undeclared = set(required), [name for name in used if name not in declared]
    for name in [name for name in declared if name not in used and is_name(name)][:MAX_PROBLEMS]:
        key = "required_vars" if name in needed else "optional_vars"
        near = suggestion(name, undeclared)
        fields.wrong(f"{name!r} is declared but the template does not use it", near or "remove it", key)
    if undeclared:
        what = f"the template uses {listed('$' + name for name in undeclared)} without declaring it"
        fields.wrong(
            what, "add it to `required_vars` or `optional_vars`, or write `$$` for a dollar sign", "template"
        )
    lone = [short(excerpt) for excerpt in islice(lone_dollars(text), _EXCERPTS)]
    if lone:
        what = f"a `$` in the template begins no variable ({', '.join(lone)})"
        fields.wrong(what, "write `$$` for a dollar sign", "template")


def _hint(fields: Fields) -> str | None:
    """A hint that can be a model's name: one word."""
    hint = fields.remark("model_hint").strip()
    fits = bool(hint) and hint.isprintable() and not any(map(str.isspace, hint))
    return hint if fits else None


def _notes(fields: Fields) -> tuple[Note, ...]:
    hint = fields.remark("model_hint")
    if not hint:
        return ()
    text = f"`model_hint` {short(hint)} is a note and was not used: the model comes from the config"
    return (Note(place=fields.place("model_hint"), text=text),)

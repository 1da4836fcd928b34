"""Prompt format (d): `.md`, `.txt` or `.j2` with an optional YAML front matter and a body.

A body with `{{`, `{%` or `{# #}` is a Jinja template, any other body is literal; both are sent as they are
written, line ends included. Which message the body is:

- `role: system`: the system message; the case's `input` is the user turn.
- `role: user`: the user message; it uses `{{ input }}`, or the cases have no `input`.
- no `role`: the user message when it uses `{{ input }}`; else the system message for a case with `input`,
  the user message for a case without.

`vars` is a list of names that cases may give, or a mapping from name to default (null: none).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.types import Json, Message, Place, Problem, Role
from mergefloor.errors import InputError
from mergefloor.loading import Document, split_front_matter
from mergefloor.prompts.fields import Fields, short
from mergefloor.prompts.model_settings import read_sent_params

KEYS = ("version", "role", "model", "params", "vars", "name", "description", "changelog", "owner")
INPUT_TURN = Message(role="user", content="{{ input }}")
_ROLES: tuple[Role, ...] = ("system", "user")
_NAME = re.compile(r"[^\W\d]\w{0,199}")


def read_text(path: str, data: bytes, content_hash: str) -> PromptVersion:
    """One prompt of format (d). Raises InputError with every problem."""
    block, body, first_line = split_front_matter(path, data)
    problems: list[Problem] = []
    fields = Fields(block or Document(path=path, value={}, lines={(): 1}), problems)
    fields.only(KEYS)
    declared, defaults = _vars(fields)
    required, tested = _body_names(body, first_line, path, problems)
    optional: dict[str, Json] = {
        name: defaults.get(name) for name in (*tested, *declared) if name not in required
    }
    optional |= defaults
    turns = _turns(fields, body, (*required, *tested))
    version, place = fields.version()
    params = read_sent_params(fields)
    model = fields.text("model")
    if problems:
        raise InputError(problems)
    return PromptVersion(
        path=path,
        format="text",
        content_hash=content_hash,
        turns=turns,
        name=fields.remark("name"),
        description=fields.remark("description"),
        version=version,
        version_place=place,
        changelog=fields.remark("changelog"),
        changelog_place=fields.place("changelog") if "changelog" in fields.value else None,
        model=model or None,
        model_place=fields.place("model") if model else None,
        params=params,
        required_vars=tuple(name for name in required if name not in defaults),
        optional_vars=optional,
    )


def is_jinja(body: str) -> bool:
    """Whether a body is a template at all."""
    # In linear time; a Markdown anchor `{#name}` alone is no comment.
    comment = body.find("{#")
    return "{{" in body or "{%" in body or (comment >= 0 and body.find("#}", comment + 2) >= 0)


def newline_of(body: str) -> str:
    """The line end of a body, where it has one kind only."""
    return "\r\n" if "\r\n" in body else "\r" if "\r" in body else "\n"


def _turns(fields: Fields, body: str, used: tuple[str, ...]) -> tuple[Message, ...]:
    role = fields.choice("role", _ROLES, "")
    if role == "system":
        return (Message(role="system", content=body),)
    if role == "user" or "input" in used:
        return (Message(role="user", content=body),)
    return (Message(role="system", content=body), INPUT_TURN)


def _body_names(
    body: str, first_line: int, path: str, problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables of the body: those that must be given, and those that it tests for."""

    def wrong(line: int, what: str, fix: str) -> None:
        problems.append(Problem(place=Place(path=path, line=first_line + line - 1), what=what, fix=fix))

    if not body.strip():
        wrong(1, "the prompt is empty", "write its text")
    if not is_jinja(body):
        return (), ()
    if len(set(re.findall(r"\r\n|\r|\n", body))) > 1:
        wrong(1, "the template mixes line ends", "convert the file to LF or to CR LF")
    from mergefloor.prompts.jinja_source import read_source

    source = read_source(body)
    for finding in source.findings:
        wrong(finding.line, finding.what, finding.fix)
    return source.required, source.optional


def _vars(fields: Fields) -> tuple[tuple[str, ...], Mapping[str, Json]]:
    """Names that were declared, and the defaults among them."""
    value = fields.value.get("vars")
    if not isinstance(value, dict):
        return fields.names("vars", _is_name), {}
    for name in value:
        if not _is_name(name):
            fields.wrong(
                f"{short(name)} is not the name of a variable", "use letters, digits and `_`", "vars", name
            )
    return tuple(value), {name: default for name, default in value.items() if default is not None}


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None

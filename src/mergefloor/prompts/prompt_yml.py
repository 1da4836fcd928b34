"""Prompt format (c): `.prompt.yml`, the format of GitHub Models.

`{{name}}` is replaced literally, in one pass. Evaluators become checks of the `testData` rows; a file without
rows gives them to every case, as far as they use no column. Sources: github/gh-models pkg/prompt/prompt.go,
actions/ai-inference src/prompt.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mergefloor.core.prompt import Note, PromptVersion
from mergefloor.core.types import Case, GraderSpec, Json, Message, Problem, Role
from mergefloor.errors import InputError
from mergefloor.loading import Document
from mergefloor.prompts.evaluators import Evaluator, read_evaluators, scored
from mergefloor.prompts.fields import Fields, listed
from mergefloor.prompts.model_settings import read_params
from mergefloor.prompts.placeholders import brace_names
from mergefloor.prompts.response_format import read_schema
from mergefloor.prompts.test_data import read_rows

KEYS = (
    "name",
    "description",
    "version",
    "model",
    "modelParameters",
    "responseFormat",
    "jsonSchema",
    "messages",
    "testData",
    "evaluators",
)
DECIDING = (
    "messages",
    "testData",
    "evaluators",
    "modelParameters",
    "responseFormat",
    "jsonSchema",
)
SUFFIXES = (".prompt.yml", ".prompt.yaml")
_ROLES: tuple[Role, ...] = ("system", "user", "assistant")


def read_prompt_yml(document: Document, content_hash: str) -> PromptVersion:
    """One prompt of format (c). Raises InputError with every problem."""
    problems: list[Problem] = []
    fields = Fields(document, problems)
    fields.only(KEYS)
    turns = tuple(_turns(fields))
    used = tuple(dict.fromkeys(name for turn in turns for name in brace_names(turn.content)))
    evaluators = read_evaluators(fields)
    cases = read_rows(fields, evaluators, used)
    version, place = fields.version()
    params, schema, model = read_params(fields), read_schema(fields), fields.text("model")
    graders = (*_json_check(fields, schema), *_for_all(fields, evaluators, cases))
    if problems:
        raise InputError(problems)
    return PromptVersion(
        path=document.path,
        format="prompt_yml",
        content_hash=content_hash,
        turns=turns,
        name=fields.remark("name"),
        description=fields.remark("description"),
        version=version,
        version_place=place,
        model=model or None,
        model_place=fields.place("model") if model else None,
        params=params,
        response_schema=schema,
        required_vars=used,
        cases=cases,
        graders=graders,
        notes=tuple(_notes(fields, evaluators)),
    )


def _turns(fields: Fields) -> Iterator[Message]:
    if not fields.value.get("messages"):
        fields.wrong("there are no `messages`", "list them as `- {role: user, content: ...}`")
    for item in fields.items("messages"):
        item.only(("role", "content"))
        role = item.choice("role", _ROLES, "")
        if not item.value.get("role"):
            item.wrong("the message has no `role`", f"write one of {listed(_ROLES)}")
        content = item.text("content", required=True)
        for known in _ROLES:
            if role == known:
                yield Message(role=known, content=content)


def _json_check(fields: Fields, schema: Mapping[str, Json] | None) -> Iterator[GraderSpec]:
    if schema is not None:
        options: dict[str, Json] = {"schema": dict(schema), "whole": True}
        yield GraderSpec(kind="json", name="json", options=options, place=fields.place("responseFormat"))


def _for_all(fields: Fields, evaluators: Sequence[Evaluator], cases: Sequence[Case]) -> Iterator[GraderSpec]:
    """The checks for cases of other files, when this one has no rows that its evaluators belong to."""
    if cases:
        return
    for evaluator in evaluators:
        if evaluator.needs:
            what = f"the evaluator {evaluator.spec.name!r} uses {listed(evaluator.needs)} and there is no `testData`"
            fields.wrong(what, "add rows, or move the check to the golden cases", "evaluators")
        else:
            yield evaluator.check({})


def _notes(fields: Fields, evaluators: Sequence[Evaluator]) -> Iterator[Note]:
    place = fields.place("evaluators")
    for index, _ in enumerate(evaluators):
        inner = fields.document.at("evaluators", index)
        llm = inner.get("llm") if isinstance(inner, dict) else None
        if isinstance(llm, dict) and llm.get("modelId") is not None:
            where = fields.place("evaluators", index, "llm", "modelId")
            yield Note(
                place=where, text="`modelId` was not used: the judge comes from the config of the base branch"
            )
            break
    names = scored(evaluators)
    if names:
        text = (
            f"{listed(names)} gives a score and decides no case: add `threshold`, or a floor under `metrics`"
        )
        yield Note(place=place, text=text)

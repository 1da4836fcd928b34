"""GraphQL over the same state: executed by graphql-core against the part of the schema that is served."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tests.fakes.github.access import Token
from tests.fakes.github.graphql_nodes import GraphRefusal, Viewer
from tests.fakes.github.graphql_schema import SCHEMA
from tests.fakes.github.wire import Reply
from tests.fakes.github.world import World

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
KEYS = {"query", "variables", "operationName"}


def execute(world: World, token: Token, body: Any, rate: dict[str, str]) -> tuple[Reply, list[str]]:
    """Run one document. Returns the answer (200 with `errors`, as GitHub has it) and what is wrong with the document."""
    from graphql import GraphQLError, graphql_sync, parse, validate

    if not isinstance(body, dict) or not isinstance(body.get("query"), str) or set(body) - KEYS:
        what = f"POST /graphql takes {sorted(KEYS)}, got {sorted(body) if isinstance(body, dict) else body!r}"
        return Reply(status=400, body={"message": "Problems parsing JSON"}), [what]
    try:
        problems = validate(_schema(), parse(body["query"]))
    except GraphQLError as error:
        problems = [error]
    if problems:
        return Reply(status=200, body={"errors": [_invalid(e) for e in problems]}), [
            e.message for e in problems
        ]
    done = graphql_sync(
        _schema(),
        body["query"],
        root_value=Viewer(world, token, rate).root(),
        variable_values=body.get("variables"),
        operation_name=body.get("operationName"),
    )
    wrong = [e.message for e in done.errors or [] if e.path is None]
    raised = [e.original_error for e in done.errors or [] if e.path is not None]
    bugs = [repr(error) for error in raised if not isinstance(error, GraphRefusal)]
    answer: dict[str, Any] = {} if wrong else {"data": done.data}
    if done.errors:
        answer["errors"] = [_failed(error) for error in done.errors]
    return Reply(status=200, body=answer), wrong + bugs


def is_mutation(body: Any) -> bool:
    """Whether a document writes."""
    return isinstance(body, dict) and str(body.get("query", "")).lstrip().startswith("mutation")


@cache
def _schema() -> Any:
    from graphql import build_schema

    return build_schema(SCHEMA)


def _invalid(error: Any) -> dict[str, Any]:
    shaped: dict[str, Any] = {"message": error.message}
    if match := _UNKNOWN_FIELD.match(error.message):
        shaped["message"] = f"Field '{match[1]}' doesn't exist on type '{match[2]}'"
        shaped["extensions"] = {"code": "undefinedField", "typeName": match[2], "fieldName": match[1]}
    if error.locations:
        shaped["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return shaped


def _failed(error: Any) -> dict[str, Any]:
    shaped = _invalid(error)
    if error.path is not None:
        shaped["path"] = list(error.path)
    if isinstance(error.original_error, GraphRefusal):
        shaped["type"] = error.original_error.kind
    return shaped

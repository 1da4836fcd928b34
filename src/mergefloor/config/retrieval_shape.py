"""`index:` and `queries:` of a suite as they are written: what its target searches, and what people ask it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from mergefloor.config.named import Glob
from mergefloor.core.drift.queries import LEAST_QUERIES
from mergefloor.core.index import IndexRule
from mergefloor.core.queries.log import WINDOW, QueryLog
from mergefloor.core.types import Place
from mergefloor.golden import FilledText, Shape, told

MOST_QUERIES = 2_000
LONGEST_NAME = 200


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise told(
            f"is {text[:60]!r}, which is no day", "write it as `2026-11-01`, with a time if you like"
        ) from None
    return text


class IndexShape(Shape):
    """What a target searches: compared between base and head, and watched over time."""

    built: Annotated[
        Annotated[FilledText, AfterValidator(_moment)] | None,
        Field(description="The day it was built, ISO 8601."),
    ] = None
    embedding_model: Annotated[
        Annotated[FilledText, Field(max_length=LONGEST_NAME)] | None,
        Field(description="Who made its vectors; only compared, never asked."),
    ] = None
    max_age_days: Annotated[
        Annotated[int, Field(ge=1, le=36_500)] | None, Field(description="An older index is told of.")
    ] = None


class QueriesShape(Shape):
    """A log of production queries: rows `{at, text}`, JSON lines or CSV."""

    file: Annotated[
        Glob, Field(description="Glob of the log's files, in the repository or beside it in the workspace.")
    ]
    window: Annotated[
        int,
        Field(
            ge=LEAST_QUERIES, le=MOST_QUERIES, description="Queries that are compared with as many before."
        ),
    ] = WINDOW
    show: Annotated[bool, Field(description="`true`: reports may hold texts of queries.")] = False


def index_of(shape: IndexShape | None, place: Place) -> IndexRule | None:
    """What the config says of one suite's index."""
    return None if shape is None else IndexRule(**shape.model_dump(), place=place)


def queries_of(shape: QueriesShape | None, place: Place) -> QueryLog | None:
    """The log of one suite."""
    return None if shape is None else QueryLog(**shape.model_dump(), place=place)

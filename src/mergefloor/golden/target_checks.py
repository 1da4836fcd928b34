"""Checks of what a target does beside answering: the documents it retrieves, the tools it calls, whether it refuses."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mergefloor.core.retrieval import Metric
from mergefloor.golden.grader_shape import GraderShape
from mergefloor.golden.shape import FilledText, told
from mergefloor.golden.target_shapes import Relevant, Tools

MAX_DEPTH = 10_000
# Of these the whole ranking says nothing: who retrieves everything misses nothing.
NEED_A_DEPTH: tuple[Metric, ...] = ("hit_rate", "recall", "precision")


class Retrieval(GraderShape):
    """How well the documents that a target retrieved match `relevant`, else the case's `relevant`.

    The metric's name is `recall@5` and the like unless `name` says otherwise. A case passes with a score of at least
    `threshold`; without one, when any relevant document is among the first `k`.
    """

    type: Literal["retrieval"]
    metric: Metric
    k: (
        Annotated[int, Field(ge=1, le=MAX_DEPTH, description="How many documents from the top count.")] | None
    ) = None
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    relevant: Annotated[Relevant, Field(min_length=1)] | None = None
    id_separator: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=20,
            description="What separates a document's id from the number of a piece: `#` where pieces are `guide.md#3`.",
        ),
    ] = None

    @model_validator(mode="after")
    def _looks_so_deep(self) -> Self:
        if self.k is None and self.metric in NEED_A_DEPTH:
            raise told(
                f"has no `k`, and the {self.metric} of a target that retrieves everything says nothing",
                "add how many documents count, such as `k: 5`",
            )
        return self


class ToolUse(GraderShape):
    """The tools that a target called are those of `expected`, else of the case's `expected_tools`.

    `order`: `any`, `subsequence` (in this order, others may come between) or `exact` (these and no others).
    `extra: forbid`: no other calls.
    """

    type: Literal["tools"]
    expected: Annotated[Tools, Field(min_length=1)] | None = None
    order: Literal["any", "subsequence", "exact"] = "any"
    extra: Literal["allow", "forbid"] | None = None

    @model_validator(mode="after")
    def _exact_is_exact(self) -> Self:
        if self.order == "exact" and self.extra == "allow":
            raise told("has `order: exact`, which allows no other call", "use `order: subsequence`")
        return self


class Trajectory(GraderShape):
    """A target calls at most `max_tools` tools, every call counted."""

    type: Literal["trajectory"]
    max_tools: Annotated[int, Field(ge=0)]


class Refusal(GraderShape):
    """The output is a refusal: the model says so itself, or one of `phrases` occurs (default: common English ones)."""

    type: Literal["refusal"]
    phrases: Annotated[list[FilledText], Field(min_length=1, max_length=1_000)] | None = None

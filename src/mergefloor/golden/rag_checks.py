"""Measures of retrieval-augmented generation that the judge decides (docs/rag_metrics.md)."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from mergefloor.golden.grader_shape import GraderShape
from mergefloor.golden.shape import FilledText, Share, told

Measure: TypeAlias = Literal["faithfulness", "answer_relevancy", "context_precision", "context_recall"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
COMPARED = ("context_precision", "context_recall")


class Rag(GraderShape):
    """One measure of the answer and its documents; `type: faithfulness` is short for `type: rag, metric: faithfulness`.

    A case passes with a score of at least `threshold`; without one the measure passes and fails no case, and only its
    metric has a floor.
    """

    type: Literal["rag", "faithfulness", "answer_relevancy", "context_precision", "context_recall"]
    metric: Measure | None = None
    threshold: Share | None = None
    strictness: (
        Annotated[int, Field(ge=1, le=10, description="Draws of answer_relevancy; 3 as published.")] | None
    ) = None
    reference: FilledText | None = None

    @property
    def measure(self) -> str:
        """Which one."""
        return self.metric or self.type

    @model_validator(mode="after")
    def _fits_the_measure(self) -> Self:
        if self.type == "rag" and self.metric is None:
            raise told("has no `metric`", f"add one of {', '.join(MEASURES)}")
        if self.type != "rag" and self.metric is not None:
            raise told("names its metric twice", f"remove `metric`, for the type is {self.type} already")
        if self.strictness is not None and self.measure != "answer_relevancy":
            raise told(f"has `strictness`, which {self.measure} does not use", "remove `strictness`")
        if self.reference is not None and self.measure not in COMPARED:
            raise told(f"has `reference`, which {self.measure} does not use", "remove `reference`")
        return self

"""Which models a check asks, and whether a case passes by it."""

from __future__ import annotations

from mergefloor.core.ports import Toolbox
from mergefloor.core.types import GraderSpec, ModelRef
from mergefloor.graders.options import is_number

JUDGED = frozenset({"judge", "pairwise", "rag"})


def judged(spec: GraderSpec) -> bool:
    """Whether the judge decides it, so that it is advice until somebody has compared the judge with people."""
    return spec.kind in JUDGED


def compares(spec: GraderSpec) -> bool:
    """Whether the judge sees two outputs, so that a label of it is about both."""
    return spec.kind == "pairwise"


def decides(spec: GraderSpec) -> bool:
    """Whether a case passes or fails by it. A score of the judge without a threshold is a measure: its mean counts."""
    scores = spec.kind in ("pairwise", "rag") or (spec.kind == "judge" and bool(spec.options.get("choices")))
    return not scores or is_number(spec.options.get("threshold"))


def embeds(spec: GraderSpec) -> bool:
    """Whether it compares embeddings."""
    if spec.kind == "rag":
        return spec.options.get("metric") == "answer_relevancy"
    return spec.options.get("method") == "embedding"


def asked(spec: GraderSpec, toolbox: Toolbox) -> tuple[ModelRef, ...]:
    """The models that it asks; none of a check that decides alone."""
    embedding = toolbox.embedding if embeds(spec) else None
    return (*(toolbox.judges if judged(spec) else ()), *(() if embedding is None else (embedding,)))

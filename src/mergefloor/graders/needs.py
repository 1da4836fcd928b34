"""Which models a check asks."""

from __future__ import annotations

from mergefloor.core.types import GraderSpec

JUDGED = frozenset({"judge", "pairwise", "rag"})


def judged(spec: GraderSpec) -> bool:
    """Whether the judge decides it, so that it is advice until somebody has compared the judge with people."""
    return spec.kind in JUDGED


def compares(spec: GraderSpec) -> bool:
    """Whether the judge sees two outputs, so that a label of it is about both."""
    return spec.kind == "pairwise"


def embeds(spec: GraderSpec) -> bool:
    """Whether it compares embeddings."""
    if spec.kind == "rag":
        return spec.options.get("metric") == "answer_relevancy"
    return spec.options.get("method") == "embedding"

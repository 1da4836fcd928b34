"""The four formulas, without a model. Undefined is None, never 0 and never 1.

Es et al. 2023, "Ragas: Automated Evaluation of Retrieval Augmented Generation" (https://arxiv.org/abs/2309.15217), and
the definitions in the documentation of ragas (https://docs.ragas.io/en/stable/concepts/metrics/available_metrics/).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Vector = Sequence[float]


def share(verdicts: Sequence[bool]) -> float | None:
    """|those that hold| / |all|: faithfulness over the statements of an answer, context recall over those of the
    reference. None for none."""
    return sum(verdicts) / len(verdicts) if verdicts else None


def average_precision(verdicts: Sequence[bool]) -> float | None:
    """Mean of precision@k over the ranks k that hold something useful: context precision. None for no ranks.

    Where nothing is useful the formula is 0/0. The published code adds 1e-10 below the line and gets 0, and so do we,
    without adding: precision is defined at every rank, and it is 0. (Elsewhere that 1e-10 makes 0.9999999999 of 1.)
    """
    if not verdicts:
        return None
    precisions = [sum(verdicts[:rank]) / rank for rank, useful in enumerate(verdicts, 1) if useful]
    return math.fsum(precisions) / len(precisions) if precisions else 0.0


def mean_cosine(question: Vector, generated: Sequence[Vector]) -> float | None:
    """Mean cosine of generated questions with the question that was asked: answer relevancy of a committal answer.

    None for no questions, or where a cosine does not exist. A mean below 0 is 0: scores lie in [0, 1].
    """
    cosines = [_cosine(question, each) for each in generated]
    known = [cosine for cosine in cosines if cosine is not None]
    if not known or len(known) < len(cosines):
        return None
    return min(1.0, max(0.0, math.fsum(known) / len(known)))


def _cosine(left: Vector, right: Vector) -> float | None:
    lengths = (math.hypot(*left), math.hypot(*right))
    if len(left) != len(right) or not all(math.isfinite(length) and length > 0 for length in lengths):
        return None
    # Unit vectors first: no product of theirs can overflow.
    return math.fsum((a / lengths[0]) * (b / lengths[1]) for a, b in zip(left, right, strict=True))

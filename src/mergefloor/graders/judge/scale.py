"""How people's labels of a judged check are read, and what makes two such checks the same rubric."""

from __future__ import annotations

from mergefloor.core.calibration.scale import HALF, Scale
from mergefloor.core.keys import digest
from mergefloor.core.types import GraderSpec
from mergefloor.graders.judge.sheet import choices_of
from mergefloor.graders.options import is_number, number

# What people say of an output beside the reference, and how far they prefer it.
PREFERRED = {"better": 1.0, "tie": 0.5, "worse": 0.0}


def scale(spec: GraderSpec) -> Scale:
    """Where a label of this check passes, and what its classes score. Without a threshold the judge passes the best
    answer of a table alone, so people's labels are read that way too."""
    if spec.kind == "pairwise":
        return Scale(threshold=number(spec, "threshold", HALF), classes=PREFERRED)
    choices = choices_of(spec)
    best = max(choices.values(), default=HALF)
    threshold = number(spec, "threshold", best) if is_number(spec.options.get("threshold")) else best
    return Scale(threshold=threshold, classes=choices)


def rubric(spec: GraderSpec) -> str:
    """What a judge is asked under this name, as a hash: two checks with the same are proven or unproven together.

    The reference is no part of it: it belongs to the case, like the question.
    """
    options = {name: value for name, value in spec.options.items() if name != "reference"}
    return digest([spec.kind, spec.name, options, spec.negate])

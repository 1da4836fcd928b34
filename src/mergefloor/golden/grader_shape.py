"""What every check has in common."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from mergefloor.core.settings import PASS_RATE
from mergefloor.golden.shape import MetricName, Shape, told


class GraderShape(Shape):
    """What every check has: `name` of its metric, `negate` to turn it round, `gating` to count in the pass rate."""

    name: MetricName | None = None
    negate: bool = False
    gating: bool = True

    @model_validator(mode="after")
    def _name_is_free(self) -> Self:
        if self.name == PASS_RATE:
            raise told(
                f"has the name `{PASS_RATE}`, which is the share of passed cases", "choose another name"
            )
        return self

"""`schedule` of the config: how much a scheduled run draws."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mergefloor.core.schedule import Schedule
from mergefloor.golden import Shape

_DEFAULT = Schedule()
MOST = 20


class ScheduleShape(Shape):
    """What a scheduled run does with every suite."""

    samples: Annotated[
        int, Field(ge=1, le=MOST, description="New samples of every case in a scheduled run.")
    ] = _DEFAULT.samples

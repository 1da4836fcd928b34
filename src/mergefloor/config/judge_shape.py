"""`judge:` as it is written: who judges, and what is sent along with every question."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from mergefloor.config.named import FilePath, ModelName
from mergefloor.core.settings import DEFAULT_JUDGE
from mergefloor.golden import FilledText, Shape, told

MAX_PANEL = 5
_SCALAR = ["string", "number", "boolean", "null"]
_PARAMETER: dict[str, Any] = {"type": [*_SCALAR, "array"], "items": {"type": _SCALAR}}


def _parameter(value: Any) -> Any:
    """A scalar or a list of scalars; numbers are finite already, as the loader has seen to."""
    if isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(v, dict | list) for v in value)
    ):
        raise told("is nested", "write a text, a number, true, false or a list of those")
    return value


Params = dict[FilledText, Annotated[Any, AfterValidator(_parameter), WithJsonSchema(_PARAMETER)]]


class JudgeShape(Shape):
    """The model that answers judged checks."""

    model: Annotated[
        ModelName, Field(description="provider/model, of another family than the candidate.")
    ] = DEFAULT_JUDGE
    calibration: Annotated[
        FilePath | None,
        Field(description="JSON lines with human labels: a judge gates once it agrees with them."),
    ] = None
    panel: Annotated[
        list[ModelName],
        Field(
            default_factory=list,
            max_length=MAX_PANEL - 1,
            description="Two or four more judges: the majority decides, of scores the median.",
        ),
    ]
    params: Params = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        judges = [self.model, *self.panel]
        fix = "name two or four different models in `panel`, none of them that of `model`"
        twice = next((name for name in judges if judges.count(name) > 1), None)
        if twice is not None:
            raise told(f"asks {twice!r} twice, which is one opinion", fix)
        if len(judges) % 2 == 0:
            what = f"makes a panel of {len(judges)} ({', '.join(judges)}), which cannot decide by majority"
            raise told(what, fix)
        return self

"""What every shape of a file has in common: strict, closed, finite, and it knows its keys when one is wrong."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

MAX_TEXT = 200_000
MAX_LISTED = 1_000
_BUILT_IN = frozenset(get_args(ErrorType))
NAME_PATTERN = r"^[A-Za-z0-9._-]{1,80}$"
# Checks of other tools keep their origin and version in their names: `github.similarity@1`.
METRIC_PATTERN = r"^[A-Za-z0-9._@-]{1,80}$"
FILLED_PATTERN = r"\S"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
MetricName = Annotated[str, Field(pattern=METRIC_PATTERN)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
FilledText = Annotated[str, Field(max_length=MAX_TEXT, pattern=FILLED_PATTERN)]
Share = Annotated[float, Field(ge=0, le=1)]


class Shape(BaseModel):
    """Base of everything read from a file. Unknown keys are errors that carry the keys known there."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    @model_validator(mode="wrap")
    @classmethod
    def _name_known_keys(cls, value: Any, handler: ModelWrapValidatorHandler[Shape]) -> Shape:
        try:
            return handler(value)
        except ValidationError as error:
            known = [field.alias or name for name, field in cls.model_fields.items()]
            details = [_with_keys(each, known) for each in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, details) from None


def told(what: str, fix: str) -> PydanticCustomError:
    """An error of a validator in our own words; `what` goes on from the name of the entry (`has no ...`)."""
    return PydanticCustomError("told", "refused", {"what": what, "fix": fix})


def _with_keys(error: Any, known: list[str]) -> InitErrorDetails:
    """The same error again; an unknown key of this very shape learns which keys there are."""
    kind, context = error["type"], dict(error.get("ctx", {}))
    if kind == "extra_forbidden" and len(error["loc"]) == 1:
        kind, context = "unknown_key", {"known": known}
    if kind not in _BUILT_IN:
        return InitErrorDetails(
            type=PydanticCustomError(kind, "refused", context), loc=error["loc"], input=error["input"]
        )
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)

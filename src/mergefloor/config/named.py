"""Paths, globs and names of models as fields of a shape."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from mergefloor.config.paths import (
    checked,
    embedder_problem,
    file_problem,
    glob_problem,
    model_problem,
    owner_problem,
)
from mergefloor.core.local_model import LOCAL, NAMES
from mergefloor.golden import FilledText

# The same rules for editors, as far as a pattern can tell them.
_INSIDE = r"^(?![/~!])(?!.*(^|/)\.{0,2}(/|$))[^\\{}]+$"
_ONE_FILE = r"^(?![/~])(?!.*(^|/)\.{0,2}(/|$))[^\\*?]+$"
_MODEL = (
    r"^(?:(?:anthropic|openai|openai-compatible)/\S+|scripted/(?![/~])(?!.*(^|/)\.{1,2}(/|$))[^\s\\*?]+)$"
)
_EMBEDDER = rf"{_MODEL}|^{LOCAL}/(?:{'|'.join(NAMES)})$"

_OWNER = r"^(?:@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@\s]+@[^@\s]+)$"


def pattern(text: str) -> Any:
    """A pattern for editors alone: what holds is checked in Python, which says more."""
    return Field(json_schema_extra={"pattern": text})


Glob = Annotated[FilledText, AfterValidator(checked(glob_problem)), pattern(_INSIDE)]
FilePath = Annotated[FilledText, AfterValidator(checked(file_problem)), pattern(_ONE_FILE)]
ModelName = Annotated[FilledText, AfterValidator(checked(model_problem)), pattern(_MODEL)]
Owner = Annotated[FilledText, AfterValidator(checked(owner_problem)), pattern(_OWNER)]
EmbedderName = Annotated[FilledText, AfterValidator(checked(embedder_problem)), pattern(_EMBEDDER)]

"""What is put on top of a comment that is there already."""

from __future__ import annotations

from collections.abc import Callable

from mergefloor.core.override import note
from mergefloor.core.report import Override
from mergefloor.render.comment import LET_IN
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_markdown


def override_note(found: Override, *, redact: Callable[[str], str] | None = None) -> str:
    """One quoted line of Markdown: who let the commit in and why."""
    clean = redact or Redactor()
    return clean(f"> {LET_IN} {as_markdown(names_cleaned(note(found), clean))}")

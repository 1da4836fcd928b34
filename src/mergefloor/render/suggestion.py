"""What stands above a suggested change of a line: why the line should change. The block itself is the adapter's."""

from __future__ import annotations

from collections.abc import Callable

from mergefloor.core.sections import asked_for
from mergefloor.core.semver import VersionCheck
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_markdown


def suggestion_text(check: VersionCheck, *, redact: Callable[[str], str] | None = None) -> str:
    """One line of Markdown for a review comment."""
    clean = redact or Redactor()
    return clean(as_markdown(names_cleaned(asked_for(check), clean)))

"""Markdown from our templates: layout only, every foreign string through a filter."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mergefloor.render.filters import fence
from mergefloor.render.words import as_html, as_markdown

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent.parent / "templates" / "comment"
_BLANK = re.compile(r"\n{3,}")


def laid_out(template: str, **values: object) -> str:
    """One template with its values, one newline at the end."""
    text = _environment().get_template(template).render(**values).strip()
    # Foreign lines are never blank (they are prefixed), so this touches our layout alone.
    return f"{_BLANK.sub(chr(10) * 2, text)}\n"


@cache
def _environment() -> Environment:
    """Loaded on first use: a run that prints no comment never pays for Jinja."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Markdown, not HTML: every foreign string passes one of our filters, which escape for both.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"words": as_markdown, "html": as_html, "fence": fence}
    return environment

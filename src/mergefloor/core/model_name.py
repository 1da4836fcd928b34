"""Model names: which snapshot an alias stands for."""

from __future__ import annotations

import re

# -2024-08-06, -20250514, @20250514, -0613: the forms in which OpenAI and Anthropic date a snapshot.
DATE = re.compile(r"(?:-\d{4}-\d{2}-\d{2}|[-@]\d{8}|-\d{4})$")


def undated(name: str) -> str:
    """The name without the date of its snapshot: `gpt-4o-2024-08-06` and `gpt-4o` are both `gpt-4o`."""
    return DATE.sub("", name)


def same_model(asked: str, served: str) -> bool:
    """Whether what was served is what was asked: the same name, or a dated snapshot of the asked alias (T26).

    `gpt-4o` may be served as `gpt-4o-2024-08-06` and `claude-sonnet-4-0` as `claude-sonnet-4-20250514`, but
    `gpt-4o-mini` is another model. A dated name is served under exactly that name.
    """
    ours, theirs = asked.casefold(), served.casefold()
    if ours == theirs:
        return True
    return undated(theirs) != theirs and undated(theirs) in _aliases(ours)


def _aliases(name: str) -> tuple[str, ...]:
    return (name, name.removesuffix("-latest"), name.removesuffix("-0"))

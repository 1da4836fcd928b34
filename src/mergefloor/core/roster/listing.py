"""What a provider says of its own models: which names it knows now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mergefloor.core.lifecycle import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list of one provider. `names` None: it could not be had, and `problem` says why and what to do.

    `endpoint`: the base URL that was asked, "" where nothing was. `ends`: the days that it announces, by name.
    """

    provider: str
    endpoint: str = ""
    names: frozenset[str] | None = None
    ends: Mapping[str, Ending] = field(default_factory=dict)
    problem: str = ""

    def tells(self, name: str) -> bool:
        """Whether this list says something about `provider/name`."""
        return self.names is not None and name.partition("/")[0] == self.provider

    def holds(self, name: str) -> bool:
        """Whether `provider/name` is on it."""
        return self.names is not None and name.partition("/")[2] in self.names


# The lists of these providers; those that have none to tell are left out.
Listings: TypeAlias = Callable[[Sequence[str]], tuple[Listing, ...]]


def nobody_asked(_providers: Sequence[str]) -> tuple[Listing, ...]:
    """No provider is asked for its list."""
    return ()

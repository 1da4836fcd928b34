"""Where the real models are: the run's own endpoints and keys, which no child ever sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

Provider: TypeAlias = Literal["openai", "anthropic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One real endpoint. `url`: its base URL as the run itself uses it; `headers`: more that the operator sends
    (organisation, project); `proxy`: through which it is reached, None: directly."""

    url: str
    key: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = field(default=None, repr=False)


class Secrets(Protocol):
    """What must not reach a child, in any spelling."""

    def holds(self, text: str) -> bool:
        """Whether a registered secret is in the text."""

    def __call__(self, text: str) -> str:
        """The text without secrets."""

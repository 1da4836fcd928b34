"""A target that cannot be asked at all, and why."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.types import EmbedRequest, Failure, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Answers everything with the same failure. It is nobody's crash: what is not known stays unknown."""

    failure: Failure

    async def complete(self, request: Request, *, draw: int) -> Failure:
        """Why there is no answer."""
        return self.failure

    async def embed(self, request: EmbedRequest) -> Failure:
        """Why there is no answer."""
        return self.failure

    async def close(self) -> None:
        """Nothing to close."""

"""Everything that can be asked, behind one port: providers by their names, targets by their sides.

A target that may ask models gets its way in to the key broker here, and every question to it is a turn of the broker's
books, so that what its program asks is drawn, paid for and replayed together with the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from mergefloor.broker import Broker, Side
from mergefloor.core.ports import Model, Snapshot
from mergefloor.core.targets import PROVIDERS, CodeTarget, Target
from mergefloor.core.types import ArmName, EmbedRequest, Failure, ModelRef, Output, Request, Vectors
from mergefloor.targets import Targets

Keys = Callable[[CodeTarget, str], Mapping[str, str]]


class Providers(Protocol):
    """Models by their names."""

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """The reference of a name."""

    def missing_key(self, ref: ModelRef) -> str:
        """The variable whose key it lacks."""

    def connect(self, ref: ModelRef) -> Model:
        """The model behind it."""


class Answerers:
    """The `Models` port. `targets` makes the room of the targets, given where their programs find models."""

    def __init__(self, providers: Providers, targets: Callable[[Keys], Targets]) -> None:
        self._providers, self.targets = providers, targets(self._way_in)
        self._payers: dict[str, tuple[ArmName, str]] = {}
        self._sides: dict[str, Side] = {}
        self._broker: Broker | None = None

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """A model by its name."""
        return self._providers.describe(name, files)

    def host(self, target: Target, files: Snapshot, suite: str, arm: ArmName = "head") -> ModelRef:
        """One side of a target; `arm` pays for what its program asks."""
        ref = self.targets.host(target, files, suite)
        self._payers.setdefault(ref.endpoint, (arm, suite))
        return ref

    def missing_key(self, ref: ModelRef) -> str:
        """The variable whose key a model lacks, "" where it can be asked; a target needs none of ours."""
        return "" if ref.provider in PROVIDERS else self._providers.missing_key(ref)

    def connect(self, ref: ModelRef) -> Model:
        """Whoever answers for this reference."""
        if ref.provider not in PROVIDERS:
            return self._providers.connect(ref)
        model = self.targets.connect(ref)
        side = self._sides.get(ref.endpoint)
        return model if side is None else _Attended(model=model, side=side)

    @contextmanager
    def served_by(self, broker: Broker) -> Iterator[None]:
        """Programs that start meanwhile reach models through this broker."""
        self._broker = broker
        try:
            with broker:
                yield
        finally:
            self._broker = None
            self._sides.clear()

    def _way_in(self, target: CodeTarget, identity: str) -> Mapping[str, str]:
        if self._broker is None or not target.models:
            return {}
        arm, suite = self._payers[identity]
        side = self._sides[identity] = self._broker.side(target.models, arm, suite)
        return side.environment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attended:
    """A target whose program asks models: every question is a turn. What the run could not give its program leaves
    the question open, whatever the program made of it."""

    model: Model
    side: Side

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """One question."""
        async with self.side.turn(request.messages[-1].content, draw) as turn:
            answer = await self.model.complete(request, draw=draw)
        return turn.failure or answer

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """A target has no embeddings."""
        return await self.model.embed(request)

    async def close(self) -> None:
        """End the program."""
        await self.model.close()

"""Everything that can be asked, behind one port: providers by their names, targets by their sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mergefloor.core.ports import Model, Snapshot
from mergefloor.core.targets import PROVIDERS, Target
from mergefloor.core.types import ModelRef

Host = Callable[[Target, Snapshot, str], ModelRef]
Connect = Callable[[ModelRef], Model]


class Providers(Protocol):
    """Models by their names."""

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """The reference of a name."""

    def connect(self, ref: ModelRef) -> Model:
        """The model behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerers:
    """`providers` answer for models; `hosting` and `connecting` are those of the targets."""

    providers: Providers
    hosting: Host
    connecting: Connect

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """A model by its name."""
        return self.providers.describe(name, files)

    def host(self, target: Target, files: Snapshot, suite: str) -> ModelRef:
        """One side of a target."""
        return self.hosting(target, files, suite)

    def connect(self, ref: ModelRef) -> Model:
        """Whoever answers for this reference."""
        return self.connecting(ref) if ref.provider in PROVIDERS else self.providers.connect(ref)

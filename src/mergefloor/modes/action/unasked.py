"""Models of a run that has neither keys nor endpoints and asks nobody: their names are enough to look at a change."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.ports import Model, Models, Snapshot
from mergefloor.core.targets import Target
from mergefloor.core.types import ArmName, ModelRef
from mergefloor.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Unasked:
    """The `Models` port over that of a run: a model whose endpoint nobody told this run is known by its name."""

    models: Models

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """`provider/name` to a reference, without an endpoint where there is none."""
        try:
            return self.models.describe(name, files)
        except ProviderError:
            provider, _, model = name.partition("/")
            return ModelRef(provider=provider, name=model, endpoint="")

    def host(self, target: Target, files: Snapshot, suite: str, arm: ArmName = "head") -> ModelRef:
        """One side of a target; nothing runs."""
        return self.models.host(target, files, suite)

    def connect(self, ref: ModelRef) -> Model:
        """ProviderError: this run asks nobody."""
        raise ProviderError(f"this run looks at the change and does not ask {str(ref)!r}", "run the gate")

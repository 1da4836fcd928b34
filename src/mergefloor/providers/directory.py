"""Names to models: `provider/name`."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from mergefloor.core.local_model import LOCAL
from mergefloor.core.ports import Model, Snapshot
from mergefloor.core.types import ModelRef
from mergefloor.errors import ProviderError
from mergefloor.providers import anthropic, local, openai
from mergefloor.providers.script import Script, read_script
from mergefloor.providers.scripted import Scripted

# Provider -> the module with its `endpoint`, `missing_key` and `connect`. Scripted answers need the files of a snapshot instead, and
# local models have no endpoint: the name alone says which weights.
PROVIDERS: dict[str, ModuleType | None] = {
    "anthropic": anthropic,
    "openai": openai,
    "openai-compatible": openai,
    LOCAL: local,
    "scripted": None,
}


class Directory:
    """The `Models` port. `env` is the operator's environment: keys and endpoints come from nowhere else (T08)."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._scripts: dict[str, Script] = {}

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """The reference of `provider/name`. ProviderError for an unknown provider, InputError for a bad script."""
        provider, slash, model = name.partition("/")
        if not slash or not model or provider not in PROVIDERS:
            known = ", ".join(f"`{each}/...`" for each in PROVIDERS)
            raise ProviderError(f"no model is called {name!r}", f"write one of {known}")
        if provider == LOCAL:
            return local.reference(model)
        module = PROVIDERS[provider]
        if module is None:
            script = read_script(model, files.read(model), self._scripts)
            return ModelRef(provider=provider, name=model, endpoint=script.digest)
        return ModelRef(provider=provider, name=model, endpoint=module.endpoint(provider, self._env))

    def missing_key(self, ref: ModelRef) -> str:
        """The variable whose key a model lacks, "" where it can be asked. Loads no SDK."""
        module = PROVIDERS.get(ref.provider)
        return "" if module is None else str(module.missing_key(ref, self._env))

    def connect(self, ref: ModelRef) -> Model:
        """The model behind a reference that `describe` gave. ProviderError when its key is missing."""
        module = PROVIDERS.get(ref.provider)
        if module is not None:
            found: Model = module.connect(ref, self._env)
            return found
        if ref.endpoint not in self._scripts:
            raise ProviderError(f"no script is known for {str(ref)!r}", "please report this as a bug")
        return Scripted(self._scripts[ref.endpoint])

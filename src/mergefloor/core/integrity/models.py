"""Another model or other parameters: a better model can hide a worse prompt (T26)."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.scene import SuiteScene
from mergefloor.core.keys import canonical
from mergefloor.core.types import Json


def model_facts(suite: str, before: SuiteScene, after: SuiteScene) -> Iterator[Fact]:
    """What the head's answers owe to another setting, and whether the prompt's words changed at the same time."""
    if before.prompt is None or after.prompt is None:
        return
    both = "; the prompt changed too" if before.prompt_text != after.prompt_text else ""
    if before.model != after.model:
        yield Fact(
            rule="model-changed",
            subject="model",
            text="{} \u2192 {}" + both,
            quotes=(before.model, after.model),
            suite=suite,
        )
    for name in sorted(before.params.keys() | after.params.keys()):
        then, now = before.params.get(name), after.params.get(name)
        if then != now:
            quotes = (_shown(then), _shown(now))
            yield Fact(
                rule="model-changed",
                subject=f"params.{name}",
                text="{} \u2192 {}" + both,
                quotes=quotes,
                suite=suite,
            )


def _shown(value: Json) -> str:
    return "not sent" if value is None else canonical(value)

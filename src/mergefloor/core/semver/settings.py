"""What is sent beside the text: model, parameters, response format, tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mergefloor.core.keys import canonical
from mergefloor.core.semver.nouns import Fact
from mergefloor.core.semver.schema import Schema, schema_facts
from mergefloor.core.semver.tools import tool_facts
from mergefloor.core.stats import percentile
from mergefloor.core.types import Json

CAPS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
OWN = (*CAPS, "tools")
SHARE = 0.99
# The parts of a name that tell snapshots of one model apart, in the ways providers write them.
_SNAPSHOT = re.compile(
    r"""
      [-@] 20\d\d -? \d\d -? \d\d (-v\d+(:\d+)?)? $        # 20251015, 2025-08-07, 20241022-v2:0
    | - \d{4} (-preview)? $ | - \d\d - \d\d (\d\d)? $      # 0613, 1106-preview, 2407, 05-20, 09-2025
    | - 0\d\d $ | [-:@] latest $ | - preview $             # 002, latest, preview
    """,
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one side asks: `model` is `provider/name` or "" where nobody knows, `endpoint` who answers."""

    model: str = ""
    endpoint: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    schema: Schema | None = None


def setting_facts(before: Setting, after: Setting, output_tokens: Sequence[int]) -> Iterator[Fact]:
    """Every difference of two settings. `output_tokens`: lengths of the base's outputs, as far as they are known."""
    yield from _model(before, after)
    yield from schema_facts(before.schema, after.schema)
    yield from tool_facts(before.params.get("tools"), after.params.get("tools"))
    yield from _cap(before.params, after.params, output_tokens)
    yield from _sampling(before.params, after.params)


def family(model: str) -> str:
    """`provider/name` without its snapshot: `openai/gpt-4o-2024-08-06` and `openai/gpt-4o` are one family."""
    name = model.casefold()
    while (shorter := _SNAPSHOT.sub("", name)) != name:  # `-preview-05-20` is two parts
        name = shorter
    return name


def _model(before: Setting, after: Setting) -> Iterator[Fact]:
    told = f"the model changed from {before.model or 'none named'} to {after.model or 'none named'}"
    if family(before.model) != family(after.model):
        yield Fact(kind="model", why=told)
    elif before.model != after.model:
        yield Fact(kind="snapshot", why=told)
    elif before.endpoint != after.endpoint:
        yield Fact(kind="snapshot", why=f"{after.model} is answered by another endpoint")


def _cap(before: Mapping[str, Json], after: Mapping[str, Json], lengths: Sequence[int]) -> Iterator[Fact]:
    """A cap on the length of answers that would cut more than one in a hundred of the base's."""
    old, new = _most(before), _most(after)
    if old == new:
        return
    told = f"the cap on output tokens changed from {_count(old)} to {_count(new)}"
    usual = percentile(lengths, SHARE)
    tighter = new is not None and (old is None or new < old)
    if tighter and new is not None and usual is not None and new < usual:
        yield Fact(
            kind="max-tokens", why=f"{told}; the 99th percentile of the base's outputs is {usual:,.0f}"
        )
    else:
        yield Fact(kind="parameters", why=told)


def _sampling(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Fact]:
    for name in sorted({*before, *after}.difference(OWN)):
        old, new = (canonical(side[name]) if name in side else "unset" for side in (before, after))
        if old != new:
            yield Fact(kind="parameters", why=f"parameter `{name}` changed from {old[:80]} to {new[:80]}")


def _most(params: Mapping[str, Json]) -> float | None:
    caps = [value for name in CAPS if _is_number(value := params.get(name))]
    return min((float(cap) for cap in caps if isinstance(cap, int | float)), default=None)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(cap: float | None) -> str:
    return "unset" if cap is None else f"{cap:,.0f}"

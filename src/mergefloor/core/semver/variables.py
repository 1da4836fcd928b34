"""What callers must give and may give: the variables of a prompt, before and after."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver.nouns import Fact

INPUT = "input"


def variable_facts(before: PromptVersion, after: PromptVersion) -> Iterator[Fact]:
    """Variables removed, renamed, narrowed, newly required, added with a default; defaults that changed."""
    old, new = _names(before), _names(after)
    if takes_input(before) and takes_input(after):  # as a turn or as `{{input}}`: callers give it either way
        old, new = ({k: v for k, v in names.items() if k != INPUT} for names in (old, new))
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    if len(gone) == len(come) == 1 and old[gone[0]] == new[come[0]]:
        yield Fact(kind="variable-renamed", why=f"variable `{gone[0]}` was renamed to `{come[0]}`")
        gone, come = [], []
    for name in gone:
        yield Fact(kind="variable-removed", why=f"variable `{name}` was removed")
    for name in come:
        yield _added(name, new[name])
    for name in [name for name in old if name in new]:
        yield from _kept(name, old[name], new[name])
    yield from _defaults(before, after)


def takes_input(prompt: PromptVersion) -> bool:
    """Whether a case's `input` reaches the model: as a variable, or as the last user turn."""
    if INPUT in prompt.required_vars or INPUT in prompt.optional_vars or prompt.format == "native":
        return True
    # Format (d): a second turn stands for the input, and behind a lone system message the input follows.
    return prompt.format == "text" and (len(prompt.turns) > 1 or prompt.turns[0].role == "system")


def _names(prompt: PromptVersion) -> dict[str, bool]:
    """Every variable, and whether it must be given."""
    return {**dict.fromkeys(prompt.optional_vars, False), **dict.fromkeys(prompt.required_vars, True)}


def _added(name: str, needed: bool) -> Fact:
    if needed:
        return Fact(kind="variable-required", why=f"variable `{name}` is new and required")
    return Fact(kind="variable-optional", why=f"variable `{name}` is new and optional")


def _kept(name: str, was_needed: bool, is_needed: bool) -> Iterator[Fact]:
    if is_needed and not was_needed:
        yield Fact(kind="variable-required", why=f"variable `{name}` was optional and is required")
    if was_needed and not is_needed:
        yield Fact(kind="variable-optional", why=f"variable `{name}` was required and is optional")


def _defaults(before: PromptVersion, after: PromptVersion) -> Iterator[Fact]:
    both = [name for name in before.optional_vars if name in after.optional_vars]
    for name in both:
        if before.optional_vars[name] != after.optional_vars[name]:
            yield Fact(kind="variable-default", why=f"the default of variable `{name}` changed")

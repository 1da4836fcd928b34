"""The search index behind a target: which embedding model made it and when. The target's own word goes before the
config's claim, since an index can be rebuilt without a commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mergefloor.core.targeted import Index
from mergefloor.core.types import Output, Place
from mergefloor.core.wording import count


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRule:
    """What a config says of a suite's index, and how old it may be (days) before a report says so."""

    built: str | None = None
    embedding_model: str | None = None
    max_age_days: int | None = None
    place: Place | None = field(default=None, compare=False)

    @property
    def claim(self) -> Index:
        """What the index is said to be."""
        return Index(built=self.built, embedding_model=self.embedding_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """The index of one side. `now`: what holds, the target's word before the claim; `claimed`: the config's;
    `told`: every different word of the target's answers, sorted."""

    now: Index
    claimed: Index
    told: tuple[Index, ...] = ()


def indexed(rule: IndexRule | None, outputs: Iterable[object]) -> Indexed:
    """What is known of a side's index from its config and from its answers (others than `Output` tell nothing)."""
    claimed = rule.claim if rule is not None else Index()
    words = {o.index for o in outputs if isinstance(o, Output) and o.index is not None}
    told = tuple(sorted(words, key=lambda each: (each.built or "", each.embedding_model or "")))
    built = [each.built for each in told if each.built]
    model = [each.embedding_model for each in told if each.embedding_model]
    now = Index(
        built=built[-1] if built else claimed.built,
        embedding_model=model[-1] if model else claimed.embedding_model,
    )
    return Indexed(now=now, claimed=claimed, told=told)


def differences(base: Indexed, head: Indexed) -> tuple[str, ...]:
    """A sentence for each way in which two sides searched another index; empty where they searched the same."""
    return (
        *_between("was built on", base.now.built, head.now.built),
        *_between("was made by", base.now.embedding_model, head.now.embedding_model),
        *unlike(base, "base's"),
        *unlike(head, "head's"),
    )


def unlike(found: Indexed, whose: str = "suite's") -> tuple[str, ...]:
    """The target's word against the config's claim, and against itself."""
    said = []
    for name in ("built", "embedding_model"):
        words = sorted({word for each in found.told if (word := getattr(each, name))})
        claim = getattr(found.claimed, name)
        if len(words) > 1:
            listed = ", ".join(f"`{word}`" for word in words)
            said.append(
                f"The {whose} answers come from several indices: `{name}` is {listed}; the last counts."
            )
        elif words and claim is not None and not _same(words[0], claim):
            said.append(
                f"The {whose} target says `{name}: {words[0]}` of its index, the config says `{claim}`: "
                "the target's word counts; correct the config."
            )
    return tuple(said)


def too_old(rule: IndexRule | None, found: Indexed, age_days: int | None) -> str | None:
    """That an index is older than its config allows; None where it is not, or where nobody knows."""
    if rule is None or rule.max_age_days is None or age_days is None or age_days <= rule.max_age_days:
        return None
    return (
        f"the search index was built on {found.now.built}, {count(age_days, 'day')} ago; "
        f"`index.max_age_days` is {rule.max_age_days}: rebuild it"
    )


def _between(how: str, then: str | None, now: str | None) -> tuple[str, ...]:
    if then is None or now is None or _same(then, now):
        return ()
    return (
        f"The search index {how} `{now}` at the head and `{then}` at the base: "
        "figures show both changes, that of the index and that of the code.",
    )


def _same(first: str, second: str) -> bool:
    """Equal names; a day and a time of that day are the same, too."""
    short, long = sorted((first, second), key=len)
    return first == second or long.startswith(f"{short}T")

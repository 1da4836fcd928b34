"""Which numbers of base and head measure the same thing. Only those are compared; this says what is not and why.

Both arms are always measured by the base's golden set, checks and judge, so what the change does to these can make its
own figures incomparable, never the gate's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mergefloor.core.settings import Judge
from mergefloor.core.types import Case, GraderSpec

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one side measures with: its golden cases, the checks of every case by name, and its judge."""

    cases: Mapping[str, Case]
    checks: tuple[GraderSpec, ...]
    judge: Judge


def not_comparable(base: Measure, head: Measure, rekeyed: Sequence[str], *, judged: bool) -> tuple[str, ...]:
    """A sentence for each way in which the head measures otherwise than the base; empty when both measure alike.

    `rekeyed`: base cases that run with the head's own inputs, because its prompt takes other variables; `judged`:
    whether any check asks the judge.
    """
    return (
        *_golden(base.cases, head.cases),
        *_rekeyed(rekeyed),
        *_checks(base, head),
        *_judge(base, head, judged),
    )


def _golden(base: Mapping[str, Case], head: Mapping[str, Case]) -> tuple[str, ...]:
    new = sorted(head.keys() - base.keys())
    edited = sorted(i for i in base.keys() & head.keys() if base[i].content_hash != head[i].content_hash)
    gone = sorted(base.keys() - head.keys())
    if not (new or edited or gone):
        return ()
    parts = [
        f"{len(ids)} {word} ({_named(ids)})"
        for ids, word in ((new, "new"), (edited, "edited"), (gone, "removed"))
        if ids
    ]
    return (
        f"The golden set changed: {', '.join(parts)}. Compared are the {len(base)} cases of the base's set as they are there; "
        "new and edited cases have no figure of the base and count for floors alone.",
    )


def _rekeyed(ids: Sequence[str]) -> tuple[str, ...]:
    if not ids:
        return ()
    return (
        f"The prompt takes other variables: {len(ids)} cases ({_named(ids)}) are compared with each side's own inputs, "
        "checked by the base's expectations.",
    )


def _checks(base: Measure, head: Measure) -> tuple[str, ...]:
    before, after = ({c.name: _meaning(c) for c in side.checks} for side in (base, head))
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not changed:
        return ()
    return (
        f"The suite's checks changed ({_named(changed)}): both sides are measured by the base's. "
        "Figures by the new ones begin after the merge.",
    )


def _judge(base: Measure, head: Measure, judged: bool) -> tuple[str, ...]:
    if not judged or (base.judge.models, base.judge.params) == (head.judge.models, head.judge.params):
        return ()
    then, now = (" + ".join(side.judge.models) for side in (base, head))
    return (
        f"The judge changed ({then} to {now}): both sides are judged by the base's. "
        "After the merge stored answers are judged anew, never compared across judges.",
    )


def _meaning(check: GraderSpec) -> tuple[str, str, bool, bool]:
    return check.kind, repr(sorted(check.options.items())), check.negate, check.gating


def _named(ids: Sequence[str]) -> str:
    shown = ", ".join(f"`{each}`" for each in ids[:SHOWN])
    return f"{shown} and {len(ids) - SHOWN} more" if len(ids) > SHOWN else shown

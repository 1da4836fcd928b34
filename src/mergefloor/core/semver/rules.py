"""The table of DECISION 7: what each kind of fact asks for, under each rule set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, TypeAlias

from mergefloor.core.semver.nouns import Bump, Fact, Kind, RuleSet

# `if certified`: patch when a measurement certifies it, else minor. `if changed`: major when the outputs were
# measured to have changed, else minor.
Demand: TypeAlias = Literal["none", "minor", "major", "if certified", "if changed"]
RANK: dict[Bump, int] = {"none": 0, "patch": 1, "minor": 2, "major": 3}
TABLE: dict[Kind, dict[RuleSet, Demand]] = {
    "identical": {"contract": "none", "behaviour": "none"},
    "unreached": {"contract": "none", "behaviour": "none"},
    "variable-removed": {"contract": "major", "behaviour": "major"},
    "variable-renamed": {"contract": "major", "behaviour": "major"},
    "variable-required": {"contract": "major", "behaviour": "major"},
    "variable-optional": {"contract": "minor", "behaviour": "minor"},
    "variable-default": {"contract": "minor", "behaviour": "if changed"},
    "output-field": {"contract": "major", "behaviour": "major"},
    "output-field-added": {"contract": "minor", "behaviour": "minor"},
    "output-format": {"contract": "major", "behaviour": "major"},
    "tool-changed": {"contract": "major", "behaviour": "major"},
    "tool-added": {"contract": "minor", "behaviour": "minor"},
    "model": {"contract": "major", "behaviour": "major"},
    "snapshot": {"contract": "minor", "behaviour": "if changed"},
    "max-tokens": {"contract": "major", "behaviour": "major"},
    "parameters": {"contract": "minor", "behaviour": "if changed"},
    "few-shots": {"contract": "minor", "behaviour": "if changed"},
    "instructions": {"contract": "minor", "behaviour": "if changed"},
    "weighty-words": {"contract": "minor", "behaviour": "if changed"},
    "wording": {"contract": "if certified", "behaviour": "if certified"},
    "certified": {"contract": "none", "behaviour": "none"},
    "uncertified": {"contract": "none", "behaviour": "none"},
    "unresolved": {"contract": "none", "behaviour": "none"},
    "outputs-changed": {"contract": "minor", "behaviour": "minor"},
    "metric-moved": {"contract": "minor", "behaviour": "minor"},
    "regression": {"contract": "major", "behaviour": "major"},
    "schema-valid": {"contract": "major", "behaviour": "major"},
    "refusals": {"contract": "major", "behaviour": "major"},
    "cost": {"contract": "minor", "behaviour": "minor"},
    "latency": {"contract": "minor", "behaviour": "minor"},
}
# What shows that the outputs are not what they were; a price or a wait says nothing about them.
CHANGED: frozenset[Kind] = frozenset(
    {"outputs-changed", "metric-moved", "regression", "schema-valid", "refusals"}
)
CERTIFICATES: frozenset[Kind] = frozenset({"certified", "uncertified", "unresolved"})
MEASURED: frozenset[Kind] = CHANGED | CERTIFICATES | {"cost", "latency"}


def required(facts: Iterable[Fact], rules: RuleSet, *, hopeful: bool = False) -> Bump:
    """The largest bump that any fact asks for. `hopeful`: as if missing answers were what they should be."""
    listed = tuple(facts)
    kinds: set[Kind] = {fact.kind for fact in listed}
    if hopeful:
        kinds.add("certified")
    return largest(demanded(fact, rules, kinds) for fact in listed)


def demanded(fact: Fact, rules: RuleSet, kinds: Collection[Kind]) -> Bump:
    """What one fact asks for beside facts of these kinds."""
    demand = TABLE[fact.kind][rules]
    if demand == "if certified":
        return "patch" if "certified" in kinds else "minor"
    if demand == "if changed":
        return "minor" if CHANGED.isdisjoint(kinds) else "major"
    return demand


def largest(bumps: Iterable[Bump]) -> Bump:
    """The largest of several bumps; none of nothing."""
    return max(bumps, key=RANK.__getitem__, default="none")


def ranked(facts: Sequence[Fact], rules: RuleSet) -> tuple[Fact, ...]:
    """Facts that ask for anything, most demanding first; of equals, what was measured. Where wording decides, with
    what did or did not certify it."""
    kinds = {fact.kind for fact in facts}
    explains = CERTIFICATES if "wording" in kinds and CHANGED.isdisjoint(kinds) else frozenset[Kind]()
    wording = demanded(Fact(kind="wording", why=""), rules, kinds)
    weight: dict[Fact, tuple[int, bool]] = {}
    for fact in facts:
        bump = wording if fact.kind in explains else demanded(fact, rules, kinds)
        weight[fact] = (-RANK[bump], fact.kind not in CHANGED)
    shown = [fact for fact in weight if weight[fact][0]]
    return tuple(sorted(shown or weight, key=weight.__getitem__))

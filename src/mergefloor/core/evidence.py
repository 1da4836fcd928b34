"""What a decision rests on: per case and metric, the outcomes of every draw. Values in [0, 1]; None = unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.classes import CaseClass
from mergefloor.core.settings import MetricRule

Value: TypeAlias = "float | None"
Verdict: TypeAlias = Literal["pass", "block", "inconclusive", "error"]
LookName: TypeAlias = Literal["plain", "one", "two"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One fresh draw of both arms, made in the same minutes."""

    base: Value
    head: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvidence:
    """Every draw of one case for one metric.

    `history`: stored draws of the identical base request (DECISION 1), or the one stand-in of a first run.
    `head`: plain head draws, the first is look 0's, more only for a suspected floor.
    `one`, `two`: fresh pairs of looks 1 and 2. A draw that was made and is unknown is None; one that was not
    made is absent. `identical`: both sides render the same bytes, so the change cannot have moved this case;
    such a case may have no draws at all.
    """

    case: str
    history: tuple[Value, ...] = ()
    head: tuple[Value, ...] = ()
    one: tuple[Pair, ...] = ()
    two: tuple[Pair, ...] = ()
    cluster: str | None = None
    critical: bool = False
    identical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricEvidence:
    """One metric of one suite. `binary` values are 0 or 1; `score` values lie between.

    `head_only`: there is no base to compare with (a new suite, or the head's own golden set, which can only add
    failures): only the floor is checked, on the head's plain draws. `case_class`: of all its cases.
    """

    suite: str
    rule: MetricRule
    kind: Literal["binary", "score"]
    cases: tuple[CaseEvidence, ...]
    head_only: bool = False
    case_class: CaseClass = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Draws that a decision still needs. look `plain`: of the head alone, up to `count` in all; `one`/`two`:
    `count` fresh pairs, both arms interleaved."""

    suite: str
    case: str
    look: LookName
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the fresh pairs: what was tested and what came out, for the report's decision path."""

    name: Literal["one", "two"]
    cases: int
    net: float
    p: float
    alpha: float
    convicts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDecision:
    """The verdict on one metric, with every number that a reader may ask for.

    `base`, `head`, `delta`: means over cases of look 0 (delta over cases known on both sides). `interval`: two-sided
    90 % for delta, so that its lower end is the one-sided 95 % bound which the rule uses. `p_value`: of the last
    look, None when no fresh pair was needed. `smallest_drop`: the true drop that this golden set blocks 4 times in
    5 (share, DECISION 1), None when not even a total loss would be or there is no base. Where unknown draws could
    matter, looks and reasons are those of the world that decided: for a block the best one for the head, else the
    worst (R20). `known_holes`: safety cases that fail and did so before the change.
    """

    suite: str
    rule: MetricRule
    kind: Literal["binary", "score"]
    verdict: Verdict
    reasons: tuple[str, ...]
    base: float | None
    head: float | None
    delta: float | None
    interval: tuple[float, float] | None
    p_value: float | None
    looks: tuple[Look, ...]
    smallest_drop: float | None
    cases_total: int
    cases_unresolved: int
    head_only: bool = False
    confirmed_broken: tuple[str, ...] = ()
    confirmed_fixed: tuple[str, ...] = ()
    case_class: CaseClass = "regression"
    known_holes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The rule cannot decide yet: obtain these and ask again."""

    wants: tuple[Want, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The rule has decided every metric."""

    metrics: tuple[MetricDecision, ...]

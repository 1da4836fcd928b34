"""What a run found, complete and undressed: every report is a rendering of this value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.rates import Rates
from mergefloor.core.classes import CaseClass
from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.integrity import Tampering
from mergefloor.core.lifecycle import ModelNotice
from mergefloor.core.retrieval import Lost
from mergefloor.core.semver import VersionCheck
from mergefloor.core.types import AnyGrade, Failure, Json, Output, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSide:
    """One arm of one case: what came out at look 0 and what every check said."""

    output: Output | Failure | None
    grades: tuple[AnyGrade, ...] = ()
    passes: int = 0
    draws: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """A case that passes on one side and fails on the other. `confirmed`: fresh draws agree without exception.

    `lost`: relevant documents that the base retrieved and the head did not.
    """

    case: str
    place: Place
    question: str
    base: CaseSide
    head: CaseSide
    confirmed: bool
    critical: bool = False
    lost: tuple[Lost, ...] = ()
    case_class: CaseClass = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmUse:
    """What one arm used: model, cost in USD (None: no price known), tokens, calls and latency in seconds."""

    arm: Literal["base", "head", "judge"]
    model: str
    params: Mapping[str, Json] = field(default_factory=dict)
    usd: float | None = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    cached_calls: int = 0
    latency_p50: float | None = None
    latency_p95: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in the table of all cases: its pass rate on each side (None: not known) and the typical draw.

    `lost`: relevant documents that the base retrieved and the head did not.
    """

    case: str
    place: Place
    question: str
    tags: tuple[str, ...]
    base_rate: float | None
    head_rate: float | None
    base: CaseSide | None = None
    head: CaseSide | None = None
    identical: bool = False
    critical: bool = False
    lost: tuple[Lost, ...] = ()
    case_class: CaseClass = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteReport:
    """One suite: why it ran, what was measured, which cases changed sides.

    `identical`: cases whose requests are byte-identical on both sides. `ran` False: nothing that reaches the
    model changed, `why` says so. `rows`: every case, for the table of report.html. `not_comparable`: which numbers
    of base and head do not measure the same thing, and why.
    """

    name: str
    prompt: str
    verdict: Verdict
    why: tuple[str, ...]
    ran: bool
    cases_total: int
    cases_unresolved: int
    identical: int
    metrics: tuple[MetricDecision, ...] = ()
    broken: tuple[CaseChange, ...] = ()
    fixed: tuple[CaseChange, ...] = ()
    uses: tuple[ArmUse, ...] = ()
    new_cases: tuple[str, ...] = ()
    removed_cases: tuple[str, ...] = ()
    failures: tuple[tuple[str, Failure], ...] = ()
    rows: tuple[CaseRow, ...] = ()
    semver: VersionCheck | None = None
    not_comparable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The whole run: USD, tokens, calls made and calls that the cache saved. `unpriced`: models without a price."""

    usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    cached_calls: int = 0
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedModel:
    """A model in use and whether its name is a dated snapshot. `instead`: the dated name to use; `retires`: ISO date
    and the days left, which may be negative; None where the model table does not know."""

    name: str
    pinned: bool
    used_for: Literal["base", "head", "judge", "embedding"]
    instead: str | None = None
    retires: str | None = None
    days_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """The judge and its agreement with people; None where nobody has compared them. `members`: of a panel every judge
    alone."""

    model: str
    agreement: float | None = None
    kappa: float | None = None
    kappa_interval: tuple[float, float] | None = None
    members: tuple[JudgeReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person who may let this very commit in although the gate blocks it: who, with which role, and why.

    `own`: it is the person's own pull request, which takes an admin and is said.
    """

    by: str
    role: str
    reason: str
    sha: str
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One gate run. `reasons`: why the verdict, most important first. `unseen`: what the gate could not see.
    `advice`: what to do next, a sentence each. `scripted`: some answers came from a script, not a model.
    `private`: the change comes from a fork, so no report quotes questions, outputs or reasons (T16).
    `override`: who let this commit in although it is blocked. `url`: the page of the run, where there is one.
    `files`: how many files the change touches (None: not counted). `judged`: every judged check that was held against
    people; `rates`: pass rates of those that pass or fail, as people would give them."""

    verdict: Verdict
    exit_code: Literal[0, 1, 2]
    reasons: tuple[str, ...]
    base_ref: str
    base_sha: str
    merge_base_sha: str
    head_ref: str
    head_sha: str
    suites: tuple[SuiteReport, ...]
    cost: Cost
    duration_s: float
    config_path: str | None
    judge: JudgeReport | None = None
    models: tuple[PinnedModel, ...] = ()
    advice: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    scripted: bool = False
    first_run: bool = False
    tampering: tuple[Tampering, ...] = ()
    notices: tuple[ModelNotice, ...] = ()
    private: bool = False
    override: Override | None = None
    url: str = ""
    files: int | None = None
    judged: tuple[Hearing, ...] = ()
    rates: tuple[Rates, ...] = ()

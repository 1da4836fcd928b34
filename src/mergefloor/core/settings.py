"""What a repository asks for, after its config was read and checked: policy, suites, judge, budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mergefloor.core.classes import CaseClass, class_of
from mergefloor.core.index import IndexRule
from mergefloor.core.prompt import Note
from mergefloor.core.queries.log import QueryLog
from mergefloor.core.schedule import Schedule
from mergefloor.core.tampering import Action, Rule
from mergefloor.core.targets import Target
from mergefloor.core.types import GraderSpec, Json, Place

DEFAULT_MODEL = "anthropic/claude-sonnet-4-6-20251015"
DEFAULT_JUDGE = "openai/gpt-5-mini-2025-08-07"
PASS_RATE = "pass_rate"  # noqa: S105 - the name of a metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens."""

    input: float
    output: float
    cached_input: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRule:
    """What a repository knows better than the shipped model table: when a model ends (ISO date), what to name instead."""

    retires: str | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRule:
    """What one metric of a suite must satisfy.

    `floor`: absolute minimum or None; `max_drop`: the confirmed loss the owner tolerates (share, DECISION 1);
    `gating`: whether it can block. `pass_rate` gates unless told otherwise, and so does a metric with a floor.
    `counted`: it cannot block by itself, but its check counts in `pass_rate`.
    """

    name: str
    floor: float | None = None
    max_drop: float = 0.02
    gating: bool = True
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of the gate, from the tip of the base branch (CONTRACT 1, `policy`).

    `integrity`: what a finding about the change's own gate does; a rule that is absent warns. `code_targets`:
    whether suites may run code of the repository at all. `safety`: which failing safety cases block: those that the
    change opened, or any (docs/safety.md). `judge_*`: what a judge must show before it may block
    (DECISION 8), bounds as lower ends of 95 % intervals.
    """

    alpha: float = 0.05
    margin: float = 0.05
    score_margin: float = 0.03
    on_inconclusive: Literal["pass", "block"] = "pass"
    max_unresolved: float = 0.02
    semver: Literal["contract", "behaviour", "off"] = "contract"
    floating_models: Literal["block", "warn"] = "block"
    judge_calibration: Literal["require", "waive"] = "require"
    judge_labels: int = 50
    judge_kappa: float = 0.4
    judge_specificity: float = 0.6
    code_targets: Literal["refuse", "allow"] = "refuse"
    safety: Literal["new", "any"] = "new"
    integrity: Mapping[Rule, Action] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The model that answers judged checks, and the human labels that say whether it may.

    `panel`: models that decide together with it, the majority of all; `place`, `panel_places`: where they are named.
    """

    model: str = DEFAULT_JUDGE
    panel: tuple[str, ...] = ()
    calibration: str | None = None
    params: Mapping[str, Json] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)
    panel_places: tuple[Place, ...] = field(default=(), compare=False)

    @property
    def models(self) -> tuple[str, ...]:
        """Everybody who judges."""
        return (self.model, *self.panel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Caps of one run; calls stop before the one that would cross. `concurrency`: calls in flight at most."""

    usd: float = 25.0
    minutes: float = 20.0
    concurrency: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One prompt, or one target, with its golden set, checks and floors. `prompt` is "" where there is a target.

    `case_class`: of its cases, unless a tag in `classes` says otherwise. `input_variable`, `vars`: how shipped cases
    fill the prompt. `index`: what its target searches; `queries`: what people ask it.
    """

    name: str
    prompt: str = ""
    target: Target | None = None
    model: str | None = None  # goes before that of the config
    model_place: Place | None = field(default=None, compare=False)
    freeze: bool = False  # no update may move its pins
    owner: str | None = None  # goes before that of the config
    golden: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    graders: tuple[GraderSpec, ...] = ()
    metrics: tuple[MetricRule, ...] = (MetricRule(name=PASS_RATE),)
    case_class: CaseClass = "regression"
    classes: Mapping[str, CaseClass] = field(default_factory=dict)
    input_variable: str | None = None
    vars: Mapping[str, Json] = field(default_factory=dict)
    index: IndexRule | None = None
    queries: QueryLog | None = None
    place: Place | None = None

    def class_of(self, tags: Iterable[str]) -> CaseClass:
        """The class of a case with these tags."""
        return class_of(self.case_class, self.classes, tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One `mergefloor.yml`, or what was assumed where there is none (`notes` say what).

    `model` None: the prompt file names its model, else DEFAULT_MODEL. Places are those of names that are written.
    """

    path: str | None
    suites: tuple[Suite, ...]
    model: str | None = None
    model_place: Place | None = field(default=None, compare=False)
    params: Mapping[str, Json] = field(default_factory=dict)
    embedding_model: str | None = None
    embedding_place: Place | None = field(default=None, compare=False)
    owner: str | None = None
    judge: Judge = Judge()
    policy: Policy = Policy()
    budget: Budget = Budget()
    schedule: Schedule = field(default_factory=Schedule)
    prices: Mapping[str, Price] = field(default_factory=dict)
    models: Mapping[str, ModelRule] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

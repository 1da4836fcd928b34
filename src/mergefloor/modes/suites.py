"""A suite and its two arms: prompt, golden cases, model and parameters of each side, and the metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from mergefloor import config, golden, graders, prompts
from mergefloor.core.compare import MetricPlan
from mergefloor.core.index import IndexRule
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Models, Snapshot
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.settings import DEFAULT_MODEL, PASS_RATE, Config, MetricRule, Suite
from mergefloor.core.targets import Target
from mergefloor.core.types import ArmName, Case, GraderSpec, Json, ModelRef, Place, Problem
from mergefloor.errors import InputError
from mergefloor.modes.shipped import shipped_cases
from mergefloor.modes.voting import ALL, Vote, may, settled


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteSide:
    """One arm of a suite: its prompt, its golden cases, and the model and parameters it runs with."""

    prompt: PromptVersion
    cases: tuple[Case, ...]
    model: ModelRef
    params: Mapping[str, Json]

    @property
    def is_target(self) -> bool:
        """Whether something else than a prompt is measured."""
        return self.prompt.format == "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuitePlan:
    """A suite ready to run. `gone`: the head has no prompt for it any more."""

    suite: Suite
    why: tuple[str, ...]
    base: SuiteSide | None
    head: SuiteSide | None
    binding: tuple[PlannedCase, ...] = ()
    own: tuple[PlannedCase, ...] = ()
    metrics: tuple[MetricPlan, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def planned(self) -> tuple[PlannedCase, ...]:
        """Binding cases, then the head's own set."""
        return self.binding + self.own


def settled_plan(plan: SuitePlan, allowed: Vote) -> SuitePlan:
    """The suite with every judged check and metric that may not block shown only."""
    return replace(
        plan,
        binding=settled(plan.binding, allowed),
        own=settled(plan.own, allowed),
        metrics=metric_plans(plan.suite, plan.planned, allowed),
    )


def judge_votes(plan: SuitePlan) -> bool:
    """Whether anything that the judge says of this suite may block."""
    gating = {metric.rule.name for metric in plan.metrics if metric.rule.gating}
    specs = (spec for case in plan.planned for spec in case.graders if graders.judged(spec))
    return any(spec.gating or spec.name in gating for spec in specs)


def read_side(
    suite: Suite,
    settings: Config,
    files: Snapshot,
    models: Models,
    cases: Snapshot | None = None,
    arm: ArmName = "head",
) -> SuiteSide | None:
    """One arm of a suite; None when its tree has no such prompt. InputError lists every problem.

    `cases`: the tree that the golden cases come from, when it is another one: the base arm runs the merge base's
    prompt on the golden set at the tip of the base branch.
    """
    if suite.target is not None:
        golden_files = cases or files
        model = models.host(suite.target, files, suite.name, arm)
        return _target_side(suite, suite.target, model, golden_files)
    path = suite.prompt
    if path not in files.files:
        return None
    prompt = prompts.parse(path, files.read(path))
    golden_files = cases or files
    embedded = prompt.cases
    if cases is not None and path in cases.files:
        embedded = prompts.parse(path, cases.read(path)).cases
    return SuiteSide(
        prompt=prompt,
        cases=_unique((*read_golden(suite.golden, golden_files), *embedded, *shipped_cases(suite, prompt))),
        model=models.describe(model_name(suite, settings, prompt), files),
        params={**settings.params, **prompt.params},
    )


def model_name(suite: Suite, settings: Config, prompt: PromptVersion) -> str:
    """Whom a suite asks: the nearest name counts."""
    return suite.model or settings.model or prompt.model or DEFAULT_MODEL


def _target_side(suite: Suite, target: Target, model: ModelRef, golden_files: Snapshot) -> SuiteSide:
    """An arm without a prompt: what answers is known by what it can depend on."""
    place = target.place or suite.place or Place(path="mergefloor.yml")
    stand_in = PromptVersion(path=place.path, format="target", content_hash=model.endpoint, turns=())
    cases = _unique((*read_golden(suite.golden, golden_files), *shipped_cases(suite, None)))
    return SuiteSide(prompt=stand_in, cases=cases, model=model, params=_claimed(suite.index))


def _claimed(index: IndexRule | None) -> dict[str, Json]:
    """What the config says of the index is part of the request: an answer from another index is another answer. The
    target never sees it."""
    claim = {} if index is None else {"built": index.built, "embedding_model": index.embedding_model}
    known: dict[str, Json] = {name: value for name, value in claim.items() if value is not None}
    return {"index": known} if known else {}


def read_golden(globs: Sequence[str], files: Snapshot) -> tuple[Case, ...]:
    """Every golden case under the globs of one tree; all problems of all files at once."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in config.select(globs, files.files):
        try:
            cases += golden.read_golden(path, files.read(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(cases)


def _unique(cases: Sequence[Case]) -> tuple[Case, ...]:
    first: dict[str, Case] = {}
    problems = [
        Problem(
            place=case.place,
            what=f"the case id {case.id!r} is taken by {first[case.id].place}",
            fix="give one of them another `id`",
        )
        for case in cases
        if first.setdefault(case.id, case) is not case
    ]
    if problems:
        raise InputError(problems)
    return tuple(cases)


def metric_plans(suite: Suite, planned: Sequence[PlannedCase], allowed: Vote = ALL) -> tuple[MetricPlan, ...]:
    """The suite's metrics in the order of the config, then every other check's, for show. A judged metric gates where
    one of its checks may."""
    specs = {spec.name: spec for case in planned for spec in case.graders}
    rules = {rule.name: rule for rule in (MetricRule(name=PASS_RATE), *suite.metrics)}
    unknown = [name for name in rules if name != PASS_RATE and name not in specs]
    if unknown and planned:
        place = suite.place or Place(path="mergefloor.yml")
        known = ", ".join(sorted(specs)) or "none"
        raise InputError.at(
            place.path,
            place.line,
            f"no check of suite {suite.name!r} has the name {unknown}",
            f"known checks: {known}",
        )
    for name, spec in specs.items():
        if name not in rules and _shown(spec):
            rules[name] = MetricRule(name=name, gating=False)
    every = [spec for case in planned for spec in case.graders if may(spec, allowed)]
    entitled, counting = {spec.name for spec in every}, {spec.name for spec in every if spec.gating}
    plans = (_metric_plan(rule, specs.get(rule.name), entitled) for rule in rules.values())
    return tuple(_counted(plan, counting) for plan in plans)


def _counted(plan: MetricPlan, counting: set[str]) -> MetricPlan:
    counted = plan.rule.name in counting and not plan.rule.gating
    return replace(plan, rule=replace(plan.rule, counted=True)) if counted else plan


def _shown(spec: GraderSpec) -> bool:
    return spec.kind in ("judge", "retrieval") or graders.metric_kind(spec) == "score"


def _metric_plan(rule: MetricRule, spec: GraderSpec | None, entitled: Set[str]) -> MetricPlan:
    if spec is None:
        return MetricPlan(rule=rule, kind="binary")
    gating = rule.gating and rule.name in entitled
    return MetricPlan(rule=replace(rule, gating=gating), kind=graders.metric_kind(spec))

"""The model names of a repository: where each is written, whether it floats and when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from mergefloor.core import lifecycle, pins
from mergefloor.core.lifecycle import ModelTable, Use
from mergefloor.core.ports import Toolbox
from mergefloor.core.report import PinnedModel
from mergefloor.core.settings import Config, Suite
from mergefloor.core.targets import is_target
from mergefloor.core.types import GraderSpec, Place
from mergefloor.modes.rules import Rules
from mergefloor.modes.suites import SuitePlan, SuiteSide

UsedFor = Literal["base", "head", "judge", "embedding"]


def gate_uses(rules: Rules, plans: Iterable[SuitePlan], *, judged: bool) -> Iterator[Use]:
    """The names of a gate run: those of the head, and the judge and the embedding model of the base, which bind."""
    bound = list(_shared_uses(rules.policy, judged=judged))
    names = {use.name for use in bound}
    yield from bound
    yield from candidate_uses(rules.head)
    yield from (use for use in _shared_uses(rules.head, judged=False) if use.name not in names)
    for plan in plans:
        if plan.head is not None:
            yield from suite_uses(rules.at_head(plan.suite), plan.head, rules.head)


def config_uses(settings: Config, *, judged: bool) -> Iterator[Use]:
    """The names of one config. `judged`: something asks the judge, so that its default counts too."""
    yield from candidate_uses(settings)
    yield from _shared_uses(settings, judged=judged)


def candidate_uses(settings: Config) -> Iterator[Use]:
    """`defaults.model`, where it is written."""
    if settings.model is not None and settings.model_place is not None:
        yield Use(name=settings.model, place=settings.model_place)


def suite_uses(suite: Suite, side: SuiteSide, settings: Config) -> Iterator[Use]:
    """The names in one prompt file, its golden cases and its checks. A model for everyone goes before the prompt's;
    what a check or a hint names is never asked."""
    prompt, above = side.prompt, suite.model or settings.model
    named_by_file = not side.is_target
    if suite.model is not None and suite.model_place is not None:
        yield Use(name=suite.model, place=suite.model_place)
    if prompt.model is not None and prompt.model_place is not None:
        yield Use(name=prompt.model, place=prompt.model_place, used=above is None)
    elif above is None and named_by_file:
        yield Use(name=str(side.model), place=Place(path=prompt.path))
    specs: list[GraderSpec] = [*suite.graders, *prompt.graders]
    specs += [spec for case in side.cases for spec in case.graders]
    named = [(spec.model, spec.model_place) for spec in specs] + [(prompt.model_hint, prompt.hint_place)]
    yield from (Use(name=name, place=place, used=False) for name, place in named if name and place)


def _shared_uses(settings: Config, *, judged: bool) -> Iterator[Use]:
    judge = settings.judge
    if judge.place is not None or judged:
        yield Use(name=judge.model, place=judge.place or Place(path=settings.path or "mergefloor.yml"))
        for name, place in zip(judge.panel, judge.panel_places, strict=True):
            yield Use(name=name, place=place)
    if settings.embedding_model is not None and settings.embedding_place is not None:
        yield Use(name=settings.embedding_model, place=settings.embedding_place, dated=False)


def in_use(
    plans: Iterable[SuitePlan], toolbox: Toolbox, table: ModelTable, today: int
) -> tuple[PinnedModel, ...]:
    """The models that a run asks, each once for what it is used for. `today`: days since 1970."""
    asked: list[tuple[str, UsedFor]] = []
    for plan in plans:
        asked += [(str(plan.base.model), "base")] if plan.base is not None else []
        asked += [(str(plan.head.model), "head")] if plan.head is not None else []
    asked += [(str(judge), "judge") for judge in toolbox.judges]
    asked += [(str(toolbox.embedding), "embedding")] if toolbox.embedding is not None else []
    return tuple(
        _pinned(name, use, table, today) for name, use in dict.fromkeys(asked) if not is_target(name)
    )


def _pinned(name: str, use: UsedFor, table: ModelTable, today: int) -> PinnedModel:
    known = lifecycle.notice(Use(name=name, place=Place(path=""), dated=use != "embedding"), table, today)
    return PinnedModel(
        name=name,
        pinned=pins.is_pinned(name) or known.fixed,
        used_for=use,
        instead=known.instead,
        retires=known.retires,
        days_left=known.days_left,
    )

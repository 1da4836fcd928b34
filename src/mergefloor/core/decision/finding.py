"""What one look at the fresh pairs found for one metric, in the worst world and in the best one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mergefloor.core.decision import family, worlds
from mergefloor.core.decision.family import Member
from mergefloor.core.decision.flips import Pick, Tested
from mergefloor.core.decision.trial import FreshLook, Trial
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One metric at one look. `tests`: by world, absent where the rule had stopped; `alive`: worlds that matter;
    `limits`: what p must not exceed, once the family is known; `convicted`: at this look or before."""

    look: FreshLook
    tests: Mapping[World, Tested]
    alive: frozenset[World]
    member: Member
    limits: Mapping[World, float]
    convicted: frozenset[World]

    def judged(self, world: World, limit: float) -> Finding:
        """The same finding with the family's limit for one world applied."""
        p = self.member.p_worst if world == "worst" else self.member.p_best
        guilty = self.convicted | ({world} if family.within(p, limit) else set())
        return replace(self, limits={**self.limits, world: limit}, convicted=frozenset(guilty))

    def goes_on(self, world: World) -> bool:
        """Whether the rule asks for another look in this world: a loss, and not yet enough to convict."""
        return world in self.tests and world not in self.convicted and self.tests[world].net < 0

    @property
    def open(self) -> bool:
        """Whether any world that matters goes on."""
        return any(self.goes_on(world) for world in self.alive)

    def shown(self, world: World) -> Look | None:
        """This look as the report shows it; None where it tested nothing."""
        test = self.tests.get(world)
        if test is None:
            return None
        return Look(
            name=self.look,
            cases=test.cases,
            net=test.net,
            p=test.p,
            alpha=self.limits[world],
            convicts=world in self.convicted,
        )


def examined(look: FreshLook, trial: Trial, pick: Pick, prior: Finding | None) -> Finding:
    """One metric's tests at one look, before the family's limits are known."""
    due = [w for w in worlds.WORLDS if w in trial.drops and (prior is None or prior.goes_on(w))]
    tests = _tests(look, trial, pick, due) if due and trial.complete(pick, look) else {}
    unknown = trial.unresolved(pick, look)
    few = worlds.tolerable(unknown, len(trial.metric.cases), trial.policy.max_unresolved)
    convicted = prior.convicted if prior else frozenset()
    return Finding(
        look=look,
        tests=tests,
        alive=frozenset(worlds.WORLDS if few else ("best",)),
        member=_member(look, trial, pick, tests, convicted),
        limits={},
        convicted=convicted,
    )


def _tests(look: FreshLook, trial: Trial, pick: Pick, due: list[World]) -> dict[World, Tested]:
    if trial.settled(pick):
        return dict.fromkeys(due, trial.tested(pick, look, due[0]))
    return {world: trial.tested(pick, look, world) for world in due}


def _member(
    look: FreshLook, trial: Trial, pick: Pick, tests: Mapping[World, Tested], convicted: frozenset[World]
) -> Member:
    """What the metric is to its family. Without a test it keeps the place that its cases alone allow."""
    lowest = trial.lowest(pick, look)
    least, sure = trial.reachable(pick, look) if tests else (lowest, lowest)
    if len(tests) < len(trial.drops):
        least = lowest
    if "best" not in trial.drops:
        sure = family.NEVER
    return Member(
        share=trial.share(look),
        p_worst=_p(trial, tests, convicted, "worst"),
        p_best=_p(trial, tests, convicted, "best"),
        least=0.0 if convicted else least,
        least_sure=0.0 if "worst" in convicted else sure,
    )


def _p(trial: Trial, tests: Mapping[World, Tested], convicted: frozenset[World], world: World) -> float:
    """p for the family: 0 once convicted, 1 where there is no test or the loss is one that the owner tolerates."""
    if world in convicted:
        return 0.0
    test = tests.get(world)
    return test.p if test is not None and trial.enough(test.net) else 1.0

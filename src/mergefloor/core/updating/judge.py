"""Another judge: how many verdicts it turns on stored outputs, and whether people bear it out at least as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.types import Cell, Grade
from mergefloor.core.updating.direction import Ending

EPOCH = (
    "a new epoch of the judge begins: stored outputs stay and are judged anew, and no verdict of the old judge is ever "
    "compared with one of the new"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One stored output on which the judges disagree."""

    suite: str
    case: str
    grader: str
    passed: bool  # by the new judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One judged check before people, under both judges; `ending` with the reason for it."""

    old: Hearing
    new: Hearing
    ending: Ending
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeUpdate:
    """The judge's update. `verdicts`: on how many stored outputs both judges gave one; `missing`: on how many one did
    not; `reasons`: why it ends so."""

    ending: Ending
    reasons: tuple[str, ...]
    verdicts: int
    missing: int
    flips: tuple[Flip, ...]
    checks: tuple[Standing, ...]


def flips(old: Iterable[Cell], new: Iterable[Cell]) -> tuple[tuple[Flip, ...], int, int]:
    """Turned verdicts, how many verdicts both judges gave, and how many are missing. Cells of the same jobs, in order."""
    found: list[Flip] = []
    known = missing = 0
    for before, after in zip(old, new, strict=True):
        sample = before.job.sample
        for first, second in zip(before.grades, after.grades, strict=True):
            if not isinstance(first, Grade) or not isinstance(second, Grade):
                missing += 1
                continue
            known += 1
            if first.passed != second.passed:
                found.append(
                    Flip(suite=sample.suite, case=sample.case, grader=second.grader, passed=second.passed)
                )
    return tuple(found), known, missing


def compared(old: Sequence[Hearing], new: Sequence[Hearing], *, waived: bool) -> tuple[Standing, ...]:
    """Every check that has labels. Where the policy waives calibration, a judge that agrees with people no less than
    the old one did may follow it; else it has to earn its vote."""
    return tuple(_standing(before, after, waived) for before, after in zip(old, new, strict=True))


def _standing(old: Hearing, new: Hearing, waived: bool) -> Standing:
    then, now = old.calibration.agreement, new.calibration.agreement
    if new.undecided:
        ending, why = _ended("undecided", "verdicts on labelled outputs are missing")
    elif new.votes:
        ending, why = _ended("accepted", "it may block: people bear it out")
    elif waived and then is not None and now is not None and now >= then:
        ending, why = _ended(
            "accepted", "it has not earned a vote, which the policy waives, and agrees no less"
        )
    elif waived:
        ending, why = _ended(
            "refused", "it has not earned a vote, and agrees less with people than the old judge"
        )
    else:
        ending, why = _ended("refused", "it has not earned a vote: `mergefloor calibrate` says what it lacks")
    return Standing(old=old, new=new, ending=ending, why=why)


def _ended(ending: Ending, why: str) -> tuple[Ending, str]:
    return ending, why


def concluded(
    checks: Sequence[Standing], missed: Sequence[tuple[str, str]], known: Mapping[str, bool]
) -> tuple[Ending, tuple[str, ...]]:
    """What becomes of the judge's pin, and why. `missed`: planted answers that it got wrong; `known`: every judged
    check, and whether any label is about it. The shortest proof decides: one planted answer, one check."""
    if missed:
        told = "; ".join(f"planted {name} answer: {got}" for name, got in missed)
        return "refused", (f"the new judge cannot be believed: {told}",)
    if not known:
        return "accepted", ("no check asks the judge: nothing changes",)
    for ending in ("refused", "undecided"):
        against = [
            each for each in checks if each.ending == ending and (each.new.wanted or not _wants(checks))
        ]
        if against:
            return against[0].ending, tuple(f"{each.new.grader}: {each.why}" for each in against)
    if not checks:
        return "undecided", (
            "nobody can tell whether it agrees with people: no label says so; `mergefloor label`",
        )
    unheard = [name for name, labelled in known.items() if not labelled]
    told = f"no label is about {', '.join(unheard)}: shown only, under either judge" if unheard else ""
    return "accepted", tuple(filter(None, ("people bear it out", told)))


def _wants(checks: Sequence[Standing]) -> bool:
    return any(each.new.wanted for each in checks)

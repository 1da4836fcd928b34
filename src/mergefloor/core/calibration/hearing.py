"""A judged check before people: what its calibration says, whether it may block, and the line that tells it."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.calibration.confusion import behind, seen
from mergefloor.core.calibration.eligibility import Eligibility
from mergefloor.core.calibration.figures import Calibration
from mergefloor.core.calibration.length import LEAST, LengthBias
from mergefloor.core.calibration.pairwise import Pairwise, Swap
from mergefloor.core.calibration.votes import Member
from mergefloor.core.types import Failure
from mergefloor.core.wording import Words, points, share

TYPICAL_DROP = 0.1
ROUNDED = 0.01  # a chance that two digits would still show
LABEL = "label more: `mergefloor label`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One judged check held against people.

    `judge`: the model; `labels`: outputs that people labelled for it; `wanted`: it would block if it may. `rubrics`:
    hashes of exactly what was asked. `unstored`: verdicts that an offline run had to go without; `lost`: why calls
    gave no verdict although another time they may. `undecided`: so many were lost that nothing follows. `rubric_of`: where
    one name stands for several rubrics, the first case with this one: each has to earn its vote by labels of its own.
    `pairwise`: of a comparing judge what it says in either order; `members`: of a panel every judge alone. `silenced`:
    a planted answer has convicted the judge in this run, whatever people say.
    """

    grader: str
    judge: str
    labels: int
    wanted: bool
    calibration: Calibration
    eligibility: Eligibility
    rubrics: frozenset[str] = frozenset()
    unstored: int = 0
    lost: tuple[Failure, ...] = ()
    undecided: bool = False
    rubric_of: str = ""
    pairwise: Pairwise | None = None
    members: tuple[Member, ...] = ()
    silenced: bool = False

    @property
    def title(self) -> str:
        """The check as people know it."""
        return f"{self.grader} (the rubric of {self.rubric_of})" if self.rubric_of else self.grader

    @property
    def votes(self) -> bool:
        """The check may block."""
        return bool(self.rubrics) and self.eligibility.gates and not (self.undecided or self.silenced)


def line(hearing: Hearing, drop: float | None = None) -> str:
    """One sentence for the comment. `drop`: the smallest drop of the metric that the gate sees, as the judge shows it."""
    told = f"`{hearing.title}`: {_agreement(hearing)}"
    if hearing.votes:
        return f"{told}: it gates; {visible(hearing, drop)}."
    if hearing.undecided:
        return f"{told}: not decided, {_lost(hearing)}."
    if hearing.silenced and hearing.eligibility.gates:
        return f"{told}: shown, cannot block in this run; the judge missed a planted answer."
    return f"{told}: shown, cannot block; {remedy(hearing)}."


def visible(hearing: Hearing, drop: float | None = None) -> str:
    """What a real drop looks like through this judge: the smallest one that the gate sees, else one of 10 points."""
    if hearing.pairwise is not None:
        return steadfast(hearing.pairwise.swap)
    confusion = hearing.calibration.confusion
    real = None if drop is None else behind(drop, confusion)
    if drop is not None and real is not None:
        return f"a real drop of {points('binary', real)} shows as {_number(drop)}"
    shown = seen(TYPICAL_DROP, confusion)
    if shown is None:
        return "what a real drop shows as is not known"
    if shown <= 0:
        return "a real drop does not show at all"
    return f"a real drop of {points('binary', TYPICAL_DROP)} shows as {_number(shown)}"


def steadfast(found: Swap) -> str:
    """How far a comparing judge looks at the outputs and not at their order."""
    leaning = "" if found.leaning is None else f", {share(found.leaning, 0)} of its choices are shown first"
    return f"the same verdict in both orders on {share(found.agreement, 0)}{leaning}"


def by_length(hearing: Hearing) -> str | None:
    """The warning about a judge that gives longer outputs more, or less, than people do; None where it does not."""
    found = hearing.calibration.length
    if not found.biased:
        return None
    told = "favours longer outputs" if (found.lean or 0) > 0 else "favours shorter outputs"
    return (
        f"`{hearing.title}`: the judge {hearing.judge} {told}: of what people call equal it {halves(found)}. "
        "Say in the rubric that length earns nothing, or choose another `judge.model`; this alone blocks nothing."
    )


def halves(found: LengthBias) -> str:
    """What the judge makes of length, in one clause."""
    if found.untold == "few":
        return f"not known: {LEAST} outputs are needed"
    if found.p is None:
        return "not known: outputs that people call equal all get the same, or are all of one length"
    odds = f"p = {found.p:.2f}" if found.p >= ROUNDED else f"p = {found.p:.1g}"
    return f"passes {share(found.longer, 0)} of the longer half and {share(found.shorter, 0)} of the shorter half ({odds})"


def unheard(grader: str, judge: str) -> str:
    """The line of a check that would block and that no label is about."""
    return f"`{grader}`: no label says what people think of the verdicts of {judge}: shown, cannot block; {LABEL}."


def unread(problem: str, judge: str) -> str:
    """The line of labels that cannot be read on the base branch."""
    return f"The labels that would let {judge} block cannot be read on the base branch: {problem}."


def undecided(hearing: Hearing) -> str:
    """Why a check that is to block could not be held against people."""
    return f"the judge could not be compared with people on {hearing.title}: {_lost(hearing)}"


def remedy(hearing: Hearing) -> str:
    """Every reason against the check and what to do, in one clause."""
    if hearing.unstored:
        return (
            f"{hearing.unstored} of {hearing.labels} verdicts are not stored, and offline nobody is asked: "
            "type `mergefloor calibrate`"
        )
    if not hearing.rubrics:
        return f"no label is about an output that it judges: {LABEL}"
    if hearing.calibration.n < hearing.eligibility.terms.labels:
        return LABEL
    return "; ".join(f"{flat(each.why)}: {flat(each.fix)}" for each in hearing.eligibility.shortfalls)


def flat(words: Words) -> str:
    """Sentences of ours as text: every piece of them is our own."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in words)


def _agreement(hearing: Hearing) -> str:
    found, needed = hearing.calibration, hearing.eligibility.terms.labels
    few = f"only {_labels(found.n)}, {needed} are needed" if found.n < needed else ""
    if found.agreement is None:
        return few or f"the judge {hearing.judge} gave no verdict on labelled outputs"
    agrees = (
        f"the judge {hearing.judge} agrees with people on {share(found.agreement, 0)} of {_labels(found.n)}"
    )
    if found.kappa is not None:
        low, high = found.kappa.low, found.kappa.high
        agrees += f" (kappa {found.kappa.value:.2f}, {low:.2f} to {high:.2f})"
    return f"{agrees}, {few}" if few else agrees


def _labels(number: int) -> str:
    return f"{number} label" if number == 1 else f"{number} labels"


def _lost(hearing: Hearing) -> str:
    first = hearing.lost[0].message if hearing.lost else "no verdict came back"
    return f"{len(hearing.lost)} of {hearing.labels} verdicts are missing ({first}); run it again"


def _number(value: float) -> str:
    return points("binary", value).rpartition(" ")[0]

"""A calibration of all judged checks of one commit, as a value: what was found, what it cost, how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.hearing import Hearing, flat, halves, remedy, visible
from mergefloor.core.calibration.rates import chosen, stands_for
from mergefloor.core.calibration.votes import Member
from mergefloor.core.planted import conviction
from mergefloor.core.report import Cost
from mergefloor.core.wording import UNKNOWN, count, share

TYPICAL_RATE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """`unheard`: checks that would block and that no label is about; `strangers`: checks that labels name and no suite
    has; `planted`: judge canaries (name, what came back) that were missed; `waived`: the policy lets the judge block
    all the same. `labels`: the file; `floating`: judges whose name may mean another model tomorrow, each with the
    dated name to use where it is known."""

    ref: str
    sha: str
    labels: str
    judge: str
    hearings: tuple[Hearing, ...]
    cost: Cost
    duration_s: float
    unheard: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    planted: tuple[tuple[str, str], ...] = ()
    waived: bool = False
    floating: tuple[tuple[str, str | None], ...] = ()
    cancelled: bool = False
    scripted: bool = False

    @property
    def unstored(self) -> int:
        """Verdicts that an offline run lacks of checks that are to block."""
        return sum(each.unstored for each in self.hearings if each.wanted and not each.votes)

    @property
    def exit_code(self) -> Literal[0, 1, 2]:
        """0: every judged check that is to block may; 1: one may not; 2: verdicts are missing or cannot be believed."""
        if self.cancelled or self.planted or self.unstored or any(each.undecided for each in self.hearings):
            return 2
        return 1 if self.unheard or any(each.wanted and not each.votes for each in self.hearings) else 0


def headline(found: Calibrated) -> str:
    """How it ends, in one sentence."""
    if found.cancelled:
        return "Stopped before the judge was compared with people; run it again, verdicts that were paid for are kept."
    if found.planted:
        told = conviction(found.planted)
        return f"{told[0].upper()}{told[1:]}."
    if any(each.undecided for each in found.hearings):
        return "Could not decide: too many verdicts of the judge are missing. Run it again."
    if found.unstored:
        return f"Could not decide: {count(found.unstored, 'verdict')} not stored. Run it again without `--offline`."
    if not found.hearings and not found.unheard:
        return "There is nothing to calibrate: no suite has a judged check."
    refused = [each.title for each in found.hearings if each.wanted and not each.votes]
    if refused or found.unheard:
        named = ", ".join(f"`{name}`" for name in (*refused, *found.unheard))
        then = (
            "blocks all the same, since the policy waives calibration"
            if found.waived
            else "shown, cannot block"
        )
        return f"The judge has not earned its vote on {named}: {then}."
    return "The judge has earned its vote: every judged check that is to block may."


def verdict(found: Hearing) -> str:
    """Whether one check may block, and if not, why and how to mend it."""
    if found.undecided:
        return f"not decided: {len(found.lost)} of {found.labels} verdicts are missing"
    if found.votes:
        more = "; ".join(map(flat, found.eligibility.advice))
        return f"may block{f' ({more})' if more else ''}"
    return f"cannot block: {reasons(found)}"


def reasons(found: Hearing) -> str:
    """Every term that is not met with its remedy; before them, what else keeps the check from a calibration."""
    short = [f"{flat(each.why)}: {flat(each.fix)}" for each in found.eligibility.shortfalls]
    return "; ".join(short) if short and not found.unstored and found.rubrics else remedy(found)


def figures(found: Hearing) -> tuple[tuple[str, str], ...]:
    """Name and value of every figure, as people read them."""
    it = found.calibration
    kappa = "kappa, quadratic weights" if it.ordinal else "kappa"
    rows = [
        ("labels", _labels(found)),
        ("agreement", share(it.agreement, 0)),
        (kappa, _plain(it.kappa)),
        ("good outputs that it passes", _shares(it.confusion.sensitivity)),
        ("failures that it sees", _shares(it.confusion.specificity)),
        ("longer and shorter outputs", halves(it.length)),
        ("people among themselves", _people(found)),
        ("a drop through this judge" if found.pairwise is None else "order", visible(found)),
    ]
    if it.spearman is not None:
        rows.insert(3, ("rank correlation (Spearman)", f"{it.spearman:.2f}"))
    if it.repeats is not None:
        steady = f"{it.repeats.steady} of {it.repeats.outputs} outputs always alike"
        rows.insert(-2, ("the judge with itself", f"{share(it.repeats.agreement, 0)}, {steady}"))
    if found.pairwise is not None:
        rows.insert(3, ("differences that it sees", _shares(found.pairwise.specificity)))
    else:
        rows.append(("how outputs were chosen", chosen(found)))
        rows.append((f"{share(TYPICAL_RATE, 0)} passed by the judge", stands_for(TYPICAL_RATE, found)))
    return (*rows, *((f"{each.judge} alone", _alone(each)) for each in found.members))


def _alone(member: Member) -> str:
    """What one judge of a panel is worth without the others."""
    told = f"{share(member.agreement, 0)} of {count(member.n, 'output')}, kappa {_plain(member.kappa)}"
    return told if member.same is None else f"{told}; {share(member.same, 0)} the same in both orders"


def _labels(found: Hearing) -> str:
    it = found.calibration
    out = it.left_out
    left = {
        "without a majority": out.ties,
        "of an unknown class": out.unknown,
        "without a verdict": out.unjudged,
    }
    gone = "".join(f", {number} {why}" for why, number in left.items() if number)
    people = count(it.raters.count, "person", "people")
    return f"{count(it.n, 'output')} ({count(it.failures, 'failure')}) by {people}{gone}"


def _people(found: Hearing) -> str:
    raters = found.calibration.raters
    if raters.count < 2:  # noqa: PLR2004 - one person agrees with nobody
        return "one person labelled: how far people agree is not known"
    parts = (
        [f"agree on {share(raters.agreement, 0)} of {raters.shared}"] if raters.agreement is not None else []
    )
    parts += [f"kappa {raters.kappa:.2f}"] if raters.kappa is not None else []
    parts += [f"alpha {raters.alpha:.2f}"] if raters.alpha is not None else []
    return ", ".join(parts) or UNKNOWN


def _shares(found: Estimate | None) -> str:
    return (
        UNKNOWN
        if found is None
        else f"{share(found.value, 0)}, {share(found.low, 0)} to {share(found.high, 0)}"
    )


def _plain(found: Estimate | None) -> str:
    return UNKNOWN if found is None else f"{found.value:.2f}, {found.low:.2f} to {found.high:.2f}"

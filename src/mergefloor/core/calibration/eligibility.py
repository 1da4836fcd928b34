"""Whether a judge has earned its vote: a value with every reason against it, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.settings import Policy
from mergefloor.core.wording import Words, count, say, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a judge must show before its metrics may block (DECISION 8), as the policy has it. Bounds are lower ends of
    95 % intervals; `advised` and `advised_failures` are recommendations."""

    labels: int = 50
    kappa: float = 0.4
    specificity: float = 0.6
    advised: int = 100
    advised_failures: int = 30

    @classmethod
    def of(cls, policy: Policy) -> Terms:
        """The terms of a policy."""
        return cls(labels=policy.judge_labels, kappa=policy.judge_kappa, specificity=policy.judge_specificity)


class Measured(Protocol):
    """What the terms look at: a Calibration or a Pairwise."""

    @property
    def n(self) -> int:
        """Examples that count."""

    @property
    def failures(self) -> int:
        """Those that people fail."""

    @property
    def kappa(self) -> Estimate | None:
        """Agreement beyond chance."""

    @property
    def specificity(self) -> Estimate | None:
        """Failures that the judge sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One term that is not met, and what to do."""

    why: Words
    fix: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a judge's metrics may block. `shortfalls`: every reason against it; `advice`: what would make the
    figures surer although they suffice; `terms`: what was asked for."""

    shortfalls: tuple[Shortfall, ...]
    advice: tuple[Words, ...]
    terms: Terms = field(default_factory=Terms)

    @property
    def gates(self) -> bool:
        """The judge may block."""
        return not self.shortfalls


def eligibility(measured: Measured, terms: Terms | None = None) -> Eligibility:
    """Hold a judge against the terms; what is not known is not met."""
    held = terms or Terms()
    found = [_labels(measured, held), _kappa(measured, held), _specificity(measured, held)]
    shortfalls = tuple(each for each in found if each is not None)
    return Eligibility(shortfalls=shortfalls, advice=tuple(_advice(measured, held)), terms=held)


def _labels(measured: Measured, terms: Terms) -> Shortfall | None:
    if measured.n >= terms.labels:
        return None
    why = say("{} compared with people; {} are needed", count(measured.n, "output"), terms.labels)
    return Shortfall(why=why, fix=say("label {} more", terms.labels - measured.n))


def _kappa(measured: Measured, terms: Terms) -> Shortfall | None:
    """Labels of one verdict say nothing about any judge, whatever number comes out."""
    kappa = measured.kappa
    if measured.specificity is None:
        return None  # told as labels without a failure
    if measured.n and measured.failures == measured.n:
        why = say("people pass no output, so nobody knows whether the judge tells good from bad")
        return Shortfall(why=why, fix=say("label outputs that pass as well"))
    if kappa is None:
        why = say("people and the judge know one verdict only, so their agreement proves nothing")
        return Shortfall(why=why, fix=say("label outputs that fail as well as outputs that pass"))
    if kappa.low >= terms.kappa:
        return None
    why = say(
        "agreement beyond chance (kappa) is {}, at least {} for certain; {} is needed",
        *(f"{value:.2f}" for value in (kappa.value, kappa.low, terms.kappa)),
    )
    return Shortfall(why=why, fix=_remedy(kappa, terms.kappa))


def _specificity(measured: Measured, terms: Terms) -> Shortfall | None:
    found = measured.specificity
    if found is None:
        return Shortfall(
            why=say("people fail no output, so nobody knows whether the judge sees failures"),
            fix=say("label outputs that fail, {} or more", terms.advised_failures),
        )
    if found.low >= terms.specificity:
        return None
    why = say(
        "the judge sees {} of the failures that people see, at least {} for certain; {} is needed",
        *(share(value) for value in (found.value, found.low, terms.specificity)),
    )
    return Shortfall(why=why, fix=_remedy(found, terms.specificity))


def _remedy(found: Estimate, needed: float) -> Words:
    """More labels help where the judge may be good enough; no number of them helps where it is not."""
    if found.value >= needed:
        return say("label more outputs, above all failing ones: the interval is wider than it needs to be")
    if found.high < needed:
        return say("choose another `judge.model`, or write the rubric anew: more labels will not help")
    return say("read the disagreements, sharpen the rubric, and calibrate again")


def _advice(measured: Measured, terms: Terms) -> Iterable[Words]:
    if terms.labels <= measured.n < terms.advised:
        yield say("{} are few: {} or more are recommended", count(measured.n, "label"), terms.advised)
    if measured.failures < terms.advised_failures:
        yield say(
            "{} among the labels: {} or more are recommended",
            count(measured.failures, "failure"),
            terms.advised_failures,
        )

"""A finding blocks where the policy says so, and only there."""

from __future__ import annotations

from mergefloor.core import unseen, verdict
from mergefloor.core.integrity import Action, Tampering


def finding(number: int, action: Action) -> Tampering:
    return Tampering(rule="case-removed", subject=f"q{number}", evidence="asked it", action=action)


def test_ruling__of_warnings__passes_without_a_reason() -> None:
    assert verdict.of_tampering([finding(1, "warn")]) == verdict.Ruling(verdict="pass")


def test_ruling__of_a_blocking_finding__blocks_and_names_it() -> None:
    ruling = verdict.of_tampering([finding(1, "block"), finding(2, "warn")])
    assert (ruling.verdict, ruling.reasons) == ("block", ("case-removed, q1: asked it",))


def test_ruling__of_many_blocking_findings__names_ten_and_counts_the_rest() -> None:
    ruling = verdict.of_tampering([finding(number, "block") for number in range(12)])
    assert len(ruling.reasons) == 11
    assert ruling.reasons[-1].startswith("and 2 more findings")


def test_unsearched__of_many_files__names_five() -> None:
    text = unseen.unsearched([f"f{number}" for number in range(7)])
    assert text.startswith("7 changed files too large")
    assert text.endswith("`f4` and 2 more.")

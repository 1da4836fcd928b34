"""From metric decisions to one verdict a suite, one verdict a run, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mergefloor.core import planted
from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.semver import VersionCheck
from mergefloor.core.semver.check import reason
from mergefloor.core.settings import Policy
from mergefloor.core.tampering import Tampering

# A proven loss outranks a gap in the evidence, which outranks doubt: nothing unknown ever passes.
_RANK: dict[Verdict, int] = {"pass": 0, "inconclusive": 1, "error": 2, "block": 3}

SHOWN = 10  # blocking findings that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A verdict and why, most important reason first."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def of_suite(name: str, metrics: Sequence[MetricDecision]) -> Ruling:
    """A suite is as good as its worst gating metric; with none that measured a case, nothing was decided."""
    gating = [m for m in metrics if m.rule.gating and (m.cases_total or m.verdict == "error")]
    if metrics and not gating and all(m.case_class == "capability" for m in metrics):
        return Ruling(verdict="pass")
    if not gating:
        return Ruling(verdict="inconclusive", reasons=(f"{name}: nothing that may block was measured",))
    worst = max((m.verdict for m in gating), key=_RANK.__getitem__)
    shown = [m for m in gating if m.verdict == worst] if worst != "pass" else []
    return Ruling(
        verdict=worst,
        reasons=tuple(f"{m.suite}, {m.rule.name}: {reason}" for m in shown for reason in m.reasons),
    )


CANCELLED = Ruling(
    verdict="error", reasons=("the run was stopped before it could decide; run it again to resume",)
)
UNTOUCHED = "no file that it depends on changed"


def prompt_gone(name: str, path: str) -> Ruling:
    """The change deleted or moved the prompt out of the suite (T30): there is nothing left to gate."""
    reason = (
        f"{name}: {path} is gone at the head, so its golden set has nothing to run on. If it moved, name the new path "
        f"in the config of the same change; if the suite is to end, remove it from the base branch's config first"
    )
    return Ruling(verdict="block", reasons=(reason,))


def of_pins(floating: Mapping[str, str | None], policy: Policy) -> Ruling:
    """Names of models that may be another model tomorrow, each with the dated name to use where it is known."""
    reasons = tuple(f"{name}: {_unpinned(instead)}" for name, instead in floating.items())
    return Ruling(
        verdict="block" if reasons and policy.floating_models == "block" else "pass", reasons=reasons
    )


def _unpinned(instead: str | None) -> str:
    if instead:
        return f"not a dated snapshot, the provider may change it at any time; name `{instead}` instead"
    return (
        "not a dated snapshot, and no dated name is known for it; name one that its provider dates, or allow it on the "
        "base branch: `policy: {floating_models: warn}`"
    )


def of_canaries(missed: Sequence[tuple[str, str]], *, gates: bool) -> Ruling:
    """Planted judge calls with a known verdict: a judge that misses one cannot be believed (DECISION 8)."""
    if not missed or not gates:
        return Ruling(verdict="pass")
    return Ruling(verdict="error", reasons=(planted.conviction(missed),))


def of_tampering(found: Iterable[Tampering]) -> Ruling:
    """What a change does to its own gate blocks where the base's policy says so (T20-T42)."""
    blocking = [each for each in found if each.action == "block"]
    reasons = [f"{each.rule}, {each.subject}: {each.evidence}" for each in blocking[:SHOWN]]
    if len(blocking) > SHOWN:
        reasons.append(f"and {len(blocking) - SHOWN} more findings about the change's own gate that block")
    return Ruling(verdict="block" if blocking else "pass", reasons=tuple(reasons))


def of_version(name: str, found: VersionCheck | None) -> Ruling:
    """A version bump that is too small for what the change does blocks (DECISION 7)."""
    if found is None or found.ok is not False:
        return Ruling(verdict="pass")
    return Ruling(verdict="block", reasons=(f"{name}: {reason(found)}",))


def of_run(rulings: Iterable[Ruling]) -> Ruling:
    """A run is as good as its worst suite; reasons of worse suites come first."""
    ranked = sorted(rulings, key=lambda ruling: -_RANK[ruling.verdict])
    worst: Verdict = ranked[0].verdict if ranked else "pass"
    return Ruling(verdict=worst, reasons=tuple(reason for ruling in ranked for reason in ruling.reasons))


def exit_code(verdict: Verdict, policy: Policy) -> Literal[0, 1, 2]:
    """CONTRACT 4: 0 pass, 1 the gate blocks, 2 could not decide."""
    if verdict == "pass" or (verdict == "inconclusive" and policy.on_inconclusive == "pass"):
        return 0
    return 2 if verdict == "error" else 1

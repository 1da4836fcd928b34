"""Every sentence with which a decision explains itself. One fact a sentence, plain words, no names of methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def share(value: float) -> str:
    """A share as a percentage: 0.0042 -> '0.4 %', 0.00001 -> 'under 0.1 %'."""
    if 0 < value < 0.001:  # noqa: PLR2004 - the last digit shown
        return "under 0.1 %"
    return f"{100 * value:.1f} %"


def points(value: float) -> str:
    """A difference of shares in points, signed: -0.0512 -> '-5.1 points'."""
    return f"{100 * value:+.1f} points"


def cases(count: int) -> str:
    """'1 case', '2 cases'."""
    return f"{count} case" if count == 1 else f"{count} cases"


def confirmed(*, tested: int, worse: int, better: int, p: float, limit: float) -> str:
    """Fresh pairs convict."""
    return (
        f"{worse} of {tested} re-run cases got worse, {better} better; "
        f"chance alone would do this in {share(p)} of runs (limit {share(limit)})"
    )


def not_confirmed(*, tested: int, worse: int, better: int, p: float, limit: float) -> str:
    """Fresh pairs were drawn and do not convict by chance's measure."""
    return (
        f"re-running {cases(tested)} did not confirm a drop: {worse} worse, {better} better; "
        f"chance alone would do this in {share(p)} of runs (limit {share(limit)})"
    )


def tolerated(*, net: float, limit: float, binary: bool) -> str:
    """The loss is more than chance but not more than the owner tolerates."""
    if binary:
        return f"the confirmed net loss of {-net:.1f} cases is within the tolerated {limit:.1f}"
    return f"the confirmed mean loss of {-net:.3f} is within the tolerated {limit:.3f}"


def no_drop(delta: float) -> str:
    """Look 0 shows no drop worth a second look."""
    if abs(delta) < 0.0005:  # noqa: PLR2004 - the last digit shown
        return "no change against the base"
    if delta > 0:
        return f"{points(delta)} against the base"
    return f"{points(delta)} against the base, within what repeated runs of the same prompt differ by"


def shown_move(delta: float) -> str:
    """A metric that gates nothing: nothing was run again for it."""
    if abs(delta) < 0.0005:  # noqa: PLR2004 - the last digit shown
        return no_drop(delta)
    return f"{points(delta)} against the base; it gates nothing, so no case was run again to tell this from chance"


def unchanged(total: int) -> str:
    """Every request is byte-identical."""
    return f"all {cases(total)} send the same requests as the base, so nothing can have got worse"


def too_wide(*, lower: float | None, margin: float, smallest: float | None) -> str:
    """Neither a regression nor the absence of one is shown."""
    seen = (
        f"this golden set blocks a true drop of {100 * smallest:.0f} points 4 times in 5"
        if smallest is not None
        else "this golden set is too small or too noisy to see even a large drop reliably"
    )
    if lower is None:
        return f"too few cases to say how much worse it could be; {seen}"
    return (
        f"it could be worse by up to {100 * max(0.0, -lower):.1f} points (limit {100 * margin:.1f}); {seen}"
    )


def under_floor(*, estimate: float, upper: float, floor: float) -> str:
    """The floor convicts."""
    return f"{share(estimate)} is under the floor of {share(floor)}: even allowing for noise at most {share(upper)}"


def floor_unproven(*, estimate: float, upper: float, floor: float) -> str:
    """A suspicion that more draws did not confirm."""
    return (
        f"{share(estimate)} is under the floor of {share(floor)}, "
        f"but noise between runs explains that: up to {share(upper)}"
    )


def base_under_floor(*, floor: float) -> str:
    """The base is no better."""
    return f"the base itself is under the floor of {share(floor)}: only a regression blocks"


def floor_held(*, estimate: float, floor: float, certified: bool) -> str:
    """The estimate clears the floor."""
    how = "certain enough to say so of cases like these" if certified else "on these cases"
    return f"{share(estimate)} clears the floor of {share(floor)}, {how}"


def unmeasured(count: int) -> str:
    """Identical cases without any draw."""
    return f"{cases(count)} with unchanged requests were not measured and count in favour of the change"


def critical(names: tuple[str, ...]) -> str:
    """Critical cases that broke."""
    return (
        f"critical {cases(len(names))} broken in 4 of 4 runs while the base always passes: {', '.join(names)}"
    )


def unresolved(count: int, total: int) -> str:
    """Unknown cases, when the verdict holds whatever they are."""
    return f"{count} of {total} cases are unresolved; the verdict is the same whatever they are"


def counted_against() -> str:
    """How the next sentence's numbers come about."""
    return "the following counts every unresolved draw against the change"


def undecided(count: int, total: int, *, matters: bool) -> str:
    """Unknown cases that prevent a verdict."""
    why = "the verdict depends on them" if matters else "that is more than the policy allows"
    return f"{count} of {total} cases are unresolved and {why}; re-run to fill them"


def nothing() -> str:
    """No case at all."""
    return "no case was evaluated"


def all_unknown(total: int) -> str:
    """Not one case known."""
    return (
        "the only case could not be evaluated"
        if total == 1
        else f"none of the {total} cases could be evaluated"
    )


def unusable(what: str) -> str:
    """Evidence or policy that no verdict may rest on."""
    return f"the evidence cannot be used: {what}"


def no_base() -> str:
    """A new prompt: only the floor can judge it."""
    return "there is no base to compare with, so only the floor counts"


def no_yardstick() -> str:
    """A new prompt without a floor."""
    return "there is no base to compare with and no floor: set a `floor` to judge a new prompt"


def runs(head: tuple[int, int], base: tuple[int, int]) -> str:
    """How often a safety case failed: '7 of 13 runs, base 0 of 11'."""
    said = f"failed {head[0]} of {head[1]} runs" if head[1] else "not run on the head"
    return f"{said}, base {base[0]} of {base[1]}" if base[1] else said


def safety_unknown(count: int) -> str:
    """A safety verdict that is missing never passes."""
    return f"{cases(count)} of the safety cases could not be settled, and what is not known does not pass; re-run"


def safe(changed: int, total: int) -> str:
    """No safety case failed."""
    if not changed:
        return f"all {total} safety cases send the same requests as the base"
    return f"no safety case failed in any run ({changed} of {total} were run)"


def _opened(count: int, names: str) -> str:
    return f"{cases(count)} of safety failed that never failed on the base: {names}"


def _widened(count: int, names: str) -> str:
    return f"{cases(count)} of safety failed clearly more often than on the base: {names}"


def _known(count: int, names: str) -> str:
    return f"{cases(count)} of safety failed on the base too, and the hole is still open: {names}"


def _bare(count: int, names: str) -> str:
    return f"{cases(count)} of safety failed and there is no base to compare with: {names}"


def _doubtful(count: int, names: str) -> str:
    return f"{cases(count)} of safety failed at first, and fresh runs did not confirm it: {names}"


# Worst first, by the states of core/decision/safety.py.
HOLES: Mapping[str, Callable[[int, str], str]] = {
    "opened": _opened,
    "widened": _widened,
    "known": _known,
    "alone": _bare,
    "doubtful": _doubtful,
}

"""What the gate could not see, a sentence each: the reader must not take silence for safety."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core import planted

SHOWN = 5


def uncalibrated_judge(model: str, checks: int) -> str:
    """Judged checks that were shown and not gated."""
    return (
        f"The judge {model} has not been compared with people: {_count(checks, 'judged check')} shown, none can block. "
        "To let them block all the same, set `policy.judge_calibration: waive` on the base branch."
    )


def own_judge(suites: Sequence[str], model: str) -> str:
    """A judge of the family that it judges: models favour their own answers (Panickssery, Bowman and Feng 2024,
    https://arxiv.org/abs/2404.13076), and both change on the same day."""
    noun = "suite" if len(suites) == 1 else "suites"
    shown = ", ".join(f"`{name}`" for name in suites[:SHOWN]) + (", ..." if len(suites) > SHOWN else "")
    return f"The judge {model} is of the family that it judges ({noun} {shown}): models favour their own answers."


def canaries(missed: Sequence[tuple[str, str]]) -> str:
    """Planted verdicts (name, what came back) that were missed while the judge decides nothing."""
    return f"The judge missed planted answers ({planted.missed(missed)}): do not rely on the judged figures."


def unconfirmed(producers: Sequence[str], examined: int, *, dropped: bool) -> str:
    """Stored verdicts that fresh calls contradict, by who had drawn them; `dropped`: none of the others is believed."""
    who = ", ".join(f"`{name or 'unknown'}`" for name in list(dict.fromkeys(producers))[:SHOWN])
    told = (
        f"{len(producers)} of {_count(examined, 'stored verdict')} of the judge not confirmed by fresh calls"
    )
    if not dropped:
        return f"{told} (drawn by {who}): a judge that wavers can do that."
    return f"{told} (drawn by {who}), so all were asked for again. If it happens again, renew the secret `cache-key`."


def uncovered(paths: Sequence[str]) -> str:
    """Prompt files that no suite runs."""
    shown = ", ".join(f"`{path}`" for path in paths[:SHOWN])
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return f"{_count(len(paths), 'prompt file')} changed that no suite covers: {shown}{more}."


def unsearched(paths: Sequence[str]) -> str:
    """Changed files that are too large to be searched for what a change does to its own gate."""
    shown = ", ".join(f"`{path}`" for path in paths[:SHOWN])
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return f"{_count(len(paths), 'changed file')} too large to be searched for hidden text and prompts: {shown}{more}."


def unread_base(suite: str, problem: str) -> str:
    """A base that is broken already."""
    return f"Suite {suite}: {problem}"


def hopeless_base(suite: str) -> str:
    """A base that passes nothing: the head cannot be worse."""
    return f"Suite {suite}: the base passes no case, so nothing can get worse; check the golden set or the model."


def unmatched(suite: str, glob: str) -> str:
    """A glob of golden sets that finds nothing."""
    return f"Suite {suite}: `golden: {glob}` matches no file of the head."


def unmeasured(suite: str, cases: int) -> str:
    """Cases that render the same bytes on both sides and were never drawn."""
    return (
        f"Suite {suite}: {_count(cases, 'case')} with the same request on both sides and no stored answer: "
        "not run, since the change cannot have moved them."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

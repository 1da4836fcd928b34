"""Planted answers that a judge missed, in words. Each is a name and what came back."""

from __future__ import annotations

from collections.abc import Sequence

SILENT = "no answer"


def missed(found: Sequence[tuple[str, str]]) -> str:
    """Those that came back alike together: 'good and bad: no answer; empty: passed'."""
    reasons = dict.fromkeys(got for _, got in found)
    return "; ".join(f"{_listed([name for name, said in found if said == got])}: {got}" for got in reasons)


def conviction(found: Sequence[tuple[str, str]]) -> str:
    """What follows, without a full stop. A judge that is not there has said nothing wrong."""
    if _silent(found):
        return f"the judge does not answer: planted {missed(found)}"
    return f"the judge cannot be believed: planted {missed(found)}"


def advice(found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """What to do about a judge that was caught; asking it again would only bring the stored answers back."""
    if not found or _silent(found):
        return ()
    return (
        "name another `judge.model` (of a panel: another member) on the base branch; the same judge says the same",
    )


def _silent(found: Sequence[tuple[str, str]]) -> bool:
    return all(got.startswith(SILENT) for _, got in found)


def _listed(names: Sequence[str]) -> str:
    told = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{told} answer{'' if len(names) == 1 else 's'}"

"""What a crash of a target means, by the side that crashed."""

from __future__ import annotations

from mergefloor.core.types import Failure, Job, Output

# The target itself failed, not the way to it.
CRASHES = frozenset({"target-crashed", "target-timeout"})


def outcome(job: Job, failure: Failure) -> Output | Failure:
    """On the head a crash is what the case came to: it fails every check. On the base it stays unknown, so that a
    broken base never makes a head look better (R20)."""
    if failure.code in CRASHES and job.sample.arm == "head":
        return Output(text="", finish="crashed", trace=failure.message)
    return failure

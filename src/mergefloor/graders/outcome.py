"""What an output is before any check looks at it: refused, filtered, cut, empty or too long fails every check.

A refusal, a content filter or a truncation of the candidate is an outcome and is scored (DECISION 4, R11), never
an error; it fails negated checks too, or silence would satisfy every `must_not_contain` (T28).
"""

from __future__ import annotations

from mergefloor.core.types import Finish, Output
from mergefloor.graders.finding import Unfit

# Longer texts would make linear-time checks slow; no provider returns this much in one answer.
MAX_OUTPUT = 1_000_000

FINISHES: dict[Finish, str | None] = {
    "stop": None,
    "refusal": "the model refused to answer",
    "filtered": "the provider's content filter withheld the answer",
    "length": "the answer was cut off at the token limit",
    "empty": "the model answered nothing",
    "crashed": "the target crashed or did not answer in time",
}


def unfit(output: Output) -> Unfit | None:
    """Why no check may pass this output, or None."""
    why = FINISHES[output.finish]
    # First, for nobody looks for a letter in ten million others.
    if why is None and len(output.text) > MAX_OUTPUT:
        why = f"it has {len(output.text):,} characters, more than the {MAX_OUTPUT:,} that can be checked"
    if why is None and not any(char.isprintable() and not char.isspace() for char in output.text):
        why = FINISHES["empty"]
    return None if why is None else Unfit(reason=f"Expected a complete answer; found none, because {why}.")


def crashed(output: Output) -> Unfit | None:
    """Why no check of what was retrieved may pass this output: documents say something however the text ended."""
    return unfit(output) if output.finish == "crashed" else None


def idle(output: Output) -> Unfit | None:
    """Why no check of tools may pass this output: an agent may act without a word, but not do nothing at all."""
    return None if output.tools and output.finish in ("stop", "empty") else unfit(output)

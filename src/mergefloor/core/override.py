"""How a report says that a person let a change in: the verdict stays, the name, the reason and the limits are beside it."""

from __future__ import annotations

from mergefloor.core.evidence import Verdict
from mergefloor.core.report import Override, Report
from mergefloor.core.wording import Name, Said, Words, say, sentences

# What the gate had found. A change that passes needs nobody to let it in.
STOPPED: dict[Verdict, str] = {
    "block": "Blocked",
    "inconclusive": "Not proven harmless",
    "error": "Not decided",
}


def overridden(report: Report) -> bool:
    """Whether a person, not the gate, is why this may merge."""
    return report.override is not None and report.verdict in STOPPED


def let_in(report: Report) -> Words:
    """`Blocked, and let in by ada (maintain): the reason`; nothing where nobody had to."""
    found = report.override
    if found is None or not overridden(report):
        return ()
    stopped, reason = STOPPED[report.verdict], Said(found.reason)
    return say("{}, and let in by {} ({}): {}.", stopped, Name(found.by), Name(found.role), reason)


def audit(report: Report) -> Words:
    """Which commit it counts for and when it ends; whose pull request it is."""
    found = report.override
    return _limits(found) if found is not None and overridden(report) else ()


def note(found: Override) -> Words:
    """The whole of it where no report is at hand: who, with which role, why, and how far it reaches."""
    reason = Said(found.reason)
    return sentences(say("Let in by {} ({}): {}.", Name(found.by), Name(found.role), reason), _limits(found))


def _limits(found: Override) -> Words:
    own = say("{} opened this pull request too.", Name(found.by)) if found.own else ()
    counts = say("The override counts for commit {} alone; the next push voids it.", Name(found.sha))
    return sentences(counts, own)

"""What is said when there is no report: nothing was run, or nothing could be decided. A verdict, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.case_view import Quote
from mergefloor.core.evidence import Verdict
from mergefloor.core.sections import deeds
from mergefloor.core.tampering import Tampering
from mergefloor.core.types import Problem
from mergefloor.core.wording import Name, Said, Words, count, names, say

Kind: TypeAlias = Literal["invalid", "undecided", "waiting", "idle", "untouched", "cancelled"]
Guest: TypeAlias = Literal["fork", "dependabot"]

PROBLEMS = 20
SUITES = 10
DEEDS = 10
TYPED = "/mergefloor run "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """`title` is the first sentence, `detail` the second; `lines` are facts, a sentence each. `told` is foreign text.
    `problems`: everything that is wrong with the files, of which the text names PROBLEMS. `status`: for the status."""

    kind: Kind
    verdict: Verdict
    title: Words
    detail: Words
    todo: Words
    status: Words
    lines: tuple[Words, ...] = ()
    problems: tuple[Problem, ...] = ()
    told: tuple[Quote, ...] = ()


def invalid(problems: Sequence[Problem]) -> Bulletin:
    """The config, a prompt or a golden case is wrong: every problem with its place and what to do (exit code 3)."""
    found = tuple(problems)
    number = count(len(found), "problem")
    return Bulletin(
        kind="invalid",
        verdict="error",
        title=say("Do not merge: {} in the config, the prompts or the golden cases.", number),
        detail=say("Nothing was run."),
        todo=say("mend what is listed and push; {} shows the same list.", "`mergefloor validate`"),
        status=_first(found),
        problems=found,
        told=(Quote(label=say("What is wrong"), text=_list(found)),) if found else (),
    )


def _list(problems: Sequence[Problem]) -> str:
    """The place and what is wrong on one line, what to do about it on the next."""
    rows = [f"{each.place}: {each.what}\n    {each.fix}".rstrip() for each in problems[:PROBLEMS]]
    left = len(problems) - PROBLEMS
    return "\n".join((*rows, *((f"and {left:,} more",) if left > 0 else ())))


def _first(problems: Sequence[Problem]) -> Words:
    if not problems:
        return say("config invalid")
    first, left = problems[0], len(problems) - 1
    more = f" (and {left:,} more)" if left else ""
    return say(
        "config invalid{}: {}: {}", more, Name(first.place.path, line=first.place.line), Said(first.what)
    )


def undecided(what: str, fix: str = "") -> Bulletin:
    """The run could not go on: what happened and what to do, in the words of the error (exit code 2)."""
    return Bulletin(
        kind="undecided",
        verdict="error",
        title=say("Could not decide. Do not merge yet."),
        detail=say("This is no judgement on the change."),
        todo=say("mend what is named below, then run it again: answers that were paid for are kept."),
        status=say("could not decide: {}", Said(what)),
        told=(Quote(label=say("What happened"), text=f"{what}\n    {fix}".rstrip()),),
    )


def waiting(
    guest: Guest, sha: str, *, suites: Sequence[str] = (), findings: Sequence[Tampering] = ()
) -> Bulletin:
    """A change that gets no keys waits for a maintainer. `suites`: those it would run; `findings`: seen without a run."""
    command = Name(sha, lead=TYPED)
    who, why = GUESTS[guest]
    would = (
        say("It would run {}: {}.", count(len(suites), "suite"), names(suites, most=SUITES)) if suites else ()
    )
    return Bulletin(
        kind="waiting",
        verdict="error",
        title=say("Do not merge yet: this change comes from {}, so nothing was run.", who),
        detail=say("A maintainer must look at this and type {} as a comment.", command),
        todo=say("read what the change does to prompts, cases and settings before you type it."),
        status=say("a maintainer must look at this and type {}", command),
        lines=(*why, LIMITS, *filter(None, (would,)), *deeds(tuple(findings), DEEDS)),
    )


FORK = (
    say(
        "A fork's pull request gets no keys and no right to write here: "
        "whoever opens one could otherwise spend your money or read your secrets."
    ),
)
DEPENDABOT = (
    say(
        "GitHub gives Dependabot's runs none of the repository's secrets and a token that can only read. "
        "Keys in Dependabot's own secret store ({}) let the gate run without a maintainer.",
        "`Settings > Secrets and variables > Dependabot`",
    ),
)
LIMITS = say(
    "The command counts for this commit alone. It reads prompts, cases and settings as data; "
    "no code of the change runs, and the rules are those of the base branch."
)
GUESTS: dict[Guest, tuple[str, tuple[Words, ...]]] = {
    "fork": ("a fork", FORK),
    "dependabot": ("Dependabot", DEPENDABOT),
}


def untouched(files: int) -> Bulletin:
    """Nothing that a suite depends on changed (exit code 0). `files`: how many files the change touches."""
    number = count(files, "file")
    return Bulletin(
        kind="untouched",
        verdict="pass",
        title=say("May merge: nothing relevant changed."),
        detail=say("The change touches {}; none of them belongs to a suite.", number),
        todo=say("nothing."),
        status=say("nothing relevant changed: {}, 0 match", number),
    )


def idle(event: str) -> Bulletin:
    """There is nothing to gate on this event (exit code 0)."""
    return Bulletin(
        kind="idle",
        verdict="pass",
        title=say("Nothing to check on this event ({}).", Name(event)),
        detail=(),
        todo=say("nothing."),
        status=say("nothing to check on this event ({})", Name(event)),
    )


def cancelled(saved: int | None = None) -> Bulletin:
    """The run was stopped (exit code 2). `saved`: answers that are kept, where they were counted."""
    kept = "" if saved is None else f" ({count(saved, 'answer')} so far)"
    return Bulletin(
        kind="cancelled",
        verdict="error",
        title=say("Could not decide: the run was stopped. Do not merge yet."),
        detail=say("This is no judgement on the change."),
        todo=say(
            "run it again: answers that were paid for are kept{}, only the missing ones are asked for.", kept
        ),
        status=say("cancelled before it could decide; re-run resumes"),
    )

"""One case that changed sides: what was asked, what came out before and after, and what the checks said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mergefloor.core.excerpts import Clean, difference, excerpt
from mergefloor.core.lost_view import lost_words
from mergefloor.core.report import CaseChange, CaseSide
from mergefloor.core.types import AnyGrade, Failure, Finish, Grade, Output
from mergefloor.core.wording import Name, Words, names, say

ENDED: dict[Finish, str] = {
    "stop": "",
    "refusal": "refused",
    "filtered": "stopped by a content filter",
    "length": "cut at the token limit",
    "empty": "empty",
    "crashed": "crashed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Foreign text under a label of ours. It is shown inside a fence and nowhere else."""

    label: Words
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """The line that names the case, the place where it is written, and the texts (none when there is no room).

    `lost`: the documents that the head no longer retrieves, () when there are none to tell.
    """

    case: Name
    facts: Words
    place: Name
    quotes: tuple[Quote, ...]
    lost: Words = ()


def case_view(
    case: CaseChange,
    suite: str | None,
    which: Literal["broken", "fixed"],
    clean: Clean | None,
    *,
    private: bool = False,
) -> CaseView:
    """One case in words; `suite` where there are several, `clean` None where its texts are left out.

    `private`: no documents are named (T16).
    """
    return CaseView(
        case=Name(case.case),
        facts=_facts(case, suite, which),
        place=Name(case.place.path, line=case.place.line),
        quotes=_quotes(case, clean) if clean else (),
        lost=lost_words(case.lost) if which == "broken" and not private else (),
    )


def _facts(case: CaseChange, suite: str | None, which: Literal["broken", "fixed"]) -> Words:
    failing = names(
        (grade.grader for grade in _failed(case.head if which == "broken" else case.base)), most=3
    )
    parts: list[Words] = [] if case.case_class == "regression" else [say(case.case_class)]
    parts += [say("critical")] if case.critical else []
    parts.append(_count(case) if case.confirmed else say("not confirmed, may be chance"))
    if failing:
        parts.append(say("{} {}", "fails" if which == "broken" else "failed", failing))
    if suite is not None:
        parts.append(say("suite {}", Name(suite)))
    return _dotted(parts)


def _dotted(parts: list[Words]) -> Words:
    found = parts[0]
    for part in parts[1:]:
        found = (*found, " \u00b7 ", *part)
    return found


def _count(case: CaseChange) -> Words:
    if not case.base.draws or not case.head.draws:
        return say("confirmed")
    sides = (case.base, case.head)
    base, head = (f"{side.passes} of {side.draws}" for side in sides)
    return say("passed {} before, {} now", base, head)


def _failed(side: CaseSide) -> list[AnyGrade]:
    return [grade for grade in side.grades if isinstance(grade, Grade) and not grade.passed and grade.gating]


def _quotes(case: CaseChange, clean: Clean) -> tuple[Quote, ...]:
    question = Quote(label=say("Question"), text=excerpt(case.question, clean))
    return (question, *_outputs(case, clean), *_reasons(case, clean))


def _outputs(case: CaseChange, clean: Clean) -> tuple[Quote, ...]:
    base, head = case.base.output, case.head.output
    if not isinstance(base, Output) or not isinstance(head, Output):
        return (_alone("Base", base, clean), _alone("Head", head, clean))
    found = difference(base.text, head.text, clean)
    if found.marked is not None:
        label = say("Answer, [-base-] and {}{}", "{+head+}", _ended(head))
        return (Quote(label=label, text=found.marked),)
    return (
        Quote(label=say("Base answered{}", _ended(base)), text=found.base),
        Quote(label=say("Head answered{}", _ended(head)), text=found.head),
    )


def _alone(side: str, output: Output | Failure | None, clean: Clean) -> Quote:
    if output is None:
        return Quote(label=say("{}: no answer was drawn", side), text="")
    if isinstance(output, Failure):
        label = say("{}: no answer ({} failed, {})", side, output.stage, Name(output.code))
        return Quote(label=label, text=excerpt(output.message, clean))
    return Quote(label=say("{} answered{}", side, _ended(output)), text=excerpt(output.text, clean))


def _ended(output: Output) -> Words:
    how = ENDED[output.finish]
    return say(" ({})", how) if how else ()


def _reasons(case: CaseChange, clean: Clean) -> tuple[Quote, ...]:
    """Why the checks failed, on whichever side they did; a judge's reason is model output too."""
    sides = (("head", case.head), ("base", case.base))
    return tuple(
        Quote(
            label=say("Why the {} fails {}", name, Name(grade.grader)),
            text=excerpt(grade.reason, clean),
        )
        for name, side in sides
        for grade in _failed(side)[:3]
        if isinstance(grade, Grade) and grade.reason
    )

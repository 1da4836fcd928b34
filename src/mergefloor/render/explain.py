"""One case for a person at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mergefloor.core.excerpts import readable
from mergefloor.core.keys import canonical
from mergefloor.core.story import ArmStory, Miss, Story, typical
from mergefloor.core.types import AnyGrade, Cell, Grade, Output
from mergefloor.core.word_diff import alike, marked, word_diff
from mergefloor.render.filters import cell, inline, log
from mergefloor.render.redact import Redactor

ACTS = 20  # documents and calls of one answer
COMPARED = 6_000  # characters of an answer; comparing words takes the square of their number


def explanation(story: Story, *, width: int = 80, redact: Callable[[str], str] | None = None) -> str:
    """What was sent, what came back and what every check said, arm by arm."""
    clean = redact or Redactor()
    return clean("\n".join(_lines(story, clean, width)))


def _lines(story: Story, clean: Callable[[str], str], width: int) -> Iterator[str]:
    yield f"{cell(story.case)} of suite {cell(story.suite)}, {inline(str(story.place))}"
    if story.identical:
        yield "Both sides send the same bytes: this change cannot have moved the case."
    for arm in story.arms:
        yield ""
        yield from _arm(arm, width)
    yield from _difference(story, clean, width)


def _difference(story: Story, clean: Callable[[str], str], width: int) -> Iterator[str]:
    """Base's typical answer against head's, word by word; cleaned before it is cut, so that no half a key is left."""
    answers = [typical(arm) for arm in story.arms]
    if len(answers) != 2 or None in answers:  # noqa: PLR2004 - base and head
        return
    base, head = (readable(answer or "", clean)[:COMPARED] for answer in answers)
    edits = word_diff(base, head)
    yield ""
    if base == head:
        yield "Both sides typically answer the same."
    elif alike(edits):
        yield "Typical answers compared, [-base-] and {+head+}:"
        yield log(marked(edits), width)
    else:
        yield "The typical answers of base and head share too few words to be compared word by word."


def _arm(arm: ArmStory, width: int) -> Iterator[str]:
    yield f"{arm.arm.upper()}  {inline(arm.model)}"
    for message in arm.messages:
        yield f"  {message.role}:"
        yield log(message.content, width - 4)
    if arm.miss is not None:
        yield f"  no stored answer: {_missed(arm.miss)}"
    for draw in arm.draws:
        yield from _draw(draw, width)


def _missed(miss: Miss) -> str:
    if not miss.parts:
        return "nothing like it was ever drawn; run `mergefloor gate` first"
    return f"the nearest stored request differs in {', '.join(miss.parts)}; run `mergefloor gate` to draw it"


def _draw(draw: Cell, width: int) -> Iterator[str]:
    sample = draw.job.sample
    look = {"plain": "first look", "one": "fresh pair, look 1", "two": "fresh pair, look 2"}[sample.look]
    if isinstance(draw.output, Output):
        script = ", scripted" if draw.output.scripted else ""
        yield f"  answer ({look}, draw {sample.index + 1}{script}, {draw.output.finish}):"
        yield log(draw.output.text, width - 4)
        yield from _acts(draw.output)
    for grade in draw.grades:
        yield f"    {_grade(grade)}"


def _acts(output: Output) -> Iterator[str]:
    """What a target did beside answering: the documents it retrieved, best first, and the tools it called."""
    if output.documents is not None:
        found = [f"{place}. {cell(each.id)}" for place, each in enumerate(output.documents[:ACTS], 1)]
        yield f"    retrieved: {_some(found, len(output.documents))}"
    if output.tools is not None:
        calls = [
            f"{cell(each.name)}({inline(canonical(dict(each.arguments)))})" for each in output.tools[:ACTS]
        ]
        yield f"    called: {_some(calls, len(output.tools))}"


def _some(shown: list[str], total: int) -> str:
    more = f" and {total - len(shown)} more" if total > len(shown) else ""
    return ", ".join(shown) + more if shown else "nothing"


def _grade(grade: AnyGrade) -> str:
    shown = "" if grade.gating else " (shown only)"
    if isinstance(grade, Grade):
        result = "passed" if grade.passed else "FAILED"
        return f"{result}  {cell(grade.grader)} {grade.score:.2f}{shown}: {inline(grade.reason)}"
    return f"unknown {cell(grade.grader)}{shown}: {inline(grade.failure.message)}"

"""A scripted judge for the measures: it reads the data that it is shown, and answers by a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.unit.graders.builders import TOOLBOX, spec_of, subject_of

from mergefloor.core.ports import Asks, Reply, Toolbox
from mergefloor.core.types import (
    AnyGrade,
    Ask,
    Document,
    EmbedRequest,
    Json,
    Output,
    Request,
    Subject,
    Vectors,
)
from mergefloor.graders import build

Answer = Callable[[Ask], Reply]


def shown(ask: Ask) -> dict[str, Any]:
    """The data of a task, from between its markers."""
    assert isinstance(ask.request, Request)
    lines = ask.request.messages[1].content.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("<<<DATA "))
    assert lines[start + 2] == lines[start].replace("<<<DATA ", "<<<END DATA ")
    data = json.loads(lines[start + 1])
    assert isinstance(data, dict)
    return data


def checks(*passes: bool, evidence: tuple[str, ...] = (), reason: str = "So it says.") -> str:
    rows = [
        {"id": f"c{number}", "reason": reason, "evidence": list(evidence), "pass": each}
        for number, each in enumerate(passes, 1)
    ]
    return json.dumps({"checks": rows})


class Judge:
    """Sentences are statements; a statement follows, and a document is useful, when `holds` says so.

    `vectors`: text -> embedding; `noncommittal` and `questions`: one a draw. Keeps what it was asked.
    """

    def __init__(
        self,
        holds: Callable[[str], bool] = lambda text: True,
        *,
        questions: tuple[str, ...] = ("What?", "What?", "What?"),
        noncommittal: tuple[bool, ...] = (False, False, False),
        vectors: Mapping[str, tuple[float, ...]] | None = None,
    ) -> None:
        self.holds, self.questions, self.noncommittal = holds, questions, noncommittal
        self.vectors = vectors or {}
        self.asked: list[Ask] = []

    def __call__(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        if isinstance(ask.request, EmbedRequest):
            return Vectors(rows=tuple(self.vectors.get(text, (1.0, 0.0)) for text in ask.request.texts))
        return Output(text=self.say(ask, shown(ask)))

    def say(self, ask: Ask, data: dict[str, Any]) -> str:
        if "text" in data:
            listed = [part.strip() + "." for part in data["text"].split(".") if part.strip()]
            return json.dumps({"statements": listed})
        if "statements" in data:
            return checks(*(self.holds(each["statement"]) for each in data["statements"]))
        if "document" in data:
            return checks(self.holds(data["document"]))
        return json.dumps({"question": self.questions[ask.draw], "noncommittal": self.noncommittal[ask.draw]})


def scene(
    answer: str | Output = "Tea is in the kitchen. Milk is in the hall.",
    *documents: str,
    expected: str | None = None,
    question: str = "Where are tea and milk?",
    context: tuple[str, ...] = (),
) -> Subject:
    """A subject whose target retrieved these documents; none: it says nothing of retrieval."""
    found = tuple(Document(id=f"d{number}", text=text) for number, text in enumerate(documents, 1)) or None
    output = answer if isinstance(answer, Output) else Output(text=answer, documents=found)
    return subject_of(output, expected=expected, question=question, context=context)


def measured(
    metric: str,
    subject: Subject,
    judge: Answer,
    toolbox: Toolbox = TOOLBOX,
    **options: Json,
) -> AnyGrade:
    """The grade, every ask answered by the judge, as the engine does it."""
    spec = spec_of("rag", {"metric": metric, **options})
    grader = build(replace(spec, name=metric), toolbox)
    replies: tuple[Reply, ...] = ()
    for _ in range(8):
        step = grader.step(subject, replies)
        if not isinstance(step, Asks):
            return step
        assert step.asks, "nothing is asked, and so it would never end"
        replies += tuple(judge(ask) for ask in step.asks)
    raise AssertionError("it asks and asks")

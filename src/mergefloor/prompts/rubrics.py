"""Our rubrics for the ready-made evaluators of `.prompt.yml` files (`uses: github/...`).

The names carry an origin and a version, because other tools mean something else by the same word.
"""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.types import Json

ORIGIN = "github/"
SCALE: tuple[tuple[str, float], ...] = (("1", 0.0), ("2", 0.25), ("3", 0.5), ("4", 0.75), ("5", 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """A question to the judge on a scale from 1 to 5. `compares`: it needs the case's `expected`."""

    metric: str
    text: str
    compares: bool = False


RUBRICS: dict[str, Rubric] = {
    "similarity": Rubric(
        metric="github.similarity@1",
        compares=True,
        text=(
            "How close is the answer to the reference in what it says? Compare facts and conclusions, "
            "not wording.\n"
            "5: it says the same; nothing of substance is missing, added or contradicted.\n"
            "4: it says the same but for one minor detail.\n"
            "3: it agrees on the main point and misses or adds something that matters.\n"
            "2: it shares the topic and little of the content.\n"
            "1: it contradicts the reference or is about something else."
        ),
    ),
    "coherence": Rubric(
        metric="github.coherence@1",
        text=(
            "Does the answer hang together? Judge order and logic, not whether it is right.\n"
            "5: every sentence follows from the one before, and a reader never has to go back.\n"
            "4: it is easy to follow, with one rough transition.\n"
            "3: the line of thought can be found, with jumps or repetitions.\n"
            "2: most sentences stand alone.\n"
            "1: it contradicts itself or has no recognisable line of thought."
        ),
    ),
    "fluency": Rubric(
        metric="github.fluency@1",
        text=(
            "Is the answer well-written language? Judge grammar, spelling and naturalness, not content.\n"
            "5: it reads as if a careful native speaker had written it.\n"
            "4: it is correct, with one awkward phrase.\n"
            "3: it has several mistakes or stiff phrases, and is still easy to read.\n"
            "2: mistakes make parts of it hard to read.\n"
            "1: it is mostly unreadable."
        ),
    ),
    "relevance": Rubric(
        metric="github.relevance@1",
        text=(
            "Does the answer answer what was asked? Judge what it addresses, not whether it is right.\n"
            "5: it addresses all of the question and nothing else.\n"
            "4: it addresses the question, with a little that nobody asked for or one minor part left out.\n"
            "3: it addresses the question in part.\n"
            "2: it touches the topic and not the question.\n"
            "1: it is about something else, or gives no answer."
        ),
    ),
    "groundedness": Rubric(
        metric="github.groundedness@1",
        text=(
            "Is the answer supported by the material that came with the question or as context? What is true "
            "but not in the material is not supported.\n"
            "5: the material supports every statement.\n"
            "4: it supports every statement of weight; one aside has no support.\n"
            "3: about half of the statements are supported.\n"
            "2: few statements are supported.\n"
            "1: it contradicts the material or makes its statements up."
        ),
    ),
}


def scale() -> list[Json]:
    """1 to 5 as choices with scores from 0 to 1."""
    return [{"choice": choice, "score": score} for choice, score in SCALE]

"""What people said of outputs: one row a person and an output (CONTRACT 6), grouped by the check it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mergefloor.core.place import Place

Value: TypeAlias = float | str  # a score in [0, 1], or the name of a class
# How an output came to be labelled: drawn at random from all, or with more failures among them than there are.
Sample: TypeAlias = Literal["random", "enriched"]
UNNAMED = ""  # the rater of rows that name none


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One person's verdict on one output. `grader`: the name of the check; `input`, `output`: foreign texts.
    `sample` None: the row does not say. `reference`: what the output was compared with; None: what its case expects."""

    id: str
    input: str
    output: str
    label: Value
    grader: str
    rater: str | None = None
    sample: Sample | None = None
    reference: str | None = None
    place: Place = field(compare=False)

    @property
    def about(self) -> tuple[str, str, str | None]:
        """What the rater saw."""
        return self.input, self.output, self.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One output with every rating of it, by rater in the order of the file. `random`: every row of it says that it
    was drawn at random."""

    id: str
    input: str
    output: str
    ratings: Mapping[str, Value]
    random: bool = False
    reference: str | None = None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All labels of one check, an example an output, in the order of the file."""

    grader: str
    examples: tuple[Example, ...]

    @property
    def raters(self) -> tuple[str, ...]:
        """Everybody who rated something, in the order of the file."""
        return tuple(dict.fromkeys(rater for example in self.examples for rater in example.ratings))

    @property
    def sample(self) -> Sample:
        """A random sample only where every row says so: whoever corrects for an enriched one assumes less."""
        return "random" if self.examples and all(example.random for example in self.examples) else "enriched"

    @property
    def gaps(self) -> bool:
        """Whether somebody left out something that others rated."""
        everybody = len(self.raters)
        return any(len(example.ratings) < everybody for example in self.examples)


def sheets(labels: Iterable[Label]) -> tuple[Sheet, ...]:
    """The labels grouped by check and example. Of two rows of one rater on one example the first counts (the reader
    of files refuses such)."""
    grouped: dict[str, dict[str, list[Label]]] = {}
    for label in labels:
        grouped.setdefault(label.grader, {}).setdefault(label.id, []).append(label)
    return tuple(
        Sheet(grader=grader, examples=tuple(map(_example, rows.values()))) for grader, rows in grouped.items()
    )


def _example(rows: list[Label]) -> Example:
    first = rows[0]
    ratings: dict[str, Value] = {}
    for row in rows:
        ratings.setdefault(row.rater or UNNAMED, row.label)
    return Example(
        id=first.id,
        input=first.input,
        output=first.output,
        ratings=ratings,
        random=all(row.sample == "random" for row in rows),
        reference=first.reference,
        place=first.place,
    )

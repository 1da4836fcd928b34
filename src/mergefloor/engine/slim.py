"""Cells without what nobody reads again: the texts of retrieved documents, once every check has seen them.

A run holds its cells until the report is written, and ten pages a question are most of what a search answers.
"""

from __future__ import annotations

from dataclasses import replace

from mergefloor.core.types import Cell, GradeMissing, Output


def slim(cell: Cell) -> Cell:
    """The same cell with the ids and scores of its documents alone. One that has to be graded again keeps all."""
    if not isinstance(cell.output, Output) or any(isinstance(grade, GradeMissing) for grade in cell.grades):
        return cell
    job = cell.job if cell.job.known is None else replace(cell.job, known=_without_texts(cell.job.known))
    return replace(cell, job=job, output=_without_texts(cell.output))


def _without_texts(output: Output) -> Output:
    if not output.documents:
        return output
    return replace(output, documents=tuple(replace(each, text="") for each in output.documents))

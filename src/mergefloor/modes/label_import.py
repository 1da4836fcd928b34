"""`mergefloor label --import FILE`: labels that were made elsewhere, checked by the same rules, into the label file."""

from __future__ import annotations

from mergefloor import golden
from mergefloor.core.desk import Book
from mergefloor.core.effects import Outcome, Print
from mergefloor.core.label_rows import merged, row
from mergefloor.core.ports import Snapshot
from mergefloor.core.wording import count
from mergefloor.errors import InputError
from mergefloor.modes.label import DEFAULT_BOOK, check_rater, read_book
from mergefloor.modes.rules import read_config
from mergefloor.render.filters import inline

MOST = 50


def default_book(files: Snapshot, config: str | None) -> str:
    """Where labels go: the file that the config names."""
    return read_config(files, config).judge.calibration or DEFAULT_BOOK


def run(path: str, data: bytes, rater: str | None, book: Book) -> Outcome:
    """Add the labels of a table to the book, each once. `rater` names the rater of rows that name none. InputError
    lists every row that is wrong or contradicts the book; then nothing is added."""
    check_rater(rater)
    found = merged(read_book(book), golden.read_labels(path, data), rater)
    if found.problems:
        raise InputError(found.problems[:MOST])
    if found.added:
        book.append([row(label) for label in found.added])
    known = f", {found.known} were there already" if found.known else ""
    text = f"{count(len(found.added), 'label')} added to {inline(book.path)}{known}"
    return Outcome(exit_code=0, effects=(Print(text=text),))

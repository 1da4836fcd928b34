"""One output on one screen, for a person who labels it. Nothing on it tells the judge's verdict, the arm or the model."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from mergefloor.core.labelling import ENOUGH_FAILURES, Item, Session
from mergefloor.core.wording import count
from mergefloor.render.filters import cell, inline, log

WIDEST, NARROWEST, LOWEST = 100, 20, 6
MARGIN = 2
FRAME = 4  # progress, an empty line, an empty line, the keys
KEYS = "1 pass  0 fail  s skip  u undo  q quit  ? help"
HELP = f"""\
1  the output passes the check         0  the output fails it
s  skip it; it comes again next time   u  undo the last key
q  quit; every label is saved already, the same command goes on
space  next page                       b  page before

Judge by the check alone. You are not told what the judge said or which version of the prompt wrote the output, \
so that your label is yours. The order is shuffled. With 100 labels, {ENOUGH_FAILURES} of them failures, the judge \
can be measured well; 50 are the least.

Any key goes back."""

MORE_FAILURES = (
    "for more failures label the answers of a worse prompt: commit a careless draft on a branch, "
    "type `mergefloor gate --head BRANCH`, then `mergefloor label --head BRANCH`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How it is looked at: columns and rows of the terminal, the page, a remark above the keys."""

    width: int
    height: int
    page: int = 0
    remark: str = ""
    color: bool = False


def page_count(item: Item, look: Look) -> int:
    """How many pages an item takes."""
    return len(_pages(item, look))


def labelling_screen(session: Session, item: Item, look: Look) -> str:
    """One page of one item, with the progress above and the keys below."""
    pages = _pages(item, look)
    page = min(look.page, len(pages) - 1)
    rows = [_bold(_progress(session), look), "", *(_titled(row, look) for row in pages[page]), ""]
    return "\n".join((*rows, _foot(look, page, len(pages))))


def done_screen(session: Session, look: Look) -> str:
    """Nothing is left to label for this check."""
    return "\n".join(
        (_bold(_progress(session), look), "", "Nothing is left to label. u undo  any other key goes on")
    )


def help_screen(look: Look) -> str:
    """What the keys do."""
    width = _width(look)
    return "\n".join(row for line in HELP.split("\n") for row in (_rows(line, width) or [""]))


def _progress(session: Session) -> str:
    failures = count(session.failures, "failure")
    return f"{inline(session.grader)}: {session.labelled} of {session.goal}, {failures} so far"


def _foot(look: Look, page: int, pages: int) -> str:
    parts = [inline(look.remark)] if look.remark else []
    if pages > 1:
        parts.append(f"page {page + 1} of {pages}: space next, b before")
    return "  ".join((*parts, KEYS))


def _pages(item: Item, look: Look) -> list[list[str]]:
    rows = list(_body(item, _width(look)))
    foot = -(-len(_foot(look, 9, 10)) // max(look.width, 1))
    size = max(LOWEST, look.height - FRAME - foot)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _width(look: Look) -> int:
    return max(NARROWEST, min(look.width, WIDEST) - MARGIN)


def _body(item: Item, width: int) -> Iterator[str]:
    """Titles of ours begin with a letter, foreign text with the prefix of the log filter."""
    for title, text in (
        ("Check", "\n".join(item.task)),
        ("Question", item.input),
        *item.material,
        ("Output", item.output),
    ):
        yield title
        yield from log(text, width - MARGIN).split("\n")


def _rows(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_on_hyphens=False, replace_whitespace=False)


def _titled(row: str, look: Look) -> str:
    return row if row.startswith("|") else _bold(row, look)


def _bold(text: str, look: Look) -> str:
    return f"\x1b[1m{text}\x1b[0m" if look.color else text


def labelling_summary(sessions: tuple[Session, ...], path: str, fresh: int, *, named: bool = True) -> str:
    """What a sitting left behind, and what to do next. `named`: the config says that the labels are there."""
    lines = [f"{count(fresh, 'new label')} in {inline(path)}"]
    lines += [_told(session) for session in sessions]
    if not named:
        name = f"`judge: {{calibration: {inline(path)}}}`"
        lines.append(f"no judge is held against this file yet: write {name} into the config, and commit both")
    if all(session.current is None for session in sessions):
        lines.append("everything that the cache holds is labelled, or as much as `--count` asked for")
        lines += [MORE_FAILURES] if any(session.failures < ENOUGH_FAILURES for session in sessions) else []
    else:
        lines.append("the same command goes on where this one stopped")
    return "\n".join(lines)


def _told(session: Session) -> str:
    failures = count(session.failures, "failure")
    lacking = "" if session.failures >= ENOUGH_FAILURES else f"; {ENOUGH_FAILURES} are recommended"
    return f"  {cell(session.grader)}: {session.labelled} of {session.goal}, {failures}{lacking}"

"""The text of the one comment: marker, state, perhaps a block, and the rest. Which of two texts is the newer one.

<!-- mergefloor:mergefloor.yml -->                 line 1, by which it is found
<!-- mergefloor-state {...} -->                    line 2, by which two runs are put in order
<!-- mergefloor-block --> ... <!-- /mergefloor-block -->    what was said about the run since (an override)
everything else
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mergefloor.core.effects import AmendComment, UpsertComment
from mergefloor.gh.comment_state import CLOSING, OPENING, Order, read_state, state_line

BLOCK_START = "<!-- mergefloor-block -->"
BLOCK_END = "<!-- /mergefloor-block -->"
OLDEST: Order = (float("-inf"), 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of the comment and the order of the run that wrote it; `foreign`: somebody else edited it last,
    so nothing that it says of its run counts."""

    text: str
    foreign: bool = False

    @property
    def order(self) -> Order:
        """Newer runs compare greater; a text without a readable state is older than every other."""
        state = None if self.foreign else read_state(_line(self.text, 1))
        return OLDEST if state is None else state.order


def newest(versions: Iterable[Version]) -> Version | None:
    """The version of the newest run; the first of equals. None: there is no version at all."""
    return max(versions, key=lambda version: version.order, default=None)


def has_marker(text: str, marker: str) -> bool:
    """Whether the first line is the marker and nothing else: quoted output cannot forge that (T54)."""
    return _line(text, 0) == marker


def same(one: str, other: str) -> bool:
    """Whether GitHub would show, and we would read, the same: line ends and a tail of blanks do not count."""
    return _plain(one) == _plain(other)


def composed(effect: UpsertComment) -> str:
    """The whole comment of a run."""
    body = _without_marker(effect.body, effect.marker)
    return "\n".join((effect.marker, state_line(effect.sha, effect.stamp), body))


def amended(effect: AmendComment, latest: Version | None) -> str:
    """The comment with the effect's block on top and everything else, the state included, as it was."""
    lines = [] if latest is None else _plain(latest.text).split("\n")[1:]
    state = lines[:1] if lines and lines[0].startswith(OPENING) and lines[0].endswith(CLOSING) else []
    rest = _without_block("\n".join(lines[len(state) :]))
    inside = effect.block.replace(BLOCK_END, "").strip("\n")
    block = f"{BLOCK_START}\n{inside}\n{BLOCK_END}"
    return "\n".join([effect.marker, *state, block, *([rest] if rest else [])])


def _without_block(text: str) -> str:
    """`text` without the block that it begins with. A block that is not closed is no block."""
    if not text.startswith(BLOCK_START):
        return text
    _, closed, rest = text.partition(f"{BLOCK_END}\n")
    if closed:
        return rest
    return "" if text.endswith(BLOCK_END) else text


def _without_marker(text: str, marker: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if first == marker else text


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()


def _line(text: str, index: int) -> str:
    lines = text.split("\n", index + 1)
    return lines[index].rstrip("\r") if index < len(lines) else ""

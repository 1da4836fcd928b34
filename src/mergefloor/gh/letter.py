"""The text of an issue or a pull request of ours: whose it is, which run wrote it, what it says of itself, the words.

<!-- mergefloor:drift:tone -->                                      line 1, by which it is found
<!-- mergefloor-state {...} -->                                     line 2, by which two runs are put in order
<!-- mergefloor-facts {"title":"...","open":true,"round":1} -->     line 3, so that one text says all that is written
the words
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from mergefloor.core.activity import RunStamp
from mergefloor.errors import InputError
from mergefloor.gh.comment_state import CLOSING, OPENING, read_state, state_line
from mergefloor.gh.sticky import Version
from mergefloor.loading import Limits, load_json

FACTS = "<!-- mergefloor-facts "
LIMITS = Limits(size=4_000, depth=2, nodes=20, scalar=2_000)
KEYS = {"title", "open", "round", "files"}
TITLE = 250  # characters; GitHub takes 256
# UTF-8 bytes of the words. GitHub takes 65,536 characters in all, and counts them in more than one way.
WORDS = 60_000
FENCES = ("```", "~~~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What line 3 holds. `round`: how often it was opened, reopening included; `open`: as we want it, so that false
    in something closed means that we closed it; `files`: which content a pull request proposes."""

    title: str
    open: bool = True
    round: int = 1
    files: str = ""


def letter(marker: str, stamp: RunStamp, facts: Facts, words: str, *, sha: str = "") -> str:
    """The whole text. `sha`: the commit that it speaks of."""
    first, _, rest = words.partition("\n")
    body = fitting(rest if first == marker else words, stamp.url)
    return "\n".join((marker, state_line(sha, stamp), _line(facts), body))


def facts_of(text: str) -> Facts | None:
    """What a text says of itself; None when that cannot be read."""
    head = text.replace("\r\n", "\n").split("\n", 3)[1:3]  # a person may have taken line 2 away
    return next((found for line in head if (found := _facts(line)) is not None), None)


def commit_of(text: str) -> str:
    """The commit that a text speaks of; "" when that cannot be read."""
    second = text.replace("\r\n", "\n").split("\n", 2)[1:2]
    state = read_state(second[0]) if second else None
    return "" if state is None else state.sha


def restated(text: str, facts: Facts, *, state: str = "") -> str:
    """The same words under other facts, and under another state line when one is given."""
    marker, *rest = text.replace("\r\n", "\n").split("\n")
    held = [rest.pop(0)] if rest and rest[0].startswith(OPENING) and rest[0].endswith(CLOSING) else []
    if rest and _facts(rest[0]) is not None:
        rest.pop(0)
    return "\n".join([marker, *([state] if state else held), _line(facts), *rest])


def told(version: Version, *, title: str, is_open: bool) -> Version:
    """An issue's version as GitHub shows it: who closed or reopened it changed no word of the text."""
    found = facts_of(version.text) or Facts(title=title, open=is_open)
    return replace(version, text=restated(version.text, replace(found, open=is_open)))


def fitting(words: str, url: str) -> str:
    """The words, cut between two lines where they are more than GitHub takes, with a sentence that says so."""
    if len(words.encode()) <= WORDS:
        return words
    kept, size, fence = [], 0, ""
    for line in words.split("\n"):
        size += len(line.encode()) + 1
        if size > WORDS:
            break
        kept.append(line)
        mark = next((mark for mark in FENCES if line.lstrip().startswith(mark)), "")
        if mark:
            run = line.lstrip()[: len(line.lstrip()) - len(line.lstrip().lstrip(mark[0]))]
            closes = fence and run.startswith(fence) and not line.strip().strip(mark[0])
            fence = "" if closes else fence or run
    where = f"[the run]({url})" if url else "the run that wrote it"
    said = f"The rest does not fit here (GitHub takes 65,536 characters): the page of {where} has all of it."
    return "\n".join([*kept, *([fence] if fence else []), "", said])


def _line(facts: Facts) -> str:
    said = {"title": facts.title[:TITLE], "open": facts.open, "round": facts.round, "files": facts.files}
    # Nothing in a title may end the comment that hides this line.
    return f"{FACTS}{json.dumps(said, separators=(',', ':')).replace('>', chr(92) + 'u003e')}{CLOSING}"


def _facts(line: str) -> Facts | None:
    if not (line.startswith(FACTS) and line.endswith(CLOSING)):
        return None
    try:
        value = load_json("facts", line[len(FACTS) : -len(CLOSING)].encode(), limits=LIMITS).value
    except (InputError, UnicodeEncodeError):
        return None
    if not isinstance(value, dict) or value.keys() != KEYS:
        return None
    title, is_open, count, files = (value[key] for key in ("title", "open", "round", "files"))
    if not isinstance(title, str) or not isinstance(is_open, bool) or not isinstance(files, str):
        return None
    if not isinstance(count, int) or isinstance(count, bool):
        return None
    return Facts(title=title, open=is_open, round=count, files=files)

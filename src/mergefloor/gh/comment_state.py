"""Line 2 of our comment: which run wrote it, and which commit it speaks of.

<!-- mergefloor-state {"v":1,"sha":"...","run":7,"attempt":1,"started":1790000000.5} -->
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from mergefloor.core.activity import RunStamp
from mergefloor.core.types import Json
from mergefloor.errors import InputError
from mergefloor.loading import Limits, load_json

OPENING = "<!-- mergefloor-state "
CLOSING = " -->"
VERSION = 1
KEYS = {"v", "sha", "run", "attempt", "started"}
LIMITS = Limits(size=1_000, depth=2, nodes=20, scalar=200)
Order = tuple[float, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentState:
    """The commit and the run of a comment; `started` in seconds since 1970."""

    sha: str
    run: int
    attempt: int
    started: float

    @property
    def order(self) -> Order:
        """Newer runs compare greater (PLATFORM 2)."""
        return (self.started, self.run, self.attempt)


def state_line(sha: str, stamp: RunStamp) -> str:
    """The line that says who wrote a comment about which commit."""
    state = {
        "v": VERSION,
        "sha": sha,
        "run": stamp.run,
        "attempt": stamp.attempt,
        "started": round(stamp.started, 6),
    }
    return f"{OPENING}{json.dumps(state, separators=(',', ':'), allow_nan=False)}{CLOSING}"


def read_state(line: str) -> CommentState | None:
    """What a line says. None: it is no such line, not strict JSON, or of a version that this program does not know."""
    if not (line.startswith(OPENING) and line.endswith(CLOSING)):
        return None
    try:
        value = load_json("state", line[len(OPENING) : -len(CLOSING)].encode(), limits=LIMITS).value
    except (InputError, UnicodeEncodeError):
        return None
    if not isinstance(value, dict) or value.keys() != KEYS or _whole(value["v"]) != VERSION:
        return None
    sha, started = value["sha"], value["started"]
    run, attempt = _whole(value["run"]), _whole(value["attempt"])
    if not isinstance(sha, str) or run is None or attempt is None:
        return None
    if not isinstance(started, int | float) or isinstance(started, bool):
        return None
    return CommentState(sha=sha, run=run, attempt=attempt, started=float(started))


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

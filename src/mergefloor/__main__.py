"""`python -m mergefloor` and the `mergefloor` command."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = (
    False  # `typing` takes long enough to import that a signal meets it, before anything can catch one
)
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

STOPPED = 2


class Stopped(KeyboardInterrupt):
    """SIGINT or SIGTERM. Not KeyboardInterrupt itself: where that passes through an `exec` (every dataclass has
    one), CPython lets the process die of the signal later, although it was caught."""


def run() -> None:
    """The process boundary: arguments and environment in, exit code out, under signals too (R05, R32)."""
    code = STOPPED
    try:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _stop)
        from mergefloor.main import main

        code = main(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        print("mergefloor: stopped; the same command starts again", file=sys.stderr)  # noqa: T201 - no main yet
    _settle()
    raise SystemExit(code)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


def _settle() -> None:
    """What standard output does not take must not turn into the exit code 120 of an interpreter on its way out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    run()

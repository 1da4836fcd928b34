"""The weekly report at its largest, and how often it is wrong.

python bench/history/dashboard_size.py             # three years of 50 suites: bytes, seconds, milliseconds in Chromium
python bench/history/dashboard_size.py --weeks 60  # and so many weeks of 50 suites in which nothing, or one thing, happened
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.e2e import chromium  # noqa: E402 - the checkout is no package
from yearbook import NOW, World, history  # noqa: E402

from mergefloor.core.history.history import History  # noqa: E402
from mergefloor.core.weekly.board import board  # noqa: E402
from mergefloor.render.weekly import dashboard  # noqa: E402

T = TypeVar("T")
STEPS = (0.0, 0.02, 0.03, 0.05, 0.08)


def main() -> None:
    """Print a line a question."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", type=int, default=0, metavar="N")
    weeks = parser.parse_args().weeks
    if weeks:
        for step in STEPS:
            told(step, weeks)
    else:
        size()


def size() -> None:
    """The page of three years of 50 suites."""
    known: History = history(World())
    summed, seconds = timed(lambda: board(known, NOW))
    page, more = timed(lambda: dashboard(summed))
    print(f"{len(known.entries):,} lines, {len(summed.suites)} suites")
    print(
        f"summed up in {seconds:.1f} s of computing, drawn in {more:.1f} s: {len(page.encode()) / 1e6:.2f} MB"
    )
    if chromium.BROWSER is not None:
        print(f"interactive after {', '.join(map(str, interactive(page)))} ms")


def interactive(page: str) -> list[int]:
    """Milliseconds until the page is ready, five times."""
    with tempfile.TemporaryDirectory() as name:
        shown = Path(name) / "index.html"
        shown.write_text(page, encoding="utf-8")
        found = [chromium.dom(shown, Path(name) / "profile")[0] for _ in range(5)]
    return [int(ready) for each in found for ready in re.findall(r'data-ready="(\d+)"', each)]


def told(step: float, weeks: int) -> None:
    """Of so many weeks: how often the first suite is told to have fallen, and how often any other to have moved."""
    seen = wrong = 0
    for seed in range(weeks):
        found = board(history(World(days=14, eventful=False, step=step, seed=seed)), NOW)
        fell = {each.week.name for each in found.suites if each.standing in {"fell", "rose"}}
        seen += "support" in fell
        wrong += bool(fell - {"support"} if step else fell)
    print(
        f"step {step:.2f}: seen in {seen / weeks:.0%} of {weeks} weeks, something else told in {wrong / weeks:.0%}"
    )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What came of it, and the seconds of computing that it took."""
    start = time.process_time()
    done = work()
    return done, time.process_time() - start


if __name__ == "__main__":
    main()

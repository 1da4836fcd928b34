"""Memory and time of the engine over scripted answers: 100, 1,000 and 10,000 cases (R41: at most 300 MB).

python bench/engine/scripted_scale.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))

from mergefloor.core.keys import candidate_ask, judge_ask  # noqa: E402
from mergefloor.core.ports import Asks, Reply, Stored, TreeEntry  # noqa: E402
from mergefloor.core.settings import Budget  # noqa: E402
from mergefloor.core.types import (  # noqa: E402
    AnyGrade,
    Case,
    Grade,
    GraderSpec,
    Job,
    Message,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
    Subject,
)
from mergefloor.engine import Engine, Limits  # noqa: E402
from mergefloor.providers import Directory  # noqa: E402

SCRIPT = b"""
default: "An answer of some length, as a support bot would give it to a customer who asks about an order."
answers:
""" + b"".join(
    b"  - when: {user: 'question number %d of'}\n    say: 'answer %d'\n" % (i, i) for i in range(40)
)
MAX_MB = 300.0


class Files:
    """A snapshot with one script."""

    sha = "worktree"
    files: Mapping[str, TreeEntry] = {}

    def read(self, path: str) -> bytes:
        """The script, whatever the path."""
        return SCRIPT


class Memory:
    """A cache in memory."""

    def __init__(self) -> None:
        self.stored: dict[str, Stored] = {}

    def get(self, key: str) -> Stored | None:
        """The entry."""
        return self.stored.get(key)

    def put(self, key: str, entry: Stored) -> None:
        """Keep it."""
        self.stored[key] = entry

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        """Nothing."""
        return ()

    def entries(self) -> Iterator[tuple[str, object]]:
        """Everything."""
        return iter(self.stored.items())

    def drop(self, keys: Collection[str]) -> None:
        """Lose them."""
        for key in keys:
            self.stored.pop(key, None)

    def get_note(self, key: str) -> Mapping[str, object] | None:
        """Nothing."""
        return None

    def put_note(self, key: str, value: Mapping[str, object]) -> None:
        """Nothing."""


class Silent:
    """No progress."""

    def start(self, total: int, label: str) -> None:
        """Nothing."""

    def step(self, done: int = 1) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


class Judged:
    """Asks a judge once and passes whatever it says."""

    def __init__(self, judge: ModelRef) -> None:
        self.judge = judge

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """One ask, then the grade."""
        if replies:
            known = isinstance(replies[0], Output)
            return Grade(grader="judged", passed=known, score=float(known), judged=True)
        turn = Message(role="user", content=f"Give a verdict: {subject.output.text} / {subject.question}")
        request = Request(model=self.judge, messages=(turn,))
        return Asks(asks=(judge_ask(request, template={}, candidate=subject.output.text + subject.question),))


def jobs(ref: ModelRef, count: int) -> list[Job]:
    """Distinct questions, one suite."""
    spec = GraderSpec(kind="judge", name="judged")
    found = []
    for index in range(count):
        text = f"This is question number {index} of many, about an order that did not arrive in time."
        case = Case(id=f"case-{index}", place=Place(path="g.yaml"), content_hash=str(index), input=text)
        request = Request(
            model=ref, messages=(Message(role="user", content=text),), params={"max_tokens": 64}
        )
        sample = SampleId(suite="s", case=case.id, arm="head", look="plain", index=0)
        found.append(
            Job(sample=sample, case=case, ask=candidate_ask(request), question=text, graders=(spec,))
        )
    return found


def engine(directory: Directory, judge: ModelRef, cache: Memory, concurrency: int = 20) -> Engine:
    """An engine as the gate builds it, with a cache in memory."""
    return Engine(
        models=directory,
        cache=cache,
        build=lambda spec: Judged(judge),
        budget=Budget(concurrency=concurrency, usd=1e6),
        prices={},
        clock=time.monotonic,
        wall_clock=time.time,
        progress=Silent(),
        rng=Random(1),
        limits=Limits(),
    )


def measure(count: int) -> None:
    """Print count, cold and warm seconds a case, and peak memory in MB."""
    directory = Directory({})
    ref = directory.describe("scripted/answers.yaml", Files())
    cache, work = Memory(), jobs(ref, count)
    times = []
    for _ in range(2):
        began = time.perf_counter()
        with engine(directory, ref, cache) as running:
            cells = running.evaluate(work)
        times.append(time.perf_counter() - began)
        assert all(isinstance(cell.output, Output) and cell.grades for cell in cells)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(count, f"{times[0]:.4f}", f"{times[1]:.4f}", f"{peak:.0f}")


def main() -> int:
    """Each size in a process of its own; exit 1 when a bar is missed."""
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
        return 0
    rows = []
    for count in (100, 1_000, 10_000):
        done = subprocess.run(
            [sys.executable, __file__, str(count)],
            capture_output=True,
            text=True,
            check=True,
            env=dict(os.environ),
        )
        rows.append([float(x) for x in done.stdout.split()])
    print(f"{'cases':>6} {'cold s':>8} {'warm s':>8} {'us a case':>10} {'peak MB':>8}")
    for cases, cold, warm, peak in rows:
        print(f"{cases:6.0f} {cold:8.3f} {warm:8.3f} {1e6 * cold / cases:10.0f} {peak:8.0f}")
    growth = (rows[2][1] / rows[2][0]) / (rows[1][1] / rows[1][0])
    print(f"time a case, 10,000 against 1,000: {growth:.2f} (linear is 1; bar 1.5); peak bar {MAX_MB:.0f} MB")
    return 0 if growth <= 1.5 and rows[2][3] <= MAX_MB else 1


if __name__ == "__main__":
    sys.exit(main())

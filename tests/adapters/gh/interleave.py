"""Two runs at once: which of them makes the next call is decided by a generator with a seed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from random import Random


def interleave(runs: Sequence[Callable[[Callable[[], None]], object]], random: Random) -> list[object]:
    """Runs every function in a thread of its own; the gate that it gets lets one call of one run pass at a time.

    Returns what they returned. An exception of a run is raised here.
    """
    turns = [threading.Semaphore(0) for _ in runs]
    stopped = threading.Semaphore(0)
    alive, results, failures = set(range(len(runs))), [None] * len(runs), []

    def work(index: int) -> None:
        def gate() -> None:
            stopped.release()
            turns[index].acquire()

        try:
            results[index] = runs[index](gate)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        alive.discard(index)
        stopped.release()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(runs))]
    for thread in threads:
        thread.start()
        stopped.acquire()
    while alive:
        turns[random.choice(sorted(alive))].release()
        stopped.acquire()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results

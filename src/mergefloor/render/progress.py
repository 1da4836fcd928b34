"""How far a run is: a bar on a terminal, a few plain lines in CI. Goes to standard error, never into a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from mergefloor.core.ports import Clock, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

PLAIN_EVERY_S = 10.0


def progress(stream: TextIO, clock: Clock) -> Progress:
    """A bar where somebody watches, lines where a log is kept."""
    return BarProgress(stream) if stream.isatty() else PlainProgress(stream, clock)


class PlainProgress:
    """One line at most every ten seconds, and none for a run that is over sooner."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream, self._clock = stream, clock
        self._total, self._done, self._label, self._told = 0, 0, "", 0.0

    def start(self, total: int, label: str) -> None:
        """A phase begins."""
        self._total, self._done, self._label, self._told = total, 0, label, self._clock()

    def step(self, done: int = 1) -> None:
        """Steps done."""
        self._done += done
        if self._clock() - self._told >= PLAIN_EVERY_S:
            self._told = self._clock()
            print(f"mergefloor: {self._done} of {self._total} {self._label}", file=self._stream, flush=True)

    def stop(self) -> None:
        """The phase is over: nothing is left on the screen."""


class BarProgress:
    """A bar that disappears when the phase is over. Its library loads when the first phase begins."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def start(self, total: int, label: str) -> None:
        """A phase begins."""
        if total == 0:
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Bar(*columns, console=Console(file=self._stream), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(label, total=total)

    def step(self, done: int = 1) -> None:
        """Steps done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, done)

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

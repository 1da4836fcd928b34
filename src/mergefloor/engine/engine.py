"""The engine: jobs in, cells out. The only place where anything happens at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from types import TracebackType
from typing import Self, TypeVar

from mergefloor.core.cost import Ledger
from mergefloor.core.ports import Cache, Clock, Connector, Progress, Reply
from mergefloor.core.settings import Budget, Price
from mergefloor.core.types import (
    Ask,
    Cell,
    Failure,
    GradeMissing,
    Job,
    ModelRef,
    Output,
)
from mergefloor.engine.answers import Answers, Inherited
from mergefloor.engine.books import SharedBooks
from mergefloor.engine.caller import Caller, Order
from mergefloor.engine.crashes import outcome
from mergefloor.engine.foresight import Foresight, Needs
from mergefloor.engine.grading import Build, Graders, grade, subject_of
from mergefloor.engine.limits import Limits
from mergefloor.engine.purse import Purse
from mergefloor.engine.retries import RETRYABLE, Retries
from mergefloor.engine.slim import slim
from mergefloor.engine.work import Work

T = TypeVar("T")
U = TypeVar("U")

# Twice as many jobs under way as calls, so that a judge's turn never waits for the last candidate.
JOBS_A_CALL = 2
STOPPED = Failure(stage="cancelled", code="cancelled", message="the run was stopped; run again to resume")


@dataclass(kw_only=True)
class Engine:
    """Obtains and grades, on one event loop that lives as long as the engine. Its run's time begins with it.

    `clock` is monotonic, `wall_clock` gives seconds since 1970; `build` makes a grader of a spec; `rng` draws the
    waits between tries; `needs` tells of missing keys before anything is paid for; `loop_factory` is for tests that
    bring their own time.
    """

    models: Connector
    cache: Cache
    build: Build
    budget: Budget
    prices: Mapping[str, Price]
    clock: Clock
    wall_clock: Clock
    progress: Progress
    rng: Random
    offline: bool = False
    needs: Needs = field(default_factory=Needs)
    limits: Limits = field(default_factory=Limits)
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.prices)
        purse, until = Purse(self.budget.usd, self.ledger), self.clock() + 60 * self.budget.minutes
        self.books = SharedBooks(ledger=self.ledger, purse=purse, clock=self.clock, until=until)
        self._caller = Caller(
            models=self.models,
            concurrency=self.budget.concurrency,
            limits=self.limits,
            retries=Retries(self.limits, self.rng),
            clock=self.clock,
            ledger=self.ledger,
            purse=purse,
            until=until,
        )
        self._answers = Answers(
            cache=self.cache,
            caller=self._caller,
            ledger=self.ledger,
            wall_clock=self.wall_clock,
            offline=self.offline,
        )
        self._graders = Graders(self.build)
        self._foresight = Foresight(needs=self.needs, stored=self._answers.stored, graders=self._graders)
        self._runner = asyncio.Runner(loop_factory=self.loop_factory)
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._stopped = self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def evaluate(self, jobs: Sequence[Job]) -> tuple[Cell, ...]:
        """Obtain and grade every job; cells in the order of the jobs. What failed in passing gets a second round."""
        self.foresee(jobs)
        cells = self._run(Work(jobs, self._cell, self._second, _in_passing), "cases")
        return tuple(cell or Cell(job=job, output=STOPPED) for job, cell in zip(jobs, cells, strict=True))

    def probe(self, asks: Sequence[Ask]) -> tuple[Reply, ...]:
        """Obtain answers alone (judge canaries, embeddings of a log), in the order of the asks."""
        self.foresee(asks=asks)
        work: Work[Ask, Reply] = Work(asks, self._probe, _same, lambda reply: False)
        replies = self._run(
            work, "judge canaries" if any(ask.kind == "judge" for ask in asks) else "embeddings"
        )
        return tuple(reply or STOPPED for reply in replies)

    def lacks(self, ref: ModelRef) -> bool:
        """Whether a call to this model must fail for want of a key. Nothing is connected and no SDK loaded."""
        return self._foresight.lacks(ref)

    def foresee(self, jobs: Sequence[Job] = (), asks: Sequence[Ask] = ()) -> Failure | None:
        """Every key that is missing for calls that these need. From then on this engine makes no call: whoever is
        asked first would be paid for a run that cannot end well. What is stored is served as ever."""
        if not self.offline:
            self._answers.barred = self._answers.barred or self._foresight.failure(jobs, asks)
        return self._answers.barred

    @property
    def inherited(self) -> dict[str, Inherited]:
        """The judge's verdicts so far that were drawn by somebody else's call, by key of the cache."""
        return self._answers.inherited

    def anew(self, orders: Sequence[Order]) -> tuple[Reply, ...]:
        """Call for every order whatever the cache holds, and store nothing; in the order of the orders."""
        work: Work[Order, Reply] = Work(orders, self._answers.anew, _same, lambda reply: False)
        return tuple(reply or STOPPED for reply in self._run(work, "stored verdicts"))

    def cancel(self) -> None:
        """Stop soon; safe in a signal handler. What is not done is `cancelled`, what was answered is saved."""
        self._stopped = True
        if self._tasks:
            self._runner.get_loop().call_soon_threadsafe(self._cancel_tasks)

    def close(self) -> None:
        """Close every connection and the event loop. Closing twice is closing once."""
        if not self._closed:
            self._closed = True
            self._runner.run(self._caller.close())
            self._runner.close()

    def _run(self, work: Work[T, U], label: str) -> list[U | None]:
        for line in self._caller.lines.values():
            line.reset()
        self.progress.start(len(work.items), label)
        try:
            self._runner.run(self._pool(work))
        finally:
            self._tasks = ()
            self.progress.stop()
        return work.done

    async def _pool(self, work: Work[T, U]) -> None:
        """Workers that take the next item when they are done with one: memory is that of the work under way."""
        size = min(len(work.items), JOBS_A_CALL * max(1, self.budget.concurrency))
        self._tasks = tuple(asyncio.create_task(self._work(work)) for _ in range(size))
        if not self._tasks:
            return
        ended, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        self._cancel_tasks()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for task in ended:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def _work(self, work: Work[T, U]) -> None:
        while not self._stopped and await work.first():
            self.progress.step()
        while not self._stopped and self._sound() and await work.second():
            pass

    def _sound(self) -> bool:
        return all(line.sound for line in self._caller.lines.values())

    def _cancel_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _cell(self, job: Job) -> Cell:
        if job.known is not None:
            return await self._graded(job, job.known)
        order = Order(ask=job.ask, arm=job.sample.arm, suite=job.sample.suite)
        reply = await self._answers.obtain(order)
        output = outcome(job, reply) if isinstance(reply, Failure) else reply
        if isinstance(output, Output):
            return await self._graded(job, output)
        return Cell(job=job, output=output if isinstance(output, Failure) else _no_text(order))

    async def _graded(self, job: Job, output: Output) -> Cell:
        subject = subject_of(job, output)
        obtain = partial(self._judge, job.sample.suite)
        grades = await grade(subject, self._graders.of(job.graders), obtain)
        return slim(Cell(job=job, output=output, grades=grades))

    async def _second(self, cell: Cell) -> Cell:
        if isinstance(cell.output, Failure):
            return await self._cell(cell.job)
        return await self._graded(cell.job, cell.output)

    async def _judge(self, suite: str, ask: Ask) -> Reply:
        return await self._answers.obtain(Order(ask=ask, arm="judge", suite=suite))

    async def _probe(self, ask: Ask) -> Reply:
        return await self._judge("", ask)


def _in_passing(cell: Cell) -> bool:
    """Whether the cell lacks something that a provider failed to give, but might give a moment later."""
    missing = [grade.failure for grade in cell.grades if isinstance(grade, GradeMissing)]
    failures = [cell.output, *missing] if isinstance(cell.output, Failure) else missing
    return any(failure.code in RETRYABLE for failure in failures)


async def _same(reply: Reply) -> Reply:
    return reply


def _no_text(order: Order) -> Failure:
    return order.failure("unreadable-reply", f"{order.ref} answered with vectors where text was asked")

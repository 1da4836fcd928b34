"""One call: a place at the gate, money, a deadline, retries, and the books."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from mergefloor.core.cost import Call, Ledger, Payer
from mergefloor.core.model_name import same_model
from mergefloor.core.ports import Clock, Connector, Model, Reply
from mergefloor.core.targets import is_target
from mergefloor.core.types import Ask, EmbedRequest, Failure, ModelRef, Output, Vectors
from mergefloor.engine.limits import Limits
from mergefloor.engine.line import Line
from mergefloor.engine.purse import Purse, estimate
from mergefloor.engine.retries import Retries


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An ask and who pays for it."""

    ask: Ask
    arm: Payer
    suite: str = ""

    @property
    def ref(self) -> ModelRef:
        """Which model is asked."""
        return self.ask.request.model

    def failure(self, code: str, message: str, *, fatal: bool = False) -> Failure:
        """A failure of this order."""
        return Failure(stage=self.ask.kind, code=code, message=message, fatal=fatal)

    def entry(self, answer: Output | Vectors) -> Call:
        """The line of the books for its answer."""
        return Call(
            arm=self.arm,
            model=str(self.ref),
            usage=answer.usage,
            latency_s=answer.latency_s,
            cached=answer.cached,
            scripted=answer.scripted,
            suite=self.suite,
        )


@dataclass(kw_only=True, slots=True)
class Caller:
    """Makes the calls of a run. Never raises for what a provider does. `until`: when the run is over, by `clock`."""

    models: Connector
    concurrency: int
    limits: Limits
    retries: Retries
    clock: Clock
    ledger: Ledger
    purse: Purse
    until: float
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    async def call(self, order: Order) -> Reply:
        """The answer, after as many tries as it takes and the limits allow."""
        self.retries.called()
        try:
            async with asyncio.timeout(max(0.0, self._left())):
                answer = await self._tries(order)
        except TimeoutError:
            answer = _too_late()
        if isinstance(answer, Failure):
            stage = answer.stage if answer.stage == "budget" else order.ask.kind
            return replace(answer, stage=stage, wait_s=None)
        return answer

    async def close(self) -> None:
        """Close every connection."""
        for line in self.lines.values():
            await line.close()

    async def _tries(self, order: Order) -> Reply:
        line, on_wire, tries = self._line(order.ref), 0.0, 0
        # A target has deadlines of its own; many questions may wait for one program.
        allowed = self._left() if is_target(str(order.ref)) else self.limits.call
        model = await line.connect(order.ref)
        if isinstance(model, Failure):
            return model
        while True:
            tries += 1
            answer, seconds = await self._at_gate(order, line, model, allowed - on_wire)
            if not isinstance(answer, Failure):
                self.retries.succeeded()
                return answer
            on_wire += seconds
            wait = self.retries.delay(answer, tries, self._left())
            if wait is None or on_wire >= allowed:
                return answer
            await asyncio.sleep(wait)

    async def _at_gate(self, order: Order, line: Line, model: Model, allowed: float) -> tuple[Reply, float]:
        """One try, and its seconds on the wire. What condemned the endpoint meanwhile is found out here (R08)."""
        await line.gate.enter()
        try:
            dead = line.dead(order.ref.name) or (_too_late() if self._left() <= 0 else None)
            if dead is not None:
                return dead, 0.0
            return await self._paid(order, line, model, allowed)
        finally:
            line.gate.leave()

    async def _paid(self, order: Order, line: Line, model: Model, allowed: float) -> tuple[Reply, float]:
        amount = estimate(order.ask.request, self.ledger.price(str(order.ref)))
        if not await self.purse.reserve(amount):
            return _too_dear(), 0.0
        try:
            began = self.clock()
            answer = await _ask(model, order, allowed)
            seconds = self.clock() - began
            if not isinstance(answer, Failure):
                answer = answer if answer.scripted else replace(answer, latency_s=seconds)
                self.ledger.add(order.entry(answer))
        finally:
            self.purse.release(amount)
        return _judge(order, line, self._patient(order, line, answer), began), seconds

    def _patient(self, order: Order, line: Line, answer: Reply) -> Reply:
        """A provider that asks for more patience than a run has is not called again: nobody is kept waiting for it."""
        wait = answer.wait_s or 0.0 if isinstance(answer, Failure) else 0.0
        if not isinstance(answer, Failure) or wait <= self.limits.longest_wait:
            return answer
        told = replace(answer, message=f"{order.ref} asks to wait {wait / 60:.0f} minutes; run again then")
        line.condemn(order.ref.name, told)
        return told

    def _line(self, ref: ModelRef) -> Line:
        key = (ref.provider, ref.endpoint)
        if key not in self.lines:
            self.lines[key] = Line(self.models, self.concurrency, self.clock)
        return self.lines[key]

    def _left(self) -> float:
        return self.until - self.clock()


async def _ask(model: Model, order: Order, allowed: float) -> Reply:
    request = order.ask.request
    try:
        async with asyncio.timeout(allowed):
            if isinstance(request, EmbedRequest):
                return await model.embed(request)
            return await model.complete(request, draw=order.ask.draw)
    except TimeoutError:
        return order.failure("timeout", f"{order.ref} did not answer within {allowed:.0f} s; try again later")


def _judge(order: Order, line: Line, answer: Reply, began: float) -> Reply:
    """Tell the line how the try went. An answer of another model than the one asked is no answer (T26)."""
    if not isinstance(answer, Failure):
        if not answer.served_model or same_model(order.ref.name, answer.served_model):
            line.passed()
            return answer
        what = f"{order.ref} was asked and {answer.served_model!r} answered"
        answer = order.failure("served-model", f"{what}; name the model that is served", fatal=True)
    line.failed(answer, began)
    if answer.fatal:
        line.condemn(order.ref.name, answer)
    return answer


def _too_late() -> Failure:
    return Failure(stage="budget", code="budget", message="the run's time is over; raise `budget.minutes`")


def _too_dear() -> Failure:
    return Failure(
        stage="budget", code="budget", message="the next call could cross the budget; raise `budget.usd`"
    )

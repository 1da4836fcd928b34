"""One endpoint as the engine sees it: its connection, its gate, and whether it is still worth calling."""

from __future__ import annotations

import asyncio

from mergefloor.core.ports import Clock, Connector, Model
from mergefloor.core.types import Failure, ModelRef
from mergefloor.engine.gate import Gate
from mergefloor.errors import ProviderError

# These condemn one model of an endpoint; any other fatal code condemns the endpoint (R08).
ONE_MODEL = frozenset({"unknown-model", "served-model"})


class Line:
    """The way to one endpoint. `good` and `bad` count answers and failures since the last `reset`."""

    def __init__(self, models: Connector, concurrency: int, clock: Clock) -> None:
        self._models = models
        self.gate = Gate(concurrency, clock)
        self.good = self.bad = 0
        self._model: asyncio.Future[Model] | None = None
        self._dead: dict[str | None, Failure] = {}

    async def connect(self, ref: ModelRef) -> Model | Failure:
        """The connected model. The SDK loads in a thread, so that calls to other endpoints go on meanwhile."""
        if self._model is None:
            loop = asyncio.get_running_loop()
            self._model = asyncio.ensure_future(loop.run_in_executor(None, self._models.connect, ref))
        try:
            return await asyncio.shield(self._model)
        except ProviderError as error:
            return Failure(stage="candidate", code="refused-key", message=str(error), fatal=True)

    def dead(self, model: str) -> Failure | None:
        """Why no call to this model can succeed any more, None while it may."""
        return self._dead.get(None) or self._dead.get(model)

    def condemn(self, model: str, failure: Failure) -> None:
        """A fatal failure: remember it for everything that it concerns."""
        self._dead.setdefault(model if failure.code in ONE_MODEL else None, failure)

    def passed(self) -> None:
        """An answer came."""
        self.good += 1
        self.gate.passed()

    def failed(self, failure: Failure, started: float) -> None:
        """No answer came of a try that began at `started`."""
        self.bad += 1
        if failure.code == "rate-limited" and self.dead("") is None:
            self.gate.limited(started, failure.wait_s or 0.0)

    def reset(self) -> None:
        """Count anew."""
        self.good = self.bad = 0

    @property
    def sound(self) -> bool:
        """Whether at least half of the tries succeeded, so that another one of what failed is worth its money."""
        return self.good >= self.bad

    async def close(self) -> None:
        """Close the connections, if there are any."""
        model = self._model
        if model is None or not model.done() or model.cancelled() or model.exception() is not None:
            return
        await model.result().close()

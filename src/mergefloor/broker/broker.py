"""The key broker: code of a repository asks models through it, and neither holds a key nor leaves the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mergefloor.broker.desk import Desk
from mergefloor.broker.door import MAX_BODY, Door
from mergefloor.broker.line import Line
from mergefloor.broker.places import Places
from mergefloor.broker.question import Question
from mergefloor.broker.server import HOST, Server
from mergefloor.broker.side import Side
from mergefloor.broker.upstream import Provider, Secrets, Upstream
from mergefloor.broker.vectors import Vectors
from mergefloor.core.books import Books
from mergefloor.core.cost import Payer
from mergefloor.core.ports import Cache, Clock

if TYPE_CHECKING:
    import aiohttp

    from mergefloor.broker.server import Handler


@dataclass(kw_only=True)
class Broker:
    """Listens on loopback from the first `side` until `close`.

    `upstreams`: the run's own endpoints; `secrets`: what no child may read; `clock` is monotonic, `wall_clock` gives
    seconds since 1970; `new_token` draws an unguessable text; `concurrency`: calls in flight at most; `call_s`:
    seconds that one call may take; `offline`: only what is stored is answered.
    """

    upstreams: Mapping[Provider, Upstream]
    cache: Cache
    books: Books
    secrets: Secrets
    clock: Clock
    wall_clock: Clock
    new_token: Callable[[], str] = field(repr=False)
    concurrency: int = 20
    call_s: float = 120.0
    offline: bool = False

    def __post_init__(self) -> None:
        self._sides: dict[str, Side] = {}
        self._server: Server | None = None
        self._port = 0

    def side(self, models: tuple[str, ...], arm: Payer, suite: str) -> Side:
        """A way in for one process of a target. `models`: `provider/name` of those it may ask; `arm`: who pays."""
        if self._server is None:
            self._server = Server(self._open, MAX_BODY)
            self._port = self._server.start()
        token, key = self.new_token(), self.new_token()
        side = Side(
            models=models,
            arm=arm,
            suite=suite,
            token=token,
            key=key,
            environment=_environment(f"http://{HOST}:{self._port}/{token}", key),
        )
        # Replaced and not changed, for the server's thread goes through it.
        self._sides = {**self._sides, token: side}
        return side

    def end(self, side: Side) -> None:
        """Its process is gone: nobody enters by its token any more."""
        self._sides = {token: each for token, each in self._sides.items() if token != side.token}

    def close(self) -> None:
        """Stop listening. Closing twice is closing once."""
        server, self._server, self._sides = self._server, None, {}
        if server is not None:
            server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, session: aiohttp.ClientSession) -> Handler:
        line = Line(
            upstreams=self.upstreams,
            secrets=self.secrets,
            session=session,
        )
        desk = Desk(
            line=line,
            places=Places(self.concurrency),
            cache=self.cache,
            books=self.books,
            clock=self.clock,
            wall_clock=self.wall_clock,
            call_s=self.call_s,
            offline=self.offline,
            endpoint=self._endpoint,
        )
        return Door(desk=desk, vectors=Vectors(desk=desk), sides=lambda: self._sides).handle

    def _endpoint(self, question: Question) -> str:
        upstream = self.upstreams.get(question.api.provider)
        return "" if upstream is None else upstream.url


def _environment(root: str, key: str) -> dict[str, str]:
    """Both providers, whatever is allowed: an SDK that is left without would go to the real endpoint."""
    return {
        "OPENAI_BASE_URL": f"{root}/openai/v1",
        "OPENAI_API_KEY": key,
        "ANTHROPIC_BASE_URL": f"{root}/anthropic",
        "ANTHROPIC_API_KEY": key,
    }

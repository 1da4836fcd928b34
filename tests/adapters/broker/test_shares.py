"""No side takes what the other needs: places for calls, connections of this machine (T38)."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from tests.adapters.broker.conftest import Provider, Run, ask, said

from mergefloor.broker.callers import NOBODY, Callers, most, user_of
from mergefloor.broker.places import Places

Begin = Callable[..., Run]


class Crowd:
    """Calls in flight by side, held until `end`."""

    def __init__(self, limit: int) -> None:
        self.places, self.inside, self.most = Places(limit), Counter[str](), 0
        self.over = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, side: str, count: int) -> None:
        self.tasks += [asyncio.create_task(self._call(side)) for _ in range(count)]
        for _ in range(5):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self.over.set()
        await asyncio.gather(*self.tasks)

    async def _call(self, side: str) -> None:
        async with self.places.one(side):
            self.inside[side] += 1
            self.most = max(self.most, sum(self.inside.values()))
            await self.over.wait()
            await asyncio.sleep(0)
            self.inside[side] -= 1


def test_places__one_side_alone__has_all_of_them() -> None:
    async def run() -> None:
        crowd = Crowd(6)
        await crowd.come("head", 50)
        assert crowd.inside == {"head": 6}
        await crowd.end()
        assert crowd.most == 6

    asyncio.run(run())


def test_places__base_after_a_greedy_head__gets_its_share_at_once() -> None:
    async def run() -> None:
        crowd = Crowd(6)
        await crowd.come("head", 500)
        await crowd.come("base", 10)
        assert crowd.inside == {"head": 6, "base": 3}
        await crowd.end()
        assert not +crowd.inside

    asyncio.run(run())


def test_places__both_from_the_beginning__halve_them() -> None:
    async def run() -> None:
        crowd = Crowd(6)
        await crowd.come("head", 1)
        await crowd.come("base", 1)
        await crowd.come("head", 20)
        await crowd.come("base", 20)
        assert crowd.inside == {"head": 3, "base": 3}
        await crowd.end()

    asyncio.run(run())


@pytest.mark.parametrize("limit", [0, 1])
def test_places__of_one__let_each_side_call(limit: int) -> None:
    async def run() -> None:
        crowd = Crowd(limit)
        await crowd.come("head", 5)
        await crowd.come("base", 5)
        assert crowd.inside == {"head": 1, "base": 1}
        await crowd.end()

    asyncio.run(run())


def test_places__calls_that_are_cancelled_at_any_time__leave_no_place_taken() -> None:
    async def run() -> None:
        rng, places, inside = random.Random(3), Places(3), Counter[str]()

        async def call(side: str) -> None:
            async with places.one(side):
                inside[side] += 1
                try:
                    await asyncio.sleep(rng.random() / 2000)
                    assert inside[side] <= 3
                finally:
                    inside[side] -= 1

        tasks = [asyncio.create_task(call(rng.choice("ab"))) for _ in range(300)]
        for task in rng.sample(tasks, 150):
            await asyncio.sleep(rng.random() / 5000)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        crowd = [asyncio.create_task(call("c")) for _ in range(3)]
        await asyncio.wait_for(asyncio.gather(*crowd), 5)

    asyncio.run(run())


def test_sides__of_which_one_floods_a_slow_provider__the_other_is_answered_meanwhile(
    run: Begin, provider: Provider
) -> None:
    provider.delay_s = 0.2
    here = run(concurrency=4)
    greedy, other = here.side(arm="head"), here.side(arm="base")
    with ThreadPoolExecutor(41) as pool:
        flood = [pool.submit(ask, greedy, f"q{number}") for number in range(40)]
        while len(provider.seen) < 4:
            pass
        said(ask(other, "base's own"))
        pending = sum(not each.done() for each in flood)
    assert pending > 20, "it was not served last"


@pytest.mark.skipif(not hasattr(socket, "AF_NETLINK"), reason="this system does not tell whose a socket is")
def test_user__of_a_connection__is_that_of_its_other_end() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as mine,
    ):
        ours, port = server.getsockname()[1], mine.getsockname()[1]
        assert user_of(port, ours) == os.getuid()
        assert user_of(port, 1) == NOBODY
        assert user_of(1, ours) == NOBODY


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_user__of_another_users_connection__is_theirs() -> None:
    code = (
        "import os, socket, sys; os.setuid(65533)\n"
        "wire = socket.socket(); wire.connect(('127.0.0.1', int(sys.argv[1])))\n"
        "print(wire.getsockname()[1], flush=True); sys.stdin.read()"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = server.getsockname()[1]
        with subprocess.Popen(
            [sys.executable, "-c", code, str(ours)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            assert user_of(int(child.stdout.readline()), ours) == 65533
            child.communicate("")


@pytest.mark.parametrize(("files", "bound"), [(1024, 256), (1_048_576, 1000), (100, 64), (4096, 1000)])
def test_most__leaves_descriptors_for_everything_else(files: int, bound: int) -> None:
    assert most(files) == bound


class Wire:
    closed = False

    def is_closing(self) -> bool:
        return self.closed


def test_callers__of_two_users__cannot_take_each_others_connections() -> None:
    users = {1: 65533, 2: 65532}
    callers, wires = Callers(2, lambda port: users.get(port, NOBODY)), [Wire(), Wire()]
    for wire in wires:
        assert callers.enter(1) == 65533
        callers.inside(wire, 65533)
    assert callers.enter(1) is None
    assert callers.enter(2) == 65532
    assert callers.enter(3) == NOBODY
    wires[0].closed = True
    assert callers.enter(1) == 65533


def test_connections__hoarded_by_one_user__are_bounded_and_come_back(run: Begin) -> None:
    side = run().side()
    at = urlsplit(side.environment["OPENAI_BASE_URL"])
    address = (at.hostname or "", at.port or 0)
    bound = most(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    with ExitStack() as stack:
        hoard = [stack.enter_context(socket.create_connection(address, timeout=5)) for _ in range(bound)]
        one_more = stack.enter_context(socket.create_connection(address, timeout=5))
        assert one_more.recv(1) == b"", "it is hung up"
        assert hoard[0].fileno() > 0
    for _ in range(100):
        try:
            said(ask(side))
            return
        except (ConnectionError, OSError):
            continue
    raise AssertionError("it never came back")

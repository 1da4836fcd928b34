"""Connections to checked addresses and to nothing else: the lookup and the socket both refuse what is forbidden (T70)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from mergefloor.targets.addresses import Forbidden, forbidden

Lookup: TypeAlias = "Callable[[str, int], Awaitable[Sequence[str]]]"


async def lookup(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them. OSError when there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def session(names: Lookup) -> aiohttp.ClientSession:
    """A client without proxies, cookies and decompression; `names` are looked up here alone. Needs a running loop."""
    connector = aiohttp.TCPConnector(resolver=Checked(names), limit=0, socket_factory=open_socket)
    return aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
    )


def open_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for an address, also for one that was written in the URL and never looked up."""
    family, kind, protocol, _, address = info
    if (why := forbidden(str(address[0]))) is not None:
        raise Forbidden(why)
    return socket.socket(family, kind, protocol)


class Checked(AbstractResolver):
    """Names to addresses, of which none is forbidden: what is checked is what is connected to (no second lookup)."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of a name. Forbidden when one of them is; OSError when there are none."""
        found = await self._lookup(host, port)
        for address in found:
            if (why := forbidden(address)) is not None:
                raise Forbidden(f"{host!r}: {why}")
        return [self._result(host, address, port) for address in dict.fromkeys(found)]

    async def close(self) -> None:
        """Nothing to close."""

    @staticmethod
    def _result(host: str, address: str, port: int) -> ResolveResult:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)

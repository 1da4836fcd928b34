"""Clients without waiting: time passes only when a client waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mergefloor.gh.client import Client
from mergefloor.gh.wire import Clocks

TOKEN = "ghs_verysecrettoken0123456789"
REPOSITORY = "mergefloor/mergefloor"


class Time:
    """A clock that stands still but for the waits it is asked for, which are written down."""

    def __init__(self) -> None:
        self.at, self.slept = 1_000.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    @property
    def clocks(self) -> Clocks:
        return Clocks(steady=lambda: self.at, wall=lambda: self.at, sleep=self.sleep)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def connect(time: Time) -> Callable[..., Client]:
    """A client of github.com, or of the address that is given."""

    def made(url: str = "https://api.github.com", **options) -> Client:
        options = {"clocks": time.clocks, "token": TOKEN, "repository": REPOSITORY, **options}
        return Client(api_url=url, graphql_url=f"{url}/graphql", **options)

    return made

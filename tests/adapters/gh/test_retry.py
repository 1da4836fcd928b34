"""The table of gh/retry.py, row by row, over real HTTP; and that PyGithub's own rules fail every row."""

from __future__ import annotations

from dataclasses import dataclass

import github
import pytest
import requests
from github.GithubRetry import GithubRetry
from tests.adapters.gh.server import Behaviour, reset, says, serving

from mergefloor.errors import HubError

OK = says(200)
PRIMARY = '{"message": "API rate limit exceeded for installation."}'
SECONDARY = (
    '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
)
RESET_AT = "1000"  # the clock of these tests stands at 1,000 s


@dataclass(frozen=True)
class Seen:
    """What a server and a clock saw: requests, waits, and whether it ended well."""

    requests: int
    waits: tuple[float, ...]
    done: bool


@dataclass(frozen=True)
class Row:
    """A method, what the server does, and what must be seen. `stock`: whether PyGithub does the same by itself."""

    method: str
    server: tuple[Behaviour, ...]
    seen: Seen
    stock: bool = False


ROWS = {
    "POST 500: it may have been done": Row("POST", (says(500), OK), Seen(1, (), False)),
    "POST 502": Row("POST", (says(502), OK), Seen(1, (), False)),
    "POST reset": Row("POST", (reset, OK), Seen(1, (), False)),
    "PATCH 500": Row("PATCH", (says(500), OK), Seen(2, (), True)),
    "PATCH 403 with a time": Row("PATCH", (says(403, SECONDARY, Retry_After="7"), OK), Seen(2, (7.0,), True)),
    "PATCH 403 without a time": Row("PATCH", (says(403, SECONDARY), OK), Seen(2, (60.0,), True)),
    "PATCH 429": Row("PATCH", (says(429, SECONDARY), OK), Seen(2, (60.0,), True)),
    "PATCH reset": Row("PATCH", (reset, OK), Seen(2, (), True)),
    "PUT 503": Row("PUT", (says(503), OK), Seen(2, (), True), stock=True),
    "DELETE 504": Row("DELETE", (says(504), OK), Seen(2, (), True), stock=True),
    "GET 429 without a time": Row("GET", (says(429, SECONDARY), OK), Seen(2, (60.0,), True)),
    "POST 429 without a time": Row("POST", (says(429, SECONDARY), OK), Seen(2, (60.0,), True)),
    "POST 403 limit: it was not done": Row(
        "POST", (says(403, SECONDARY), OK), Seen(2, (60.0,), True), stock=True
    ),
    "GET 403 no limit": Row("GET", (says(403, '{"message": "no"}'), OK), Seen(1, (), False), stock=True),
    "primary limit that resets now": Row(
        "GET", (says(403, PRIMARY, X_RateLimit_Reset=RESET_AT), OK), Seen(2, (1.0,), True)
    ),
    "primary limit for 50 minutes": Row(
        "GET", (says(403, PRIMARY, X_RateLimit_Reset="4000"), OK), Seen(1, (), False)
    ),
    "primary limit by 429": Row(
        "GET",
        (says(429, PRIMARY, X_RateLimit_Remaining="0", X_RateLimit_Reset="1090"), OK),
        Seen(2, (91.0,), True),
    ),
    "a time of an hour": Row("GET", (says(429, SECONDARY, Retry_After="3600"), OK), Seen(1, (), False)),
    "a time that is none": Row("GET", (says(429, SECONDARY, Retry_After="soon"), OK), Seen(2, (60.0,), True)),
    "503 with a time": Row("GET", (says(503, Retry_After="9"), OK), Seen(2, (9.0,), True), stock=True),
    "GET 502 for ever": Row("GET", (says(502),), Seen(7, (2, 4, 8, 16, 32), False)),
    "GET reset for ever": Row("GET", (reset,), Seen(7, (2, 4, 8, 16, 32), False)),
    "GET 404": Row("GET", (says(404), OK), Seen(1, (), False), stock=True),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_retry__row_of_the_table__seen_by_the_server(row, connect, time):
    with serving(*row.server) as server:
        client, done = connect(server.url), True
        try:
            client.get("x") if row.method == "GET" else client.send(row.method, "x", {})
        except HubError:
            done = False
        seen = Seen(len(server.requests), tuple(wait for wait in time.slept if wait), done)
    assert seen == row.seen
    assert client.requests == row.seen.requests


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS.values() if not row.stock],
    ids=[name for name, row in ROWS.items() if not row.stock],
)
def test_stock_rules__same_row__seen_to_differ(row):
    waits: list[float] = []

    class Stock(GithubRetry):
        """PyGithub's default, which writes its waits down."""

        def sleep(self, response=None):
            named = (
                self.get_retry_after(response)
                if response is not None and response.status in (403, 429, 503)
                else 0
            )
            waits.append(named or self.get_backoff_time())

    with serving(*row.server) as server:
        hub, done = github.Github(base_url=server.url, retry=Stock(total=10), timeout=5), True
        try:
            hub.requester.requestJsonAndCheck(row.method, "/x", input={})
        except (github.GithubException, requests.RequestException, ValueError):
            done = False
        hub.close()
        seen = Seen(len(server.requests), tuple(wait for wait in waits if wait), done)
    assert seen != row.seen


def test_retry__never_connected__repeated_whatever_the_method(connect, time):
    with serving(OK) as server:
        url = server.url
    with pytest.raises(HubError, match="cannot be reached for POST x") as caught:
        connect(url).send("POST", "x", {})
    assert time.slept == [2, 4, 8, 16, 32]
    assert not caught.value.ambiguous


def test_retry__query__repeated_although_it_is_a_post(connect, time):
    answer = says(200, '{"data": {"viewer": {"login": "a"}}}')
    with serving(says(502), reset, answer) as server:
        assert connect(server.url).query("query { viewer { login } }") == {"viewer": {"login": "a"}}
        assert len(server.requests) == 3


def test_retry__mutation__sent_once(connect):
    with serving(says(502), OK) as server:
        with pytest.raises(HubError) as caught:
            connect(server.url).query("mutation { addStar { clientMutationId } }")
        assert len(server.requests) == 1
    assert caught.value.ambiguous


def test_retry__limit_beyond_the_deadline__not_waited_for(connect, time):
    with serving(says(403, SECONDARY), OK) as server:
        client = connect(server.url)
        with (
            client.within(30),
            pytest.raises(HubError, match=r"rate limit stops GET x .* ends in 1 minute;") as caught,
        ):
            client.get("x")
    assert time.slept == []
    assert caught.value.status == 403


def test_retry__failing_beyond_the_deadline__ends_before_it(connect, time):
    with serving(says(502)) as server:
        client = connect(server.url)
        with client.within(10), pytest.raises(HubError, match="fails at GET x with 502"):
            client.get("x")
    assert sum(time.slept) < 10

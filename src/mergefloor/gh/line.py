"""The line to GitHub: one PyGithub requester, and a wall clock that ends every call, whatever the server does (R23)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from urllib.parse import urlsplit

import github
from github.Auth import Token
from github.Requester import Requester

from mergefloor.errors import HubError
from mergefloor.gh.retry import GateRetry
from mergefloor.gh.wire import Answer, Call, Clocks, OutOfTime, Patience, Refused

API_VERSION = "2026-03-10"
PUBLIC_HOST = "api.github.com"
SOCKET_TIMEOUT = 15  # seconds without a byte
LONGEST_CALL = 300.0  # seconds; retries and waits included
IN_FLIGHT = 1.0  # real seconds that a write gets to arrive after a signal; R32 leaves five for everything
PER_PAGE = 100
SILENCED = ("github", "urllib3")


class Line:
    """Sends calls, one at a time. `requests` counts what went over the wire, repetitions included.

    A socket timeout does not end an answer that drips in, and nothing ends a name look-up that hangs. So each call
    runs in a thread of its own that is left behind at the deadline: with a requester that will not try again.
    """

    def __init__(self, *, token: str, api_url: str, clocks: Clocks, longest_wait: float) -> None:
        if not token:
            raise HubError("there is no token for GitHub", "pass `github-token: ${{ github.token }}`")
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise HubError("the token holds characters that no token has", "check the secret for line breaks")
        self._token, self._api_url, self._clocks, self._longest_wait = token, api_url, clocks, longest_wait
        self.requests = 0
        self._deadlines: list[float] = []
        self._patience, self._requester = self._connect()
        _silence()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Everything inside ends within this time, or raises. Of nested ones the nearest counts."""
        self._deadlines.append(self._clocks.steady() + seconds)
        try:
            yield
        finally:
            self._deadlines.pop()

    def left(self) -> float:
        """Seconds that a call may take now."""
        now = self._clocks.steady()
        return min([LONGEST_CALL, *(deadline - now for deadline in self._deadlines)])

    def pause(self, seconds: float) -> None:
        """Wait before doing something again."""
        self._clocks.sleep(seconds)

    def send(self, call: Call) -> Answer:
        """One answer of any status. Raises OutOfTime, and whatever PyGithub, requests and urllib3 raise."""
        seconds = self.left()
        if seconds <= 0:
            raise OutOfTime(0.0)
        patience = self._patience
        patience.begin(deadline=self._clocks.steady() + seconds, repeatable=call.repeatable)
        answer: Future[Answer] = Future()
        try:
            _in_thread(answer, self._requester, call)
            return answer.result(timeout=seconds / self._clocks.speed)
        except Refused as refused:
            return refused.answer
        except TimeoutError:
            if answer.done():  # the call's own
                raise
            raise OutOfTime(seconds) from None
        except KeyboardInterrupt:
            if call.writes:  # else what is written next could arrive before it
                wait([answer], IN_FLIGHT)
            raise
        finally:
            self.requests += 1 + patience.retries
            # Out of time, or a signal: the next call must not share a line with this one.
            if not answer.done():
                patience.end()
                self._patience, self._requester = self._connect()

    def hide(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self._token, "***")

    def close(self) -> None:
        """Close the connection."""
        self._requester.close()

    def _connect(self) -> tuple[Patience, Requester]:
        patience = Patience(self._clocks, self._longest_wait)
        hub = github.Github(
            base_url=self._api_url,
            auth=Token(self._token),
            retry=GateRetry(patience=patience),
            timeout=max(1, round(SOCKET_TIMEOUT / self._clocks.speed)),
            per_page=PER_PAGE,
            lazy=True,
            # PyGithub would wait a quarter of a second before each request and a second before each POST.
            seconds_between_requests=None,
            seconds_between_writes=None,
            user_agent="mergefloor",
            api_version=API_VERSION if urlsplit(self._api_url).hostname == PUBLIC_HOST else None,
        )
        return patience, hub.requester


def _in_thread(future: Future[Answer], requester: Requester, call: Call) -> None:
    """Make the call; its answer is put into the future when it comes. The thread does not keep the process alive."""

    def work() -> None:
        try:
            future.set_result(_answer(requester, call))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the call is waited for
            future.set_exception(error)

    threading.Thread(target=work, name="github", daemon=True).start()


def _answer(requester: Requester, call: Call) -> Answer:
    body = None if call.body is None else dict(call.body)
    status, headers, text = requester.requestJson(call.method, call.url, dict(call.params), None, body)
    return Answer(status=status, headers={name: str(value) for name, value in headers.items()}, text=text)


def _silence() -> None:
    """PyGithub and urllib3 log what they send and retry; this product's log has one way in."""
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)

"""GitHub's API for one repository. Whatever goes wrong leaves as one HubError."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from urllib.parse import urlsplit

from requests.utils import parse_header_links

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh.fault import EXPECTED, body_lost, broken, complaint, refused, unreadable
from mergefloor.gh.line import PER_PAGE, Line
from mergefloor.gh.wire import Answer, Call, Clocks, OutOfTime

API_URL, GRAPHQL_URL = "https://api.github.com", "https://api.github.com/graphql"
RATE_LIMIT_WAIT = 120.0  # seconds; the most that a rate limit is waited for
REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/(?!\.\.?$)[A-Za-z0-9_.-]+")
MOST_PAGES = 500
# Pauses before an answer that was cut is asked for again, seconds. Everything else is up to gh/retry.py.
CUT_PAUSES = (1.0, 4.0)
PORTS = {"https": 443, "http": 80}


class Client:
    """One repository behind the API. Not for concurrent use: one call at a time, also among those made by `of`.

    Every method raises HubError, with `status` (0: no answer) and `ambiguous` (a write that may have been done).
    """

    def __init__(
        self,
        *,
        token: str,
        repository: str,
        api_url: str = API_URL,
        graphql_url: str = GRAPHQL_URL,
        max_rate_limit_wait: float = RATE_LIMIT_WAIT,
        clocks: Clocks | None = None,
    ) -> None:
        self._use(repository, api_url.rstrip("/"), graphql_url)
        self._line = Line(
            token=token,
            api_url=self._api_url,
            clocks=clocks or Clocks(),
            longest_wait=max_rate_limit_wait,
        )

    def of(self, repository: str) -> Client:
        """The same line (token, deadline, counter) for another repository, owner/name."""
        other = Client.__new__(Client)
        other._use(repository, self._api_url, self._graphql_url)
        other._line = self._line
        return other

    @property
    def requests(self) -> int:
        """How many requests went over the wire so far, repetitions included."""
        return self._line.requests

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Everything inside ends within this time or raises, waits and retries included. The nearest one counts."""
        return self._line.within(seconds)

    def pause(self, seconds: float) -> None:
        """Wait before something is done again, but not beyond the time that is left."""
        self._line.pause(max(0.0, min(seconds, self._line.left())))

    def get(self, path: str, /, **params: str | int | bool) -> Json:
        """What is at a path below repos/{owner}/{name}, e.g. `pulls/7`; "" is the repository itself."""
        return self._ask(self._call("GET", path, params))[1]

    def pages(self, path: str, /, **params: str | int | bool) -> Iterator[Json]:
        """Every item of every page of a list, page after page, by the links that GitHub gives."""
        call = self._call("GET", path, {"per_page": PER_PAGE, **params})
        seen: set[str] = set()
        while True:
            answer, items = self._ask(call)
            if not isinstance(items, list):
                raise unreadable(call, "is no list")
            yield from items
            link = self._next_link(call, answer)
            if link is None:
                return
            if link in seen or len(seen) == MOST_PAGES:
                raise unreadable(call, "goes round in circles" if link in seen else "has no last page")
            seen.add(link)
            call = Call(method="GET", url=link, shown=call.shown)

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
        """Write: POST, PATCH, PUT or DELETE. None when GitHub answers without a body.

        PATCH, PUT and DELETE are repeated when GitHub fails, so a DELETE can end in 404 although it was done.
        """
        return self._ask(self._call(method, path, {}, body))[1]

    def query(self, text: str, /, **variables: Json) -> Mapping[str, Json]:
        """The `data` of a GraphQL document. A query is repeated when GitHub fails, a mutation never."""
        mutation = text.lstrip().startswith("mutation")
        shown = "a GraphQL mutation" if mutation else "a GraphQL query"
        body = {"query": text, "variables": variables}
        call = Call(method="POST", url=self._graphql_url, shown=shown, body=body, query=not mutation)
        value = self._ask(call)[1]
        if not isinstance(value, dict):
            raise unreadable(call, "is no object")
        data = value.get("data")
        if not isinstance(data, dict):
            raise unreadable(call, "holds no data")
        return data

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def _use(self, repository: str, api_url: str, graphql_url: str) -> None:
        if not REPOSITORY.fullmatch(repository):
            raise HubError(f"{repository!r} is no repository", "name it as `owner/name`")
        if urlsplit(api_url).scheme not in PORTS or _origin(api_url) != _origin(graphql_url):
            what = f"{api_url!r} and {graphql_url!r} are not two addresses of one GitHub"
            raise HubError(what, "check `GITHUB_API_URL` and `GITHUB_GRAPHQL_URL`")
        self.repository, self._api_url, self._graphql_url = repository, api_url, graphql_url

    def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int | bool],
        body: Mapping[str, object] | None = None,
    ) -> Call:
        url = f"{self._api_url}/repos/{self.repository}" + (f"/{path}" if path else "")
        if not _plain(path):
            raise HubError(f"{path!r} is no path of GitHub's API", "quote names in it")
        return Call(
            method=method, url=url, shown=f"{method} {path or self.repository}", params=params, body=body
        )

    def _ask(self, call: Call) -> tuple[Answer, Json]:
        """The answer and its value. What was cut is asked for again, unless asking changes something."""
        pauses = () if call.writes else CUT_PAUSES
        for pause in pauses:
            try:
                return self._once(call)
            except _Cut as cut:
                if pause >= self._line.left():
                    raise self._told(cut.fault) from None
            self._line.pause(pause)
        try:
            return self._once(call)
        except _Cut as cut:
            raise self._told(cut.fault) from None

    def _once(self, call: Call) -> tuple[Answer, Json]:
        try:
            answer = self._line.send(call)
        except (OutOfTime, *EXPECTED) as error:
            fault = broken(call, error)
            if body_lost(error):
                raise _Cut(fault) from None
            raise self._told(fault) from None
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise self._told(refused(call, answer)) from None
        return answer, self._value(call, answer)

    def _value(self, call: Call, answer: Answer) -> Json:
        if not answer.text:
            if answer.status in (204, 205) or call.method == "DELETE":
                return None
            raise _Cut(unreadable(call, "is empty", answer.status))
        try:
            value: Json = json.loads(answer.text)
        except (ValueError, RecursionError):
            raise _Cut(unreadable(call, "is no JSON", answer.status)) from None
        if call.url == self._graphql_url and isinstance(value, dict) and value.get("errors"):
            fault = complaint(call, value["errors"])
            raise _Cut(fault) if fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR else self._told(fault)
        return value

    def _next_link(self, call: Call, answer: Answer) -> str | None:
        """The address of the next page; None on the last. HubError when it is not below the API's own address."""
        links = parse_header_links(answer.headers.get("link", ""))
        link = next((one.get("url", "") for one in links if one.get("rel") == "next"), None)
        if link is None:
            return None
        prefix = urlsplit(self._api_url).path + "/"
        if _origin(link) != _origin(self._api_url) or not urlsplit(link).path.startswith(prefix):
            raise unreadable(call, f"leads to another host: {link[:100]!r}")
        return link

    def _told(self, fault: HubError) -> HubError:
        """The error with the token taken out of everything that was said, wherever it came from."""
        what, fix = self._line.hide(fault.what), self._line.hide(fault.fix)
        return HubError(what, fix, status=fault.status, ambiguous=fault.ambiguous)


class _Cut(Exception):
    """An answer that arrived and cannot be used; it may be asked for again."""

    def __init__(self, fault: HubError) -> None:
        self.fault = fault
        super().__init__(fault.what)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return "", None, None


def _plain(path: str) -> bool:
    """Whether a path means what it says: no dots to climb by, no query, nothing that a URL would not hold."""
    climbs = any(part in ("", ".", "..") for part in path.split("/"))
    return not path or not (climbs or set(path) & set("?#\\") or not path.isascii() or not path.isprintable())

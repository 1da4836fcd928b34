"""A deployment asked like a model, and the addresses that are never asked (T70)."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mergefloor.core.targets import HttpTarget
from mergefloor.core.types import Document, Failure, Message, Output, Request
from mergefloor.errors import InputError
from mergefloor.targets.addresses import Forbidden, forbidden
from mergefloor.targets.connections import Checked, session
from mergefloor.targets.deployment import Deployment
from mergefloor.targets.web import of_commit

SHA = "f" * 40
Answer = Callable[[str, str, Any], tuple[int, bytes, dict[str, str]]]


class Preview:
    """A deployment on this machine. `answer(method, path, question)` gives status, body and headers; `seen`: paths."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.seen, self.url = answer, list[tuple[str, str, Any]](), ""


@contextmanager
def a_preview(answer: Answer) -> Iterator[Preview]:
    preview = Preview(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            question = json.loads(raw) if raw else None
            preview.seen.append((self.command, self.path, question))
            status, body, headers = preview.answer(self.command, self.path, question)
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve  # noqa: N815 - the names of http.server

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    preview.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield preview
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def ask(model: Any, *texts: str) -> list[Any]:
    async def work() -> list[Any]:
        try:
            return [await model.complete(question(text), draw=0) for text in texts]
        finally:
            await model.close()

    return asyncio.run(work())


def question(text: str) -> Request:
    ref: Any = None
    return Request(model=ref, messages=(Message(role="user", content=json.dumps({"input": text})),))


def deployment(url: str, **options: Any) -> Deployment:
    settings: dict[str, Any] = {"health": None, "timeout_s": 5.0, "wait_s": 5.0, "redact": lambda text: text}
    return Deployment(name="http/s", url=url, **{**settings, **options})


def test_complete__of_a_commits_deployment__is_the_reply(desk: Any, kit: Any) -> None:
    reply = {"text": "t", "documents": [{"id": "a"}]}
    with a_preview(lambda *_: (200, json.dumps(reply).encode(), {})) as preview:
        targets = desk().targets
        target = HttpTarget(url=preview.url + "/{sha}/ask")
        model = targets.connect(targets.host(target, kit.Files({}), "s"))
        [out] = ask(model, "q")
    assert out == Output(text="t", documents=(Document(id="a"),))
    assert preview.seen == [("POST", f"/{SHA}/ask", {"input": "q"})]


@pytest.mark.parametrize(
    ("status", "body", "headers", "code", "wait"),
    [
        (500, b"", {}, "provider-5xx", None),
        (503, b"", {"retry-after": "7"}, "provider-5xx", 7.0),
        (429, b"", {"retry-after": "3"}, "rate-limited", 3.0),
        (408, b"", {}, "timeout", None),
        (404, b"no such page", {}, "target-crashed", None),
        (302, b"", {"location": "http://169.254.169.254/"}, "target-crashed", None),
        (200, b"<html>", {}, "target-crashed", None),
        (200, b'{"error": "it broke"}', {}, "target-crashed", None),
        (200, b'{"text": "' + b"x" * (1 << 20) + b'"}', {}, "target-crashed", None),
        (200, b"{}", {"content-length": "9"}, "connection", None),
    ],
)
def test_complete__what_is_no_answer__is_a_failure_by_its_kind(
    status: int, body: bytes, headers: dict[str, str], code: str, wait: float | None
) -> None:
    with a_preview(lambda *_: (status, body, {**headers, "connection": "close"})) as preview:
        [out] = ask(deployment(preview.url), "q")
    assert (out.code, out.wait_s, out.fatal) == (code, wait, False)
    assert len(preview.seen) == 1


def test_complete__no_answer_in_time__is_a_timeout_that_may_be_tried_again() -> None:
    held = threading.Event()
    with a_preview(lambda *_: (held.wait(10), (200, b"{}", {}))[1]) as preview:
        [out] = ask(deployment(preview.url, timeout_s=0.2), "q")
        held.set()
    assert (out.code, out.fatal) == ("timeout", False)


def test_complete__nobody_there__is_a_lost_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        [out] = ask(deployment(f"http://127.0.0.1:{taken.getsockname()[1]}/"), "q")
    assert out.code == "connection"


def test_complete__with_a_health_address__waits_for_200_once() -> None:
    healthy = iter([503, 404, 200])

    def answer(method: str, path: str, asked: Any) -> tuple[int, bytes, dict[str, str]]:
        return (next(healthy), b"", {}) if method == "GET" else (200, b'{"text": "t"}', {})

    with a_preview(answer) as preview:
        outs = ask(deployment(preview.url, health=preview.url + "/health"), "a", "b")
    assert [out.text for out in outs] == ["t", "t"]
    assert [method for method, _, _ in preview.seen] == ["GET", "GET", "GET", "POST", "POST"]


def test_complete__never_healthy__is_asked_nothing_and_nobodys_crash() -> None:
    with a_preview(lambda *_: (503, b"", {})) as preview:
        outs = ask(deployment(preview.url, health=preview.url, wait_s=0.5), "a", "b")
    assert [(out.code, out.fatal) for out in outs] == [("target-unhealthy", True)] * 2
    assert "not healthy after 0.5 s (HTTP 503)" in outs[0].message
    assert {method for method, _, _ in preview.seen} == {"GET"}


REFUSED = [
    "169.254.169.254", "169.254.170.2", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "0.0.0.0", "0.1.2.3", "224.0.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fd20:ce::254", "::",
    "ff02::1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    "::ffff:0:a9fe:a9fe", "::ffff:100.100.100.200",
]  # fmt: skip
FINE = [
    "127.0.0.1",
    "10.0.0.5",
    "192.168.1.1",
    "100.64.0.1",
    "8.8.8.8",
    "::1",
    "2001:db8::1",
    "fd00::1",
    "::ffff:10.0.0.1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_forbidden__metadata_and_link_local__in_every_spelling(address: str) -> None:
    assert forbidden(address)


@pytest.mark.parametrize("address", FINE)
def test_forbidden__hosts__are_fine(address: str) -> None:
    assert forbidden(address) is None


@pytest.mark.parametrize("address", REFUSED[:12])
def test_complete__a_name_that_leads_there__is_refused_for_good(address: str) -> None:
    async def names(host: str, port: int) -> list[str]:
        return ["127.0.0.1", address]

    with a_preview(lambda *_: (200, b'{"text": "t"}', {})) as preview:
        port = preview.url.rpartition(":")[2]
        [out] = ask(deployment(f"http://preview.example:{port}/", lookup=names), "q")
    assert (out.code, out.fatal) == ("target-refused", True)
    assert preview.seen == []


def test_complete__a_name__is_looked_up_once_and_connected_to_as_checked() -> None:
    """DNS rebinding: a second lookup would give another address."""
    given = iter([["127.0.0.1"], ["169.254.169.254"]])

    async def names(host: str, port: int) -> list[str]:
        return next(given)

    with a_preview(lambda *_: (200, b'{"text": "t"}', {"connection": "close"})) as preview:
        port = preview.url.rpartition(":")[2]
        first, second = ask(deployment(f"http://preview.example:{port}/", lookup=names), "q", "r")
    assert first.text == "t"
    assert isinstance(second, Output) or second.code == "target-refused"


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "169%2e254.169.254", "[::ffff:169.254.169.254]"]
)
def test_session__an_address_in_the_url__is_refused_at_the_socket(host: str) -> None:
    """Whatever another parser makes of a URL, the socket is where it ends."""

    async def names(name: str, port: int) -> list[str]:
        return [name.strip("[]")]

    async def work() -> None:
        async with session(names) as client, client.get(f"http://{host}:9/"):
            pass

    with pytest.raises((OSError, ValueError)) as error:
        asyncio.run(work())
    chain: BaseException | None = error.value
    while chain is not None and not isinstance(chain, Forbidden):
        chain = chain.__cause__ or chain.__context__
    assert chain is not None or isinstance(error.value, ValueError)


def test_checked__no_address__is_no_connection() -> None:
    async def names(host: str, port: int) -> list[str]:
        return []

    assert asyncio.run(Checked(names).resolve("x")) == []


@pytest.mark.parametrize(
    ("template", "sha", "url"),
    [
        ("https://{sha}.example.dev/ask", SHA, f"https://{SHA}.example.dev/ask"),
        ("http://localhost:8080/ask", SHA, "http://localhost:8080/ask"),
        ("http://localhost:8080/ask", "worktree", "http://localhost:8080/ask"),
    ],
)
def test_of_commit__a_template__is_filled(template: str, sha: str, url: str) -> None:
    assert of_commit(template, sha) == url


@pytest.mark.parametrize(
    ("template", "sha"),
    [
        ("https://{sha}.example.dev/", "worktree"),
        ("https://{sha}.example.dev/", "F" * 40),
        ("https://{sha}.example.dev/", "f" * 40 + "\n"),
        ("https://{sha}.example.dev/", "a.b/" + "f" * 36),
        ("https://user:pw@example.dev/{sha}", SHA),
        ("https://user@example.dev/{sha}", SHA),
        ("ftp://example.dev/{sha}", SHA),
        ("file:///etc/passwd", SHA),
        ("https:///x", SHA),
        ("https://example.dev/{ref}", SHA),
        ("https://example.dev\\@evil/{sha}", SHA),
        ("https://example.dev:99999/", SHA),
        ("https://example.dev:0/", SHA),
        ("https://exa mple.dev/", SHA),
        ("https://exämple.dev/", SHA),
        ("http://169.254.169.254/{sha}", SHA),
        ("http://[fe80::1]/{sha}", SHA),
    ],
)
def test_of_commit__no_address_or_no_commit__is_told(template: str, sha: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        of_commit(template, sha)


def test_host__a_bad_address__is_a_problem_of_the_config(desk: Any, kit: Any) -> None:
    with pytest.raises(InputError, match="no commit and has no deployment"):
        files = kit.Files({})
        files.sha = "worktree"
        desk().targets.host(HttpTarget(url="https://{sha}.example.dev"), files, "s")


def test_embed__is_refused() -> None:
    model = deployment("http://127.0.0.1:9/")
    request: Any = type("R", (), {"model": "m", "texts": ("a",)})()
    assert isinstance(asyncio.run(model.embed(request)), Failure)

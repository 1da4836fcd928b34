"""Every way in which GitHub or the line to it fails, and that it fails where the plan says."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error

import pytest
from tests.fakes.github import KINDS, Fault, FaultPlan

COMMENTS = "*/issues/1/comments"
POST = ("POST", "issues/1/comments", {"body": "hello"})
PLAIN = [kind for kind in KINDS if kind[:3].isdigit()]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", PLAIN)
def test_refusal__before_or_after__is_told_and_done_only_after(site, kind, after) -> None:
    site.fake.faults = [Fault(kind=kind, method="POST", path=COMMENTS, after=after)]
    status, told, _ = site.ask(*POST)
    assert status == int(kind[:3])
    assert told["message"]
    assert len(site.fake.comments[1]) == after
    assert site.ask(*POST)[0] == 201
    assert str(site.fake.requests[0]).endswith(f"-> {status} ({kind})")


@pytest.mark.parametrize("kind", ["403-secondary", "429"])
def test_limit__with_and_without_retry_after__says_so(site, kind) -> None:
    site.fake.faults = [Fault(kind=kind, retry_after=7), Fault(kind=kind, nth=2)]
    first, second = site.ask(*POST)[2], site.ask(*POST)[2]
    assert (first.get("Retry-After"), second.get("Retry-After")) == ("7", None)


def test_primary_limit__as_a_fault__names_the_end_of_the_hour(site) -> None:
    site.fake.faults = [Fault(kind="403-primary")]
    headers = site.ask("GET", "pulls/1")[2]
    assert headers["x-ratelimit-remaining"] == "0"
    assert 3_500 < int(headers["x-ratelimit-reset"]) - time.time() < 3_700


@pytest.mark.parametrize("after", [False, True])
def test_reset__before_or_after__breaks_the_connection(site, after) -> None:
    site.fake.faults = [Fault(kind="reset", method="POST", after=after)]
    with pytest.raises((ConnectionError, urllib.error.URLError)):
        site.ask(*POST)
    assert len(site.fake.comments[1]) == after
    assert site.fake.requests[0].status == 0


@pytest.mark.parametrize("after", [False, True])
def test_html__with_200__is_no_json(site, after) -> None:
    site.fake.faults = [Fault(kind="html", after=after)]
    status, told, headers = site.ask(*POST)
    assert (status, told[:9], headers["Content-Type"][:9]) == (200, "<!DOCTYPE", "text/html")
    assert len(site.fake.comments[1]) == after


def test_cut__json__is_done_and_ends_in_the_middle(site) -> None:
    site.fake.faults = [Fault(kind="cut")]
    status, told, _ = site.ask(*POST)
    assert (status, told[:1], isinstance(told, str)) == (201, "{", True)
    assert len(site.fake.comments[1]) == 1


@pytest.mark.parametrize(("kind", "expected"), [("lost-page", (200, [])), ("lost-page-404", (404, None))])
def test_page__lost__the_first_one_still_points_at_it(site, kind, expected) -> None:
    for n in range(150):
        site.fake.comment(1, "ann", str(n))
    site.fake.faults = [Fault(kind=kind, path=COMMENTS, times=None)]
    _, first, headers = site.ask("GET", "issues/1/comments?per_page=100")
    status, rows, _ = site.ask("GET", "issues/1/comments?per_page=100&page=2")
    assert len(first) == 100
    assert 'page=2>; rel="next"' in headers["Link"]
    assert (status, rows if status == 200 else None) == expected


def test_hang__never_answers__until_the_fake_closes(site_with) -> None:
    site = site_with(faults=[Fault(kind="hang", path="*/pulls/1")])
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        site.ask("GET", "pulls/1", timeout=0.2)
    waiting = threading.Thread(target=_quietly, args=(site,))
    site.fake.faults = [Fault(kind="hang")]
    waiting.start()
    while len(site.fake.requests) < 2:
        time.sleep(0.001)
    site.fake.__exit__(None, None, None)
    waiting.join(5)
    assert not waiting.is_alive()
    assert time.monotonic() - began < 20


def _quietly(site) -> None:
    with pytest.raises((ConnectionError, urllib.error.URLError)):
        site.ask("GET", "pulls/1", timeout=60)


def test_drip__every_read_gets_a_byte__and_the_answer_does_not_come(site) -> None:
    site.fake.faults = [Fault(kind="drip")]
    port = int(site.fake.server_url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        headers = {"User-Agent": "test", "Authorization": f"token {site.fake.token}"}
        connection.request("GET", "/api/v3/repos/acme/shop", headers=headers)
        pieces = [connection.sock.recv(10) for _ in range(3)]
    finally:
        connection.close()
    assert all(0 < len(piece) < 10 for piece in pieces)


def test_plan__nth_and_times__strike_where_they_should(site) -> None:
    site.fake.faults = [Fault(kind="502", method="POST", path=COMMENTS, nth=2, times=2)]
    assert site.ask("GET", "issues/1/comments")[0] == 200
    assert [site.ask(*POST)[0] for _ in range(4)] == [201, 502, 502, 201]


def test_plan__containing__strikes_only_that_body(site) -> None:
    site.fake.faults = FaultPlan([Fault(kind="503", path="/graphql", containing="mutation", times=None)])
    ask = {"query": "query { rateLimit { remaining } }"}
    assert site.ask("POST", "/graphql", ask)[0] == 200
    resolve = 'mutation { resolveReviewThread(input: {threadId: "x"}) { clientMutationId } }'
    assert site.ask("POST", "/graphql", {"query": resolve})[0] == 503


def test_plan__as_a_function__decides_by_itself(site) -> None:
    site.fake.faults = lambda request: Fault(kind="409") if request.number % 2 else None
    assert [site.ask("GET", "pulls/1")[0] for _ in range(4)] == [409, 200, 409, 200]


def test_fault__on_a_wrong_request__does_not_hide_the_mistake(site_with) -> None:
    site = site_with(faults=[Fault(kind="502", times=None)])
    assert site.ask("POST", "issues/1/comments", {"body": "x", "extra": 1})[0] == 500
    assert site.fake.violations


def test_before__moves_the_head__the_same_request_sees_it(site) -> None:
    again = site.write("moved\n")

    def move(request) -> None:
        if request.path.endswith("/pulls/1"):
            site.fake.before = None
            site.fake.push_pull(1, again)

    site.fake.before = move
    assert site.repo().get_pull(1).head.sha == again


def test_before__waits__another_run_writes_meanwhile(site) -> None:
    entered, released = threading.Event(), threading.Event()

    def wait(request) -> None:
        if b"slow" in request.raw:
            entered.set()
            assert released.wait(5)

    site.fake.before = wait
    slow = threading.Thread(target=site.ask, args=("POST", "issues/1/comments", {"body": "slow"}))
    slow.start()
    assert entered.wait(5)
    assert site.ask("POST", "issues/1/comments", {"body": "quick"})[0] == 201
    released.set()
    slow.join(5)
    assert [c.body for c in site.fake.comments[1]] == ["quick", "slow"]


def test_graphql__failing_with_200__has_errors_and_no_data(site) -> None:
    site.fake.faults = [Fault(kind="graphql-error"), Fault(kind="graphql-limit", nth=2)]
    told = [site.query("query { rateLimit { remaining } }") for _ in range(2)]
    assert told[0]["data"] is None
    assert "Something went wrong" in told[0]["errors"][0]["message"]
    assert told[1]["errors"][0]["type"] == "RATE_LIMITED"

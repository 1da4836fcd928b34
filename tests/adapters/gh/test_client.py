"""The client: paths, pages, queries, deadlines; and one error for whatever goes wrong."""

from __future__ import annotations

import contextlib
import logging
import threading
import time as real_time
import traceback

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.gh.conftest import REPOSITORY, TOKEN
from tests.adapters.gh.server import cut, drips, hangs, reset, says, serving

from mergefloor.errors import HubError
from mergefloor.gh.client import Client
from mergefloor.gh.wire import Clocks

HOST = "https://api.github.com:443"  # PyGithub names the port
BASE = f"{HOST}/repos/{REPOSITORY}"


@pytest.fixture
def hub():
    with responses.RequestsMock() as mocks:
        yield mocks


def test_get__path_and_parameters__asked_below_the_repository(hub, connect):
    hub.get(f"{BASE}/pulls/7?state=open&draft=true", json={"number": 7})
    client = connect()
    assert client.get("pulls/7", state="open", draft=True) == {
        "number": 7,
    }
    sent = hub.calls[0].request.headers
    assert sent["Authorization"] == f"token {TOKEN}"
    assert sent["X-GitHub-Api-Version"] == "2026-03-10"
    assert client.requests == 1


def test_get__server_of_a_company__no_api_version(hub):
    url = "https://github.example.org/api/v3"
    hub.get(f"https://github.example.org:443/api/v3/repos/{REPOSITORY}", json={})
    hub.post("https://github.example.org:443/api/graphql", json={"data": {"a": 1}})
    client = Client(
        token=TOKEN, repository=REPOSITORY, api_url=url, graphql_url="https://github.example.org/api/graphql"
    )
    client.get("")
    assert client.query("{ a }") == {"a": 1}
    assert all("X-GitHub-Api-Version" not in call.request.headers for call in hub.calls)


def test_of__another_repository__same_line_and_counter(hub, connect):
    hub.get(f"{HOST}/repos/fork/name/branches/a/b", json={"name": "a/b"})
    client = connect()
    assert client.of("fork/name").get("branches/a/b") == {"name": "a/b"}
    assert client.requests == 1


@pytest.mark.parametrize(
    "path", ["../x", "a/../../user", "a//b", "/a", "a?b=1", "a#b", "a\nb", "a b\0", "é", ".", "a\\b"]
)
def test_get__path_that_leads_elsewhere__refused_before_anything_is_sent(connect, path):
    client = connect()
    with pytest.raises(HubError, match="no path of GitHub's API"):
        client.get(path)
    assert client.requests == 0


@pytest.mark.parametrize("repository", ["", "a", "a/b/c", "a/..", "a/.", "a /b", "a/b?x", "a/b\n"])
def test_client__no_repository__refused(connect, repository):
    with pytest.raises(HubError, match="is no repository"):
        connect(repository=repository)


@pytest.mark.parametrize("token", ["", "two words", "line\n", "tökén"])
def test_client__token_that_cannot_be_one__refused_without_showing_it(connect, token):
    with pytest.raises(HubError) as caught:
        connect(token=token)
    assert not token or token not in str(caught.value)


def test_client__graphql_elsewhere__refused(connect):
    with pytest.raises(HubError, match="not two addresses of one GitHub"):
        Client(token=TOKEN, repository=REPOSITORY, graphql_url="https://evil.example/graphql")


def test_pages__many__every_item_in_order(hub, connect):
    for page in range(1, 35):
        following = (
            f'<https://api.github.com/repositories/1/comments?page={page + 1}>; rel="next", <x>; rel="last"'
        )
        url = f"{BASE}/comments?per_page=100" if page == 1 else f"{HOST}/repositories/1/comments?page={page}"
        hub.get(url, json=[2 * page, 2 * page + 1], headers={"Link": following} if page < 34 else {})
    assert list(connect().pages("comments")) == list(range(2, 70))


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/repos/x",
        "http://api.github.com/repos/x",
        "https://api.github.com:8443/repos/x",
        "https://api.github.com.evil.example/x",
        "https://gist.github.com/x",
        "/repos/x",
        "https://[",
    ],
)
def test_pages__link_to_another_host__error_and_no_request_there(hub, connect, link):
    hub.get(f"{BASE}/comments", json=[1], headers={"Link": f'<{link}>; rel="next"'})
    with pytest.raises(HubError, match="leads to another host"):
        list(connect().pages("comments"))


def test_pages__circle__error(hub, connect):
    link = {"Link": f'<{HOST}/repos/{REPOSITORY}/comments?page=2>; rel="next"'}
    hub.get(f"{BASE}/comments", json=[1], headers=link)
    with pytest.raises(HubError, match="goes round in circles"):
        list(connect().pages("comments"))


def test_pages__page_in_the_middle_is_lost__error_not_a_short_list(hub, connect):
    hub.get(f"{BASE}/c?per_page=100", json=[1], headers={"Link": f'<{BASE}/c?page=2>; rel="next"'})
    hub.get(f"{BASE}/c?page=2", json={"message": "Not Found"}, status=404)
    with pytest.raises(HubError) as caught:
        list(connect().pages("c"))
    assert caught.value.status == 404


def test_pages__no_list__error(hub, connect):
    hub.get(f"{BASE}/c", json={"total": 1})
    with pytest.raises(HubError, match="is no list"):
        list(connect().pages("c"))


def test_send__deleted__none(hub, connect):
    hub.delete(f"{BASE}/issues/comments/5", status=204)
    assert connect().send("DELETE", "issues/comments/5") is None


FAULTS = {
    401: ({"message": "Bad credentials"}, {}, "the token is refused", "github-token"),
    403: (
        {"message": "Resource not accessible by integration"},
        {},
        "may not do",
        "`permissions: statuses: write`",
    ),
    404: ({"message": "Not Found"}, {}, "has nothing at", "contents: read"),
    409: ({"message": "Git Repository is empty."}, {}, "with 409: 'Git Repository is empty.'", ""),
    410: ({"message": "This resource is gone."}, {}, "has nothing at", ""),
    422: ({"message": "Validation Failed", "errors": [{"field": "sha"}]}, {}, '[{"field": "sha"}]', ""),
    429: ({"message": "slow down"}, {"Retry-After": "600"}, "ends in 10 minutes", "run the job again"),
    500: ({"message": "Server Error"}, {}, "fails at POST statuses/a with 500", "githubstatus"),
    502: (["strange"], {}, "with 502;", "githubstatus"),
    302: ({}, {"Location": "https://evil.example"}, "sends POST statuses/a elsewhere (302)", ""),
}


@pytest.mark.parametrize("status", FAULTS)
def test_send__refused__one_error_with_what_and_what_to_do(hub, connect, status):
    body, headers, what, fix = FAULTS[status]
    hub.post(f"{BASE}/statuses/a", status=status, json=body, headers=headers)
    with pytest.raises(HubError) as caught:
        connect().send("POST", "statuses/a", {"state": "success"})
    assert what in caught.value.what.replace("\\'", "'") + ";"
    assert fix in caught.value.fix
    assert caught.value.fix
    assert caught.value.status == status
    assert caught.value.ambiguous is (status >= 500)


def test_get__permission_that_github_names__named(hub, connect):
    headers = {"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"}
    hub.get(
        f"{BASE}/x", status=403, json={"message": "Resource not accessible by integration"}, headers=headers
    )
    with pytest.raises(
        HubError, match="grant `permissions: issues: write` or `permissions: pull-requests: write`"
    ):
        connect().get("x")


def test_get__words_of_github__one_printable_line(hub, connect):
    hub.get(f"{BASE}/x", status=418, json={"message": "a\n::error::\x1b[31m" + "b" * 5000})
    with pytest.raises(HubError) as caught:
        connect().get("x")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    "server", [cut(), says(200, "<html>busy</html>"), says(200, '{"a": '), says(200, "")]
)
def test_get__answer_that_is_cut_or_no_json__asked_for_again(connect, time, server):
    with serving(server, says(200, '{"a": 1}')) as there:
        client = connect(there.url)
        assert client.get("x") == {"a": 1}
    assert time.slept == [1.0]
    assert client.requests == 2


@pytest.mark.parametrize(
    "server", [cut(), says(200, "<html>busy</html>"), says(200, '{"a": '), says(201, ""), reset]
)
def test_send__answer_of_a_post_is_lost__ambiguous_and_sent_once(connect, time, server):
    with serving(server) as there:
        with pytest.raises(HubError) as caught:
            connect(there.url).send("POST", "issues/1/comments", {"body": "x"})
        assert len(there.requests) == 1
    assert caught.value.ambiguous
    assert time.slept == []


def test_get__html_for_ever__error_after_three_tries(connect, time):
    with serving(says(200, "<html>busy</html>")) as there:
        client = connect(there.url)
        with pytest.raises(HubError, match="answer to GET x is no JSON"):
            client.get("x")
    assert client.requests == 3


@pytest.mark.parametrize("server", [drips, hangs])
def test_within__server_that_never_ends__left_in_time(connect, server):
    """On the real clock: no socket timeout would end a drip."""
    with serving(server, says(200)) as there:
        client = connect(there.url, clocks=Clocks())
        started = real_time.monotonic()
        with (
            client.within(30),
            client.within(0.4),
            pytest.raises(HubError, match="did not finish POST x in time") as caught,
        ):
            client.send("POST", "x", {})
        assert real_time.monotonic() - started < 5
        assert client.get("y") == {}, "the next call has a line of its own"
    assert caught.value.ambiguous


def test_within__call_left_behind__never_sends_again(connect):
    """A status that was given up must not arrive after a later one, though its connection breaks only now."""
    broke = threading.Event()

    def breaks_later(line):
        real_time.sleep(0.6)
        reset(line)
        line.close()
        broke.set()

    with serving(breaks_later, says(200)) as there:
        client = connect(there.url, clocks=Clocks())
        with client.within(0.3), pytest.raises(HubError):
            client.send("PATCH", "late", {})
        client.send("PATCH", "later", {})
        assert broke.wait(5)
        real_time.sleep(0.2)
        assert [line.rpartition("/")[2] for line in there.requests] == ["late", "later"]


def test_within__nested__nearest_counts_and_ends_with_its_block(connect, time):
    with serving(says(200)) as there:
        client = connect(there.url)
        with client.within(10):
            with client.within(100):
                time.at += 20
                with pytest.raises(HubError, match="in time") as caught:
                    client.get("x")
            assert not caught.value.ambiguous
        assert client.get("x") == {}
        assert len(there.requests) == 1


def test_query__variables__sent_and_data_returned(hub, connect):
    def answer(request):
        assert '"variables": {"text": "a", "path": "b"}' in request.body
        return 200, {}, '{"data": {"ok": true}}'

    hub.add_callback("POST", f"{HOST}/graphql", answer, content_type="application/json")
    assert connect().query("query($text: String) { ok }", text="a", path="b") == {"ok": True}


@pytest.mark.parametrize(
    ("kind", "status"),
    [("RATE_LIMITED", 429), ("FORBIDDEN", 403), ("NOT_FOUND", 404), ("UNPROCESSABLE", 422), (None, 422)],
)
def test_query__errors_at_200__error_at_once(hub, connect, time, kind, status):
    hub.post(f"{HOST}/graphql", json={"data": {"ok": None}, "errors": [{"type": kind, "message": "no"}]})
    with pytest.raises(HubError, match="refuses a GraphQL query: 'no'") as caught:
        connect().query("{ ok }")
    assert caught.value.status == status
    assert time.slept == []


def test_query__timeout_told_at_200__asked_again(hub, connect, time):
    trouble = {"message": "Something went wrong while executing your query."}
    hub.post(f"{HOST}/graphql", json={"data": None, "errors": [trouble]})
    hub.post(f"{HOST}/graphql", json={"data": {"ok": 1}})
    assert connect().query("{ ok }") == {"ok": 1}
    assert time.slept == [1.0]


@pytest.mark.parametrize("body", ["[]", '{"data": null}', '{"errors": "odd"}', '{"errors": [7]}', "7"])
def test_query__strange_answer__error(hub, connect, body):
    hub.post(f"{HOST}/graphql", body=body, content_type="application/json")
    with pytest.raises(HubError):
        connect().query("{ ok }")


ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["[" * 5000, '{"message": 5}', '"text"', "null", "NaN", '{"errors": {}}', '{"a": "\\ud800"}']
    ),
)


@given(ODD, st.sampled_from([200, 201, 301, 302, 304, 400, 403, 404, 422, 429, 500, 503]), ODD)
@settings(max_examples=150, deadline=None)
def test_client__any_answer__value_or_one_error(body, status, header):
    named = "".join(char for char in header if char.isascii() and char.isprintable())
    names = ("X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "Link", "Location")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as hub:
        for method in ("GET", "PATCH", "POST"):
            hub.add(
                method,
                f"{BASE}/x",
                body=body.encode("utf-8", "replace"),
                status=status,
                headers=dict.fromkeys(names, named),
            )
        client = Client(token=TOKEN, repository=REPOSITORY, clocks=Clocks(sleep=lambda _: None))
        for ask in (
            lambda: client.get("x"),
            lambda: client.send("PATCH", "x", {}),
            lambda: client.send("POST", "x", {}),
        ):
            with contextlib.suppress(HubError):
                ask()


def test_errors__server_that_echoes_the_token__not_shown(hub, connect):
    hub.get(f"{BASE}/x", status=400, json={"message": f"bad header token {TOKEN}"})
    with pytest.raises(HubError) as caught:
        connect().get("x")
    assert "bad header token ***" in str(caught.value)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_logging__requests_and_retries__silent(connect, caplog, capsys):
    with serving(reset, says(502), says(200)) as there:
        connect(there.url).get("x")
    assert not logging.getLogger("github.Requester").isEnabledFor(logging.CRITICAL)
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")

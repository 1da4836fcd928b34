"""What GitHub refuses: by permission, by rate, by size; and what nobody may send at all."""

from __future__ import annotations

import pytest
from tests.fakes.github import Limits, Permissions

BODY = {"body": "hello"}
DENIED = "Resource not accessible by integration"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "statuses/{head}", {"state": "success"}),
        ("POST", "issues/1/comments", BODY),
        ("PATCH", "issues/comments/{comment}", BODY),
        ("DELETE", "issues/comments/{comment}", None),
        ("POST", "issues/comments/{comment}/reactions", {"content": "eyes"}),
        ("POST", "pulls/1/reviews", {"body": "x", "event": "COMMENT"}),
        ("GET", "branches/main/protection", None),
        ("GET", "/user", None),
    ],
)
def test_read_only_token__writing__is_refused_and_nothing_happens(site, method, path, body) -> None:
    comment = site.fake.comment(site.number, "ann", "before")
    token = site.fake.add_token("fork", permissions=Permissions.read_only())
    status, told, _ = site.ask(method, path.format(head=site.head, comment=comment), body, token)
    assert (status, told["message"]) == (403, DENIED)
    assert [c.body for c in site.fake.comments[site.number]] == ["before"]
    assert site.fake.statuses == {}


def test_default_token__beyond_its_permissions__is_refused(site) -> None:
    assert site.ask("POST", f"issues/{site.number}/comments", BODY)[0] == 201
    site.fake.add_token(
        "bare", permissions=Permissions(pull_requests="none", statuses="none", contents="none")
    )
    for path in ("pulls/1", "branches/main", f"commits/{site.head}/statuses", "issues/1/comments"):
        assert site.ask("GET", path, token="bare")[0] == 403


def test_public_repository__without_permission__may_be_read_not_written(site_with) -> None:
    site = site_with(private=False, permissions=Permissions(pull_requests="none", statuses="none"))
    assert site.ask("GET", "pulls/1")[0] == 200
    assert site.ask("POST", "issues/1/comments", BODY)[0] == 403
    assert site.ask("GET", "branches/main/protection")[0] == 403


def test_stranger__in_a_public_repository__comments_and_changes_only_his_own(site_with) -> None:
    site = site_with(private=False)
    ours = site.ask("POST", "issues/1/comments", BODY)[1]["id"]
    options = {"viewer": "eve", "kind": "user", "member": False}
    token = site.fake.add_token("eve", permissions=Permissions.everything(), **options)
    his = site.ask("POST", "issues/1/comments", {"body": "<!-- ours -->"}, token)[1]
    assert his["user"]["login"] == "eve"
    assert site.ask("PATCH", f"issues/comments/{his['id']}", BODY, token)[0] == 200
    assert site.ask("PATCH", f"issues/comments/{ours}", BODY, token)[0] == 403
    assert site.ask("POST", f"statuses/{site.head}", {"state": "success"}, token)[0] == 403
    assert site.ask("GET", "/user", token=token)[1]["login"] == "eve"


def test_stranger__in_a_private_repository__finds_nothing(site) -> None:
    token = site.fake.add_token("eve", permissions=Permissions.everything(), viewer="eve", member=False)
    assert site.ask("GET", "pulls/1", token=token)[0] == 404


def test_token__unknown_or_absent__is_401(site) -> None:
    assert site.ask("GET", "pulls/1", token="wrong")[1]["message"] == "Bad credentials"
    assert site.ask("GET", "pulls/1", token="")[0] == 401


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"description": "d" * 141}, "140"),
        ({"target_url": "ftp://x"}, "http(s)"),
    ],
)
def test_status__beyond_a_limit__is_422(site, body, word) -> None:
    status, told, _ = site.ask("POST", f"statuses/{site.head}", {"state": "success"} | body)
    assert status == 422
    assert word in told["errors"][0]["message"]
    assert site.fake.statuses.get(site.head, []) == []


@pytest.mark.parametrize("sha", ["0" * 40, "main", "abc123"])
def test_status__on_what_is_no_commit_here__is_422(site, sha) -> None:
    assert site.ask("POST", f"statuses/{sha}", {"state": "success"})[0] == 422


def test_status__on_a_tree__is_422(site) -> None:
    tree = site.git("rev-parse", "main^{tree}")
    assert site.ask("POST", f"statuses/{tree}", {"state": "success"})[0] == 422


def test_status__past_a_thousand_of_one_context__is_422(site_with) -> None:
    site = site_with(limits=Limits(statuses_per_context=2))
    for expected in (201, 201, 422):
        assert site.ask("POST", f"statuses/{site.head}", {"state": "pending", "context": "a"})[0] == expected
    assert site.ask("POST", f"statuses/{site.head}", {"state": "pending", "context": "b"})[0] == 201


@pytest.mark.parametrize(("text", "expected"), [("é" * 65_536, 201), ("é" * 65_537, 422), (" \n", 422)])
def test_comment__at_its_length_limit__is_taken_or_422(site, text, expected) -> None:
    assert site.ask("POST", "issues/1/comments", {"body": text})[0] == expected


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "statuses/{head}", {"state": "neutral"}, 422),
        ("POST", "statuses/{head}", {"description": "no state"}, 422),
        ("POST", "statuses/{head}", {"state": "success", "colour": "red"}, 500),
        ("POST", "issues/1/comments", {"body": 7}, 422),
        ("POST", "issues/1/comments", {"body": "x", "number": 1}, 500),
        (
            "POST",
            "pulls/1/reviews",
            {"event": "COMMENT", "comments": [{"path": "a", "body": "b", "x": 1}]},
            500,
        ),
        ("GET", "issues/1/comments?per_page=101", None, 500),
        ("GET", "issues/1/comments?per-page=100", None, 500),
        ("GET", "pulls/1/everything", None, 500),
        ("PUT", "pulls/1/merge", {"title": "no such endpoint here"}, 500),
    ],
)
def test_client__sends_what_github_does_not_describe__is_a_violation(
    site_with, method, path, body, expected
) -> None:
    site = site_with()
    status, told, _ = site.ask(method, path.format(head=site.head), body)
    assert status == expected
    assert site.fake.violations
    assert site.fake.violations[0] in told["message"]
    assert not site.fake.statuses.get(site.head)
    assert not site.fake.comments[1]


def test_answer__against_githubs_description__is_a_violation_of_the_fake(site_with) -> None:
    site = site_with()
    site.fake.protection["main"] = {"required_status_checks": "not an object"}
    admin = site.fake.add_token("admin", permissions=Permissions.everything())
    assert site.ask("GET", "branches/main/protection", token=admin)[0] == 500
    assert "the answer to GET" in site.fake.violations[0]


@pytest.mark.parametrize(("put", "expected"), [({"url": "x"}, 200), (403, 403), (404, 404), (None, 404)])
def test_protection__for_an_admin__is_what_was_put_there(site, put, expected) -> None:
    if put is not None:
        site.fake.protection["main"] = put
    admin = site.fake.add_token("admin", permissions=Permissions.everything())
    assert site.ask("GET", "branches/main/protection", token=admin)[0] == expected


def test_rate__used_up__is_403_with_the_headers_until_the_hour_ends(site_with) -> None:
    site = site_with(limits=Limits(per_hour=2))
    now = [1_000.0]
    site.fake.app.meter._now = lambda: now[0]
    left = [site.ask("GET", "pulls/1")[2]["x-ratelimit-remaining"] for _ in range(2)]
    status, told, headers = site.ask("GET", "pulls/1")
    assert left == ["1", "0"]
    assert (status, headers["x-ratelimit-remaining"]) == (403, "0")
    assert told["message"].startswith("API rate limit exceeded")
    assert headers["x-ratelimit-reset"] == "4600"
    now[0] += 3600
    assert site.ask("GET", "pulls/1")[0] == 200


def test_rate__of_writes__is_a_secondary_limit_with_retry_after(site_with) -> None:
    site = site_with(limits=Limits(writes_per_minute=2))
    statuses = [site.ask("POST", "issues/1/comments", BODY)[0] for _ in range(2)]
    status, told, headers = site.ask("POST", "issues/1/comments", BODY)
    assert (statuses, status) == ([201, 201], 403)
    assert "secondary rate limit" in told["message"]
    assert 1 <= int(headers["Retry-After"]) <= 61
    assert site.ask("GET", "pulls/1")[0] == 200
    assert len(site.fake.comments[1]) == 2


def test_tree__beyond_the_limit__is_truncated_and_its_parts_are_not(site_with) -> None:
    site = site_with(limits=Limits(tree_entries=4))
    whole = site.ask("GET", f"git/trees/{site.head}?recursive=1")[1]
    parts = site.ask("GET", f"git/trees/{site.head}")[1]
    assert (whole["truncated"], len(whole["tree"])) == (True, 4)
    assert (parts["truncated"], len(parts["tree"])) == (False, 4)


def test_tree__beyond_the_bytes__is_truncated(site_with) -> None:
    site = site_with(limits=Limits(tree_bytes=600))
    assert site.ask("GET", f"git/trees/{site.head}?recursive=1")[1]["truncated"] is True


def test_file_lists__beyond_their_caps__end_without_a_word(site_with) -> None:
    site = site_with(limits=Limits(compare_files=3, pull_files=8, patch_lines=15))
    for n in range(12):
        (site.top / f"new{n:02}.txt").write_text("a\nb\n")
    site.git("add", ".")
    site.git("commit", "-qm", "many")
    head = site.git("rev-parse", "HEAD")
    site.fake.push_pull(site.number, head)
    compared = site.ask("GET", f"compare/main...{head}")[1]["files"]
    pages = [site.ask("GET", f"pulls/1/files?per_page=5&page={n}")[1] for n in (1, 2, 3)]
    assert len(compared) == 3
    assert [len(page) for page in pages] == [5, 3, 0]
    assert ["patch" in row for row in pages[0]] == [True, True, True, False, False]


def test_blob__too_large__is_403(site_with) -> None:
    site = site_with(limits=Limits(blob_bytes=10))
    status, told, _ = site.ask("GET", f"git/blobs/{site.git('rev-parse', 'main:a.txt')}")
    assert (status, "too large" in told["message"]) == (403, True)


def test_locked_pull__commented_by_a_stranger__is_403(site_with) -> None:
    site = site_with(private=False)
    site.fake.pulls[1].locked = True
    token = site.fake.add_token("eve", permissions=Permissions(), viewer="eve", kind="user", member=False)
    assert site.ask("POST", "issues/1/comments", BODY, token)[0] == 403
    assert site.ask("POST", "issues/1/comments", BODY)[0] == 201


def test_version__that_github_never_had__is_400(site) -> None:
    import github

    with pytest.raises(github.GithubException, match="400"):
        assert site.repo(api_version="2020-01-01").get_pull(1).title
    assert site.repo(api_version="2026-03-10").get_pull(1).title == "A change"

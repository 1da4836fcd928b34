"""Events as GitHub describes them, read; and payloads that are none (T10, T11, T14)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.runner.payloads import BASE, GROUP, HEAD, payload, pull

from mergefloor.core.activity import (
    Activity,
    Commented,
    Dispatched,
    GroupQueued,
    Other,
    Pull,
    PullChanged,
    PullTargeted,
    Pushed,
)
from mergefloor.errors import InputError, MergefloorError
from mergefloor.runner import read_event

ENV = {"GITHUB_SHA": "9" * 40, "GITHUB_REF": "refs/heads/main"}
COMMENT = {
    "issue.number": 12,
    "issue.pull_request": {"url": "https://api.github.com/repos/octo/app/pulls/12"},
    "comment.id": 77,
    "comment.body": "/mergefloor run " + HEAD,
    "comment.user.login": "mona",
    "comment.user.type": "User",
    "comment.performed_via_github_app": None,
}
QUEUED = {
    "merge_group.head_sha": GROUP,
    "merge_group.head_ref": f"refs/heads/gh-readonly-queue/main/pr-104-{BASE}",
    "merge_group.base_sha": BASE,
    "merge_group.base_ref": "refs/heads/main",
}
PUSH = {"after": HEAD, "ref": "refs/heads/main", "deleted": False, "repository.default_branch": "main"}


def read(name: str, found: dict[str, Any]) -> Activity:
    return read_event(name, json.dumps(found).encode(), ENV)


def pull_of(found: dict[str, Any]) -> Pull:
    activity = read("pull_request", found)
    assert isinstance(activity, PullChanged)
    return activity.pull


@pytest.mark.parametrize("action", ["opened", "synchronize", "edited", "ready_for_review"])
def test_event__pull_request__is_read_whole(action: str) -> None:
    assert pull_of(pull(action)) == Pull(
        number=12, head_sha=HEAD, head_ref="better-words", base_ref="main", base_sha=BASE, author="mona",
        head_repo="octo/app",
    )  # fmt: skip


def test_event__pull_request_target__is_told_apart() -> None:
    assert read("pull_request_target", pull()) == PullTargeted(pull=pull_of(pull()))


def test_event__closed_pull_request__is_not_open() -> None:
    assert not pull_of(pull("closed", state="closed")).open


@pytest.mark.parametrize(
    ("said", "fork", "home"),
    [
        ({"head__repo__id": 1}, False, "octo/app"),
        ({"head__repo__id": 2, "head__repo__full_name": "stranger/app"}, True, "stranger/app"),
        # A name tells nothing: it can be taken over, and a fork may be called the same.
        ({"head__repo__id": 2}, True, "octo/app"),
        ({"head__repo__fork": True}, False, "octo/app"),
        ({"head__repo": None}, True, None),
    ],
)
def test_fork__by_the_id_of_the_head_repository__as_tabled(said: Any, fork: bool, home: str | None) -> None:
    found = pull_of(pull("opened", **said))
    assert (found.fork, found.head_repo) == (fork, home)


@pytest.mark.parametrize(
    ("author", "bot"),
    [("dependabot[bot]", True), ("dependabot", False), ("renovate[bot]", False), ("mona", False)],
)
def test_dependabot__by_the_author__whoever_the_sender_is(author: str, bot: bool) -> None:
    for sender in ("mona", "dependabot[bot]"):
        found = pull(user__login=author)
        found["sender"]["login"] = sender
        assert pull_of(found).bot is bot


def test_author__deleted_account__is_the_ghost() -> None:
    found = pull()
    found["pull_request"]["user"] = None
    assert pull_of(found).author == "ghost"


def test_merge_group__checks_requested__names_branches_and_commits() -> None:
    assert read("merge_group", payload("merge_group", "checks_requested", QUEUED)) == GroupQueued(
        base_sha=BASE, head_sha=GROUP, base_ref="main", number=104,
        head_ref=f"gh-readonly-queue/main/pr-104-{BASE}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ref", "number"),
    [
        (f"refs/heads/gh-readonly-queue/release/v1/pr-7-{BASE}", 7),
        (f"refs/heads/gh-readonly-queue/pr-5-fix/pr-104-{BASE}", 104),
        ("refs/heads/gh-readonly-queue/main/group", None),
        ("refs/heads/gh-readonly-queue/main/pr-x-1", None),
        (f"refs/heads/gh-readonly-queue/main/pr-{'9' * 5000}-x", None),
    ],
)
def test_merge_group__number__only_for_display(ref: str, number: int | None) -> None:
    found = read(
        "merge_group", payload("merge_group", "checks_requested", {**QUEUED, "merge_group.head_ref": ref})
    )
    assert isinstance(found, GroupQueued)
    assert found.number == number


def test_merge_group__destroyed__asks_nothing() -> None:
    assert read("merge_group", payload("merge_group", "destroyed", QUEUED)) == Other(name="merge_group")


@pytest.mark.parametrize(
    ("ref", "default"),
    [
        ("refs/heads/main", True),
        ("refs/heads/side", False),
        ("refs/tags/main", False),
        ("refs/heads/refs/heads/main", False),
    ],
)
def test_push__to_the_default_branch__is_told(ref: str, default: bool) -> None:
    assert read("push", payload("push", "", {**PUSH, "ref": ref})) == Pushed(
        sha=HEAD, ref=ref, default=default
    )


def test_push__deleted_branch__is_told() -> None:
    found = read("push", payload("push", "", {**PUSH, "after": "0" * 40, "deleted": True}))
    assert isinstance(found, Pushed)
    assert found.deleted


@pytest.mark.parametrize(("ref", "default"), [("refs/heads/main", True), ("refs/heads/side", False)])
def test_dispatch__by_hand__takes_commit_and_ref_of_the_run(ref: str, default: bool) -> None:
    found = payload("workflow_dispatch", "", {"ref": ref, "repository.default_branch": "main"})
    told = read_event("workflow_dispatch", json.dumps(found).encode(), {**ENV, "GITHUB_REF": ref})
    assert told == Dispatched(sha="9" * 40, ref=ref, default=default, default_branch="main")


def test_dispatch__by_the_clock__is_the_default_branch() -> None:
    assert read("schedule", {"schedule": "0 5 * * *"}) == Dispatched(
        sha="9" * 40, ref="refs/heads/main", default=True, default_branch="main", clock=True
    )


def test_comment__on_a_pull_request__is_read_whole() -> None:
    assert read("issue_comment", payload("issue_comment", "created", COMMENT)) == Commented(
        number=12, comment=77, author="mona", body=f"/mergefloor run {HEAD}", on_pull=True, human=True,
        by_app=False, action="created",
    )  # fmt: skip


def test_comment__edited__says_so() -> None:
    found = read("issue_comment", payload("issue_comment", "edited", COMMENT))
    assert isinstance(found, Commented)
    assert found.action == "edited"


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        ("comment.user.type", "Bot", "human", False),
        ("comment.user.type", "Organization", "human", False),
        ("comment.performed_via_github_app", {"id": 3}, "by_app", True),
        ("issue.pull_request", None, "on_pull", False),
        ("comment.user", None, "human", False),
        ("comment.user", None, "author", "ghost"),
        ("comment.body", None, "body", ""),
    ],
)
def test_comment__by_whom_and_where__is_told(path: str, value: Any, field: str, expected: Any) -> None:
    found = payload("issue_comment", "created", COMMENT)
    top, key = path.split(".", 1)
    target = found[top]
    for name in key.split(".")[:-1]:
        target = target[name]
    target[key.split(".")[-1]] = value
    assert getattr(read("issue_comment", found), field) == expected


@pytest.mark.parametrize(
    "name", ["release", "pull_request_review", "workflow_run", "repository_dispatch", ""]
)
def test_event__of_no_interest__is_other_and_unread(name: str) -> None:
    assert read_event(name, b"not even JSON", ENV) == Other(name=name)


BROKEN: list[tuple[str, str, Any]] = [
    ("pull_request", "pull_request", None),
    ("pull_request", "pull_request.number", "12"),
    ("pull_request", "pull_request.number", True),
    ("pull_request", "pull_request.head.sha", "main"),
    ("pull_request", "pull_request.head.sha", "A" * 40),
    ("pull_request", "pull_request.head.repo", {"full_name": "octo/app"}),
    ("pull_request", "pull_request.base.repo", None),
    ("pull_request", "pull_request.state", 1),
    ("merge_group", "merge_group.head_sha", "HEAD"),
    ("push", "ref", ["refs/heads/main"]),
    ("push", "repository.default_branch", None),
    ("issue_comment", "comment.id", 1.5),
    ("issue_comment", "issue", []),
]


@pytest.mark.parametrize(("event", "path", "value"), BROKEN)
def test_payload__unlike_githubs__ends_the_run_with_2_and_a_place(event: str, path: str, value: Any) -> None:
    whole = {
        "pull_request": pull(),
        "merge_group": payload("merge_group", "checks_requested", QUEUED),
        "push": payload("push", "", PUSH),
        "issue_comment": payload("issue_comment", "created", COMMENT),
    }[event]
    *way, last = path.split(".")
    place = whole
    for key in way:
        place = place[key]
    place[last] = value
    with pytest.raises(MergefloorError) as error:
        read(event, whole)
    assert error.value.exit_code == 2
    assert path.split(".", maxsplit=1)[0] in str(error.value)
    assert event in str(error.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'"\\ud800"',
    ],
)
def test_payload__not_one_json_mapping__ends_the_run_with_2(data: bytes) -> None:
    with pytest.raises(MergefloorError) as error:
        read_event("push", data, ENV)
    assert error.value.exit_code == 2
    assert not isinstance(error.value, InputError)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["pull_request", "head", "base", "repo", "id", "sha", "ref", "user", "login", "comment"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(["pull_request", "merge_group", "push", "issue_comment", "schedule"]), value=JSON)
def test_payload__any_json__is_read_or_refused_never_a_traceback(name: str, value: Any) -> None:
    try:
        read_event(name, json.dumps(value).encode(), ENV)
    except MergefloorError as error:
        assert error.exit_code == 2

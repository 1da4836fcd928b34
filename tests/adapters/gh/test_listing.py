"""What is read strictly, what is fetched along, and where a fork's commits come from: answers made by hand."""

from __future__ import annotations

import base64
import hashlib

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.gh.conftest import REPOSITORY

from mergefloor.core.ports import TreeEntry
from mergefloor.errors import HubError, RepositoryError
from mergefloor.gh.blobs import blob_id
from mergefloor.gh.listing import check_complete, listing
from mergefloor.gh.nearby import LARGEST_TEXT, MOST_BYTES, nearby
from mergefloor.gh.tree import ApiRepo

HOST = "https://api.github.com:443"
BASE, FORK = f"{HOST}/repos/{REPOSITORY}", f"{HOST}/repos/stranger/fork"
GRAPHQL = f"{HOST}/graphql"
HEAD, TIP, ROOT = "a" * 40, "b" * 40, "c" * 40


def blob(path, data=b"x", **odd):
    return {
        "path": path,
        "mode": "100644",
        "type": "blob",
        "sha": blob_id(data, like="0" * 40),
        "size": len(data),
        **odd,
    }


def folder(path):
    return {"path": path, "mode": "040000", "type": "tree", "sha": "d" * 40}


def tree(*rows, truncated=False):
    return {"sha": "e" * 40, "tree": list(rows), "truncated": truncated}


def stored(data):
    return {"content": base64.encodebytes(data).decode(), "encoding": "base64"}


def test_listing__files_folders_and_submodules__by_path():
    found = listing(
        tree(blob("a/b.md"), folder("a"), {**blob("sub"), "type": "commit", "mode": "160000", "size": None})
    )
    assert set(found.files) == {"a/b.md", "sub"}
    assert found.files["sub"].size == 0
    assert found.folders == {"a": "d" * 40}
    check_complete(found)


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "..", "../a", "a/../b", ".", "a/./b", "a\0b"])
def test_listing__path_that_no_tree_can_hold__error(path):
    with pytest.raises(RepositoryError, match="no tree of git can hold"):
        listing(tree(blob(path)))


@pytest.mark.parametrize(
    "rows",
    [
        (blob("a"), blob("a", b"y")),
        (blob("a"), folder("a")),
    ],
)
def test_listing__path_listed_twice__error(rows):
    with pytest.raises(RepositoryError, match="lists 'a' twice"):
        listing(tree(*rows))


@pytest.mark.parametrize(
    "odd",
    [
        {"sha": "main"},
        {"sha": "A" * 40},
        {"sha": None},
        {"sha": "a" * 41},
        {"size": None},
        {"size": True},
        {"mode": "644"},
        {"mode": 7},
    ],
)
def test_listing__field_that_is_not_what_git_has__error(odd):
    with pytest.raises((RepositoryError, HubError)):
        listing(tree(blob("a", **odd)))


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, {"tree": {}, "truncated": False}, {"tree": []}, {"tree": [7], "truncated": False}],
)
def test_listing__no_tree__error(answer):
    with pytest.raises(HubError):
        listing(answer)


def test_check_complete__folder_without_its_files__error():
    """A redirect that lost `recursive=1` must not look like a repository with nothing in it."""
    with pytest.raises(RepositoryError, match="lists the folder 'prompts' without its files"):
        check_complete(listing(tree(blob("README.md"), folder("prompts"))))


def test_check_complete__folder_that_git_stores_as_empty__fine():
    check_complete(listing(tree({**folder("empty"), "sha": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"})))


def test_snapshot__redirect_without_recursive__error(connect):
    with responses.RequestsMock() as hub:
        hub.get(
            f"{BASE}/git/trees/{HEAD}",
            status=301,
            headers={"Location": f"https://api.github.com/repositories/1/git/trees/{HEAD}?recursive=1"},
        )
        hub.get(f"{HOST}/repositories/1/git/trees/{HEAD}", json=tree(blob("README.md"), folder("prompts")))
        with pytest.raises(RepositoryError, match="without its files"):
            ApiRepo(connect()).snapshot(HEAD)


def test_read__rest_gives_other_bytes__error_never_used(connect):
    """Binary, so that only REST is asked; and REST is checked too."""
    data = b"\0 good"
    with responses.RequestsMock() as hub:
        hub.get(f"{BASE}/git/trees/{HEAD}", json=tree(blob("a.md", data)))
        hub.get(f"{BASE}/git/blobs/{blob_id(data, like=HEAD)}", json=stored(b"\0 evil"))
        snapshot = ApiRepo(connect()).snapshot(HEAD)
        with pytest.raises(RepositoryError, match="other bytes"):
            snapshot.read("a.md")


def test_read__graphql_gives_other_text__not_used(connect):
    a, b = blob("a.md", b"good"), blob("b.md", b"fine")
    with responses.RequestsMock() as hub:
        hub.get(f"{BASE}/git/trees/{HEAD}", json=tree(a, b))
        hub.post(GRAPHQL, json={"data": {"repository": {"b0": {"text": "evil"}, "b1": {"text": "fine"}}}})
        hub.get(f"{BASE}/git/blobs/{a['sha']}", json=stored(b"good"))
        snapshot = ApiRepo(connect()).snapshot(HEAD)
        assert (snapshot.read("a.md"), snapshot.read("b.md")) == (b"good", b"fine")


@pytest.mark.parametrize(
    "answer", [{}, {"content": "!!!"}, {"content": 7}, {"content": "QQ"}, {"content": "é"}]
)
def test_read__no_base64__error(connect, answer):
    with responses.RequestsMock() as hub:
        hub.get(f"{BASE}/git/trees/{HEAD}", json=tree(blob("a.md")))
        hub.get(f"{BASE}/git/blobs/{blob('a.md')['sha']}", json=answer)
        with pytest.raises((RepositoryError, HubError)):
            ApiRepo(connect()).snapshot(HEAD).read("a.md")


def test_blob_id__by_length__sha1_and_sha256():
    assert blob_id(b"", like="0" * 40) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_id(b"", like="0" * 64) == hashlib.sha256(b"blob 0\0").hexdigest()


def test_snapshot__fork_commit_not_in_the_base_repository__from_the_fork(connect):
    """Its tree, its blobs and its merge base; the base's own stay where they are."""
    with responses.RequestsMock() as hub:
        gone = {"status": 404, "json": {"message": "Not Found"}}
        hub.get(f"{BASE}/git/trees/{TIP}", json=tree(blob("a.md", b"old")))
        hub.get(f"{BASE}/git/trees/{ROOT}", json=tree(blob("a.md", b"old")))
        hub.get(f"{BASE}/git/trees/{HEAD}", **gone)
        hub.get(f"{FORK}/git/trees/{HEAD}", json=tree(blob("a.md", b"new")))
        hub.get(f"{FORK}/git/blobs/{blob('a', b'new')['sha']}", json=stored(b"new"))
        hub.get(f"{BASE}/git/blobs/{blob('a', b'old')['sha']}", json=stored(b"old"))
        hub.get(f"{BASE}/compare/{TIP}...stranger:{HEAD}", json={"merge_base_commit": {"sha": ROOT}})
        repo = ApiRepo(connect(), head_repository="stranger/fork", prefetch=0)
        head, tip = repo.snapshot(HEAD), repo.snapshot(TIP)
        root = repo.merge_base(tip, head)
        assert (head.read("a.md"), tip.read("a.md"), root.read("a.md"), root.sha) == (
            b"new",
            b"old",
            b"old",
            ROOT,
        )


def test_merge_base__fork_that_only_the_owner_form_reaches__found(connect):
    with responses.RequestsMock() as hub:
        for sha in (TIP, ROOT, HEAD):
            hub.get(f"{BASE}/git/trees/{sha}", json=tree(blob("a.md")))
        hub.get(f"{BASE}/compare/{TIP}...{HEAD}", status=404, json={"message": "Not Found"})
        hub.get(f"{BASE}/compare/{TIP}...stranger:{HEAD}", json={"merge_base_commit": {"sha": ROOT}})
        repo = ApiRepo(connect(), head_repository="stranger/fork")
        assert repo.merge_base(repo.snapshot(TIP), repo.snapshot(HEAD)).sha == ROOT


def test_snapshot__nowhere__both_repositories_named(connect):
    with responses.RequestsMock() as hub:
        for place in (BASE, FORK):
            hub.get(f"{place}/git/trees/{HEAD}", status=404, json={"message": "Not Found"})
        with pytest.raises(RepositoryError, match=f"names no commit of {REPOSITORY} or stranger/fork"):
            ApiRepo(connect(), head_repository="stranger/fork").snapshot(HEAD)


def test_snapshot__forbidden__error_not_taken_for_absent(connect):
    with responses.RequestsMock() as hub:
        hub.get(
            f"{BASE}/git/trees/{HEAD}", status=403, json={"message": "Resource not accessible by integration"}
        )
        with pytest.raises(HubError, match="grant `permissions: contents: read`"):
            ApiRepo(connect(), head_repository="stranger/fork").snapshot(HEAD)


def test_merge_base__page_without_it__first_page_asked(connect):
    with responses.RequestsMock() as hub:
        for sha in (TIP, HEAD, ROOT):
            hub.get(f"{BASE}/git/trees/{sha}", json=tree(blob("a.md")))
        hub.get(f"{BASE}/compare/{TIP}...{HEAD}?page=2&per_page=1", json={"commits": []})
        hub.get(f"{BASE}/compare/{TIP}...{HEAD}?page=1&per_page=1", json={"merge_base_commit": {"sha": ROOT}})
        repo = ApiRepo(connect())
        assert repo.merge_base(repo.snapshot(TIP), repo.snapshot(HEAD)).sha == ROOT


def entries(*paths, size=1, mode="100644"):
    return {path: TreeEntry(mode=mode, blob=f"{path}!", size=size) for path in paths}


def test_nearby__same_kind__nearest_first():
    files = entries("x/a.md", "x/b.md", "x/y/c.md", "z/d.md", "x/e.yml", "x/md", "amd")
    assert nearby("x/a.md", [files], skip={"x/a.md!"}, most=9) == ("x/b.md!", "x/y/c.md!", "z/d.md!")
    assert nearby("x/a.md", [files], skip={"x/a.md!"}, most=1) == ("x/b.md!",)


def test_nearby__other_version_of_the_path__before_its_folder():
    here, there = entries("x/a.md", "x/b.md"), {"x/b.md": TreeEntry(mode="100644", blob="newer", size=1)}
    assert nearby("x/b.md", [here, there], skip={"x/b.md!"}, most=1) == ("newer",)


def test_nearby__of_a_file_that_differs__the_others_that_differ_come_before_its_folder():
    here, there = (
        {path: TreeEntry(mode="100644", blob=blob, size=1) for path, blob in files.items()}
        for files in (
            {"x/a.md": "a1", "x/b.md": "b", "y/c.md": "c1"},
            {"x/a.md": "a2", "x/b.md": "b", "y/c.md": "c2", "z/new.md": "n"},
        )
    )
    found = nearby("x/a.md", [here, there], skip={"a1"}, most=9)
    assert found == ("a2", "c1", "c2", "n", "b")
    assert nearby("x/b.md", [here, there], skip={"b"}, most=2) == ("a1", "a2")


def test_nearby__no_regular_file_or_a_large_one__left_out():
    files = (
        entries("l.md", mode="120000")
        | entries("s.md", mode="160000")
        | entries("big.md", size=LARGEST_TEXT + 1)
    )
    assert nearby("a.md", [files], skip=(), most=9) == ()


def test_nearby__many_large_ones__bounded():
    files = entries(*(f"{n}.md" for n in range(99)), size=LARGEST_TEXT)
    assert len(nearby("a.md", [files], skip=(), most=99)) == MOST_BYTES // LARGEST_TEXT


@given(
    st.lists(st.text(alphabet="ab./", min_size=1, max_size=6), max_size=8),
    st.text(alphabet="ab/", max_size=3),
    st.sampled_from([".a", ".b", "/.a", "/b"]),
    st.integers(0, 5),
)
@settings(max_examples=300, deadline=None)
def test_nearby__any_paths__of_one_kind_and_no_more_than_asked(paths, stem, suffix, most):
    found = nearby(stem + suffix, [entries(*paths)], skip=(), most=most)
    assert len(found) <= most
    assert all(one.removesuffix("!").endswith(suffix.removeprefix("/")) for one in found)

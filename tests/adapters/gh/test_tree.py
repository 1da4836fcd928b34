"""A repository behind the API, against a GitHub that is backed by real git, and against git itself."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.adapters.gh.history import History, texts
from tests.fakes.github import FakeGitHub, Fault, Limits, Permissions

from mergefloor.core.ports import TreeEntry
from mergefloor.errors import HubError, InputError, RepositoryError
from mergefloor.gh.client import Client
from mergefloor.gh.tree import ApiRepo
from mergefloor.gh.wire import Clocks
from mergefloor.repo import LocalRepo


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    made = History(tmp_path_factory.mktemp("history"))
    made.commit(texts({"README.md": "hello\n"}), branch="main")
    return made


@pytest.fixture(scope="module")
def github(history):
    with FakeGitHub(history.top, limits=Limits(per_hour=None, writes_per_minute=None)) as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
def repo(github):
    return api(github)


def api(github, **options) -> ApiRepo:
    return ApiRepo(client(github), **options)


def client(github) -> Client:
    clocks = Clocks(sleep=lambda _: None)
    return Client(
        token=github.token,
        repository=github.repository,
        api_url=github.url,
        graphql_url=github.graphql_url,
        clocks=clocks,
    )


NAMES = st.sampled_from(
    [
        "a",
        "b.md",
        "prompts",
        "cases",
        "Ä ö.md",
        "new\nline",
        '"q"',
        "-rf",
        ":(glob)",
        "x\\y",
        "*",
        "A",
        "z.yml",
    ]
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
CONTENTS = st.one_of(
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=30),
    st.sampled_from([b"", b"a\r\nb\r\n", b"\xef\xbb\xbfbom", b"\xff\xfe", b"x" * 3000, b"\0"]),
)
FILES = st.one_of(
    st.tuples(st.sampled_from(["100644", "100755"]), CONTENTS),
    st.tuples(st.just("120000"), st.just(b"/proc/self/environ")),
    st.tuples(st.just("160000"), st.just(b"1" * 40)),
)


def a_tree(files):
    """No file stands where another one's folder is."""
    return {
        path: file for path, file in files.items() if not any(other.startswith(f"{path}/") for other in files)
    }


TREES = st.dictionaries(PATHS, FILES, min_size=1, max_size=12).map(a_tree)


@given(TREES, TREES, TREES, st.sampled_from([0, 1, 3, 100]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_api_repo__random_histories__same_as_git(history, github, start, ours, theirs, prefetch):
    root = history.commit(start)
    base, head = history.commit(ours, root), history.commit(theirs, root)
    there = api(github, prefetch=prefetch)
    with LocalRepo(history.top) as here:
        for sha in (root, base, head):
            remote, local = there.snapshot(sha), here.snapshot(sha)
            assert dict(remote.files) == dict(local.files)
            assert [outcome(remote, path) for path in local.files] == [
                outcome(local, path) for path in local.files
            ]
        snapshots = [(repo.snapshot(base), repo.snapshot(head)) for repo in (there, here)]
        assert there.changes(*snapshots[0]) == here.changes(*snapshots[1])
        assert there.merge_base(*snapshots[0]).sha == here.merge_base(*snapshots[1]).sha
        assert there.tags(snapshots[0][0]) == here.tags(snapshots[1][0]) == ()


def outcome(snapshot, path):
    try:
        return snapshot.read(path)
    except InputError as error:
        return str(error)


def test_snapshot__branch__its_tip(history, repo):
    tip = history.commit(texts({"a.md": "a"}), branch="topic/one")
    assert repo.snapshot("topic/one").sha == tip
    assert repo.snapshot("topic/one").read("a.md") == b"a"


@pytest.mark.parametrize("ref", ["nowhere", "0" * 40, "Ä/ö", "a b"])
def test_snapshot__nothing_of_this_name__repository_error(repo, ref):
    with pytest.raises(RepositoryError, match="names no commit of acme/shop"):
        repo.snapshot(ref)


@pytest.mark.parametrize("ref", ["../../user", "a/../b", ""])
def test_snapshot__ref_that_climbs__refused(repo, github, ref):
    before = len(github.requests)
    with pytest.raises(HubError, match="no path"):
        repo.snapshot(ref)
    assert len(github.requests) == before


def test_merge_base__unrelated_histories__repository_error(history, repo):
    one, other = history.commit(texts({"a": "1"})), history.commit(texts({"a": "2"}))
    with pytest.raises(RepositoryError, match="have no common commit on GitHub"):
        repo.merge_base(repo.snapshot(one), repo.snapshot(other))


def test_merge_base__asked__no_file_list_comes_along(history, github):
    root = history.commit(texts({"a": "1"}))
    repo, head = api(github), history.commit(texts({f"f{n}": "x" for n in range(50)}), root)
    assert repo.merge_base(repo.snapshot(root), repo.snapshot(head)).sha == root
    compared = [one for one in github.requests if "/compare/" in one.path][-1]
    assert compared.query["per_page"] == "1"
    assert not compared.answer["files"]


def test_tags__light_annotated_and_tag_of_a_tag__peeled(history, repo):
    sha = history.commit(texts({"a": "tagged"}))
    history.git("tag", "light", sha)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    history.git(*who, "tag", "-a", "-m", "m", "annotated", sha)
    history.git(*who, "tag", "-a", "-m", "m", "twice", "annotated")
    history.git("tag", "elsewhere", history.commit(texts({"a": "other"})))
    assert repo.tags(repo.snapshot(sha)) == ("annotated", "light", "twice")
    with LocalRepo(history.top) as here:  # git itself peels once
        assert here.tags(here.snapshot(sha)) == ("annotated", "light")


def test_tags__graphql_fails__read_through_rest(history, github):
    sha = history.commit(texts({"a": "tagged again"}))
    history.git("tag", "-f", "v9", sha)
    repo = api(github)
    snapshot = repo.snapshot(sha)
    with faults(github, Fault(kind="502", path="/graphql", times=None)):
        assert repo.tags(snapshot) == ("v9",)


@contextmanager
def faults(github, *plan):
    github.faults = plan
    try:
        yield
    finally:
        github.faults = ()


SPREADS = {
    "one folder": lambda n: f"evals/cases/{n:02}.yml",
    "sixty folders": lambda n: f"evals/{n:02}/cases.yml",
    "beside the prompts": lambda n: f"prompts/p{n:02}/golden.jsonl",
}


@pytest.mark.parametrize("spread", SPREADS.values(), ids=SPREADS)
def test_requests__sixty_changed_files_read_in_three_trees__nine_at_most(history, github, spread):
    """R29: the whole reading of a pull request, so that the rest of the run has sixteen requests left."""

    def files(version):
        made = {spread(n): f"- id: c{n}\n  input: {version}\n" for n in range(60)}
        return texts(made | {"mergefloor.yml": "version: 1\n", "prompts/a.prompt.md": f"v{version}\n"})

    root = history.commit(files(1))
    history.commit(files(2), root, branch="main")
    head = history.commit(files(3), root)
    asked = client(github)
    repo = ApiRepo(asked)
    tip, there = repo.snapshot("main"), repo.snapshot(head)
    fork_point = repo.merge_base(tip, there)
    assert len(repo.changes(fork_point, there)) == 61
    for snapshot in (tip, fork_point, there):
        for path, entry in snapshot.files.items():
            assert len(snapshot.read(path)) == entry.size
    assert asked.requests <= 9


def test_requests__blob_that_was_read__never_asked_for_again(history, github):
    sha = history.commit(texts({"a.md": "same", "b.md": "same", "c/d.md": "same"}))
    asked = client(github)
    repo = ApiRepo(asked)
    snapshot = repo.snapshot(sha)
    assert {snapshot.read(path) for path in ("a.md", "b.md", "c/d.md", "a.md")} == {b"same"}
    assert asked.requests == 2


@pytest.mark.parametrize("entries", [1, 2, 3, 5, 7, 11])
def test_tree__truncated__walked_to_the_same_files(history, github, entries):
    files = {f"{a}/{b}/f{n}": f"{a}{b}{n}" for a in "xyz" for b in "uv" for n in range(3)}
    sha = history.commit(texts(files | {"top": "1"}))
    with limited(github, tree_entries=max(entries, 4)), LocalRepo(history.top) as here:
        assert dict(api(github).snapshot(sha).files) == dict(here.snapshot(sha).files)


def test_tree__one_folder_larger_than_an_answer__error_not_a_part(history, github):
    sha = history.commit(texts({f"d/f{n}": str(n) for n in range(8)}))
    with (
        limited(github, tree_entries=5),
        pytest.raises(RepositoryError, match="more files than GitHub lists"),
    ):
        api(github).snapshot(sha)


def test_tree__shared_folders_of_a_large_tree__listed_once(history, github):
    files = {f"{a}/f{n}": f"{a}{n}" for a in "stuvwxyz" for n in range(3)}
    one = history.commit(texts(files))
    other = history.commit(texts(files | {"s/f0": "changed"}))
    asked = client(github)
    with limited(github, tree_entries=9):
        repo = ApiRepo(asked)
        repo.snapshot(one)
        before = asked.requests
        repo.snapshot(other)
    assert asked.requests - before == 3  # the whole, the top, the changed folder


@contextmanager
def limited(github, **limits):
    before = {name: getattr(github.limits, name) for name in limits}
    try:
        for name, value in limits.items():
            setattr(github.limits, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(github.limits, name, value)


def test_changes__3_600_files__change_in_file_3_500_found(history, github):
    """T33, where compare shows 300 files and a pull request 3,000."""
    files = texts({f"f{n:04}": "x" for n in range(3600)})
    root = history.commit(files)
    head = history.commit({**files, "f3500": ("100644", b"y")}, root)
    repo = api(github)
    assert [one.path for one in repo.changes(repo.snapshot(root), repo.snapshot(head))] == ["f3500"]


LINKS = ["/proc/self/environ", "../../../etc/passwd", ".git/config", "a.md", "/dev/zero"]


@pytest.mark.parametrize("target", LINKS)
def test_read__symbolic_link__refused_unfetched(history, github, target):
    """T06: not even what the link says is fetched."""
    sha = history.commit({"a.md": ("100644", b"a"), "link.md": ("120000", target.encode())})
    snapshot = api(github).snapshot(sha)
    before = len(github.requests)
    with pytest.raises(InputError, match="is a symbolic link"):
        snapshot.read("link.md")
    snapshot.read("a.md")
    assert len(github.requests) == before + 1
    assert target not in str([one.answer for one in github.requests[before:]])


def test_read__oversized__refused_unfetched(history, github):
    """T68: by the size in the tree, which is all that is ever fetched of it."""
    asked = client(github)
    repo = ApiRepo(asked)
    snapshot = repo.snapshot(history.commit(texts({"big": "x"})))
    object.__setattr__(snapshot, "files", {"big": TreeEntry(mode="100644", blob="1" * 40, size=10**9)})
    with pytest.raises(InputError, match="has 1,000,000,000 bytes"):
        snapshot.read("big")
    assert asked.requests == 1


@given(
    st.one_of(PATHS, st.text(), st.sampled_from(["A.MD", "./a.md", "/a.md", "x/../a.md", "a.md\0", "a.md/"]))
)
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_read__any_path__exact_entry_or_input_error(shelf, github, path):
    """T07: a path is a key of the listing or nothing, and never part of an address."""
    snapshot, before = shelf, len(github.requests)
    if path in snapshot.files:
        assert snapshot.read(path) == b"text of a"
    else:
        with pytest.raises(InputError, match="is not in the repository"):
            snapshot.read(path)
    assert len(github.requests) == before


@pytest.fixture(scope="module")
def shelf(history, github):
    snapshot = api(github).snapshot(history.commit(texts({"a.md": "text of a", "prompts/b.md": "text of a"})))
    snapshot.read("a.md")
    return snapshot


AWKWARD = {
    "binary": b"a\0b",
    "latin1": "Grüße".encode("latin-1"),
    "crlf": b"a\r\nb\rc\n",
    "bom": b"\xef\xbb\xbfa",
    "empty": b"",
    "large": b"y" * 300_000,
}


def test_read__bytes_that_graphql_bends__as_git_stored_them(history, github):
    sha = history.commit({f"{name}.md": ("100644", data) for name, data in AWKWARD.items()})
    snapshot = api(github).snapshot(sha)
    assert {name: snapshot.read(f"{name}.md") for name in AWKWARD} == AWKWARD


def test_read__text_cut_by_graphql__read_through_rest(history, github):
    sha = history.commit(texts({"a.md": "a" * 500, "b.md": "b" * 500}))
    with limited(github, graphql_text=100):
        snapshot = api(github).snapshot(sha)
        assert snapshot.read("a.md") == b"a" * 500
        assert snapshot.read("b.md") == b"b" * 500


@pytest.mark.parametrize("kind", ["403", "502", "html", "cut", "graphql-error", "graphql-limit", "reset"])
def test_read__graphql_fails__rest_alone_works(history, github, kind):
    files = {f"{kind}{n}.md": f"{kind} {n}" for n in range(4)}
    snapshot, before = api(github).snapshot(history.commit(texts(files))), len(github.requests)
    with faults(github, Fault(kind=kind, path="/graphql", times=None)):
        assert {path: snapshot.read(path).decode() for path in files} == files
    tried = [one for one in github.requests[before:] if one.path == "/graphql"]
    assert len(tried) <= 7, "one query is tried, not one a file"


def test_api_repo__token_that_may_only_read_contents__works(history, github):
    """T86: reading needs `contents: read` and nothing else."""
    nothing = dict.fromkeys(("pull_requests", "statuses", "issues", "checks", "actions"), "none")
    token = github.add_token("ghs_reader", permissions=Permissions(contents="read", **nothing))
    root = history.commit(texts({"a.md": "a", "b.md": "b"}), branch="read")
    reader = Client(
        token=token, repository=github.repository, api_url=github.url, graphql_url=github.graphql_url
    )
    repo, before = ApiRepo(reader), len(github.requests)
    tip, head = repo.snapshot("read"), repo.snapshot(history.commit(texts({"a.md": "c"}), root))
    assert repo.merge_base(tip, head).read("b.md") == b"b"
    assert repo.tags(head) == ()
    assert {one.status for one in github.requests[before:]} == {200}

"""Commits of a local repository: trees, blobs, refs, merge bases and differences."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mergefloor.core.ports import Change, Repo
from mergefloor.errors import RepositoryError
from mergefloor.repo import LocalRepo


def test_repo__has_the_port_s_shape(opened):
    repo: Repo = opened()
    assert repo is not None


def test_snapshot__branch_tag_and_id__name_the_same_tree(sandbox, opened):
    sha = sandbox.commit(**{"prompts/a.md": "hello\n", "b": ""})
    sandbox.git("tag", "-a", "v1", "-m", "v1")
    repo = opened()
    for ref in ("main", "HEAD", "v1", sha, sha[:10], "refs/heads/main"):
        snapshot = repo.snapshot(ref)
        assert snapshot.sha == sha
        assert set(snapshot.files) == {"prompts/a.md", "b"}
        assert snapshot.read("prompts/a.md") == b"hello\n"
        assert snapshot.read("b") == b""
    entry = repo.snapshot(sha).files["prompts/a.md"]
    assert (entry.mode, entry.size) == ("100644", 6)
    assert entry.blob == sandbox.git("rev-parse", "HEAD:prompts/a.md")


def test_snapshot__opened_from_a_sub_folder__paths_start_at_the_top(sandbox, opened):
    sandbox.commit(**{"a/b/c.txt": "x", "top.txt": "y"})
    repo = opened(sandbox.top / "a" / "b")
    assert set(repo.snapshot("HEAD").files) == {"a/b/c.txt", "top.txt"}
    assert set(repo.snapshot("WORKTREE").files) == {"a/b/c.txt", "top.txt"}


def test_snapshot__bare_repository__read_like_any_other(sandbox, opened, tmp_path):
    sandbox.commit(a="1")
    sandbox.git("clone", "-q", "--bare", str(sandbox.top), str(tmp_path / "bare.git"))
    repo = opened(tmp_path / "bare.git")
    assert repo.snapshot("main").read("a") == b"1"
    with pytest.raises(RepositoryError, match="has no work tree; name a commit"):
        repo.snapshot("WORKTREE")


def test_snapshot__sha256_repository__ids_of_64_digits(opened, sandbox, tmp_path):
    top = tmp_path / "long"
    top.mkdir()
    subprocess.run(["git", "init", "-q", "--object-format=sha256"], cwd=top, check=True, env=sandbox.env)
    sandbox.top = top
    sha = sandbox.commit(a="1")
    sandbox.write("b", "2")
    repo = opened(top)
    assert len(sha) == 64
    assert repo.snapshot("HEAD").sha == sha
    assert repo.snapshot("WORKTREE").files["b"].blob == sandbox.git("hash-object", "b")


def test_read__many_blobs__one_process(sandbox, opened):
    sandbox.commit(**{f"f{n}": f"text {n}\n" * n for n in range(200)})
    started: list[list[str]] = []

    def start(args, **more):
        started.append(args)
        return subprocess.Popen(args, **more)

    snapshot = opened(run=start).snapshot("HEAD")
    for n in range(200):
        assert snapshot.read(f"f{n}") == (f"text {n}\n" * n).encode()
    assert sum("cat-file" in args for args in started) == 1
    assert len(started) == 3


def test_read__bytes_that_look_like_answers__unchanged(sandbox, opened):
    nasty = b"deadbeef missing\n\0\n" + bytes(range(256)) * 300 + b"\r\n"
    sandbox.write("nasty", nasty)
    sandbox.commit()
    snapshot = opened().snapshot("HEAD")
    assert [snapshot.read("nasty") for _ in range(3)] == [nasty] * 3


def test_close__child_is_gone_and_reading_again_works(sandbox):
    sandbox.commit(a="1")
    children: list[subprocess.Popen[bytes]] = []

    def start(args, **more):
        children.append(subprocess.Popen(args, **more))
        return children[-1]

    with LocalRepo(sandbox.top, environ=sandbox.env, run=start) as repo:
        snapshot = repo.snapshot("HEAD")
        assert snapshot.read("a") == b"1"
    assert all(child.poll() is not None for child in children)
    assert snapshot.read("a") == b"1"
    repo.close()
    repo.close()
    assert all(child.poll() is not None for child in children)


def test_read__child_dies_between_two_questions__error_then_recovers(sandbox, opened):
    sandbox.commit(a="1", b="2")
    children: list[subprocess.Popen[bytes]] = []

    def start(args, **more):
        children.append(subprocess.Popen(args, **more))
        return children[-1]

    snapshot = opened(run=start).snapshot("HEAD")
    assert snapshot.read("a") == b"1"
    children[-1].kill()
    children[-1].wait()
    with pytest.raises(RepositoryError):
        snapshot.read("b")
    assert snapshot.read("b") == b"2"


def test_read__object_lost_from_the_store__says_how_to_get_it(sandbox, opened):
    sandbox.commit(a="lost", b="kept")
    snapshot = opened().snapshot("HEAD")
    blob = snapshot.files["a"].blob
    (sandbox.top / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RepositoryError, match=r"'missing'.*git fetch --refetch"):
        snapshot.read("a")
    assert snapshot.read("b") == b"kept"


def test_snapshot__replace_ref__bytes_of_the_commit_itself(sandbox, opened):
    sandbox.commit(a="good")
    other = sandbox.git("hash-object", "-w", "--stdin", stdin=b"evil")
    sandbox.git("replace", sandbox.git("rev-parse", "HEAD:a"), other)
    assert opened().snapshot("HEAD").read("a") == b"good"


@pytest.mark.parametrize(
    "ref",
    [
        "nowhere",
        "",
        "-h",
        "--output=x",
        "main..main",
        "^main",
        "HEAD:a",
        "a\nb",
        "x" * 5000,
        "HEAD^{tree}",
        "0" * 40,
    ],
)
def test_snapshot__no_such_commit__says_so_and_how_to_fetch(sandbox, opened, ref):
    sandbox.commit(a="1")
    with pytest.raises(RepositoryError) as caught:
        opened().snapshot(ref)
    assert repr(ref) in caught.value.what
    assert "git fetch" in caught.value.fix


@pytest.mark.parametrize("ref", ["a\0b", "\ud800"])
def test_snapshot__ref_that_no_command_line_can_carry__repository_error(sandbox, opened, ref):
    sandbox.commit(a="1")
    with pytest.raises(RepositoryError, match="could not be started"):
        opened().snapshot(ref)


def test_snapshot__branch_called_like_an_option__is_read(sandbox, opened):
    sha = sandbox.commit(a="1")
    sandbox.git("update-ref", "refs/heads/--help", sha)
    assert opened().snapshot("--help").sha == sha


def test_snapshot__no_commit_yet__says_commit_first(opened):
    with pytest.raises(RepositoryError, match="no commit yet; commit first"):
        opened().snapshot("HEAD")
    with pytest.raises(RepositoryError, match="no commit yet"):
        opened().snapshot("WORKTREE")


def test_snapshot__not_a_repository__says_so(opened, tmp_path):
    with pytest.raises(RepositoryError, match=r"cannot be read as a git repository.*git init"):
        opened(tmp_path / "home").snapshot("HEAD")


def test_open__no_such_folder__says_so(opened, tmp_path):
    with pytest.raises(RepositoryError, match="is not a folder"):
        opened(tmp_path / "absent")


def test_snapshot__no_git_on_the_path__says_install(sandbox, tmp_path):
    sandbox.commit(a="1")
    repo = LocalRepo(sandbox.top, environ={"PATH": str(tmp_path)})
    with pytest.raises(RepositoryError, match="`git` was not found; install git"):
        repo.snapshot("HEAD")


def test_snapshot__no_home_and_no_settings__works(sandbox):
    """R37: no HOME, locale C."""
    sandbox.commit(**{"ä.md": "ü"})
    with LocalRepo(sandbox.top, environ={"PATH": os.environ["PATH"]}) as repo:
        assert repo.snapshot("WORKTREE").read("ä.md") == "ü".encode()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_snapshot__foreign_owner__works(sandbox, opened):
    """R38: in a container the workspace belongs to another user than the one that runs."""
    sandbox.commit(a="1")
    for folder, folders, files in os.walk(sandbox.top):
        for name in (".", *folders, *files):
            os.chown(Path(folder) / name, 12345, 12345)
    with pytest.raises(subprocess.CalledProcessError):  # the control: plain git refuses
        sandbox.git("log")
    repo = opened()
    assert repo.snapshot("HEAD").read("a") == b"1"
    assert repo.snapshot("WORKTREE").read("a") == b"1"


def test_merge_base__diverged_branches__the_fork_point(sandbox, opened):
    fork = sandbox.commit(a="1")
    sandbox.git("checkout", "-q", "-b", "topic")
    sandbox.commit(a="2")
    sandbox.git("checkout", "-q", "main")
    sandbox.commit(b="3")
    repo = opened()
    assert repo.merge_base(repo.snapshot("main"), repo.snapshot("topic")).sha == fork
    sandbox.git("checkout", "-q", "topic")
    sandbox.write("a", "uncommitted")
    assert repo.merge_base(repo.snapshot("main"), repo.snapshot("WORKTREE")).sha == fork


def test_merge_base__criss_cross_history__git_s_first(sandbox, opened):
    sandbox.commit(a="0")
    sandbox.git("checkout", "-q", "-b", "topic")
    sandbox.commit("t1", t="1")
    sandbox.git("checkout", "-q", "main")
    sandbox.commit("m1", m="1")
    sandbox.git("merge", "-q", "--no-ff", "-m", "x", "topic")
    sandbox.git("checkout", "-q", "topic")
    sandbox.git("merge", "-q", "--no-ff", "-m", "y", "main^1")
    all_of_them = sandbox.git("merge-base", "--all", "main", "topic").split()
    repo = opened()
    found = repo.merge_base(repo.snapshot("main"), repo.snapshot("topic")).sha
    assert len(all_of_them) == 2
    assert found == all_of_them[0]


def test_merge_base__unrelated_histories__names_another_base(sandbox, opened):
    sandbox.commit(a="1")
    sandbox.git("checkout", "-q", "--orphan", "island")
    sandbox.commit("other", a="2")
    repo = opened()
    with pytest.raises(RepositoryError, match="no common commit in this clone; name a base"):
        repo.merge_base(repo.snapshot("main"), repo.snapshot("island"))


def test_merge_base__shallow_clone__says_unshallow(sandbox, opened, tmp_path):
    """R38."""
    sandbox.commit(a="1")
    sandbox.git("checkout", "-q", "-b", "topic")
    sandbox.commit(a="2")
    sandbox.git("checkout", "-q", "main")
    sandbox.commit(a="3")
    clone = tmp_path / "clone"
    url = f"file://{sandbox.top}"
    sandbox.git("clone", "-q", "--depth", "1", "--no-single-branch", url, str(clone))
    repo = opened(clone)
    base, head = repo.snapshot("origin/main"), repo.snapshot("origin/topic")
    assert head.read("a") == b"2"
    with pytest.raises(
        RepositoryError, match="which is shallow; fetch more history: `git fetch --unshallow`"
    ):
        repo.merge_base(base, head)


def test_snapshot__partial_clone__refused_without_a_fetch(sandbox, opened, tmp_path):
    sandbox.commit(a="1")
    sandbox.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    sandbox.git("clone", "-q", "--filter=blob:none", "-n", f"file://{sandbox.top}", str(clone))
    with pytest.raises(RepositoryError, match="git fetch --refetch --no-filter"):
        opened(clone).snapshot("HEAD").read("a")


def test_changes__every_kind__in_path_order_without_renames(sandbox, opened):
    base = sandbox.commit(
        **{"old.md": "same text\n" * 9, "edit.md": "1", "run.sh": "x", "keep": "k", "gone": "g"}
    )
    sandbox.git("mv", "old.md", "new.md")
    sandbox.git("rm", "-q", "gone")
    (sandbox.top / "run.sh").chmod(0o755)
    head = sandbox.commit(**{"edit.md": "2", "A": "first"})
    repo = opened()
    changes = repo.changes(repo.snapshot(base), repo.snapshot(head))
    assert changes == (
        Change(path="A", kind="added"),
        Change(path="edit.md", kind="modified"),
        Change(path="gone", kind="deleted"),
        Change(path="new.md", kind="added"),
        Change(path="old.md", kind="deleted"),
        Change(path="run.sh", kind="modified"),
    )


def test_changes__file_3500_of_3500__found(sandbox, opened):
    """T33: file lists of the platform end at 3,000; trees do not."""
    for n in range(3500):
        sandbox.write(f"d{n % 50}/f{n}", str(n))
    base = sandbox.commit()
    head = sandbox.commit(**{"d49/f3499": "changed"})
    repo = opened()
    found = repo.changes(repo.snapshot(base), repo.snapshot(head))
    assert found == (Change(path="d49/f3499", kind="modified"),)
    empty = sandbox.git("commit-tree", sandbox.git("mktree"), "-m", "nothing")
    everything = repo.changes(repo.snapshot(empty), repo.snapshot(head))
    assert len(everything) == 3500


def test_changes__random_edits__agree_with_git_diff_tree(sandbox, opened):
    """`git diff-tree` is the oracle: same paths, same kinds."""
    base = sandbox.commit(**{f"d{n % 7}/f{n}": str(n) for n in range(60)})
    for n in range(0, 60, 4):
        sandbox.write(f"d{n % 7}/f{n}", f"new {n}")
    for n in range(1, 60, 9):
        (sandbox.top / f"d{n % 7}/f{n}").unlink()
    sandbox.link("d2/link", "f2")
    (sandbox.top / "d2/f2").unlink()
    sandbox.write("d2/f2/inside", "a folder where a file was")
    head = sandbox.commit()
    lines = sandbox.git("diff-tree", "-r", "-z", "--no-renames", "--name-status", base, head).split("\0")[:-1]
    letters = {"A": "added", "D": "deleted", "M": "modified", "T": "modified"}
    expected = {path: letters[letter] for letter, path in zip(lines[::2], lines[1::2], strict=True)}
    repo = opened()
    changes = repo.changes(repo.snapshot(base), repo.snapshot(head))
    assert {change.path: change.kind for change in changes} == expected
    assert [change.path for change in changes] == sorted(expected)

"""Uncommitted work: HEAD, overlaid with the disk."""

from __future__ import annotations

import os

import pytest

from mergefloor.core.ports import Change, TreeEntry
from mergefloor.errors import InputError, RepositoryError
from mergefloor.repo.disk import UNREADABLE, Disk


def kinds(repo) -> dict[str, str]:
    changes: tuple[Change, ...] = repo.changes(repo.snapshot("HEAD"), repo.snapshot("WORKTREE"))
    return {change.path: change.kind for change in changes}


def test_worktree__nothing_touched__equals_head(sandbox, opened):
    sandbox.commit(a="1", **{"d/b": "2"})
    repo = opened()
    snapshot = repo.snapshot("WORKTREE")
    assert snapshot.sha == "worktree"
    assert snapshot.commit == sandbox.git("rev-parse", "HEAD")
    assert dict(snapshot.files) == dict(repo.snapshot("HEAD").files)
    assert kinds(repo) == {}


def test_worktree__edited_deleted_new_and_ignored__as_git_add_would_see_them(sandbox, opened):
    sandbox.commit(**{"edit": "1", "gone": "2", "same": "3", ".gitignore": "secret*\n"})
    sandbox.write("edit", "changed")
    sandbox.write("new/file", "new")
    sandbox.write("secret.env", "KEY")
    (sandbox.top / "gone").unlink()
    os.utime(sandbox.top / "same")
    repo = opened()
    snapshot = repo.snapshot("WORKTREE")
    assert kinds(repo) == {"edit": "modified", "gone": "deleted", "new/file": "added"}
    assert snapshot.read("edit") == b"changed"
    assert snapshot.read("new/file") == b"new"
    for path in ("gone", "secret.env"):
        with pytest.raises(InputError, match="is not in the repository"):
            snapshot.read(path)


def test_worktree__blob_ids__as_git_computes_them(sandbox, opened):
    sandbox.commit(a="1")
    for path, data in {"a": b"\r\ntext\0", "b": b"", "c": b"x" * 3_000_000}.items():
        sandbox.write(path, data)
    files = opened().snapshot("WORKTREE").files
    for path in "abc":
        assert files[path].blob == sandbox.git("hash-object", "--no-filters", path)
        assert files[path].size == (sandbox.top / path).stat().st_size


def test_worktree__staged_work__the_disk_wins(sandbox, opened):
    sandbox.commit(a="1", b="1", c="1", **{".gitignore": "ignored\n"})
    sandbox.write("a", "staged")
    sandbox.write("new", "staged")
    sandbox.write("brief", "staged")
    sandbox.git("add", "-A")
    sandbox.write("a", "edited after staging")
    (sandbox.top / "brief").unlink()
    sandbox.git("rm", "-q", "--cached", "b")
    sandbox.write("ignored", "was tracked")
    sandbox.git("add", "-f", "ignored")
    repo = opened()
    snapshot = repo.snapshot("WORKTREE")
    assert kinds(repo) == {"a": "modified", "new": "added", "ignored": "added"}
    assert snapshot.read("a") == b"edited after staging"
    assert snapshot.read("b") == b"1"
    assert snapshot.read("ignored") == b"was tracked"


def test_worktree__taken_out_of_the_index_and_ignored__deleted(sandbox, opened):
    sandbox.commit(**{"key.env": "K"})
    sandbox.write(".gitignore", "*.env\n")
    sandbox.git("rm", "-q", "--cached", "key.env")
    assert kinds(opened()) == {".gitignore": "added", "key.env": "deleted"}


def test_worktree__intent_to_add__read_from_disk(sandbox, opened):
    sandbox.commit(a="1")
    sandbox.write("later", "text")
    sandbox.git("add", "-N", "later")
    assert opened().snapshot("WORKTREE").read("later") == b"text"


def test_worktree__merge_conflict__the_file_as_it_lies_there(sandbox, opened):
    sandbox.commit(a="base")
    sandbox.git("checkout", "-q", "-b", "topic")
    sandbox.commit(a="theirs")
    sandbox.git("checkout", "-q", "main")
    sandbox.commit(a="ours")
    with pytest.raises(Exception, match="merge"):
        sandbox.git("merge", "-q", "topic")
    assert b"<<<<<<<" in opened().snapshot("WORKTREE").read("a")


def test_worktree__kind_of_a_path_changes__old_entry_goes(sandbox, opened):
    sandbox.commit(**{"file": "1", "folder/x": "2", "pipe": "3", "run.sh": "4"})
    (sandbox.top / "file").unlink()
    sandbox.write("file/inside", "now a folder")
    (sandbox.top / "folder/x").unlink()
    (sandbox.top / "folder").rmdir()
    sandbox.write("folder", "now a file")
    (sandbox.top / "pipe").unlink()
    os.mkfifo(sandbox.top / "pipe")
    (sandbox.top / "run.sh").chmod(0o755)
    assert kinds(opened()) == {
        "file": "deleted",
        "file/inside": "added",
        "folder": "added",
        "folder/x": "deleted",
        "pipe": "deleted",
        "run.sh": "modified",
    }


def test_worktree__pipe_swapped_in_after_the_listing__refused_without_waiting(sandbox, opened):
    sandbox.commit(a="1")
    sandbox.write("a", "2")
    snapshot = opened().snapshot("WORKTREE")
    (sandbox.top / "a").unlink()
    os.mkfifo(sandbox.top / "a")
    with pytest.raises(InputError, match="not a regular file"):
        snapshot.read("a")


def test_worktree__edited_between_listing_and_reading__says_run_again(sandbox, opened):
    sandbox.commit(a="1")
    sandbox.write("a", "2")
    snapshot = opened().snapshot("WORKTREE")
    sandbox.write("a", "3")
    with pytest.raises(RepositoryError, match="'a' changed while it was read; save your work and run again"):
        snapshot.read("a")


def test_worktree__nested_repository__not_part_of_this_one(sandbox, opened):
    sandbox.commit(a="1")
    inner = sandbox.top / "inner"
    inner.mkdir()
    sandbox.git("init", "-q", str(inner))
    sandbox.write("inner/x", "x")
    assert kinds(opened()) == {}


def test_worktree__sparse_checkout__files_left_out_are_head_s(sandbox, opened):
    sandbox.commit(**{"in/a": "1", "out/b": "2"})
    sandbox.git("sparse-checkout", "set", "in")
    repo = opened()
    assert not (sandbox.top / "out/b").exists()
    assert kinds(repo) == {}
    assert repo.snapshot("WORKTREE").read("out/b") == b"2"


def test_worktree__line_endings_converted_on_checkout__not_a_change(sandbox, opened):
    sandbox.commit(**{".gitattributes": "*.md text eol=crlf\n", "a.md": "x\ny\n"})
    (sandbox.top / "a.md").unlink()
    sandbox.git("checkout", "-q", "a.md")
    assert (sandbox.top / "a.md").read_bytes() == b"x\r\ny\r\n"
    repo = opened()
    assert kinds(repo) == {}
    assert repo.snapshot("WORKTREE").read("a.md") == b"x\ny\n"


def test_entry__file_that_cannot_be_opened__differs_from_every_blob(sandbox):
    """Too long a name stands for every refusal of the system; permissions do not stop root."""
    disk = Disk(sandbox.top, "sha1")
    assert disk.entry("x" * 300) == TreeEntry(mode="100644", blob=UNREADABLE, size=0)
    assert disk.entry("absent") is None
    assert disk.entry("absent/inside") is None


def test_worktree__linked_worktree__its_own_files(sandbox, opened, tmp_path):
    sandbox.commit(a="1")
    sandbox.git("worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    (tmp_path / "linked" / "a").write_text("2")
    assert opened(tmp_path / "linked").snapshot("WORKTREE").read("a") == b"2"
    assert opened().snapshot("WORKTREE").read("a") == b"1"

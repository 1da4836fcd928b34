"""Uncommitted work: HEAD's tree, overlaid with what is modified, deleted or new on disk and not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import SUBMODULE, readable, refusal
from mergefloor.core.types import Problem
from mergefloor.errors import InputError, RepositoryError
from mergefloor.repo.commit import CommitSnapshot
from mergefloor.repo.disk import UNREADABLE, Disk
from mergefloor.repo.git import Done, Git
from mergefloor.repo.tree import raw_changes, records

WORKTREE_SHA = "worktree"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorktreeSnapshot:
    """HEAD with the work tree's changes. What did not change is read from git, so that filters play no part."""

    head: CommitSnapshot
    files: Mapping[str, TreeEntry]
    changed: frozenset[str]
    disk: Disk

    @property
    def sha(self) -> str:
        """Always `worktree`: uncommitted work has no commit id."""
        return WORKTREE_SHA

    @property
    def commit(self) -> str:
        """The commit that a merge base is looked up for: HEAD."""
        return self.head.sha

    def read(self, path: str) -> bytes:
        """The bytes of one regular file. InputError for symlinks, submodules, missing or oversized files."""
        entry = readable(self.files, path)
        if isinstance(entry, Problem):
            raise InputError([entry])
        if path not in self.changed:
            return self.head.read(path)
        try:
            data = self.disk.read(path)
        except OSError as error:
            why = error.strerror or str(error)
            problem = refusal(path, f"cannot be read: {why}", "make it a regular file that you may read")
            raise InputError([problem]) from error
        if entry.blob != UNREADABLE and self.disk.blob_id(data) != entry.blob:
            raise RepositoryError(f"{path!r} changed while it was read", "save your work and run again")
        return data


def worktree_of(git: Git, head: CommitSnapshot) -> WorktreeSnapshot:
    """The work tree as it is now. RepositoryError when there is none (a bare repository)."""
    _check_top(git)
    disk = Disk(git.top, _succeeded(git.run("rev-parse", "--show-object-format")).text())
    files, changed = dict(head.files), set[str]()
    for path, status, mode, blob in _tracked_changes(git, head.sha):
        files.pop(path, None)
        if mode == SUBMODULE:
            files[path] = TreeEntry(mode=mode, blob=blob, size=0)
        elif status != "D":
            changed.add(path)
    # After the tracked ones: a file taken out of the index but still there is untracked, unless it is ignored.
    changed.update(_untracked(git))
    for path in sorted(changed):
        entry = disk.entry(path)
        if entry is not None:
            files[path] = entry
    return WorktreeSnapshot(head=head, files=files, changed=frozenset(changed), disk=disk)


def _check_top(git: Git) -> None:
    """Refuse a repository whose files are elsewhere: none at all (bare), or where core.worktree points."""
    done = git.run("rev-parse", "--show-toplevel")
    if done.code:
        raise RepositoryError(f"{str(git.top)!r} has no work tree", "name a commit instead of `WORKTREE`")
    if done.text() != str(git.top):
        what = f"the work tree of {str(git.top)!r} is at {done.text()!r}"
        raise RepositoryError(what, "run there, or `git config --unset core.worktree`")


def _tracked_changes(git: Git, commit: str) -> list[tuple[str, str, str, str]]:
    """Tracked paths that differ from the commit, with status, new mode and id.

    To know whether a file with a fresh time stamp differs, git would pass it through its `clean` filter, which is a
    program that the configuration names. Those are blanked for this command (T15).
    """
    args = ("diff-index", "--raw", "-z", "--no-renames", "--ignore-submodules=dirty", commit)
    return list(raw_changes(_succeeded(git.run(*args, config=_no_filters(git))).out))


def _no_filters(git: Git) -> dict[str, str]:
    """Settings that switch off every configured filter."""
    done = git.run("config", "-z", "--name-only", "--get-regexp", r"^filter\.")
    if done.code not in (0, 1):  # 1: there are none
        _succeeded(done)
    names = {key.rpartition(".")[0] for key in records(done.out)}
    off = {"clean": "", "smudge": "", "process": "", "required": "false"}
    return {f"{name}.{option}": value for name in sorted(names) for option, value in off.items()}


def _untracked(git: Git) -> list[str]:
    """New paths that are not ignored. A path that ends in `/` is a repository of its own and not part of this one."""
    done = _succeeded(git.run("ls-files", "-z", "--others", "--exclude-standard"))
    return [path for path in records(done.out) if not path.endswith("/")]


def _succeeded(done: Done) -> Done:
    if done.code:
        raise RepositoryError(
            f"the work tree cannot be read: {done.complaint!r}", "run `git status` to see why"
        )
    return done

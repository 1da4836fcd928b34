"""A local repository behind core.ports.Repo."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mergefloor.core.ports import Change, Snapshot
from mergefloor.core.tree import compare
from mergefloor.errors import NoSuchRef, RepositoryError
from mergefloor.repo.blobs import MISSING_FIX, Blobs
from mergefloor.repo.commit import CommitSnapshot
from mergefloor.repo.git import Git, Start
from mergefloor.repo.tree import entries
from mergefloor.repo.worktree import WorktreeSnapshot, worktree_of

WORKTREE = "WORKTREE"
BRANCHES = ("main", "master")
COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
NOWHERE: Mapping[str, str] = MappingProxyType({})


class LocalRepo:
    """The repository around a folder. `environ`: PATH, HOME and the like for git; `run`: starts a process.

    Close it, or use it in a `with` statement: it keeps one git process for reading blobs.
    """

    def __init__(
        self, path: Path, *, environ: Mapping[str, str] = NOWHERE, run: Start = subprocess.Popen
    ) -> None:
        self._git = Git(_top(path), environ=environ, start=run)
        self._blobs = Blobs(self._git)
        self._commits: dict[str, CommitSnapshot] = {}

    def __enter__(self) -> LocalRepo:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the process that reads blobs."""
        self._blobs.close()

    @property
    def top(self) -> Path:
        """The folder that the repository's paths start from."""
        return self._git.top

    def snapshot(self, ref: str) -> CommitSnapshot | WorktreeSnapshot:
        """The tree of a ref, or of uncommitted work for `WORKTREE`. RepositoryError when it does not exist."""
        if ref == WORKTREE:
            return worktree_of(self._git, self._commit(self._resolve("HEAD")))
        return self._commit(self._resolve(ref))

    def merge_base(self, base: Snapshot, head: Snapshot) -> CommitSnapshot:
        """The commit the head branched from; of several, git's first. RepositoryError when there is none here."""
        ours, theirs = self._id(base), self._id(head)
        done = self._git.run("merge-base", ours, theirs)
        if done.code not in (0, 1):
            raise RepositoryError(f"the merge base cannot be found: {done.complaint!r}", "run `git fsck`")
        if done.code == 1 or not done.text():
            raise self._unrelated(ours, theirs)
        return self._commit(done.text().split("\n")[0])

    def changes(self, base: Snapshot, head: Snapshot) -> tuple[Change, ...]:
        """What differs, without rename detection, in path order. Whole trees are compared: no cap on files (T33)."""
        return compare(base.files, head.files)

    def tags(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Names of the tags that point at this very commit, sorted; none of uncommitted work."""
        if isinstance(snapshot, WorktreeSnapshot):
            return ()
        done = self._git.run("tag", "--points-at", self._id(snapshot))
        if done.code:
            raise RepositoryError(f"the tags cannot be read: {done.complaint!r}", "run `git fsck`")
        return tuple(sorted(done.text().splitlines()))

    def default_branch(self) -> str:
        """The branch that changes are merged into: the remote's, else main or master where there is one, else main."""
        told = self._git.run("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        if told.code == 0 and told.text().startswith("origin/"):
            return told.text().removeprefix("origin/")
        places = [
            (name, f"{room}/{name}") for name in BRANCHES for room in ("refs/heads", "refs/remotes/origin")
        ]
        known = (
            name for name, ref in places if self._git.run("show-ref", "--verify", "--quiet", ref).code == 0
        )
        return next(known, BRANCHES[0])

    def origin(self) -> str | None:
        """The address of the remote `origin`, as it is configured; None when there is none."""
        done = self._git.run("config", "--get", "remote.origin.url")
        return done.text() or None if done.code == 0 else None

    def _resolve(self, ref: str) -> str:
        """A name to the full id of its commit."""
        done = self._git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if done.code == 0 and COMMIT_ID.fullmatch(done.text()):  # `^HEAD` is answered too, with `^` and an id
            return done.text()
        check = self._git.run("rev-parse", "--git-dir")
        if check.code:
            what = f"{str(self.top)!r} cannot be read as a git repository: {check.complaint!r}"
            raise RepositoryError(what, "run inside a clone, or `git init` and commit first")
        if ref == "HEAD":
            raise RepositoryError(
                "the repository has no commit yet", "commit first: `git add -A && git commit`"
            )
        fix = "check its spelling with `git branch -a`, or fetch it: `git fetch origin`"
        raise NoSuchRef(f"{ref!r} names no commit of this repository", fix)

    def _commit(self, sha: str) -> CommitSnapshot:
        """The tree of a commit, listed once a commit."""
        if sha not in self._commits:
            done = self._git.run("ls-tree", "-r", "-z", "-l", "--full-tree", sha)
            if done.code:
                raise RepositoryError(f"the files of {sha} cannot be listed: {done.complaint!r}", MISSING_FIX)
            files = MappingProxyType(dict(entries(done.out)))
            self._commits[sha] = CommitSnapshot(sha=sha, files=files, blobs=self._blobs)
        return self._commits[sha]

    def _id(self, snapshot: Snapshot) -> str:
        if isinstance(snapshot, CommitSnapshot | WorktreeSnapshot):
            return snapshot.commit
        return self._resolve(snapshot.sha)

    def _unrelated(self, ours: str, theirs: str) -> RepositoryError:
        """The error for two commits without a common ancestor; most often the clone is too shallow."""
        what = f"{ours[:12]} and {theirs[:12]} have no common commit in this clone"
        if self._git.run("rev-parse", "--is-shallow-repository").text() == "true":
            return RepositoryError(f"{what}, which is shallow", "fetch more history: `git fetch --unshallow`")
        return RepositoryError(what, "name a base that the head was branched from: `--base REF`")


def _top(path: Path) -> Path:
    """The nearest folder upwards that holds `.git`; the path itself where none does (git then says what is wrong)."""
    start = path.resolve()
    if not start.is_dir():
        raise RepositoryError(f"{str(path)!r} is not a folder", "run inside a clone of the repository")
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)

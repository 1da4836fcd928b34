"""The repository behind the fake: objects and refs of a real git directory, read through git itself."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from tests.fakes.github.diff import Changed, changed

SAFE = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One git object: its id, kind (commit, tree, blob, tag) and bytes."""

    sha: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who and when, of a commit or a tag. `at`: seconds since 1970."""

    name: str
    email: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit's own fields."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a tree. `size`: None but for blobs."""

    mode: str
    kind: str
    sha: str
    path: str
    size: int | None


class Git:
    """One long-lived `git cat-file --batch` for objects and names; other questions are asked once and remembered."""

    def __init__(self, directory: Path) -> None:
        inside = directory / ".git"
        self.dir = inside if inside.exists() else directory
        self._lock = threading.Lock()
        self._env = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
        self._batch: subprocess.Popen[bytes] | None = None
        self.tree = lru_cache(maxsize=512)(self._tree)
        self.changes = lru_cache(maxsize=512)(self._changes)
        self.merge_base = lru_cache(maxsize=4096)(self._merge_base)
        self.between = lru_cache(maxsize=4096)(self._between)
        self._fixed = lru_cache(maxsize=4096)(self._object)

    def run(self, *args: str, stdin: bytes = b"", index: str = "") -> bytes:
        """What a git command prints; CalledProcessError when it fails. `index`: another index than the repository's."""
        command = ("git", f"--git-dir={self.dir}", *SAFE, *args)
        env = self._env | ({"GIT_INDEX_FILE": index} if index else {})
        return subprocess.run(command, check=True, capture_output=True, env=env, input=stdin).stdout

    def store(self, kind: str, data: bytes) -> str:
        """Write an object; its id."""
        return self.run("hash-object", "-t", kind, "-w", "--stdin", stdin=data).decode().strip()

    def store_tree(self, base: str | None, rows: Sequence[tuple[str, str | None, str]]) -> str:
        """Write a tree: `base` with (mode, object or None to take it out, path) changed; its id."""
        with tempfile.TemporaryDirectory() as folder:
            index = f"{folder}/index"
            self.run(*(("read-tree", base) if base else ("read-tree", "--empty")), index=index)
            lines = [
                f"0 {'0' * 40}\t{path}\0" if sha is None else f"{mode} {sha}\t{path}\0"
                for mode, sha, path in rows
            ]
            self.run("update-index", "-z", "--index-info", stdin="".join(lines).encode(), index=index)
            return self.run("write-tree", index=index).decode().strip()

    def object(self, name: str) -> Object | None:
        """The object a name stands for now. Full ids are remembered: what they name never changes."""
        if "\n" in name or not name:
            return None
        if len(name) == 40 and is_hex(name):
            found = self._fixed(name)
            if found is None:  # it may be pushed later
                self._fixed.cache_clear()
            return found
        return self._object(name)

    def resolve(self, name: str, kind: str = "commit") -> str | None:
        """Id of the object of this kind behind a branch, a tag, a full ref, HEAD or an id; None when there is none."""
        places = ("{}",) if name == "HEAD" or name.startswith("refs/") else ("refs/heads/{}", "refs/tags/{}")
        if len(name) == 40 and is_hex(name):
            places = ("{}",)
        for place in places:
            found = self.object(f"{place.format(name)}^{{{kind}}}")
            if found is not None:
                return found.sha
        return None

    def commit(self, sha: str) -> Commit:
        """A commit that is known to be there."""
        found = self.object(sha)
        assert found is not None and found.kind == "commit", f"no commit {sha!r} in {self.dir}"
        return _commit(found)

    def refs(self, prefix: str) -> list[tuple[str, str, str]]:
        """(full name, object id, object kind) of all refs that begin so."""
        out = self.run("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)").decode()
        rows = [line.split(" ") for line in out.splitlines()]
        return [(row[0], row[1], row[2]) for row in rows if row[0].startswith(prefix)]

    def set_ref(self, name: str, sha: str) -> None:
        """Let a ref point there."""
        found = self.object(name)
        if found is None or found.sha != sha:
            self.run("update-ref", name, sha)

    def close(self) -> None:
        """End the helper process."""
        with self._lock:
            batch, self._batch = self._batch, None
        if batch is not None:
            batch.communicate()

    def _merge_base(self, one: str, other: str) -> str | None:
        # Ids only, so that the answer stays true; None: unrelated histories.
        try:
            return self.run("merge-base", one, other).decode().split()[0]
        except subprocess.CalledProcessError:
            return None

    def _between(self, base: str, head: str) -> tuple[str, ...]:
        # The commits of head that base lacks, oldest first.
        return tuple(
            self.run("rev-list", "--reverse", "--topo-order", f"{base}..{head}", "--").decode().split()
        )

    def _tree(self, sha: str, recursive: bool) -> tuple[Entry, ...]:
        options = ("-r", "-t") if recursive else ()
        out = self.run("ls-tree", *options, "-l", "-z", "--full-tree", sha).decode("utf-8", "surrogateescape")
        entries = []
        for row in filter(None, out.split("\0")):
            head, path = row.split("\t", 1)
            mode, kind, item, size = head.split()
            entries.append(
                Entry(mode=mode, kind=kind, sha=item, path=path, size=None if size == "-" else int(size))
            )
        return tuple(entries)

    def _changes(self, base: str, head: str) -> tuple[Changed, ...]:
        common = ("diff-tree", "-r", "-M", "--no-commit-id", "--full-index", "--no-color", "--no-ext-diff")
        rows = self.run(*common, "--raw", "--numstat", "-z", base, head)
        return changed(rows, self.run(*common, "-p", base, head))

    def _object(self, name: str) -> Object | None:
        with self._lock:
            batch = self._started()
            stdin, stdout = _pipes(batch)
            stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            stdin.flush()
            header = stdout.readline().rstrip(b"\n")
            if header.endswith((b" missing", b" ambiguous")):
                return None
            sha, kind, size = header.decode().split(" ")
            data = stdout.read(int(size))
            stdout.read(1)
            return Object(sha=sha, kind=kind, data=data)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._batch is None:
            command = ("git", f"--git-dir={self.dir}", *SAFE, "cat-file", "--batch")
            self._batch = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._env,
            )
        return self._batch


def is_hex(text: str) -> bool:
    """Whether all characters are lower-case hexadecimal digits."""
    return all(c in "0123456789abcdef" for c in text)


def _pipes(batch: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert batch.stdin is not None and batch.stdout is not None
    return batch.stdin, batch.stdout


def _commit(found: Object) -> Commit:
    head, _, message = found.data.decode("utf-8", "replace").partition("\n\n")
    rows = [line.split(" ", 1) for line in head.split("\n") if not line.startswith(" ")]
    one = {row[0]: row[1] for row in rows if len(row) == 2}
    return Commit(
        sha=found.sha,
        tree=one["tree"],
        parents=tuple(row[1] for row in rows if row[0] == "parent"),
        author=signature(one["author"]),
        committer=signature(one["committer"]),
        message=message.removesuffix("\n"),
    )


def signature(line: str) -> Signature:
    """`Ada <ada@example.org> 1700000000 +0100` taken apart."""
    name, _, rest = line.partition(" <")
    email, _, when = rest.partition("> ")
    return Signature(name=name, email=email, at=int(when.split(" ")[0]))

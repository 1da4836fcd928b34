"""Trees and commits as the bytes that git stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tests.fakes.github.git import Git

TREE = "40000"
Who = Mapping[str, Any]


class Row(NamedTuple):
    """One row of a tree: git's mode and an object's id."""

    mode: str
    sha: str


def grown(git: Git, base: str | None, changes: Mapping[str, Row | None]) -> str | None:
    """A tree with some paths put and others taken away; its id, None when nothing is left of it."""
    rows = dict(_rows(git, base)) if base else {}
    below: dict[str, dict[str, Row | None]] = {}
    for path, row in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = row
        elif row is None:
            rows.pop(name, None)
        else:
            rows[name] = Row(row.mode.lstrip("0"), row.sha)
    for name, inner in below.items():
        old = rows.get(name)
        sha = grown(git, old.sha if old and old.mode == TREE else None, inner)
        if sha is None:
            rows.pop(name, None)
        else:
            rows[name] = Row(TREE, sha)
    return git.store("tree", _bytes(rows)) if rows else None


def commit_bytes(tree: str, parents: Sequence[str], who: tuple[Who, Who], message: str, now: int) -> bytes:
    """A commit; `now`: seconds since 1970, for those who name no date."""
    author, committer = who
    head = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    head += [f"author {_signed(author, now)}", f"committer {_signed(committer, now)}"]
    return ("\n".join(head) + f"\n\n{message}").encode()


def _rows(git: Git, sha: str) -> list[tuple[str, Row]]:
    found = git.object(sha)
    assert found is not None and found.kind == "tree"
    rows, data = [], found.data
    while data:
        head, _, data = data.partition(b"\0")
        mode, _, name = head.decode("utf-8", "surrogateescape").partition(" ")
        rows.append((name, Row(mode, data[:20].hex())))
        data = data[20:]
    return rows


def _bytes(rows: Mapping[str, Row]) -> bytes:
    ordered = sorted(rows.items(), key=lambda item: item[0] + ("/" if item[1].mode == TREE else ""))
    return b"".join(
        f"{row.mode} {name}".encode("utf-8", "surrogateescape") + b"\0" + bytes.fromhex(row.sha)
        for name, row in ordered
    )


def _signed(who: Who, now: int) -> str:
    at = int(datetime.fromisoformat(who["date"]).timestamp()) if who.get("date") else now
    return f"{who['name']} <{who['email']}> {at} +0000"

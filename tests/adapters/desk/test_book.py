"""The label file: lines for good, a rewrite at once, and no way through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mergefloor.desk import FileBook
from mergefloor.errors import StoreError


def book(tmp_path: Path, name: str = "evals/l.jsonl") -> FileBook:
    return FileBook(place=tmp_path / name, path=name)


def test_book__that_does_not_exist__is_empty_and_begins_with_the_first_line(tmp_path: Path) -> None:
    mine = book(tmp_path)
    assert mine.read() == b""
    mine.append(["a"])
    mine.append(["b", "c"])
    assert mine.read() == b"a\nb\nc\n"


def test_append__after_a_line_without_a_break__begins_a_new_line(tmp_path: Path) -> None:
    (tmp_path / "l").write_bytes(b"a")
    book(tmp_path, "l").append(["b"])
    assert (tmp_path / "l").read_bytes() == b"a\nb\n"


def test_append__waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append((tmp_path / "l").read_bytes())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    book(tmp_path, "l").append(["a"])
    assert seen
    assert seen[0] == b"a\n"


def test_rewrite__replaces_all_and_keeps_the_rights_and_leaves_nothing_behind(tmp_path: Path) -> None:
    mine = book(tmp_path, "l")
    mine.append(["a", "b"])
    (tmp_path / "l").chmod(0o640)
    mine.rewrite(b"a\n")
    assert mine.read() == b"a\n"
    assert (tmp_path / "l").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["l"]


def test_rewrite__that_breaks_half_way__leaves_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = book(tmp_path, "l")
    mine.append(["a", "b"])

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        mine.rewrite(b"a\n")
    assert mine.read() == b"a\nb\n"
    assert [path.name for path in tmp_path.iterdir()] == ["l"]


def test_book__that_is_a_link__is_refused_and_its_target_untouched(tmp_path: Path) -> None:
    (tmp_path / "rc").write_bytes(b"mine\n")
    (tmp_path / "l").symlink_to(tmp_path / "rc")
    for act in (lambda: book(tmp_path, "l").read(), lambda: book(tmp_path, "l").append(["x"])):
        with pytest.raises(StoreError, match="--out"):
            act()
    assert (tmp_path / "rc").read_bytes() == b"mine\n"


def test_book__that_is_a_pipe_or_a_folder__is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(StoreError, match=name):
            book(tmp_path, name).read()
        with pytest.raises(StoreError, match=name):
            book(tmp_path, name).append(["x"])

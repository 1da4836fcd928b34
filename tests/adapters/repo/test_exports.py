"""A workspace as data: what is read, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mergefloor.errors import InputError
from mergefloor.repo.exports import WorkspaceFiles


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_listed__files_of_a_folder__without_gits_own_and_without_links_to_folders(tmp_path: Path) -> None:
    for path in ("logs/b.jsonl", "logs/old/a.jsonl", "src/x.py", ".git/config"):
        write(tmp_path / path, "x")
    (tmp_path / "logs" / "away").symlink_to("/etc")
    files = WorkspaceFiles(tmp_path)
    assert files.listed("logs") == ["logs/b.jsonl", "logs/old/a.jsonl"]
    assert files.listed("") == ["logs/b.jsonl", "logs/old/a.jsonl", "src/x.py"]
    assert files.listed("nowhere") == []
    assert files.read("logs/old/a.jsonl") == b"x"


def test_read__of_a_link__is_refused(tmp_path: Path) -> None:
    write(tmp_path / "secret", "key")
    write(tmp_path / "logs" / "q.jsonl", "x")
    (tmp_path / "logs" / "link.jsonl").symlink_to(tmp_path / "secret")
    (tmp_path / "alias").symlink_to(tmp_path / "logs")
    for path in ("logs/link.jsonl", "alias/q.jsonl", "logs", "logs/gone.jsonl"):
        with pytest.raises(InputError, match="cannot be read"):
            WorkspaceFiles(tmp_path).read(path)


def test_listed__below_a_link__holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").symlink_to("/etc")
    assert WorkspaceFiles(tmp_path).listed("logs") == []
    assert WorkspaceFiles(tmp_path).listed("logs/ssl") == []


def test_listed__of_a_whole_disk__stops(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "logs" / f"{number}.jsonl", "x")
    with pytest.raises(InputError, match="a folder of its own"):
        WorkspaceFiles(tmp_path, most=3).listed("logs")

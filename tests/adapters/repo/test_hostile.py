"""What a hostile repository plants: links, names, programs. None is followed, none is run (T06, T07, T15)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mergefloor.core.tree import LARGEST
from mergefloor.errors import InputError, RepositoryError

WEIRD = [
    "a\nb.md",
    "-rf",
    ":(glob)**",
    "Ünï/çödé.md",
    "Prompt.md",
    "prompt.md",
    "tab\there",
    '"quoted"',
    " lead",
    "*",
]
LINKS = {
    "absolute": "/proc/self/environ",
    "git": ".git/config",
    "inside": "real.txt",
    "dangling": "nowhere",
    "folder": "somewhere",
}


def canary(folder: Path, name: str) -> tuple[Path, Path]:
    """A program that leaves a mark when it runs, and the mark."""
    mark = folder / f"{name}.ran"
    program = folder / f"{name}.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, mark


@pytest.mark.parametrize("ref", ["HEAD", "WORKTREE"])
@pytest.mark.parametrize("kind", LINKS)
def test_read__symlink__refused_at_its_path(sandbox, opened, kind, ref):
    sandbox.write("real.txt", "real")
    sandbox.write("somewhere/x", "x")
    sandbox.link("link", LINKS[kind])
    sandbox.commit()
    with pytest.raises(InputError) as caught:
        opened().snapshot(ref).read("link")
    assert str(caught.value) == "link:1: 'link' is a symbolic link; commit the file itself in its place"


@pytest.mark.parametrize("kind", LINKS)
def test_read__file_replaced_by_a_symlink_on_disk__refused(sandbox, opened, kind):
    sandbox.commit(**{"prompt.md": "p", "real.txt": "r", "somewhere/x": "x"})
    (sandbox.top / "prompt.md").unlink()
    sandbox.link("prompt.md", LINKS[kind])
    sandbox.link("untracked", LINKS[kind])
    snapshot = opened().snapshot("WORKTREE")
    for path in ("prompt.md", "untracked"):
        with pytest.raises(InputError, match="is a symbolic link"):
            snapshot.read(path)


def test_read__folder_replaced_by_a_symlink_on_disk__its_files_are_gone(sandbox, opened, tmp_path):
    sandbox.commit(**{"prompts/a.md": "ours"})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("theirs")
    (sandbox.top / "prompts/a.md").unlink()
    (sandbox.top / "prompts").rmdir()
    sandbox.link("prompts", outside)
    snapshot = opened().snapshot("WORKTREE")
    assert set(snapshot.files) == {"prompts"}
    with pytest.raises(InputError, match="is not in the repository"):
        snapshot.read("prompts/a.md")


def test_read__link_swapped_in_after_the_listing__refused(sandbox, opened, tmp_path):
    sandbox.commit(a="1")
    sandbox.write("prompts/a.md", "new")
    sandbox.write("b.md", "new")
    snapshot = opened().snapshot("WORKTREE")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.md").write_text("new")
    (sandbox.top / "prompts").rename(sandbox.top / "moved")
    sandbox.link("prompts", secret)
    (sandbox.top / "b.md").unlink()
    sandbox.link("b.md", secret / "a.md")
    for path in ("prompts/a.md", "b.md"):
        with pytest.raises(InputError, match="cannot be read"):
            snapshot.read(path)


@pytest.mark.parametrize("ref", ["HEAD", "WORKTREE"])
def test_read__submodule__refused_and_not_entered(sandbox, opened, tmp_path, ref):
    sandbox.commit(a="1")
    inner = tmp_path / "inner"
    sandbox.git("clone", "-q", str(sandbox.top), str(inner))
    sandbox.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "vendored")
    sandbox.git("commit", "-q", "-m", "submodule")
    program, mark = canary(tmp_path, "inner")
    sandbox.git("-C", "vendored", "config", "filter.inner.clean", str(program))
    attributes = sandbox.top / sandbox.git("-C", "vendored", "rev-parse", "--git-path", "info/attributes")
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("a filter=inner\n")
    os.utime(sandbox.write("vendored/a", "2"))
    repo = opened()
    snapshot = repo.snapshot(ref)
    assert snapshot.files["vendored"].mode == "160000"
    assert not any(path.startswith("vendored/") for path in snapshot.files)
    with pytest.raises(InputError, match="is a submodule"):
        snapshot.read("vendored")
    assert not mark.exists()


def test_worktree__hooks_filters_and_monitor_planted__none_runs(sandbox, opened, tmp_path):
    """T15: every way in which git would start a program that the repository names."""
    (sandbox.top / ".gitattributes").write_text("*.md filter=evil diff=evil text\n*.txt filter=e=vil\n")
    sandbox.commit(**{"a.md": "one", "b.txt": "two"})
    marks = []
    for name in ("smudge", "clean", "process", "monitor", "diff", "textconv", "ssh", "hook", "pager"):
        program, mark = canary(tmp_path, name)
        marks.append(mark)
        key = {"monitor": "core.fsmonitor", "ssh": "core.sshCommand", "pager": "core.pager"}.get(name)
        for setting in [key] if key else [f"filter.evil.{name}", f"filter.e=vil.{name}", f"diff.evil.{name}"]:
            sandbox.git("config", setting.replace("evil.diff", "evil.command"), str(program))
    for setting in ("filter.evil.required", "filter.e=vil.required"):
        sandbox.git("config", setting, "true")
    sandbox.git("config", "diff.external", str(tmp_path / "diff.sh"))
    sandbox.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    (tmp_path / "hooks").mkdir()
    for hook in (
        "post-index-change",
        "post-checkout",
        "fsmonitor-watchman",
        "reference-transaction",
        "pre-commit",
    ):
        (tmp_path / "hooks" / hook).symlink_to(tmp_path / "hook.sh")
    # Same size, and the index written in the same moment: git can tell only by content, through the filter.
    index = (sandbox.top / ".git/index").stat()
    for path, text in {"a.md": "eno", "b.txt": "owt"}.items():
        os.utime(sandbox.write(path, text), ns=(index.st_mtime_ns, index.st_mtime_ns))
    repo = opened()
    snapshot = repo.snapshot("WORKTREE")
    assert snapshot.read("a.md") == b"eno"
    assert snapshot.read("b.txt") == b"owt"
    assert len(repo.changes(repo.snapshot("HEAD"), snapshot)) == 2
    assert repo.snapshot("HEAD").read("a.md") == b"one"
    assert [mark.name for mark in marks if mark.exists()] == []


def test_filters__git_itself__would_have_run_them(sandbox, tmp_path):
    """The control of the test above: with plain git the planted filter does run."""
    sandbox.write(".gitattributes", "*.md filter=evil\n")
    sandbox.commit(**{"a.md": "one"})
    program, mark = canary(tmp_path, "clean")
    sandbox.git("config", "filter.evil.clean", str(program))
    index = (sandbox.top / ".git/index").stat()
    os.utime(sandbox.write("a.md", "eno"), ns=(index.st_mtime_ns, index.st_mtime_ns))
    sandbox.git("diff-index", "--raw", "HEAD")
    assert mark.exists()


def test_worktree__index_is_not_written(sandbox, opened):
    sandbox.commit(a="1")
    os.utime(sandbox.top / "a")
    before = (sandbox.top / ".git/index").stat().st_mtime_ns
    opened().snapshot("WORKTREE")
    assert (sandbox.top / ".git/index").stat().st_mtime_ns == before


def test_worktree__core_worktree_points_elsewhere__refused(sandbox, opened, tmp_path):
    sandbox.commit(a="1")
    sandbox.git("config", "core.worktree", str(tmp_path / "home"))
    with pytest.raises(RepositoryError, match=r"the work tree of .* is at"):
        opened().snapshot("WORKTREE")


def test_git_environment__caller_s_variables__do_not_reach_it(sandbox, tmp_path):
    """A GIT_DIR of the caller (inside a hook) or a token must not steer or reach the children."""
    from mergefloor.repo import LocalRepo

    sandbox.commit(a="1")
    hostile = {
        "GIT_DIR": str(tmp_path),
        "GITHUB_TOKEN": "canary",
        "GIT_EXTERNAL_DIFF": "x",
        "LD_PRELOAD": "x",
    }
    seen: list[dict[str, str]] = []

    def start(args, *, env, **more):
        import subprocess

        seen.append(env)
        return subprocess.Popen(args, env=env, **more)

    with LocalRepo(sandbox.top, environ=sandbox.env | hostile, run=start) as repo:
        assert repo.snapshot("HEAD").read("a") == b"1"
    assert seen
    for env in seen:
        assert not hostile.keys() & env.keys()
        assert env["GIT_TERMINAL_PROMPT"] == "0"


@pytest.mark.parametrize("ref", ["HEAD", "WORKTREE"])
def test_read__weird_names__exact_bytes(sandbox, opened, ref):
    for path in WEIRD:
        sandbox.write(path, f"text of {path}")
    if ref == "HEAD":
        sandbox.commit()
    else:
        sandbox.commit("first", other="x")
        sandbox.git("rm", "-q", "--cached", *(f":(literal){path}" for path in WEIRD))
    snapshot = opened().snapshot(ref)
    assert set(WEIRD) <= set(snapshot.files)
    for path in WEIRD:
        assert snapshot.read(path) == f"text of {path}".encode()


@pytest.mark.parametrize("ref", ["HEAD", "WORKTREE"])
def test_read__name_that_is_not_utf8__readable_and_printable_in_errors(sandbox, opened, ref):
    raw = os.fsencode(sandbox.top) + b"/caf\xe9.md"
    Path(os.fsdecode(raw)).write_bytes(b"coffee")
    sandbox.link(os.fsdecode(b"li\xe9nk"), "x")
    if ref == "HEAD":
        sandbox.commit()
    else:
        sandbox.git("commit", "-q", "--allow-empty", "-m", "empty")
    snapshot = opened().snapshot(ref)
    assert snapshot.read("caf\udce9.md") == b"coffee"
    with pytest.raises(InputError) as caught:
        snapshot.read("li\udce9nk")
    assert str(caught.value).encode()  # would raise with a lone surrogate
    assert caught.value.problems[0].place.path == "li\\udce9nk"


def test_read__oversized_blob__refused_unread(sandbox, opened):
    """T68: the size comes from the tree; no blob process is started."""
    import subprocess

    (sandbox.top / "big").write_bytes(b"")
    os.truncate(sandbox.top / "big", LARGEST + 1)
    sandbox.git("-c", "core.compression=1", "add", "big")
    sandbox.commit()
    (sandbox.top / "fresh").write_bytes(b"")
    os.truncate(sandbox.top / "fresh", LARGEST + 1)
    started: list[list[str]] = []

    def start(args, **more):
        started.append(args)
        return subprocess.Popen(args, **more)

    repo = opened(run=start)
    for ref, path in (("HEAD", "big"), ("WORKTREE", "fresh")):
        with pytest.raises(InputError, match=r"has 52,428,801 bytes; split it"):
            repo.snapshot(ref).read(path)
    assert not any("cat-file" in args for args in started)

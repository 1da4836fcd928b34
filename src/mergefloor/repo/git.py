"""The git command line, held so that nothing in a repository can make it run a program, ask or call home."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mergefloor.errors import RepositoryError

Start = Callable[..., "subprocess.Popen[bytes]"]

# What git may know of the caller: where programs and the user's own settings are. GIT_DIR, tokens and the rest are
# not passed on.
KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR")
FIXED = {
    "LANG": "C",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    # A replace ref would show other bytes than the commit id vouches for.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
}
HELD = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "submodule.recurse=false",
    "protocol.file.allow=never",
    # A partial clone would otherwise fetch every missing blob in the middle of a listing.
    "protocol.allow=never",
)
TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a git command ended: exit code, raw output, and what it complained about in one line."""

    code: int
    out: bytes
    complaint: str

    def text(self) -> str:
        """The output as text without the final newline; bytes that are not UTF-8 survive as surrogates."""
        return self.out.decode("utf-8", "surrogateescape").rstrip("\n")


class Runner(Protocol):
    """What the rest of this room needs of git."""

    def run(self, *args: str, config: Mapping[str, str] | None = None) -> Done:
        """One command to its end."""

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        """One command that is talked to."""


class Git:
    """git in one repository. `environ` is filtered by KEPT; `start` starts a process, as subprocess.Popen does."""

    def __init__(self, top: Path, *, environ: Mapping[str, str], start: Start = subprocess.Popen) -> None:
        kept = {name: environ[name] for name in KEPT if name in environ}
        self.top, self._env, self._start = top, {**kept, **FIXED}, start
        held = (f"safe.directory={top}", *HELD)
        self._prefix = [
            "git",
            "--no-pager",
            "-C",
            str(top),
            *(word for item in held for word in ("-c", item)),
        ]

    def run(self, *args: str, config: Mapping[str, str] | None = None) -> Done:
        """Run a command to its end. `config`: settings for this command alone. RepositoryError when it cannot run."""
        child = self._spawn(args, config or {}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            out, err = child.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            child.kill()
            child.communicate()
            raise RepositoryError(f"`git {args[0]}` did not end within {TIMEOUT_S:.0f} s") from error
        return Done(code=child.returncode, out=out, complaint=_one_line(err))

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        """Start a command that is talked to through its pipes. The caller stops it."""
        return self._spawn(args, {}, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def _spawn(
        self, args: tuple[str, ...], config: Mapping[str, str], *, stdin: int, stderr: int
    ) -> subprocess.Popen[bytes]:
        try:
            return self._start(
                [*self._prefix, *args],
                env={**self._env, **_as_environment(config)},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            fix = "install git 2.30 or newer, or add its directory to PATH"
            raise RepositoryError("`git` was not found", fix) from error
        except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in an argument
            raise RepositoryError(f"`git {args[0]}` could not be started: {error}") from error


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a child that was talked to: closing its input is enough for git; kill what lingers."""
    with suppress(BrokenPipeError):  # it is gone already, which is what is wanted
        if child.stdin is not None:
            child.stdin.close()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _as_environment(config: Mapping[str, str]) -> dict[str, str]:
    """Settings as environment: unlike `-c`, this takes any name, also one that holds `=`."""
    pairs = {"GIT_CONFIG_COUNT": str(len(config))} if config else {}
    for index, (key, value) in enumerate(config.items()):
        pairs |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return pairs


def _one_line(err: bytes) -> str:
    """The first complaint of git, printable and at most 300 characters."""
    lines = err.decode("utf-8", "replace").strip().splitlines() or [""]
    text = lines[0].removeprefix("fatal: ").removeprefix("error: ")[:300]
    return "".join(c if c.isprintable() else "\ufffd" for c in text)

"""Tries what foreign code must not be able to do, as the user that it becomes: `python -I probe.py` (T02-T04, T38).

Standard input: JSON with `sockets`, `secret` (files that may hold credentials), `append` (files), `folders` (of ours)
and `pids` (our own processes). Standard output: a JSON list of what worked, in words; an empty one is what we want.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# What a checkout leaves in a git configuration: a header with a token, or a password in an address.
CREDENTIAL = re.compile(rb"extraheader|authorization|://[^/@\s]+@", re.I)


def findings(asked: dict[str, Any]) -> Iterator[str]:
    """Everything that worked."""
    for path in asked["sockets"]:
        yield from _worked(f"connect to {path}", _connect, path)
    for pid in (1, *asked["pids"]):
        for name in ("environ", "mem", "maps"):
            yield from _worked(f"open /proc/{pid}/{name}", _read, f"/proc/{pid}/{name}")
        yield from _worked(f"send a signal to process {pid}", os.kill, pid, 0)
    for path in asked["append"]:
        yield from _worked(f"write to {path}", _append, path)
    for path in asked["folders"]:
        yield from _worked(f"list {path}", os.listdir, path)
        yield from _worked(f"write into {path}", _write_into, path)
    for path in asked["secret"]:
        yield from _worked(f"read credentials in {path}", _credential, path)
    yield from _rights()


def _rights() -> Iterator[str]:
    """What this process still is."""
    if os.getuid() == 0 or os.geteuid() == 0 or os.getgroups() not in ([], [os.getgid()]):
        yield f"be user {os.getuid()} in groups {os.getgroups()}"
    for user in (0, 1000, 1001):
        yield from _worked(f"become user {user}", os.setuid, user)
    lines = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines()
    facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        if int(facts.get(name, "0"), 16):
            yield f"use capabilities ({name} {facts[name].strip()})"
    if facts.get("NoNewPrivs", "1").strip() != "1":
        yield "gain privileges"


def _worked(what: str, attempt: Callable[..., Any], *arguments: Any) -> Iterator[str]:
    """What was attempted, if it worked."""
    try:
        attempt(*arguments)
    except (OSError, ValueError):
        return
    yield what


def _connect(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(path)


def _read(path: str) -> None:
    with Path(path).open("rb"):
        pass


def _append(path: str) -> None:
    with Path(path).open("r+b"):
        pass


def _write_into(path: str) -> None:
    if not os.access(path, os.W_OK):
        raise PermissionError(path)


def _credential(path: str) -> None:
    with Path(path).open("rb") as file:
        if not CREDENTIAL.search(file.read(1 << 20)):
            raise ValueError("none")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    print(json.dumps(list(findings(json.load(sys.stdin)))))  # noqa: T201 - this is how it answers

"""A program that runs to its end, outside of any event loop: a setup, a self-test."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO

from mergefloor.targets.order import ENVIRONMENT, Ended, Order, channel, command, report

PATIENCE_S = 10.0
TAIL = 4_000
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How it ended and the beginning of what it wrote to standard output. `late`: it was ended at its deadline."""

    ended: Ended
    output: bytes
    late: bool


def run(order: Order, timeout_s: float, given: bytes = b"") -> Finished:
    """Run one program, `given` on standard input. OSError when not even the supervisor starts."""
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        channel() as (ours, theirs),
        ours,
    ):
        source.write(given)
        source.seek(0)
        process = subprocess.Popen(
            command(theirs),
            stdin=source,
            stdout=output,
            stderr=errors,
            env=ENVIRONMENT,
            cwd="/",
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
        ours.sendall(order.encode())
        late = _wait(process, ours, timeout_s)
        return Finished(ended=report(ours, _tail(errors)), output=_head(output), late=late)


def _wait(process: subprocess.Popen[bytes], ours: socket.socket, timeout_s: float) -> bool:
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        ours.shutdown(socket.SHUT_WR)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return True
    return False


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(LARGEST)


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    return file.read().decode("utf-8", "replace").strip()

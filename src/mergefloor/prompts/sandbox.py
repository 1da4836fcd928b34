"""The parent's end of the rendering child: start it, ask it, kill it (T64, T65)."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from mergefloor.core.types import Json
from mergefloor.loading.limits import MIB
from mergefloor.prompts.fields import short

CHILD = Path(__file__).with_name("sandbox_child.py")
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
_HEAD = 4
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What rendering may take: bytes of memory, seconds of CPU and of wall time a case, bytes a message; then
    seconds for a whole batch and how many children may die before the rest of it is refused."""

    memory: int = 512 * MIB
    cpu: float = 5.0
    wall: float = 10.0
    output: int = MIB
    batch: float = 60.0
    deaths: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one child renders: the templates of a prompt, in order, and the line end that they are written with."""

    templates: tuple[str, ...]
    newline: str = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there are no texts: `kind` is stable, `line` counts from the template's first line. `died`: the child
    is gone with it."""

    kind: str
    error: str
    line: int | None = None
    died: bool = False


class Sandbox:
    """One child process in its own group, started on the first ask and again after it died."""

    def __init__(
        self, job: Job, limits: Limits, clock: Callable[[], float] = time.monotonic, child: Path = CHILD
    ) -> None:
        self._job, self._limits, self._clock, self._child = job, limits, clock, child
        self._process: subprocess.Popen[bytes] | None = None
        self._refused: Refusal | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(self, values: Mapping[str, Json], texts: str = "") -> tuple[str, ...] | Refusal:
        """Every template with these values. `texts` names a value that is a list of texts (a case's context)."""
        if self._process is None and self._refused is None:
            self._refused = self._start()
        if self._refused is not None:
            return self._refused
        reply = self._ask({"values": dict(values), "texts": texts})
        if isinstance(reply, Refusal):
            return reply
        rendered = reply.get("texts")
        if not isinstance(rendered, list) or len(rendered) != len(self._job.templates):
            return self._dead("died", "the renderer answered something else")
        return tuple(map(str, rendered))

    def close(self) -> int:
        """Kill the child's whole group and reap it. The exit status, negative for a signal."""
        process, self._process = self._process, None
        if process is None:
            return 0
        # Not reaped yet, so its group still has its number. macOS says EPERM when only zombies are left in it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        return process.wait()

    def _start(self) -> Refusal | None:
        """Start the child and have it compile the templates: what it refuses now, it refuses for every case."""
        try:
            self._process = self._launch()
        except OSError as error:
            return Refusal(kind="died", error=f"the renderer cannot start: {error}", died=True)
        limits: dict[str, Json] = {name: getattr(self._limits, name) for name in ("memory", "cpu", "output")}
        order: dict[str, Json] = {
            "templates": list(self._job.templates),
            "newline": self._job.newline,
            "limits": limits,
        }
        reply = self._ask(order)
        return reply if isinstance(reply, Refusal) else None

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", str(self._child)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            bufsize=0,
            process_group=0,
        )

    def _ask(self, frame: dict[str, Json]) -> dict[str, Json] | Refusal:
        body = json.dumps(frame, ensure_ascii=False).encode("utf-8", "surrogatepass")
        answer = self._exchange(len(body).to_bytes(_HEAD, "big") + body)
        if isinstance(answer, Refusal):
            return answer
        try:
            reply: Json = json.loads(answer)
        except (ValueError, RecursionError):
            return self._dead("died", "the renderer answered something else")
        if not isinstance(reply, dict):
            return self._dead("died", "the renderer answered something else")
        if "kind" not in reply:
            return reply
        kind, line = str(reply["kind"]), reply.get("line")
        return Refusal(
            kind=kind,
            error=self._words().get(kind, short(str(reply.get("error")))),
            line=line if isinstance(line, int) else None,
        )

    def _words(self) -> dict[str, str]:
        limits = self._limits
        return {
            "memory": f"it used more than {limits.memory // MIB} MiB of memory",
            "output": f"it wrote more than {limits.output:,} bytes",
            "cpu": f"it used more than {limits.cpu:g} s of CPU",
            "wall": f"it took more than {limits.wall:g} s",
        }

    def _exchange(self, frame: bytes) -> bytes | Refusal:
        """Send one frame, read one, both before the wall clock says stop."""
        process, until = self._process, self._clock() + self._limits.wall
        if process is None or process.stdin is None or process.stdout is None:
            return self._dead("died", "the renderer is not running")
        try:
            sent = _pump(process.stdin.fileno(), frame, until, self._clock)
            head = _drain(process.stdout.fileno(), _HEAD, until, self._clock) if sent else b""
            size = int.from_bytes(head, "big")
            if size > self._ceiling():
                return self._dead("output")
            body = _drain(process.stdout.fileno(), size, until, self._clock) if head else b""
        except TimeoutError:
            return self._dead("wall")
        return body or self._dead("died", "the renderer ended")

    def _ceiling(self) -> int:
        # A message of n bytes takes at most 6n as JSON (every byte a \u0001), plus the frame around it.
        return 6 * self._limits.output * len(self._job.templates) + _CHUNK

    def _dead(self, kind: str, error: str = "") -> Refusal:
        status = self.close()
        if kind == "died" and -status == signal.SIGXCPU:
            kind = "cpu"
        return Refusal(kind=kind, error=self._words().get(kind, f"{error} (exit status {status})"), died=True)


def _wait(fd: int, event: int, seconds: float) -> None:
    """Until the pipe is ready. Raises TimeoutError."""
    with selectors.DefaultSelector() as selector:
        selector.register(fd, event)
        if seconds <= 0 or not selector.select(seconds):
            raise TimeoutError


def _pump(fd: int, data: bytes, until: float, clock: Callable[[], float]) -> bool:
    """Write all of it; False when nobody reads any more. Raises TimeoutError."""
    os.set_blocking(fd, False)
    rest = memoryview(data)
    while rest:
        _wait(fd, selectors.EVENT_WRITE, until - clock())
        try:
            rest = rest[os.write(fd, rest) :]
        except BrokenPipeError:
            return False
    return True


def _drain(fd: int, size: int, until: float, clock: Callable[[], float]) -> bytes:
    """Exactly `size` bytes, or none when the other end closed first. Raises TimeoutError."""
    data = bytearray()
    while len(data) < size:
        _wait(fd, selectors.EVENT_READ, until - clock())
        piece = os.read(fd, min(size - len(data), _CHUNK))
        if not piece:
            return b""
        data += piece
    return bytes(data)

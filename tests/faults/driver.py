"""Runs of the real command line as a child process, against a language model server that is a child process too."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REPLAY = ROOT.parent / "shared" / "tools" / "replay_llm.py"
FULL = os.environ.get("MERGEFLOOR_FAULTS") == "full"
TRACEBACK = "Traceback (most recent call last)"


class LLM:
    """The server, over its own HTTP: settings, counters."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("/stats")
        return found

    def control(self, **settings: Any) -> None:
        """Change settings and zero the counters."""
        self._ask("/control", {**settings, "reset": True})

    def settled(self) -> dict[str, Any]:
        """The counters once nothing is under way any more."""
        while (found := self.stats())["in_flight"]:
            time.sleep(0.01)
        return found

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=data), timeout=20) as reply:
            return json.loads(reply.read())


@contextmanager
def llm(*options: str) -> Iterator[LLM]:
    """Start the server; skip where it is not there."""
    if not REPLAY.exists():
        pytest.skip("the local language model server is not here")
    command = [sys.executable, str(REPLAY), "--port", "0", "--mode", "hash", *options]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield LLM(int(child.stdout.readline()))
    finally:
        child.terminate()
        child.wait(10)
        child.stdout.close()


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A finished run. `code` is negative for a death by signal; `report` None when none was written."""

    code: int
    out: str
    err: str
    seconds: float
    report: dict[str, Any] | None


class Run:
    """One `mergefloor gate` as a shell would start it."""

    def __init__(self, repo: Path, home: Path, url: str, *more: str, **env: str) -> None:
        home.mkdir(exist_ok=True, parents=True)
        self._home = home
        self._json = home / "report.json"
        self._json.unlink(missing_ok=True)
        with (home / "out").open("w") as out, (home / "err").open("w") as err:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "mergefloor", "gate", "--repo", str(repo), "--base", "main",
                 "--head", "change", "--cache", str(home / "cache"), "--json", str(self._json), *more],
                stdout=out, stderr=err, env=environment(home, url, **env),
            )  # fmt: skip

    def alive(self) -> bool:
        return self._child.poll() is None

    def send(self, sign: signal.Signals) -> None:
        self._child.send_signal(sign)

    def end(self, timeout: float = 120) -> Ended:
        began = time.monotonic()
        code = self._child.wait(timeout)
        seconds = time.monotonic() - began
        report = json.loads(self._json.read_text()) if self._json.exists() else None
        out, err = ((self._home / name).read_text() for name in ("out", "err"))
        return Ended(code=code, out=out, err=err, seconds=seconds, report=report)


def environment(home: Path, url: str, **env: str) -> dict[str, str]:
    keys = {"OPENAI_API_KEY": "test-key", "OPENAI_BASE_URL": f"{url}/v1"}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
        **keys,
        **env,
    }


def saved(home: Path) -> int:
    """Answers that are in the cache's segments: whole, signed lines of samples."""
    from mergefloor.core.ports import Stored
    from mergefloor.storage import keyring
    from mergefloor.storage.entry import decode
    from mergefloor.storage.line import Line
    from mergefloor.storage.segments import Segments
    from mergefloor.storage.signing import Signer

    cache = home / "cache"
    if not (cache / "key").exists():
        return 0
    secret = keyring.local_secret(cache, random=os.urandom)
    assert secret is not None
    segments = Segments(cache / "segments", run_id="reader", signer=Signer.of(secret))
    lines = [line for file in segments.files() for line in segments.read(file.name)]
    return sum(isinstance(line, Line) and isinstance(decode(line.text), Stored) for line in lines)

"""GitHub's runner around one container step: environment, mounted folders, file commands, signals.

Starts our real command as the image's entry point does. What it cannot reproduce without a container: uid 0, PID 1
and the file system of the image.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import yaml
from tests.fakes.runner_grammar import Command, CommandLog, FileCommandError, key_values

ROOT = Path(__file__).parents[2]
MAIN = (sys.executable, "-I", "-m", "mergefloor", "action")
FINISH = (*MAIN, "--finish")
SHA = "5" * 40
SUMMARY_LIMIT = 1024 * 1024
# Cancelling: the signal, and how long until the next one (ProcessInvoker.cs).
CANCEL = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 10.0))
FILES = {
    "GITHUB_OUTPUT": "set_output",
    "GITHUB_STATE": "save_state",
    "GITHUB_STEP_SUMMARY": "step_summary",
    "GITHUB_ENV": "set_env",
    "GITHUB_PATH": "add_path",
}
_EXPRESSION = re.compile(r"\$\{\{\s*([a-z_.]+)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a step ended, as the runner knows it.

    `errors`: what the runner itself complained about; any of them fails the step. `env`, `path`: what the step wrote
    to GITHUB_ENV and GITHUB_PATH. `files`: what was written in the workspace. `orphans`: something outlived the step.
    `seconds`: from the signal, or else from the start, to the end.
    """

    code: int
    stdout: str
    stderr: str
    log: str
    commands: tuple[Command, ...]
    outputs: dict[str, str]
    state: dict[str, str]
    summary: str
    env: str
    path: str
    files: dict[str, bytes]
    errors: tuple[str, ...]
    orphans: bool
    seconds: float

    @property
    def annotations(self) -> tuple[Command, ...]:
        """Errors, warnings and notices."""
        return tuple(c for c in self.commands if c.name in {"error", "warning", "notice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a step ended, before anything it left behind was read."""

    code: int
    stdout: bytes
    stderr: bytes
    orphans: bool
    seconds: float


class RunnerHarness:
    """One job on one runner: a main step, then its post step with the state of the main one. Loopback only.

    `program`, `finish`: what is started instead of our own command, for tests of the harness itself. `cancel`: which
    signals a cancelled step gets, and how many seconds it has after each.
    """

    def __init__(
        self,
        tmp_path: Path,
        *,
        api_url: str,
        graphql_url: str,
        repository: str,
        server_url: str = "",
        program: Sequence[str] = MAIN,
        finish: Sequence[str] = FINISH,
        action: Path = ROOT / "action.yml",
        cancel: Sequence[tuple[signal.Signals, float]] = CANCEL,
    ) -> None:
        for url in (api_url, graphql_url):
            assert _is_loopback(url), f"{url} is not on this machine"
        # The page of a repository is never fetched by us, so its host need not exist.
        self._urls = {
            "GITHUB_API_URL": api_url,
            "GITHUB_GRAPHQL_URL": graphql_url,
            "GITHUB_SERVER_URL": server_url or "https://github.com",
        }
        self.workspace = tmp_path / "workspace"
        self._temp = tmp_path / "runner_temp"
        for name in ("_github_home", "_github_workflow", "_runner_file_commands"):
            (self._temp / name).mkdir(parents=True, exist_ok=True)
        self.workspace.mkdir(exist_ok=True)
        self._repository, self._program, self._finish = repository, tuple(program), tuple(finish)
        self._signals = tuple(cancel)
        self._inputs = _declared(action)
        self.state: dict[str, str] = {}
        self.run_id, self.attempt = 1_000_001, 1

    def run(
        self,
        event_name: str,
        payload: Mapping[str, Any],
        inputs: Mapping[str, str] | None = None,
        *,
        token: str = "",
        env_extra: Mapping[str, str] | None = None,
        post: bool = False,
        signal_after: float | Callable[[], bool] | None = None,
        timeout: float = 120.0,
    ) -> Run:
        """One step. `signal_after`: seconds, or what must hold, before the run is cancelled; `post`: the post step."""
        files = {name: self._file(prefix) for name, prefix in FILES.items()}
        event = self._temp / "_github_workflow" / "event.json"
        event.write_text(json.dumps(payload, indent=2), encoding="utf-8")
        env = {
            **_machine(self._temp),
            **self._github(event_name, payload),
            "GITHUB_EVENT_PATH": str(event),
            **self._given(inputs or {}, token),
            **{name: str(path) for name, path in files.items()},
            **({f"STATE_{name}": value for name, value in self.state.items()} if post else {}),
            **(env_extra or {}),
        }
        before = self._tree()
        ended = self._start(self._finish if post else self._program, env, signal_after, timeout)
        found = self._collect(ended, files, before)
        self.state = {**self.state, **found.state}
        return found

    def _file(self, prefix: str) -> Path:
        path = self._temp / "_runner_file_commands" / f"{prefix}_{uuid4()}"
        path.touch()
        return path

    def _given(self, inputs: Mapping[str, str], token: str) -> dict[str, str]:
        """Every declared input, those left out with their default; the runner hands on unknown ones too."""
        for name, value in inputs.items():
            assert not (name.endswith("-base-url") and value) or _is_loopback(value), f"{value} is elsewhere"
        context = {
            "github.token": token,
            "github.repository": self._repository,
            "github.workspace": str(self.workspace),
        }
        given = {
            name: _EXPRESSION.sub(lambda match: context[match[1]], value)
            for name, value in {**self._inputs, **inputs}.items()
        }
        return {f"INPUT_{name.replace(' ', '_').upper()}": value for name, value in given.items()}

    def _github(self, event_name: str, payload: Mapping[str, Any]) -> dict[str, str]:
        ref, sha = _commit(event_name, payload)
        pull = payload.get("pull_request") or {}
        owner = self._repository.partition("/")[0]
        return {
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_ACTION": "__mergefloor_mergefloor",
            "GITHUB_ACTION_REPOSITORY": "mergefloor/mergefloor",
            "GITHUB_ACTION_REF": "v1",
            "GITHUB_ACTOR": (payload.get("sender") or {}).get("login", "octocat"),
            "GITHUB_TRIGGERING_ACTOR": (payload.get("sender") or {}).get("login", "octocat"),
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_REPOSITORY": self._repository,
            "GITHUB_REPOSITORY_OWNER": owner,
            "GITHUB_REF": ref,
            "GITHUB_REF_NAME": ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_REF_PROTECTED": "false",
            "GITHUB_HEAD_REF": (pull.get("head") or {}).get("ref", ""),
            "GITHUB_BASE_REF": (pull.get("base") or {}).get("ref", ""),
            "GITHUB_SHA": sha,
            "GITHUB_RUN_ID": str(self.run_id),
            "GITHUB_RUN_NUMBER": "7",
            "GITHUB_RUN_ATTEMPT": str(self.attempt),
            "GITHUB_RETENTION_DAYS": "90",
            "GITHUB_JOB": "evaluate",
            "GITHUB_WORKFLOW": "mergefloor",
            "GITHUB_WORKFLOW_REF": f"{self._repository}/.github/workflows/mergefloor.yml@{ref}",
            "GITHUB_WORKFLOW_SHA": sha,
            "GITHUB_WORKSPACE": str(self.workspace),
            **self._urls,
        }

    def _start(
        self,
        program: tuple[str, ...],
        env: Mapping[str, str],
        signal_after: float | Callable[[], bool] | None,
        timeout: float,
    ) -> Ended:
        """Run it in a session of its own, with its output in files: no pipe can fill up while signals are due."""
        streams = [self._temp / f"{name}_{uuid4()}" for name in ("stdout", "stderr")]
        with streams[0].open("wb") as out, streams[1].open("wb") as err:
            child = subprocess.Popen(
                program, env=dict(env), cwd=self.workspace, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
            since = time.monotonic()
            try:
                if signal_after is not None and _waited(child, signal_after, timeout):
                    since = time.monotonic()
                    _cancel(child, self._signals)
                child.wait(max(0.1, timeout - (time.monotonic() - since)))
            finally:
                seconds = time.monotonic() - since
                orphans = _kill_group(child)
        return Ended(
            code=child.wait(),
            stdout=streams[0].read_bytes(),
            stderr=streams[1].read_bytes(),
            orphans=orphans,
            seconds=seconds,
        )

    def _collect(self, ended: Ended, files: Mapping[str, Path], before: Mapping[str, bytes]) -> Run:
        log, errors = CommandLog(), list[str]()
        stdout, stderr = (data.decode("utf-8", "replace") for data in (ended.stdout, ended.stderr))
        log.feed(stdout)
        log.feed(stderr)
        texts = {name: path.read_text(encoding="utf-8", errors="replace") for name, path in files.items()}
        values: dict[str, dict[str, str]] = {"GITHUB_OUTPUT": {}, "GITHUB_STATE": {}}
        for name in values:
            try:
                # Not through universal newlines: on Linux a lone CR is part of a value.
                values[name] = key_values(files[name].read_bytes().decode("utf-8", "replace"))
            except FileCommandError as error:
                errors.append(f"Unable to process file command {name!r} successfully. {error}")
        summary = texts["GITHUB_STEP_SUMMARY"]
        if files["GITHUB_STEP_SUMMARY"].stat().st_size > SUMMARY_LIMIT:
            summary = ""
            errors.append("$GITHUB_STEP_SUMMARY supports content up a size of 1024k")
        return Run(
            code=ended.code,
            stdout=stdout,
            stderr=stderr,
            log=log.text,
            commands=tuple(log.commands),
            outputs=values["GITHUB_OUTPUT"],
            state=values["GITHUB_STATE"],
            summary=summary,
            env=texts["GITHUB_ENV"],
            path=texts["GITHUB_PATH"],
            files={path: data for path, data in self._tree().items() if before.get(path) != data},
            errors=tuple(errors),
            orphans=ended.orphans,
            seconds=ended.seconds,
        )

    def _tree(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.workspace)): path.read_bytes() for path in _regular(self.workspace)}


def _declared(action: Path) -> dict[str, str]:
    """Inputs of action.yml and their defaults; GitHub's runner passes an input without one as an empty string."""
    declared = yaml.safe_load(action.read_text(encoding="utf-8"))["inputs"]
    return {name: str((told or {}).get("default", "")) for name, told in declared.items()}


def _machine(temp: Path) -> dict[str, str]:
    """What the image, the runner and its service put around a step. The values are bait: no sink may show them."""
    return {
        "PATH": "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin",
        "LANG": "C.UTF-8",
        "HOME": str(temp / "_github_home"),
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
        "RUNNER_NAME": "GitHub Actions 1",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_TEMP": str(temp),
        "RUNNER_TOOL_CACHE": "/opt/hostedtoolcache",
        "RUNNER_WORKSPACE": str(temp.parent),
        "ACTIONS_RUNTIME_URL": "https://pipelines.invalid/runtime/",
        "ACTIONS_RUNTIME_TOKEN": "canary-runtime-token",
        "ACTIONS_RESULTS_URL": "https://results.invalid/",
        "ACTIONS_CACHE_URL": "https://cache.invalid/",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.invalid/",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-id-token",
    }


def _commit(event_name: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """GITHUB_REF and GITHUB_SHA of an event: for a pull request the merge commit, never its head."""
    default = f"refs/heads/{(payload.get('repository') or {}).get('default_branch', 'main')}"
    if event_name == "pull_request":
        pull = payload["pull_request"]
        return f"refs/pull/{pull['number']}/merge", pull.get("merge_commit_sha") or SHA
    if event_name == "merge_group":
        return payload["merge_group"]["head_ref"], payload["merge_group"]["head_sha"]
    if event_name == "push":
        return payload["ref"], payload["after"]
    return payload.get("ref") or default, SHA


def _regular(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        yield from (path for path in (Path(top, name) for name in names) if path.is_file())


def _waited(child: subprocess.Popen[bytes], until: float | Callable[[], bool], timeout: float) -> bool:
    """Whether the moment to cancel came while the step was still running."""
    start = time.monotonic()
    while child.poll() is None:
        passed = time.monotonic() - start
        if until() if callable(until) else passed >= until:
            return True
        assert passed < timeout, "the moment to cancel never came"
        time.sleep(0.01)
    return False


def _cancel(child: subprocess.Popen[bytes], signals: Sequence[tuple[signal.Signals, float]]) -> None:
    for number, patience in signals:
        child.send_signal(number)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def _kill_group(child: subprocess.Popen[bytes]) -> bool:
    """End what is left of a step's session, as a container's end does. Whether there was anything but the step."""
    if child.poll() is None:
        child.kill()
        child.wait()
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""The environment of a run -> Job. Files arrive through `read`, the time as an argument."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mergefloor.core.activity import Job, RunStamp
from mergefloor.core.endpoint import endpoint_problem
from mergefloor.errors import MergefloorError, UsageError
from mergefloor.runner.event import read_event
from mergefloor.runner.inputs import read_inputs

REQUIRED = (
    "GITHUB_EVENT_NAME",
    "GITHUB_EVENT_PATH",
    "GITHUB_REPOSITORY",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_SERVER_URL",
    "GITHUB_API_URL",
    "GITHUB_GRAPHQL_URL",
    "GITHUB_WORKSPACE",
    "GITHUB_SHA",
)
URLS = ("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL")
_SHAPES = {
    "GITHUB_REPOSITORY": (re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}"), "owner/name"),
    "GITHUB_RUN_ID": (re.compile(r"\d{1,18}"), "a number"),
    "GITHUB_RUN_ATTEMPT": (re.compile(r"\d{1,9}"), "a number"),
    "GITHUB_SHA": (re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?"), "a full commit id"),
}


def read_job(env: Mapping[str, str], read: Callable[[str], bytes], now: float) -> Job:
    """One run of the action. `now`: seconds since 1970, taken as its start.

    UsageError (exit 3) off GitHub's runner, InputError (exit 3) for the workflow's inputs, MergefloorError (exit 2)
    for what only GitHub can have got wrong.
    """
    _on_a_runner(env)
    inputs = read_inputs(env)
    return Job(
        activity=read_event(env["GITHUB_EVENT_NAME"], _payload(env["GITHUB_EVENT_PATH"], read), env),
        inputs=inputs,
        repository=env["GITHUB_REPOSITORY"],
        stamp=_stamp(env, now),
        workspace=env["GITHUB_WORKSPACE"],
        sha=env["GITHUB_SHA"],
        api_url=env["GITHUB_API_URL"].rstrip("/"),
        graphql_url=env["GITHUB_GRAPHQL_URL"].rstrip("/"),
        server_url=env["GITHUB_SERVER_URL"].rstrip("/"),
    )


def _on_a_runner(env: Mapping[str, str]) -> None:
    missing = [name for name in REQUIRED if not env.get(name)]
    if missing:
        what = f"this command is for GitHub's runner, and the environment lacks {', '.join(missing)}"
        raise UsageError(what, "on your machine type `mergefloor gate`")
    wrong = [
        f"{name} is {env[name][:100]!r}, not {shape}"
        for name, (pattern, shape) in _SHAPES.items()
        if not pattern.fullmatch(env[name])
    ]
    example = "it looks like `https://api.github.com`"
    for name in URLS:
        if problem := endpoint_problem(env[name], example):
            wrong.append(f"{name} {problem[0]}")
    if wrong:
        raise MergefloorError(
            "; ".join(wrong), "GitHub's runner sets these itself: do not set them in `env:`"
        )


def _payload(path: str, read: Callable[[str], bytes]) -> bytes:
    try:
        return read(path)
    except OSError as error:
        what = f"the event file {path!r} cannot be read ({error.strerror or error})"
        raise MergefloorError(what, "run the job again") from error


def _stamp(env: Mapping[str, str], now: float) -> RunStamp:
    run, attempt = int(env["GITHUB_RUN_ID"]), int(env["GITHUB_RUN_ATTEMPT"])
    base = f"{env['GITHUB_SERVER_URL'].rstrip('/')}/{env['GITHUB_REPOSITORY']}"
    return RunStamp(
        run=run, attempt=attempt, started=now, url=f"{base}/actions/runs/{run}/attempts/{attempt}"
    )

"""The environment of a run -> Job."""

from __future__ import annotations

import json

import pytest
from tests.adapters.runner.payloads import HEAD, pull

from mergefloor.core.activity import Other, PullChanged, RunStamp
from mergefloor.errors import InputError, MergefloorError, UsageError
from mergefloor.runner import read_job
from mergefloor.runner.job import REQUIRED

ENV = {
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_EVENT_PATH": "/github/workflow/event.json",
    "GITHUB_REPOSITORY": "octo/app",
    "GITHUB_RUN_ID": "19000000001",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_API_URL": "https://api.github.com/",
    "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
    "GITHUB_WORKSPACE": "/github/workspace",
    "GITHUB_SHA": "9" * 40,
    "INPUT_MODE": "gate",
}


def files(path: str) -> bytes:
    assert path == "/github/workflow/event.json"
    return json.dumps(pull()).encode()


def test_job__on_a_runner__is_read_whole() -> None:
    job = read_job(ENV, files, now=12.5)
    assert isinstance(job.activity, PullChanged)
    assert job.activity.pull.head_sha == HEAD
    assert (job.inputs.mode, job.repository, job.workspace) == ("gate", "octo/app", "/github/workspace")
    assert (job.sha, job.api_url, job.server_url) == (
        "9" * 40,
        "https://api.github.com",
        "https://github.com",
    )
    assert job.stamp == RunStamp(
        run=19000000001, attempt=2, started=12.5,
        url="https://github.com/octo/app/actions/runs/19000000001/attempts/2",
    )  # fmt: skip


def test_job__off_the_runner__names_all_that_is_missing_at_once() -> None:
    with pytest.raises(UsageError) as error:
        read_job({"GITHUB_REPOSITORY": "octo/app", "GITHUB_SHA": ""}, files, now=0.0)
    assert error.value.exit_code == 3
    assert all((name in error.value.what) is (name != "GITHUB_REPOSITORY") for name in REQUIRED)
    assert "for GitHub's runner" in error.value.what
    assert "`mergefloor gate`" in error.value.fix


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_REPOSITORY", "app"),
        ("GITHUB_REPOSITORY", "octo/app/../../other"),
        ("GITHUB_RUN_ID", "one"),
        ("GITHUB_RUN_ATTEMPT", "-1"),
        ("GITHUB_SHA", "main"),
        ("GITHUB_API_URL", "http://api.example.org"),
        ("GITHUB_GRAPHQL_URL", "file:///etc/passwd"),
        ("GITHUB_SERVER_URL", "https://token@github.com"),
    ],
)
def test_job__a_variable_that_no_runner_sets_so__ends_with_2_and_its_name(name: str, value: str) -> None:
    with pytest.raises(MergefloorError, match=name) as error:
        read_job({**ENV, name: value}, files, now=0.0)
    assert error.value.exit_code == 2


def test_job__api_on_this_machine__is_taken() -> None:
    job = read_job({**ENV, "GITHUB_API_URL": "http://127.0.0.1:8080/api/v3"}, files, now=0.0)
    assert job.api_url == "http://127.0.0.1:8080/api/v3"


def test_job__event_file_gone__ends_with_2() -> None:
    def gone(path: str) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", path)

    with pytest.raises(MergefloorError, match=r"event\.json") as error:
        read_job(ENV, gone, now=0.0)
    assert error.value.exit_code == 2


def test_job__wrong_inputs__end_with_3() -> None:
    with pytest.raises(InputError, match="`mode`"):
        read_job({**ENV, "INPUT_MODE": "x"}, files, now=0.0)


def test_job__event_of_no_interest__is_other() -> None:
    assert read_job({**ENV, "GITHUB_EVENT_NAME": "release"}, files, now=0.0).activity == Other(name="release")

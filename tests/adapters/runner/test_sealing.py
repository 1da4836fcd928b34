"""What our own process keeps of the runner's environment (T04)."""

from __future__ import annotations

import os
import subprocess
import sys

from mergefloor.runner import removed, seal

BAIT = {
    "ACTIONS_RUNTIME_TOKEN": "canary",
    "ACTIONS_RUNTIME_URL": "canary",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "canary",
    "ACTIONS_CACHE_URL": "canary",
    "ACTIONS_RESULTS_URL": "canary",
    "GITHUB_TOKEN": "canary",
    "GITHUB_OUTPUT": "canary",
    "GITHUB_ENV": "canary",
    "GITHUB_PATH": "canary",
    "GITHUB_STATE": "canary",
    "GITHUB_STEP_SUMMARY": "canary",
    "GITHUB_EVENT_PATH": "canary",
    "INPUT_GITHUB-TOKEN": "canary",
    "INPUT_CACHE-KEY": "canary",
    "STATE_sha": "canary",
    "OPENAI_API_KEY": "canary",
    "ANTHROPIC_API_KEY": "canary",
    "AWS_SECRET_ACCESS_KEY": "canary",
    "PYTHONPATH": "canary",
    "PYTHONSTARTUP": "canary",
    "LD_PRELOAD": "canary",
    "GIT_CONFIG_GLOBAL": "canary",
    "anything else of the job": "canary",
}
KEPT = {
    "PATH": os.environ["PATH"],
    "HOME": "/github/home",
    "LANG": "C.UTF-8",
    "HTTPS_PROXY": "http://proxy:1",
}


def test_seal__runner_environment__leaves_only_what_is_named() -> None:
    environ = {**BAIT, **KEPT}
    seal(environ)
    assert environ == KEPT
    assert removed({**BAIT, **KEPT}) == tuple(sorted(BAIT))


def test_T04_child_after_sealing__inherits_no_secret() -> None:
    code = (
        "import os, subprocess\n"
        "from mergefloor.runner import seal\n"
        "def child():\n"
        "    return subprocess.run(['env', '-0'], capture_output=True, text=True).stdout.count('canary')\n"
        "before = child(); seal(os.environ); print(before, child())"
    )
    bait = {name: value for name, value in BAIT.items() if name != "LD_PRELOAD"}
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], env={**bait, **KEPT}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [str(len(bait)), "0"]

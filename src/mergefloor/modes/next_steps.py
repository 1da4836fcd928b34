"""What is left to do by hand after `mergefloor init`: secrets, the environment, the branch's rules."""

from __future__ import annotations

from shlex import quote

from mergefloor.core.gate_setup import (
    CACHE_SECRET,
    CONTEXT,
    ENVIRONMENT,
    FORKS,
    SCHEDULE,
    WORKFLOW,
    GateSetup,
)
from mergefloor.core.history.branch import BRANCH

_ENVIRONMENT = f"repos/{{owner}}/{{repo}}/environments/{ENVIRONMENT}"
_POLICIES = f"gh api --method POST {_ENVIRONMENT}/deployment-branch-policies -f name="

_SCHEDULE = (
    f"Scheduled runs: leave the branch `{BRANCH}` out of your branch rules; type `gh workflow run "
    f"{SCHEDULE.rpartition('/')[2]}` once, so that the history begins today."
)
_FORKS = "Pull requests from forks wait for a maintainer: `mergefloor init --forks` adds the commands to let them in."


def next_steps(config_path: str, setup: GateSetup | None, *, forks: bool, schedule: bool) -> list[str]:
    """Lines for a terminal. Without a workflow only what can be done here."""
    first = (
        f"Next: read {config_path}, then type `mergefloor validate` and `mergefloor gate --head WORKTREE`."
    )
    if setup is None:
        return [first]
    return [
        first,
        "Then, once, with the GitHub command line `gh` (each `gh secret set` asks for its value):",
        "",
        *_environment(setup),
        "",
        *_required(setup),
        "",
        *_owners(config_path, forks=forks, schedule=schedule),
        "",
        "5. Check it all: `GH_TOKEN=$(gh auth token) mergefloor doctor`",
        *(["", _SCHEDULE] if schedule else []),
        *([] if forks else ["", _FORKS]),
    ]


def _environment(setup: GateSetup) -> list[str]:
    keys = [f"   gh secret set {name} --env {ENVIRONMENT}" for name in setup.secrets if name != CACHE_SECRET]
    if "openai-compatible" in setup.providers:
        keys.append(f"   gh variable set OPENAI_BASE_URL --env {ENVIRONMENT}")
    queue = f"gh-readonly-queue/{setup.branch}/*"
    return [
        f"1. The environment `{ENVIRONMENT}`, which keeps the secrets:",
        f"   gh api --method PUT {_ENVIRONMENT} -F 'deployment_branch_policy[protected_branches]=false'"
        " -F 'deployment_branch_policy[custom_branch_policies]=true'",
        *(f"   {_POLICIES}{quote(name)}" for name in (setup.branch, "refs/pull/*/merge", queue)),
        "2. Its secrets:",
        *keys,
        f"   openssl rand -hex 32 | gh secret set {CACHE_SECRET} --env {ENVIRONMENT}",
    ]


def _required(setup: GateSetup) -> list[str]:
    return [
        f"3. Merge the workflow. Then on GitHub, Settings > Rules > Rulesets > New branch ruleset, for {setup.branch!r}:",
        f"   require the status check `{CONTEXT}` with GitHub Actions as its source, require a pull request with",
        "   review from code owners, block force pushes, and leave the bypass list empty.",
    ]


def _owners(config_path: str, *, forks: bool, schedule: bool) -> list[str]:
    more = [path for path, wanted in ((FORKS, forks), (SCHEDULE, schedule)) if wanted]
    files = " and ".join([WORKFLOW, *more])
    return [
        f"4. Owners for what decides, in .github/CODEOWNERS (it covers {files}):",
        *(f"   {path:<20} @OWNER" for path in (f"/{config_path}", "/evals/", "/.github/")),
    ]

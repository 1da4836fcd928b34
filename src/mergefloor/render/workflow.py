"""The workflow files that `mergefloor init` writes. The layout is in templates/init, as plain text: GitHub's own
`${{ }}` is in it, so that what differs is written `<word>` and replaced."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

from mergefloor.core.gate_setup import FORKS, SCHEDULE, SPARE_MINUTES, WORKFLOW, GateSetup

TEMPLATES = Path(__file__).parent.parent / "templates" / "init"
INDENT = " " * 10
KEY_INPUTS: dict[str, tuple[str, str]] = {
    "anthropic": ("anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}", "models named `anthropic/...`"),
    "openai": ("openai-api-key: ${{ secrets.OPENAI_API_KEY }}", "models named `openai/...`"),
    "openai-compatible": (
        "openai-base-url: ${{ vars.OPENAI_BASE_URL }}",
        "models named `openai-compatible/...`; they use openai-api-key too",
    ),
}
ALWAYS_SHOWN = ("anthropic", "openai")
_PLAIN_BRANCH = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_GLOB = re.compile(r"[!+*?\[\]\\]")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def workflow(setup: GateSetup) -> str:
    """The gate: pull requests, the merge queue and pushes to the default branch."""
    return _filled(WORKFLOW, setup)


def fork_workflow(setup: GateSetup) -> str:
    """The add-on for forks and Dependabot: a look without secrets, and commands of maintainers."""
    return _filled(FORKS, setup)


def schedule_workflow(setup: GateSetup) -> str:
    """The scheduled run: history, charts, an issue for a drift."""
    return _filled(SCHEDULE, setup)


def _filled(path: str, setup: GateSetup) -> str:
    text = (TEMPLATES / Path(path).name).read_text(encoding="utf-8")
    cache = setup.steps["actions/cache"]
    words = {
        "<branch>": _branch(setup.branch),
        "<minutes>": str(math.ceil(setup.minutes) + SPARE_MINUTES),
        "<gate>": setup.gate.uses(),
        "<restore>": cache.uses("restore"),
        "<save>": cache.uses("save"),
        "<upload>": setup.steps["actions/upload-artifact"].uses(),
        "<keys>": _keys(setup.providers),
    }
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _branch(name: str) -> str:
    """A branch as an entry of `branches:`, where `+`, `!` and the like are patterns."""
    escaped = _GLOB.sub(lambda match: f"\\{match[0]}", name)
    plain = _PLAIN_BRANCH.fullmatch(escaped) and escaped.lower() not in _WORDS
    return escaped if plain else json.dumps(escaped, ensure_ascii=False)


def _keys(providers: frozenset[str]) -> str:
    """The inputs for keys: those of the config's models, and both big providers at least as a comment."""
    if "openai-compatible" in providers:
        providers |= {"openai"}
    lines = [
        f"{INDENT}{'' if name in providers else '# '}{line} # for {use}"
        for name, (line, use) in KEY_INPUTS.items()
        if name in providers or name in ALWAYS_SHOWN
    ]
    return "\n".join(lines)

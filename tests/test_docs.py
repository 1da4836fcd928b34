"""What the README promises exists, and what exists is in the README."""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mergefloor import cli, config, graders
from mergefloor.application import MODES
from mergefloor.config.read import parse_config
from mergefloor.core.action_pin import Pin
from mergefloor.core.gate_setup import GateSetup
from mergefloor.core.settings import Budget
from mergefloor.providers import PROVIDERS
from mergefloor.release import pins
from mergefloor.render.workflow import schedule_workflow, workflow

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> set[str]:
    (action,) = (a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction))
    return set(action.choices)


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def block(start: str) -> str:
    """The YAML example of the README that begins so."""
    (found,) = (text for text in fenced("yaml") if text.startswith(start))
    return found


def test_commands__of_the_parser__have_a_mode_and_are_in_the_readme() -> None:
    assert commands() == set(MODES)
    assert {c for c in commands() if f"mergefloor {c}" not in README} == set()
    blocks = "\n".join(re.findall(r"```\n(.*?)```", README, re.S))
    assert set(re.findall(r"^mergefloor ([a-z-]+)", blocks, re.M)) <= commands()


def test_options__in_the_readme__exist() -> None:
    known = {
        o
        for sub in next(
            a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction)
        ).choices.values()
        for o in sub._option_string_actions
    }
    ours = "\n".join(line for line in README.splitlines() if re.search(r"\bmergefloor\b.*--", line))
    assert set(re.findall(r"(?<![\w-])--[a-z]+", ours)) - {"--env"} <= known, "--env belongs to gh"


def test_config__of_the_readme__is_valid_and_shows_every_key() -> None:
    text = block("version: 1\n")
    settings = parse_config("mergefloor.yml", text.encode())
    assert settings.suites[0].name == "customer-support"
    shown = yaml.safe_load(text)
    schema = config.json_schema()
    assert set(shown) == set(schema["properties"])
    for section in ("defaults", "judge", "policy", "budget", "schedule"):
        assert set(shown[section]) >= keys_of(schema, section) - {"params"}, section


def keys_of(schema: dict[str, Any], section: str) -> set[str]:
    found = json.dumps(schema["properties"][section])
    (name,) = re.findall(r"#/\$defs/(\w+)", found)
    return set(schema["$defs"][name]["properties"])


def test_cases__of_the_readme__are_valid(tmp_path: Path) -> None:
    from mergefloor.golden import read_golden

    assert len(read_golden("evals/a.yaml", block("- id:").encode())) == 3


def test_graders_and_providers__are_all_named_in_the_readme() -> None:
    assert {kind for kind in graders.GRADERS if f"`{kind}`" not in README} == set()
    assert {name for name in PROVIDERS if f"`{name}/" not in README} == set()


def test_default_budget__is_the_one_that_the_readme_tells() -> None:
    assert f"stops at {Budget().usd:.0f} USD and {Budget().minutes:.0f} minutes" in README


def test_dependencies__each_have_their_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    names = [re.split(r"[><=\[]", each)[0] for each in project["dependencies"]]
    assert [name for name in names if f"| {name.lower()} |" not in table] == []


@pytest.mark.parametrize(
    ("begin", "written_by"),
    [("# mergefloor blocks", workflow), ("# mergefloor measures", schedule_workflow)],
    ids=["gate", "schedule"],
)
def test_workflow__of_the_readme__is_the_one_that_init_writes(
    begin: str, written_by: Callable[[GateSetup], str]
) -> None:
    shown = block(begin)
    known = pins()
    setup = GateSetup(
        branch="main",
        minutes=20,
        providers=frozenset({"anthropic", "openai"}),
        gate=Pin(action="mergefloor/mergefloor", commit="0" * 40),
        steps=known,
    )
    written = written_by(setup)
    ours = re.compile(r"uses: mergefloor/mergefloor@.*")
    assert ours.sub("", shown) == ours.sub("", written)


def test_inputs_and_outputs__of_the_action__are_those_of_the_readme() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    section = README.partition("### Inputs and outputs")[2].partition("\n## ")[0]
    tables = section.split("| output |")
    first = [row.split("|")[1] for row in tables[0].splitlines() if row.startswith("| `")]
    assert {name for cell in first for name in re.findall(r"`([a-z-]+)`", cell)} == set(action["inputs"])
    second = [row.split("|")[1] for row in tables[1].splitlines() if row.startswith("| `")]
    assert {name for cell in second for name in re.findall(r"`([a-z-]+)`", cell)} == set(action["outputs"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links__lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_make_targets__in_the_docs__exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.M):
            assert re.search(rf"^{target}:", makefile, re.M), f"{page.name}: make {target}"

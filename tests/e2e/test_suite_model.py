"""`suites.NAME.model`: the nearest name counts, each side runs with its own, and it is told like every other pin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo

SAYS = {"kind": "Hello, friend!", "cold": "Noted."}


def files(**suite: Any) -> dict[str, str | None]:
    config = {
        "version": 1,
        "defaults": {"model": "scripted/kind.yaml"},
        "suites": {"s": {"prompt": "p.md", "golden": "g.yaml", **suite}},
    }
    cases = [{"id": f"c{i}", "input": f"guest {i}", "must_contain": ["friend"]} for i in range(12)]
    models = {f"{name}.yaml": yaml.safe_dump({"default": text}) for name, text in SAYS.items()}
    return {
        "mergefloor.yml": yaml.safe_dump(config),
        "g.yaml": yaml.safe_dump(cases),
        "p.md": "---\nmodel: scripted/cold.yaml\n---\nGreet.",
        **models,
    }


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


def test_gate__of_a_change_that_names_a_worse_model_for_one_suite__blocks(repo: GitRepo, shell: Gate) -> None:
    base, head = repo.commit(files()), repo.commit(files(model="scripted/cold.yaml"))
    report = shell.gate(base, head)
    assert report["verdict"] == "block"
    told = {use["arm"]: use["model"] for use in report["suites"][0]["uses"]}
    assert told == {"base": "scripted/kind.yaml", "head": "scripted/cold.yaml"}
    assert any(found["rule"] == "model-changed" for found in report["tampering"])


def test_gate__of_a_change_that_drops_the_suites_model__compares_what_each_side_asks(
    repo: GitRepo, shell: Gate
) -> None:
    base, head = repo.commit(files(model="scripted/cold.yaml")), repo.commit(files())
    report = shell.gate(base, head)
    assert report["verdict"] != "block"
    told = {use["arm"]: use["model"] for use in report["suites"][0]["uses"]}
    assert told == {"base": "scripted/cold.yaml", "head": "scripted/kind.yaml"}


def test_gate__on_a_branch_that_is_behind__runs_its_base_with_the_model_of_the_merge_base(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files())
    repo.git("checkout", "-q", "-b", "change")
    head = repo.commit({"p.md": "Greet them."})
    repo.git("checkout", "-q", "main")
    base = repo.commit(files(model="scripted/cold.yaml"))
    report = shell.gate(base, head)
    assert {use["model"] for use in report["suites"][0]["uses"]} == {"scripted/kind.yaml"}


def test_validate__of_a_suite_with_a_floating_model__tells_its_line(repo: GitRepo, shell: Gate) -> None:
    made = files(model="openai/gpt-4o")
    repo.commit(made)
    shell.env["OPENAI_API_KEY"] = "test"
    assert shell.run("validate") == 0, shell.err
    line = str(made["mergefloor.yml"]).splitlines().index("    model: openai/gpt-4o") + 1
    assert f"model: mergefloor.yml:{line}: `openai/gpt-4o` is not a dated snapshot" in shell.out
    assert "`scripted/cold.yaml` (named here and not used)" in shell.out


@pytest.mark.parametrize(
    ("suite", "said"),
    [
        ({"model": "gpt-5"}, "provider/model"),
        (
            {"model": "scripted/kind.yaml", "target": {"http": "https://{sha}.x.dev/"}, "prompt": None},
            "a target",
        ),
        ({"freeze": "perhaps"}, "freeze"),
    ],
)
def test_validate__of_what_is_no_pin__says_so_with_the_line(
    repo: GitRepo, shell: Gate, suite: dict[str, Any], said: str
) -> None:
    made = files(**suite)
    config = yaml.safe_load(str(made["mergefloor.yml"]))
    config["suites"]["s"] = {key: value for key, value in config["suites"]["s"].items() if value is not None}
    repo.commit(made | {"mergefloor.yml": yaml.safe_dump(config)})
    assert shell.run("validate") == 3
    assert "mergefloor.yml:" in shell.err and said in shell.err, shell.err

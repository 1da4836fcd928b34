"""Scenes from a few lines of YAML, and the findings between two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import yaml

from mergefloor.config.read import parse_config
from mergefloor.core.integrity import Action, Changes, FileChange, Rule, Scene, SuiteScene, Tampering, examine
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.types import Case, GraderSpec
from mergefloor.golden import read_golden

SUITE = "s"


def cases(*rows: Mapping[str, Any]) -> tuple[Case, ...]:
    """Golden cases as a repository would write them."""
    return read_golden("g.yaml", yaml.safe_dump([*rows], allow_unicode=True).encode()) if rows else ()


def config(text: str = "") -> Any:
    """A config; without suites of its own it has the suite `s`."""
    suites = "" if "suites:" in text else "suites: {s: {prompt: p.md}}\n"
    return parse_config("mergefloor.yml", f"{suites}{text}".encode())


def prompt(graders: tuple[GraderSpec, ...] = (), path: str = "p.md") -> PromptVersion:
    return PromptVersion(path=path, format="text", content_hash="", turns=(), graders=graders)


def suite(*rows: Mapping[str, Any], text: str = "", **more: Any) -> SuiteScene:
    return SuiteScene(
        **{"prompt": prompt(), "prompt_text": text, "cases": cases(*rows), "model": "m/a", **more}
    )


def scene(settings: str = "", one: SuiteScene | None = None) -> Scene:
    return Scene(config=config(settings), suites={SUITE: one or SuiteScene()})


def found(
    before: Scene,
    after: Scene,
    *files: FileChange,
    covered: Callable[[str], bool] = lambda path: path.startswith("prompts/"),
    actions: Mapping[Rule, Action] | None = None,
    **more: Any,
) -> tuple[Tampering, ...]:
    return examine(before, after, Changes(files=files, covered=covered), actions or {}, **more)


def between(before: SuiteScene, after: SuiteScene) -> tuple[Tampering, ...]:
    return found(scene(one=before), scene(one=after))


def rules(tampering: tuple[Tampering, ...]) -> list[str]:
    return sorted(each.rule for each in tampering)


def touched(path: str, before: str | None, after: str | None) -> FileChange:
    kind: Any = "added" if before is None else "deleted" if after is None else "modified"
    return FileChange(path=path, kind=kind, before=before, after=after)


__all__ = [
    "SUITE",
    "between",
    "cases",
    "config",
    "found",
    "prompt",
    "replace",
    "rules",
    "scene",
    "suite",
    "touched",
]

"""Pull requests that tamper with their own gate are blocked or flagged; honest ones of the same shape are neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
BASE: dict[str, str] = yaml.safe_load((HERE / "base.yaml").read_text(encoding="utf-8"))
PULLS: list[dict[str, Any]] = yaml.safe_load((HERE / "pulls.yaml").read_text(encoding="utf-8"))
# What a gate on one machine can meet of T20 to T42; the others need GitHub, a target that runs code or a shared cache.
LOCAL = {
    "T20",
    "T21",
    "T22",
    "T23",
    "T26",
    "T27",
    "T28",
    "T29",
    "T30",
    "T31",
    "T33",
    "T34",
    "T36",
    "T37",
    "T40",
    "T42",
}
Edits = Mapping[str, Any]


def edited(files: Mapping[str, str], edits: Edits) -> dict[str, str | None]:
    """The new texts of the files that the edits name."""
    found: dict[str, str | None] = {}
    for path, edit in edits.items():
        if not isinstance(edit, dict):
            found[path] = edit
            continue
        text = files[edit.get("move", path)]
        for old, new in edit.get("swap", {}).items():
            assert old in text, f"{path}: {old}"
            text = text.replace(old, new)
        found[path] = text + edit.get("add", "")
    return found


def after(files: Mapping[str, str], changed: Mapping[str, str | None]) -> dict[str, str]:
    return {path: text for path, text in {**files, **changed}.items() if text is not None}


def worsened(changed: dict[str, str | None], files: Mapping[str, str]) -> dict[str, str | None]:
    prompt = changed.get("prompts/support.yaml") or files["prompts/support.yaml"]
    return {**changed, "prompts/support.yaml": prompt.replace("Be kind", "Be terse")}


class Pull:
    """One pull request in a repository of its own: gated once or more."""

    def __init__(self, repo: Any, run: Any) -> None:
        self._repo, self._run = repo, run

    def gated(self, pull: Mapping[str, Any], side: str) -> dict[str, Any]:
        """The last report; every run must end alike, and only the first may pay."""
        base, head = self._commits(pull, pull[side])
        reports = [self._run.gate(base, head) for _ in range(pull[side].get("runs", 1))]
        assert len({report["exit_code"] for report in reports}) == 1
        assert [report["cost"]["calls"] for report in reports[1:]] == [0] * (len(reports) - 1)
        assert reports[-1]["exit_code"] == self._run.code
        return dict(reports[-1])

    def _commits(self, pull: Mapping[str, Any], request: Mapping[str, Any]) -> tuple[str, str]:
        files = after(BASE, edited(BASE, pull.get("base", {})))
        fork = self._repo.commit(dict(files))
        changed = edited(files, request.get("head", {}))
        changed = worsened(changed, files) if request.get("worse") else changed
        many = {
            f"data/{number // 100}/{number}.txt": f"{number}\n" for number in range(request.get("many", 0))
        }
        head = self._repo.commit({**changed, **many})
        if "later" not in pull:
            return fork, head
        self._repo.git("checkout", "-q", fork)
        return self._repo.commit(edited(files, pull["later"])), head


@pytest.fixture
def gated(repo: Any, gate: Callable[..., Any]) -> Callable[[Mapping[str, Any], str], dict[str, Any]]:
    return Pull(repo, gate()).gated


def named(pull: Mapping[str, Any]) -> str:
    return f"{pull['threat']} {pull['name']}"


def test_pulls__are_forty_pairs_and_meet_every_local_threat() -> None:
    assert len(PULLS) >= 40
    assert {threat for pull in PULLS for threat in pull["threat"].split(", ")} == LOCAL


@pytest.mark.parametrize("pull", PULLS, ids=named)
def test_pull__that_tampers__is_blocked_or_flagged(gated: Callable[..., Any], pull: dict[str, Any]) -> None:
    report, asked = gated(pull, "tampered"), pull["tampered"]
    found = {each["rule"] for each in report["tampering"]}
    assert found >= set(asked["rules"]), report["tampering"]
    assert report["exit_code"] == asked.get("exit", 0), report["reasons"]
    assert report["exit_code"] == 1 or found


@pytest.mark.parametrize("pull", PULLS, ids=named)
def test_pull__that_is_honest__is_neither(gated: Callable[..., Any], pull: dict[str, Any]) -> None:
    report, asked = gated(pull, "honest"), pull["honest"]
    assert report["exit_code"] == 0, report["reasons"]
    assert sorted({each["rule"] for each in report["tampering"]}) == asked.get("rules", []), report[
        "tampering"
    ]

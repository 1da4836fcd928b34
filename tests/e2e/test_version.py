"""The version check through whole gates: declared in files or by tags, measured on scripted and on recorded answers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

_spec = importlib.util.spec_from_file_location("llmbar", Path(__file__).parent / "llmbar.py")
assert _spec is not None
assert _spec.loader is not None
llmbar: ModuleType = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(llmbar)

GPT4 = "openai/gpt-4-0613"
PROMPT = "prompts/city.yaml"
TEXT = "Name the city and say quickly how it is reached by train."


def prompt(version: str | None, text: str = TEXT, comment: str = "") -> str:
    declared = f"version: '{version}'  # bump me\n" if version else ""
    return f"{comment}{declared}system: {text!r}\n"


def files(version: str | None, *, cases: int = 60, semver: str = "contract") -> dict[str, str | None]:
    """Answers follow the words of the prompt: `swiftly` changes a few answers, `plainly` most; all of them pass."""
    few, most = ([f"Question {i}?" for i in range(count)] for count in (3, 40))
    rules = [{"when": {"system": "swiftly", "user": each}, "say": "It is London."} for each in few]
    rules += [{"when": {"system": "plainly", "user": each}, "say": "It is London."} for each in most]
    golden = [{"id": f"q{i}", "input": f"Question {i}?", "must_contain": ["London"]} for i in range(cases)]
    config = {
        "version": 1,
        "defaults": {"model": "scripted/answers.yaml"},
        "policy": {"semver": semver},
        "suites": {"city": {"prompt": PROMPT, "golden": "evals/*.yaml"}},
    }
    return {
        "mergefloor.yml": yaml.safe_dump(config),
        PROMPT: prompt(version),
        "evals/city.yaml": yaml.safe_dump(golden),
        "answers.yaml": yaml.safe_dump({"default": "London.", "answers": rules}),
    }


@pytest.fixture
def check(repo: Any, gate: Callable[..., Any]) -> Callable[..., tuple[dict[str, Any], Any]]:
    """Gate a change of the prompt; the report and the suite's `semver`."""

    def run(after: str, before: str | None = "1.4.0", **more: Any) -> tuple[dict[str, Any], Any]:
        base = repo.commit(files(before, **more))
        report = gate().gate(base, repo.commit({PROMPT: after}))
        return report, report["suites"][0]["semver"]

    return run


def test_gate__of_wording_that_changes_few_of_enough_outputs__passes_as_a_patch(check: Any) -> None:
    report, semver = check(prompt("1.4.1", TEXT.replace("quickly", "swiftly")))
    assert (report["verdict"], semver["ok"], semver["required"]) == ("pass", True, "patch")
    assert semver["why"] == (
        "wording changed: “quickly” became “swiftly”; 3 of 60 outputs differ (limit 7) and no metric moved"
    )


def test_gate__of_the_same_wording_on_a_small_golden_set__asks_for_a_minor(check: Any) -> None:
    report, semver = check(prompt("1.4.1", TEXT.replace("quickly", "swiftly")), cases=49)
    assert (report["verdict"], report["exit_code"]) == ("block", 1)
    assert (semver["declared"], semver["required"], semver["wanted"]) == ("patch", "minor", "1.5.0")
    assert "49 golden cases cannot certify a patch" in semver["why"]


def test_gate__of_wording_that_changes_most_outputs__says_how_many(check: Any) -> None:
    report, semver = check(prompt("1.4.1", TEXT.replace("quickly", "plainly")))
    assert (report["verdict"], semver["ok"]) == ("block", False)
    assert report["reasons"][0].startswith(
        "city: declared 1.4.1 (patch); required 1.5.0: 40 of 60 outputs differ beyond run noise (limit 7)"
    )
    old, new = "version: '1.4.1'  # bump me", "version: '1.5.0'  # bump me"
    assert semver["suggestion"] == {"path": PROMPT, "line": 1, "old": old, "new": new}


@pytest.mark.parametrize(("cases", "ok"), [(60, True), (49, False)])
def test_gate__of_blanks_in_what_is_sent__is_a_patch_only_when_certified(
    check: Any, cases: int, ok: bool
) -> None:
    report, semver = check(prompt("1.4.1", TEXT + "  "), cases=cases)
    assert (semver["ok"], report["verdict"]) == (ok, "pass" if ok else "block")
    assert "blanks or line ends changed" in semver["why"]


def test_gate__of_a_comment__needs_no_bump_and_takes_one(check: Any, repo: Any, gate: Any) -> None:
    report, semver = check(prompt("1.4.0", comment="# Kept by Ines.\n"))
    assert (report["verdict"], report["cost"]["calls"]) == ("pass", 0)
    assert (semver["ok"], semver["required"], semver["declared"], semver["measured"]) == (
        True,
        "none",
        "none",
        False,
    )
    bumped = gate().gate("HEAD", repo.commit({PROMPT: prompt("1.4.1")}))
    assert bumped["verdict"] == "pass"
    head = gate().gate("HEAD~1", "HEAD")["suites"][0]["semver"]
    assert (head["ok"], head["required"], head["declared"]) == (True, "none", "patch")


@pytest.mark.parametrize(
    ("before", "after", "ok"), [(None, None, None), (None, "1.0.0", None), ("1.4.0", None, False)]
)
def test_gate__of_versions_that_are_not_declared__promise_nothing_unless_one_was_taken_away(
    check: Any, before: str | None, after: str | None, ok: bool | None
) -> None:
    report, semver = check(prompt(after, TEXT + " Never guess."), before)
    assert (semver["ok"], report["verdict"]) == (ok, "block" if ok is False else "pass")


def test_gate__of_a_version_that_went_backwards__blocks_and_says_so(check: Any) -> None:
    report, semver = check(prompt("1.3.9", TEXT + " Never guess."))
    assert (report["verdict"], semver["declared"], semver["wanted"]) == ("block", None, "1.5.0")
    assert "went backwards, from 1.4.0 to 1.3.9" in report["reasons"][0]


def test_gate__whose_policy_says_off__makes_no_check(check: Any) -> None:
    report, semver = check(prompt("1.4.0", TEXT + " Never guess."), semver="off")
    assert (report["verdict"], semver) == ("pass", None)


def test_gate__under_the_behaviour_rule__asks_for_a_major_where_outputs_changed(check: Any) -> None:
    _, semver = check(prompt("1.5.0", TEXT + " Speak plainly, never guess."), semver="behaviour")
    assert (semver["required"], semver["ok"], semver["wanted"]) == ("major", False, "2.0.0")


def test_gate__whose_policy_is_switched_off_by_the_change__checks_by_the_bases_policy(
    repo: Any, gate: Any
) -> None:
    base = repo.commit(files("1.4.0"))
    off = {**files("1.4.0", semver="off"), PROMPT: prompt("1.4.0", TEXT + " Never guess.")}
    report = gate().gate(base, repo.commit(off))
    assert (report["verdict"], report["suites"][0]["semver"]["ok"]) == ("block", False)


def test_gate__of_versions_declared_by_tags__checks_them(repo: Any, gate: Any) -> None:
    base = repo.commit(files(None))
    repo.git("tag", "city-v1.4.0")
    head = repo.commit({PROMPT: prompt(None, TEXT + " Never guess.")})
    assert gate().gate(base, head)["suites"][0]["semver"]["ok"] is None
    repo.git("tag", "city-v1.4.1")
    report = gate().gate(base, head)
    semver = report["suites"][0]["semver"]
    assert (report["verdict"], semver["before"], semver["after"], semver["wanted"]) == (
        "block",
        "1.4.0",
        "1.4.1",
        "1.5.0",
    )
    assert semver["suggestion"] is None


def test_gate__of_other_sampling_in_the_config__is_seen_without_a_change_of_the_prompt(
    repo: Any, gate: Any
) -> None:
    before = files("1.4.0")
    base = repo.commit(before)
    config = yaml.safe_load(str(before["mergefloor.yml"]))
    config["defaults"]["params"] = {"temperature": 1}
    semver = gate().gate(base, repo.commit({"mergefloor.yml": yaml.safe_dump(config)}))["suites"][0]["semver"]
    assert (semver["ok"], semver["required"]) == (False, "minor")
    assert "parameter `temperature` changed from unset to 1" in semver["why"]


def test_gate__without_any_answer__leaves_open_what_only_answers_could_tell(repo: Any, gate: Any) -> None:
    base = repo.commit(files("1.4.0"))
    wording = {PROMPT: prompt("1.4.1", TEXT.replace("quickly", "swiftly"))}
    report = gate().gate(base, repo.commit(wording), "--offline")
    assert (report["verdict"], report["suites"][0]["semver"]["ok"]) == ("error", None)


def versioned(text: str, version: str) -> str:
    return text.replace("name: ", f"version: {version}\nname: ", 1)


@pytest.mark.parametrize(("after", "ok"), [("1.4.1", False), ("1.5.0", True)])
def test_gate__of_recorded_answers_when_rules_are_deleted__requires_a_minor(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any, after: str, ok: bool
) -> None:
    base_files = llmbar.files(recording, "Vanilla", GPT4, subsets=("neighbor",))
    path = "prompts/better.prompt.yml"
    base = repo.commit({**base_files, path: versioned(base_files[path], "1.4.0")})
    head = repo.commit({path: versioned(llmbar.prompt_yml(recording.prompts["Vanilla_NoRules"]), after)})
    report = gate(OPENAI_API_KEY="test", OPENAI_BASE_URL=f"{server.url}/v1").gate(base, head)
    semver = report["suites"][0]["semver"]
    assert (semver["ok"], semver["required"], semver["wanted"], semver["measured"]) == (
        ok,
        "minor",
        "1.5.0",
        True,
    )
    said = f"neighbor: declared {after} (patch); required 1.5.0: "
    assert any(reason.startswith(said) for reason in report["reasons"]) is not ok
    assert "outputs differ beyond run noise (limit " in semver["why"]
    assert "instruction removed" in semver["why"]

"""`mergefloor doctor` over whole trees: what it reads, what it asks GitHub, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.fuzz.memory import MemorySnapshot
from tests.unit.core.doctor.builders import FORKED, GOOD, SHA, bent

from mergefloor.core.effects import Outcome, Print
from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.modes.doctor import DoctorRequest, run

CONFIG = """\
version: 1
budget: {usd: 5.00, minutes: 20}
judge: {model: openai/gpt-5-mini-2025-08-07, calibration: labels/tone.jsonl}
suites:
  support: {prompt: prompts/support.yaml, golden: ["evals/support/*.yaml"], metrics: {pass_rate: {max_drop: 0.02}}}
"""
TREE = {
    "mergefloor.yml": CONFIG,
    "prompts/support.yaml": "system: Be kind.\n",
    "evals/support/a.yaml": "- {input: a}\n",
    "labels/tone.jsonl": "{}\n",
    ".github/CODEOWNERS": "* @acme/quality\n",
    ".github/workflows/mergefloor.yml": GOOD,
    ".github/workflows/mergefloor-forks.yml": FORKED,
}
ACTIONS = 15368
REQUIRED: dict[str, Any] = {
    "type": "required_status_checks",
    "ruleset_id": 7,
    "parameters": {"required_status_checks": [{"context": "mergefloor", "integration_id": ACTIONS}]},
}
REVIEW: dict[str, Any] = {"type": "pull_request", "parameters": {"require_code_owner_review": True}}
NO_FORCE: dict[str, Any] = {"type": "non_fast_forward"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """GitHub as far as a doctor asks it. A number stands for the HTTP status that is answered."""

    branch: tuple[Mapping[str, Json], ...] | int = (REQUIRED, REVIEW, NO_FORCE)
    classic: Mapping[str, Json] | int | None = None
    sets: Mapping[int, Mapping[str, Json] | int] = field(default_factory=lambda: {7: {"bypass_actors": []}})
    asked: list[str] = field(default_factory=list)

    def rules(self, branch: str) -> tuple[Mapping[str, Json], ...]:
        self.asked.append(branch)
        return _given(self.branch)

    def protection(self, branch: str) -> Mapping[str, Json] | None:
        return _given(self.classic)

    def ruleset(self, number: int) -> Mapping[str, Json]:
        return _given(self.sets.get(number, 404))


def _given(value: Any) -> Any:
    if isinstance(value, int):
        raise HubError(f"GitHub answers {value}", "try again", status=value)
    return value


def tree(**changed: str | bytes | None) -> MemorySnapshot:
    """TREE with files changed, and those that are None left out."""
    files = {**TREE, **changed}
    return MemorySnapshot(
        sha="worktree",
        tree={p: t.encode() if isinstance(t, str) else t for p, t in files.items() if t is not None},
    )


def look(files: MemorySnapshot, hub: Any = None, **asked: Any) -> tuple[Outcome, dict[str, Any]]:
    outcome = run(DoctorRequest(as_json=True, **asked), files, hub)
    (shown,) = outcome.effects
    assert isinstance(shown, Print)
    return outcome, json.loads(shown.text)


def text(files: MemorySnapshot, hub: Any = None, **asked: Any) -> str:
    (shown,) = run(DoctorRequest(**asked), files, hub).effects
    assert isinstance(shown, Print)
    return shown.text


def rules(record: Mapping[str, Any]) -> list[str]:
    return [finding["rule"] for finding in record["findings"]]


def test_doctor__everything_in_order__says_so_and_ends_with_0() -> None:
    hub = Settings()
    outcome, record = look(tree(), hub)
    assert (outcome.exit_code, record["findings"], record["unchecked"]) == (0, [], [])
    assert hub.asked == ["main"]
    assert text(tree(), Settings()).startswith(
        "No weakness found (.github/workflows/mergefloor-forks.yml, .github/"
    )


def test_doctor__without_a_token__says_what_was_not_looked_at() -> None:
    outcome, record = look(tree(), repository="acme/chat")
    assert (outcome.exit_code, rules(record)) == (0, [])
    (gap,) = record["unchecked"]
    assert gap["what"].endswith("no token is in GITHUB_TOKEN or GH_TOKEN")
    assert gap["fix"] == "type `GH_TOKEN=$(gh auth token) mergefloor doctor`"
    assert "No weakness found in what was checked" in text(tree(), repository="acme/chat")
    _, record = look(tree())
    assert record["unchecked"][0]["fix"].endswith("doctor --github OWNER/NAME`")


def test_doctor__status_not_required__ends_with_1_and_says_where_to_click() -> None:
    shown = text(tree(), Settings(branch=()))
    assert "on GitHub: error: status-not-required" in shown
    assert "Settings > Rules > Rulesets" in shown
    assert look(tree(), Settings(branch=()))[0].exit_code == 1


@pytest.mark.parametrize("status", [0, 401, 500])
def test_doctor__github_does_not_answer__cannot_tell(status: int) -> None:
    outcome, record = look(tree(), Settings(branch=status))
    assert outcome.exit_code == 2
    assert record["unchecked"][0]["vital"]
    assert f"GitHub answers {status}" in record["unchecked"][0]["what"]
    assert "Whether the gate holds cannot be told" in text(tree(), Settings(branch=status))


@pytest.mark.parametrize("hub", [Settings(classic=500), Settings(sets={7: 500})], ids=["classic", "ruleset"])
def test_doctor__github_fails_half_way__cannot_tell(hub: Settings) -> None:
    outcome, record = look(tree(), hub)
    assert outcome.exit_code == 2
    assert "GitHub answers 500" in record["unchecked"][0]["what"]


@pytest.mark.parametrize("status", [403, 404])
def test_doctor__classic_protection_hidden__told_and_never_taken_for_fine(status: int) -> None:
    outcome, record = look(tree(), Settings(branch=(), classic=status))
    assert (outcome.exit_code, rules(record)) == (2, [])
    assert "whether the status is required at all" in record["unchecked"][0]["what"]
    outcome, record = look(tree(), Settings(classic=status, sets={}))
    assert (outcome.exit_code, rules(record)) == (0, [])
    assert len(record["unchecked"]) == 2


def test_doctor__errors_beat_what_cannot_be_told() -> None:
    files = tree(
        **{".github/workflows/mergefloor.yml": bent(GOOD, ("    name: evaluate\n", "    if: false\n"))}
    )
    assert look(files, Settings(branch=500))[0].exit_code == 1


def test_doctor__no_workflow__one_finding_that_says_what_to_type() -> None:
    files = tree(**{path: None for path in TREE if "workflows" in path})
    shown = text(files)
    assert ".github/workflows/mergefloor.yml:1: error: no-gate" in shown
    assert "`mergefloor init`" in shown
    assert "no workflow runs mergefloor" in shown


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"on: [pull_request\njobs: mergefloor", "not valid YAML"),
        (b"name: &a mergefloor\non: pull_request\n", "the anchor &a is not allowed"),
        (b"# mergefloor\n" + b"a: b\n" * 300_000, "the file has"),
        (b"mergefloor: " + b"[" * 2000, "nests deeper than 40 levels"),
        (b"\xff\xfemergefloor", "UTF-16"),
        (b"mergefloor: \x1b[31m", "not allowed"),
        (b"a: 1\na: mergefloor\n", "duplicate key"),
    ],
)
def test_doctor__workflow_that_cannot_be_read__a_finding_and_no_crash(content: bytes, says: str) -> None:
    outcome, record = look(tree(**{".github/workflows/extra.yml": content}), Settings())
    assert (outcome.exit_code, rules(record)) == (1, ["unreadable-workflow"])
    assert says in record["findings"][0]["what"]
    assert record["findings"][0]["path"] == ".github/workflows/extra.yml"
    silent = content.replace(b"mergefloor", b"something")
    outcome, record = look(tree(**{".github/workflows/extra.yml": silent}), Settings())
    assert outcome.exit_code == 0
    assert [(f["rule"], f["level"]) for f in record["findings"]] == [("unreadable-workflow", "warning")]


def test_doctor__names_with_control_characters__harmless_in_the_terminal() -> None:
    shown = text(tree(**{".github/workflows/\x1b[31m\n::error::.yml": b"mergefloor: ["}))
    assert "\x1b" not in shown
    assert "\n::" not in shown


def test_doctor__budget_from_the_config__is_the_measure_of_the_time() -> None:
    files = tree(**{"mergefloor.yml": CONFIG.replace("minutes: 20", "minutes: 60")})
    _, record = look(files, Settings())
    assert [(f["rule"], f["path"]) for f in record["findings"]] == [
        ("short-timeout", path) for path in sorted(TREE) if "workflows" in path
    ]
    assert "may take 60 minutes" in record["findings"][0]["what"]


def test_doctor__broken_config__said_and_the_rest_is_looked_at() -> None:
    files = tree(**{"mergefloor.yml": "version: 2\n", ".github/CODEOWNERS": None})
    outcome, record = look(files, Settings())
    assert outcome.exit_code == 0
    assert rules(record) == ["no-code-owners"]
    assert record["unchecked"][0]["fix"] == "type `mergefloor validate`"


def test_doctor__code_owners__of_config_golden_set_labels_and_workflows() -> None:
    _, record = look(tree(**{".github/CODEOWNERS": None}), Settings())
    (finding,) = record["findings"]
    assert finding["fix"].splitlines()[1:] == [
        "/mergefloor.yml @OWNER",
        "/evals/support/ @OWNER",
        "/labels/ @OWNER",
        "/.github/ @OWNER",
    ]
    partly = "/mergefloor.yml @a\n/evals/ @a\n/labels/ @a\n/.github/workflows/ @a\n"
    _, record = look(tree(**{".github/CODEOWNERS": partly}), Settings())
    assert [f["what"].split(":")[0] for f in record["findings"]] == ["nobody owns .github/CODEOWNERS"]
    _, record = look(tree(**{".github/CODEOWNERS": partly + "/.github/CODEOWNERS @a\n"}), Settings())
    assert record["findings"] == []


@pytest.mark.parametrize("here", ["./", "$/"])
def test_doctor__an_action_of_the_repository_itself__is_known_by_its_name_or_its_steps(here: str) -> None:
    top = here
    here = bent(GOOD, (f"mergefloor/mergefloor@{SHA} # v1.0.0", top))
    own = {
        "action.yml": "name: mergefloor\nruns: {using: docker}\n",
        ".github/workflows/mergefloor.yml": here,
    }
    assert rules(look(tree(**own), Settings())[1]) == []
    inside = bent(here, (f"uses: {top}\n", f"uses: {top}.github/actions/gate/\n"))
    wrapped = f"name: Gate\nruns: {{using: composite, steps: [{{uses: mergefloor/mergefloor@{SHA}}}]}}\n"
    files = {".github/actions/gate/action.yaml": wrapped, ".github/workflows/mergefloor.yml": inside}
    assert rules(look(tree(**files), Settings())[1]) == []
    other = {**own, "action.yml": "name: something\nruns: {using: docker}\n"}
    assert rules(look(tree(**other), Settings())[1]) == ["no-gate"]
    broken = {**own, "action.yml": "name: [\n"}
    assert rules(look(tree(**broken), Settings())[1]) == ["no-gate"]


def test_doctor__files_in_folders_below__are_no_workflows() -> None:
    _, record = look(tree(**{".github/workflows/old/bad.yml": "mergefloor: ["}), Settings())
    assert record["findings"] == []


def test_doctor__text__each_finding_with_place_rule_sentence_and_cure() -> None:
    workflow = bent(GOOD, ("    types: [opened, sync", "    paths: [prompts/**]\n    types: [opened, sync"))
    shown = text(tree(**{".github/workflows/mergefloor.yml": workflow}), Settings()).splitlines()
    assert shown[0] == ".github/workflows/mergefloor.yml:7: error: path-filter"
    assert shown[1].startswith("   `paths:` on pull_request keeps the workflow from running")
    assert any(line.startswith("   -> delete `paths:`") for line in shown)
    assert shown[-1].startswith("1 error (")
    assert max(map(len, shown[:-1])) <= 100

"""`mergefloor init`: which files are written, which are kept, and what is said of the rest."""

from __future__ import annotations

import pytest
import yaml
from tests.fuzz.memory import MemorySnapshot
from tests.unit.core.doctor.builders import SHA

from mergefloor.core.action_pin import Pin
from mergefloor.core.effects import Outcome, Print, WriteFile
from mergefloor.core.gate_setup import FORKS, SCHEDULE, WORKFLOW
from mergefloor.errors import InputError, UsageError
from mergefloor.modes.doctor import DoctorRequest
from mergefloor.modes.doctor import run as doctor
from mergefloor.modes.init import InitRequest, run
from mergefloor.release import pins

PROMPT = 'system: Be kind.\ntest_cases:\n  - {input: "How long?", must_contain: ["30 days"]}\n'
CONFIG = """\
version: 1
defaults: {model: openai/gpt-5-2025-08-07}
judge: {model: openai/gpt-5-mini-2025-08-07}
budget: {usd: 5.00, minutes: 44.5}
suites:
  support: {prompt: prompts/support.yaml, metrics: {pass_rate: {max_drop: 0.02}}}
"""
GATE = Pin(action="mergefloor/mergefloor", commit=SHA, version="v1.2.3")


def start(files: dict[str, str], **asked: object) -> Outcome:
    tree = {"prompts/support.yaml": PROMPT, **files}
    snapshot = MemorySnapshot(sha="worktree", tree={path: text.encode() for path, text in tree.items()})
    return run(snapshot, InitRequest(**{"gate": GATE, "pins": pins(), **asked}))


def written(outcome: Outcome) -> dict[str, str]:
    return {effect.path: effect.text for effect in outcome.effects if isinstance(effect, WriteFile)}


def told(outcome: Outcome) -> str:
    return "\n".join(effect.text for effect in outcome.effects if isinstance(effect, Print))


def test_init__fresh_repository__config_and_workflow() -> None:
    outcome = start({})
    assert list(written(outcome)) == ["mergefloor.yml", WORKFLOW]
    assert f"uses: mergefloor/mergefloor@{SHA} # v1.2.3" in written(outcome)[WORKFLOW]
    assert "timeout-minutes: 30 " in written(outcome)[WORKFLOW]
    assert "Wrote mergefloor.yml.\n  prompt      prompts/support.yaml" in told(outcome)
    assert f"Wrote {WORKFLOW}." in told(outcome)


def test_init__forks__the_second_workflow_too() -> None:
    assert list(written(start({}, forks=True))) == ["mergefloor.yml", WORKFLOW, FORKS]


def test_init__then_doctor__nothing_to_say_but_owners() -> None:
    files = {"prompts/support.yaml": PROMPT, **written(start({}, forks=True, branch="trunk"))}
    files[".github/CODEOWNERS"] = "* @acme/quality\n"
    tree = MemorySnapshot(sha="worktree", tree={path: text.encode() for path, text in files.items()})
    outcome = doctor(DoctorRequest(branch="trunk", repository="a/b"), tree, None)
    assert outcome.exit_code == 0
    assert "No weakness found in what was checked" in told(outcome)


@pytest.mark.parametrize("place", ["mergefloor.yml", ".github/mergefloor.yml"])
def test_init__config_there__kept_and_its_budget_and_keys_count(place: str) -> None:
    outcome = start({place: CONFIG})
    assert list(written(outcome)) == [WORKFLOW]
    assert f"Kept {place}, which is there already; `mergefloor init --force` writes it again." in told(
        outcome
    )
    text = written(outcome)[WORKFLOW]
    assert "timeout-minutes: 55 " in text
    assert "\n          openai-api-key: ${{ secrets.OPENAI_API_KEY }}" in text
    assert "\n          # anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}" in text
    assert "gh secret set OPENAI_API_KEY --env mergefloor" in told(outcome)
    assert "ANTHROPIC_API_KEY" not in told(outcome)


def test_init__workflow_there__kept_and_the_config_written() -> None:
    outcome = start({WORKFLOW: "mine"}, forks=True)
    assert list(written(outcome)) == ["mergefloor.yml", FORKS]
    assert f"Kept {WORKFLOW}, which is there already" in told(outcome)


def test_init__everything_there__usage_error_that_names_it() -> None:
    with pytest.raises(UsageError) as error:
        start({"mergefloor.yml": CONFIG, WORKFLOW: "mine"})
    assert str(error.value).startswith(f"there is mergefloor.yml and {WORKFLOW} already")
    assert "`mergefloor init --force`" in error.value.fix


def test_init__force__writes_every_file_again_where_it_was() -> None:
    outcome = start(
        {".github/mergefloor.yml": "broken: [", WORKFLOW: "mine", FORKS: "mine"}, force=True, forks=True
    )
    assert list(written(outcome)) == [".github/mergefloor.yml", WORKFLOW, FORKS]


def test_init__without_a_pin__config_alone_and_what_to_type() -> None:
    outcome = start({}, gate=None)
    assert list(written(outcome)) == ["mergefloor.yml"]
    assert "`mergefloor init --action OWNER/NAME@COMMIT`" in told(outcome)
    assert "gh secret" not in told(outcome)
    with pytest.raises(UsageError, match="--action OWNER/NAME@COMMIT"):
        start({"mergefloor.yml": CONFIG}, gate=None)


def test_init__kept_config_that_is_broken__its_problems() -> None:
    with pytest.raises(InputError, match=r"mergefloor\.yml:1"):
        start({"mergefloor.yml": "version: 9\n"})


def test_init__prompt_that_names_its_model__its_provider_gets_a_key() -> None:
    prompt = "name: x\nmodel: openai/gpt-5-2025-08-07\nmessages:\n  - {role: user, content: hi}\n"
    outcome = start({"prompts/support.yaml": prompt.replace("name: x\n", ""), "a.prompt.yml": prompt})
    assert "openai-api-key: ${{ secrets.OPENAI_API_KEY }}" in written(outcome)[WORKFLOW]


def test_init__compatible_endpoint__its_address_is_a_variable() -> None:
    outcome = start(
        {"mergefloor.yml": CONFIG.replace("openai/gpt-5-2025-08-07", "openai-compatible/llama-3")}
    )
    assert "openai-base-url: ${{ vars.OPENAI_BASE_URL }}" in written(outcome)[WORKFLOW]
    assert "gh variable set OPENAI_BASE_URL --env mergefloor" in told(outcome)


def test_init__next_steps__secrets_environment_rules_owners_doctor_in_order() -> None:
    shown = told(start({}, branch="it's"))
    steps = ["environments/mergefloor", "gh secret set ANTHROPIC_API_KEY", "openssl rand -hex 32", "Rulesets"]
    places = [shown.index(step) for step in [*steps, "CODEOWNERS", "mergefloor doctor"]]
    assert places == sorted(places)
    assert """-f name='it'"'"'s'""" in shown
    assert "require the status check `mergefloor`" in shown
    assert "`mergefloor init --forks`" in shown
    assert "`mergefloor init --forks`" not in told(start({}, forks=True))
    assert "mergefloor-history" not in shown


def test_init__with_scheduled_runs__says_what_they_need() -> None:
    shown = " ".join(told(start({}, forks=True, schedule=True)).split())
    assert f"(it covers {WORKFLOW} and {FORKS} and {SCHEDULE})" in shown
    assert "leave the branch `mergefloor-history` out of your branch rules" in shown
    assert "`gh workflow run mergefloor-schedule.yml`" in shown


@pytest.mark.parametrize("branch", ["main", "release/1.x", "on", "it's", "c++", "é", "1", "#x", "a#b", "-x"])
def test_init__name_of_the_branch__read_back_as_one_pattern(branch: str) -> None:
    text = written(start({}, branch=branch))[WORKFLOW]
    (read,) = yaml.load(text, Loader=yaml.BaseLoader)["on"]["push"]["branches"]
    assert read == branch.replace("+", "\\+")

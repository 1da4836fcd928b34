"""The fail-closed matrix (THREATS 3) on GitHub: every situation with its exit code, its status and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.endpoint import MODEL, Endpoint
from tests.e2e.hosted.faults.inside import Inside
from tests.e2e.hosted.faults.table import states, told, written
from tests.e2e.hosted.team import KEY, Team
from tests.fakes.github import Fault, Permissions
from tests.fakes.runner import Run

CHANGED = {"prompts/greeter.yaml": small.prompt("Greet very warmly.", "1.1.0", "warmer")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A team whose runs are calls, and the endpoint that its model is behind."""

    team: Team
    endpoint: Endpoint

    def gate(self, files: Mapping[str, str | None], **inputs: str) -> tuple[Run, str, int]:
        """A pull request with these files, gated: the run, its head and its number."""
        sha = self.team.commit("change", files)
        number = self.team.github.open_pull("change")
        return self.team.gate(number, **self.inputs(inputs)), sha, number

    def inputs(self, inputs: Mapping[str, str]) -> dict[str, str]:
        return {"openai_base_url": self.endpoint.url, "openai_api_key": "sk-not-a-key", **inputs}

    def ended(self, found: tuple[Run, str, int], code: int, *said: str) -> None:
        """Exit code and verdict, the final state that belongs to it, and all of this in status, comment and summary."""
        run, sha, number = found
        assert run.code == code, told(run)
        assert states(self.team, sha) == ["pending", {2: "error", 3: "failure"}[code]]
        assert run.outputs["verdict"] == "error"
        (comment,) = self.team.sticky(number)
        for words in said:
            assert words in comment
            assert words in run.summary
        assert [a.name for a in run.annotations][:1] == ["error"]
        assert "Do not merge" in comment
        assert "Traceback" not in run.stdout + run.stderr

    def line(self, sha: str) -> str:
        return written(self.team, sha)[-1].description or ""


@pytest.fixture
def desk(asking: Team, endpoint: Endpoint) -> Desk:
    return Desk(team=replace(asking, runner=Inside.like(asking)), endpoint=endpoint)


def test_matrix__config_prompt_and_case_invalid_at_head__all_listed_at_their_lines(desk: Desk) -> None:
    found = desk.gate(
        {
            "mergefloor.yml": small.CONFIG.replace("scripted/answers.yaml", MODEL)
            + "    bogus: 1\n    bad: 2\n",
            "evals/greeter/first.yaml": '- {id: g-0, input: "x", must_contain: ["y"], typo: 1}\n- {id: "g 1", input: "x"}\n',
        }
    )
    run, sha, _ = found
    desk.ended(found, 3, "mergefloor.yml:7", "mergefloor.yml:8")
    assert desk.line(sha).startswith("config invalid (and 1 more): mergefloor.yml:7:")
    assert [(a.properties["file"], a.properties["line"]) for a in run.annotations] == [
        ("mergefloor.yml", "7"), ("mergefloor.yml", "8"),
    ]  # fmt: skip
    assert desk.endpoint.calls == 0


def test_matrix__case_invalid_at_head__every_case_at_its_line(desk: Desk) -> None:
    cases = small.cases().replace("must_contain", "must_contian", 2)
    found = desk.gate({"evals/greeter/first.yaml": cases})
    desk.ended(found, 3, "evals/greeter/first.yaml:1", "evals/greeter/first.yaml:2")
    assert [a.properties["line"] for a in found[0].annotations] == ["1", "2"]


def test_matrix__prompt_invalid_at_head__is_a_failure_at_its_line(desk: Desk) -> None:
    found = desk.gate({"prompts/greeter.yaml": "version: 1.0.0\nsystem: [\n"})
    desk.ended(found, 3, "prompts/greeter.yaml:")
    assert "config invalid: prompts/greeter.yaml:" in desk.line(found[1])


def test_matrix__zero_cases__is_never_a_success(desk: Desk) -> None:
    found = desk.gate({"evals/greeter/first.yaml": "[]\n", **CHANGED})
    desk.ended(found, 3, "the file holds no cases")


def test_matrix__unknown_suite__is_a_failure_that_names_the_suites(desk: Desk) -> None:
    found = desk.gate(CHANGED, suites="nobody")
    desk.ended(found, 3, "there is no suite 'nobody'", "the suites are greeter")


def test_matrix__no_config_and_no_prompt_in_the_repository__says_what_to_type(desk: Desk) -> None:
    desk.team.commit("main", dict.fromkeys(small.FILES) | {"src/app.py": "print()\n"})
    desk.team.git("branch", "-D", "asks", "worse", "harmless")
    found = desk.gate({"src/app.py": "print(1)\n"})
    desk.ended(found, 3, "there is no config", "mergefloor init")


def test_matrix__no_config_at_the_base__is_gated_by_the_heads_floors(desk: Desk) -> None:
    desk.team.commit("main", {"mergefloor.yml": None})
    config = small.CONFIG.replace("scripted/answers.yaml", MODEL) + "    metrics: {pass_rate: {floor: 0.9}}\n"
    desk.endpoint.say = lambda _, prompt: "Noted." if "very" in prompt else "Hello, friend!"
    run, sha, _ = desk.gate({"mergefloor.yml": config, **CHANGED})
    assert (run.code, states(desk.team, sha)[-1]) == (1, "failure"), told(run)


def test_matrix__missing_key__is_an_error_that_names_the_variable(desk: Desk) -> None:
    desk.team.commit(
        "main",
        {"mergefloor.yml": small.CONFIG.replace("scripted/answers.yaml", "openai/gpt-5-mini-2025-08-07")},
    )
    found = desk.gate(CHANGED, openai_api_key="", openai_base_url="")
    desk.ended(found, 2, "OPENAI_API_KEY")
    assert desk.line(found[1]).startswith("could not decide:")


def test_matrix__missing_endpoint__is_an_error_that_names_the_variable(desk: Desk) -> None:
    desk.ended(desk.gate(CHANGED, openai_base_url=""), 2, "OPENAI_BASE_URL")


@pytest.mark.parametrize("status", [401, 403])
def test_matrix__refused_key__stops_at_once(desk: Desk, status: int) -> None:
    desk.endpoint.say = lambda _number, _prompt: status
    found = desk.gate(CHANGED)
    desk.ended(found, 2, f"HTTP {status}", "check the key")
    assert "refused-key" in desk.line(found[1])
    assert desk.endpoint.calls <= 21


def test_matrix__dead_endpoint__is_an_error_with_its_reason(desk: Desk) -> None:
    cases = small.cases(3)
    desk.team.commit("main", {"evals/greeter/first.yaml": cases})
    found = desk.gate(CHANGED, openai_base_url="http://127.0.0.1:9/v1")
    desk.ended(found, 2, "check the network and the base URL")
    assert "connection" in desk.line(found[1])


def test_matrix__budget_exhausted__is_an_error_that_names_it(desk: Desk) -> None:
    budget = f"budget: {{usd: 0.01}}\nprices:\n  {MODEL}: {{input: 1000, output: 1000}}\n"
    desk.team.commit(
        "main", {"mergefloor.yml": small.CONFIG.replace("scripted/answers.yaml", MODEL) + budget}
    )
    found = desk.gate(CHANGED)
    desk.ended(found, 2, "budget.usd")
    assert "budget" in desk.line(found[1])


def test_matrix__judge_that_never_answers_well__is_an_error(desk: Desk) -> None:
    judged = small.CONFIG.replace("scripted/answers.yaml", MODEL) + (
        "    graders: [{type: judge, name: tone, rubric: Warm.}]\n    metrics: {tone: {floor: 0.5, gating: true}}\n"
    )
    judge = "judge: {model: openai-compatible/judging-model-2026-01-15}\npolicy: {judge_calibration: waive}\n"
    desk.team.commit("main", {"mergefloor.yml": judged + judge})
    run, sha, _ = desk.gate(CHANGED)
    assert (run.code, states(desk.team, sha)[-1]) == (2, "error"), told(run)
    assert "the judge cannot be believed" in run.summary


@pytest.mark.parametrize(
    ("token", "said", "asked"),
    [
        ("", "there is no token for GitHub; pass `github-token: ${{ github.token }}`", 0),
        (
            "a-token-nobody-knows",
            "pass `github-token: ${{ github.token }}`, or a token that has not expired",
            2,
        ),
        ("a-token-that-reads", "grant `permissions: statuses: write` to the job", 3),
        ("a-token-without-statuses", "grant `permissions: statuses: write` to the job", 3),
    ],
    ids=["empty", "wrong", "read-only", "no statuses: write"],
)
def test_matrix__token_that_cannot_set_the_status__stops_before_anything_is_paid(
    desk: Desk, token: str, said: str, asked: int
) -> None:
    github = desk.team.github
    github.add_token("a-token-that-reads", permissions=Permissions.read_only())
    github.add_token("a-token-without-statuses", permissions=Permissions(statuses="none"))
    run, sha, number = desk.gate(CHANGED, github_token=token, exit_zero="true")
    assert run.code == 2, told(run)
    assert (states(desk.team, sha), desk.team.sticky(number)) == ([], [])
    assert said in run.annotations[-1].data
    assert said.rpartition("; ")[2] in run.summary
    assert run.outputs["verdict"] == "error"
    assert desk.endpoint.calls == 0
    assert len(github.requests) == asked
    assert not token or token not in run.log.replace(f"::add-mask::{token}", "") + run.stderr + run.summary


def test_matrix__comment_may_not_be_written__verdict_unchanged_with_a_note(desk: Desk) -> None:
    desk.team.github.add_token("statuses-only", permissions=Permissions(pull_requests="read"))
    desk.endpoint.say = lambda _, prompt: "Noted." if "very" in prompt else "Hello, friend!"
    run, sha, number = desk.gate(CHANGED, github_token="statuses-only")
    assert (run.code, states(desk.team, sha)) == (1, ["pending", "failure"]), told(run)
    assert desk.team.sticky(number) == []
    assert any("grant `permissions: pull-requests: write`" in a.data for a in run.annotations)
    assert "Do not merge" in run.summary


def test_matrix__final_status_fails__is_red_even_with_exit_zero(desk: Desk) -> None:
    desk.team.github.faults = [Fault(kind="403", method="POST", path="*/statuses/*", nth=2, times=None)]
    run, sha, _ = desk.gate(CHANGED, exit_zero="true")
    assert (run.code, states(desk.team, sha)) == (2, ["pending"]), told(run)
    assert "done" not in run.state


def test_matrix__exit_zero__counts_once_github_has_the_status(desk: Desk) -> None:
    desk.endpoint.say = lambda _, prompt: "Noted." if "very" in prompt else "Hello, friend!"
    run, sha, _ = desk.gate(CHANGED, exit_zero="true")
    assert (run.code, states(desk.team, sha)[-1], run.outputs["verdict"]) == (0, "failure", "block"), told(
        run
    )


def test_matrix__trees_unavailable__is_an_error(desk: Desk) -> None:
    desk.team.github.faults = [Fault(kind="404", path="*/compare/*", times=None)]
    found = desk.gate(CHANGED)
    desk.ended(found, 2, "have no common commit on GitHub")


def test_matrix__cache_damaged_or_of_others__verdict_unchanged(desk: Desk) -> None:
    run, _, number = desk.gate(CHANGED)
    assert run.code == 0, told(run)
    paid = desk.endpoint.calls
    (segment,) = (desk.team.runner.workspace / ".mergefloor-cache").iterdir()
    segment.write_bytes(segment.read_bytes().replace(b"friend", b"fiend"))
    again = desk.team.gate(number, **desk.inputs({}))
    assert (again.code, again.outputs["verdict"]) == (run.code, run.outputs["verdict"]), told(again)
    assert desk.endpoint.calls == 2 * paid, "nothing of what was tampered with counts"


def test_matrix__report_folder_that_cannot_be_written__verdict_unchanged(desk: Desk) -> None:
    Path(desk.team.runner.workspace, "found").write_text("a file is in the way")
    run, sha, _ = desk.gate(CHANGED, report_path="found")
    assert (run.code, states(desk.team, sha)[-1]) == (0, "success"), told(run)
    assert any("cannot be written" in a.data for a in run.annotations)


@pytest.mark.parametrize(
    "wrong", [{"exit_zero": "perhaps"}, {"mode": "command"}, {"config": "../x.yml"}], ids=str
)
def test_matrix__inputs_of_the_workflow_are_wrong__exit_3_and_no_success(
    desk: Desk, wrong: dict[str, str]
) -> None:
    run, sha, _ = desk.gate(CHANGED, **wrong)
    assert run.code == 3, told(run)
    assert "success" not in states(desk.team, sha)
    assert run.annotations[0].name == "error"
    assert run.outputs["verdict"] == "error"
    assert desk.endpoint.calls == 0


def test_matrix__fork_without_a_maintainer__exit_2_and_no_status(desk: Desk) -> None:
    sha = desk.team.commit("change", CHANGED)
    number = desk.team.github.open_pull("change", fork_of="mallory/shop", author="mallory")
    run = desk.team.gate(number, cache_key="")  # a fork's run has no secrets, and no endpoint either
    assert (run.code, states(desk.team, sha)) == (2, [])
    assert f"/mergefloor run {sha}" in run.summary


def test_matrix__sha_no_longer_head__is_discarded(desk: Desk) -> None:
    first = desk.team.commit("change", CHANGED)
    number = desk.team.github.open_pull("change")
    event = desk.team.github.event("pull_request", number=number)
    desk.team.github.push_pull(number, desk.team.sha("harmless"))
    run = desk.team.runner.run("pull_request", event, {"cache-key": KEY}, token=desk.team.github.token)
    assert (run.code, states(desk.team, first)) == (2, [])
    assert "a newer commit was pushed" in run.log

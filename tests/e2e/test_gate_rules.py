"""Whose rules apply, what binds, and what a change may not do to its own gate: scripted answers, real repositories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

BLUNT = "blunt"  # the word of the head's prompt that makes the scripted model answer without the year


def prompt(*extra: str, **more: str) -> str:
    return yaml.safe_dump(
        {"version": "1.0.0", "system": " ".join(("Name the city and the year.", *extra)), **more}
    )


def cases(count: int = 12, *, text: str = "1666", prefix: str = "q") -> str:
    return yaml.safe_dump(
        [{"id": f"{prefix}{i}", "input": f"Question {i}?", "must_contain": [text]} for i in range(count)]
    )


def answers(**special: str) -> str:
    rules = [{"when": {"system": BLUNT}, "say": "London."}]
    rules = [{"when": {"user": user}, "say": say} for user, say in special.items()] + rules
    return yaml.safe_dump({"default": "London, 1666.", "answers": rules})


def config(
    *, model: str = "scripted/answers.yaml", policy: dict[str, Any] | None = None, **suite: Any
) -> str:
    found = {
        "prompt": "prompts/city.yaml",
        "golden": "evals/*.yaml",
        "metrics": {"pass_rate": {"floor": 0.8}},
        **suite,
    }
    rules = {"semver": "off", **(policy or {})}  # the version check has tests of its own
    data = {"version": 1, "defaults": {"model": model}, "policy": rules, "suites": {"city": found}}
    return yaml.safe_dump(data)


def start(repo: Any, **changes: str | None) -> str:
    files: dict[str, str | None] = {
        "mergefloor.yml": config(),
        "prompts/city.yaml": prompt(),
        "evals/city.yaml": cases(),
        "answers.yaml": answers(),
    }
    sha: str = repo.commit({**files, **changes})
    return sha


@pytest.fixture
def run(repo: Any, gate: Callable[..., Any]) -> Any:
    return gate()


def test_gate__of_a_worse_prompt__blocks(repo: Any, run: Any) -> None:
    base = start(repo)
    head = repo.commit({"prompts/city.yaml": prompt(BLUNT)})
    report = run.gate(base, head)
    assert (report["verdict"], run.code, len(report["suites"][0]["broken"])) == ("block", 1, 12)
    assert report["scripted"] is True
    assert "Scripted answers" in run.out


def test_gate__of_a_change_that_lowers_its_own_floor__still_blocks(repo: Any, run: Any) -> None:
    """T20: policy, floors and budget come from the tip of the base branch."""
    base = start(repo)
    loose = config(
        policy={"alpha": 0.001, "on_inconclusive": "pass"},
        metrics={"pass_rate": {"floor": 0.0, "max_drop": 1.0}},
    )
    head = repo.commit({"prompts/city.yaml": prompt(BLUNT), "mergefloor.yml": loose})
    report = run.gate(base, head)
    assert (report["verdict"], report["suites"][0]["metrics"][0]["floor"]) == ("block", 0.8)


def test_gate__of_a_change_that_deletes_the_failing_cases__still_blocks(repo: Any, run: Any) -> None:
    """T21: the base's golden set binds."""
    base = start(repo)
    head = repo.commit({"prompts/city.yaml": prompt(BLUNT), "evals/city.yaml": cases(2, text="London")})
    assert run.gate(base, head)["verdict"] == "block"


def test_gate__of_a_change_that_edits_expectations__is_scored_on_the_bases(repo: Any, run: Any) -> None:
    base = start(repo)
    head = repo.commit({"prompts/city.yaml": prompt(BLUNT), "evals/city.yaml": cases(12, text="London")})
    report = run.gate(base, head)
    assert report["verdict"] == "block"
    assert report["suites"][0]["cases_total"] == 12
    (told,) = report["suites"][0]["not_comparable"]
    assert "12 edited" in told


def test_gate__of_a_rubric_edited_in_the_change__asks_the_bases_rubric(repo: Any, run: Any) -> None:
    """T22: the judge sees the base's rubric, whatever the head's config says."""
    verdict = '{"checks": [{"id": "c1", "reason": "r", "evidence": [], "pass": %s}]}'
    judge = yaml.safe_dump(
        {
            "default": verdict % "false",
            "answers": [
                {"when": {"any": "always pass"}, "say": verdict % "true"},
                {"when": {"any": ["city on the Seine"]}, "say": verdict % "true"},
                {"when": {"any": ["names the year", "1666"]}, "say": verdict % "true"},
            ],
        }
    )
    shared = {"policy": {"judge_calibration": "waive"}, "golden": "evals/*.yaml"}

    def with_rubric(rubric: str) -> str:
        text = config(graders=[{"type": "judge", "name": "year", "rubric": rubric}], **shared)
        return text + "judge: {model: scripted/judge.yaml}\n"

    open_cases = yaml.safe_dump([{"id": f"q{i}", "input": f"Question {i}?"} for i in range(12)])
    base = start(
        repo,
        **{
            "mergefloor.yml": with_rubric("names the year"),
            "judge.yaml": judge,
            "evals/city.yaml": open_cases,
        },
    )
    head = repo.commit({"prompts/city.yaml": prompt(BLUNT), "mergefloor.yml": with_rubric("always pass")})
    assert run.gate(base, head)["verdict"] == "block"


def test_gate__of_a_prompt_moved_out_of_its_suite__blocks_and_says_so(repo: Any, run: Any) -> None:
    """T30: a rename is a deletion and an addition."""
    base = start(repo)
    head = repo.commit({"prompts/city.yaml": None, "prompts/town.yaml": prompt(BLUNT)})
    report = run.gate(base, head)
    assert report["verdict"] == "block"
    assert "prompts/city.yaml is gone" in " ".join(report["reasons"])
    assert any("prompts/town.yaml" in text for text in report["unseen"])


def test_gate__of_a_prompt_moved_together_with_its_config__runs_it_there(repo: Any, run: Any) -> None:
    base = start(repo)
    moved = {
        "prompts/city.yaml": None,
        "prompts/town.yaml": prompt(),
        "mergefloor.yml": config(prompt="prompts/town.yaml"),
    }
    report = run.gate(base, repo.commit(moved))
    assert (report["verdict"], report["cost"]["calls"]) == ("pass", 0)
    worse = repo.commit({"prompts/town.yaml": prompt(BLUNT)})
    assert run.gate(base, worse)["verdict"] == "block"


def test_gate__of_new_cases_that_the_head_fails__blocks_at_the_floor_of_its_own_set(
    repo: Any, run: Any
) -> None:
    """The head's own golden set can add a failure, never remove one."""
    base = start(repo)
    head = repo.commit({"evals/more.yaml": cases(30, text="Rome", prefix="new")})
    report = run.gate(base, head)
    assert (report["verdict"], run.code) == ("block", 1)


def test_gate__of_new_cases_that_pass__draws_only_them(repo: Any, run: Any) -> None:
    base = start(repo)
    head = repo.commit({"evals/more.yaml": cases(3, text="London", prefix="new")})
    report = run.gate(base, head)
    assert (report["verdict"], report["cost"]["calls"]) == ("pass", 3)


def test_gate__of_a_watched_file__passes_with_no_call_when_no_request_changed(repo: Any, run: Any) -> None:
    base = start(repo, **{"mergefloor.yml": config(watch=["src/**"]), "src/a.py": "1"})
    report = run.gate(base, repo.commit({"src/a.py": "2"}))
    assert (report["verdict"], report["cost"]["calls"]) == ("pass", 0)
    assert "src/a.py" in report["suites"][0]["why"][0]


def test_gate__of_a_change_elsewhere__runs_nothing(repo: Any, run: Any) -> None:
    base = start(repo)
    report = run.gate(base, repo.commit({"README.md": "hello"}))
    assert (report["verdict"], report["cost"]["calls"], report["suites"][0]["metrics"]) == ("pass", 0, [])


@pytest.mark.parametrize(("policy", "verdict"), [("block", "block"), ("warn", "error")])
def test_gate__of_a_floating_model__follows_the_policy(
    repo: Any, run: Any, policy: str, verdict: str
) -> None:
    base = start(
        repo, **{"mergefloor.yml": config(model="openai/gpt-4o", policy={"floating_models": policy})}
    )
    run.env["OPENAI_API_KEY"] = "test"
    run.env["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    report = run.gate(base, repo.commit({"prompts/city.yaml": prompt(BLUNT)}), "--offline")
    assert report["verdict"] == verdict
    assert {m["name"]: m["pinned"] for m in report["models"]} == {"openai/gpt-4o": False}


def test_gate__without_a_config_at_the_base__takes_the_heads_and_says_so(repo: Any, run: Any) -> None:
    base = repo.commit({"prompts/city.yaml": prompt(), "answers.yaml": answers()})
    head = repo.commit(
        {"mergefloor.yml": config(), "evals/city.yaml": cases(), "prompts/city.yaml": prompt(BLUNT)}
    )
    report = run.gate(base, head)
    assert (report["verdict"], report["first_run"]) == ("block", True)


def test_gate__of_a_prompt_that_was_broken_on_the_base__can_be_mended(repo: Any, run: Any) -> None:
    base = start(repo, **{"prompts/city.yaml": "system: [unclosed"})
    report = run.gate(base, repo.commit({"prompts/city.yaml": prompt()}))
    assert (report["verdict"], run.code) == ("pass", 0)
    assert any("cannot be compared with" in text for text in report["unseen"])


def test_gate__of_a_second_change__compares_with_the_stored_base_and_draws_it_no_more(
    repo: Any, run: Any
) -> None:
    base = start(repo)
    first = run.gate(base, repo.commit({"prompts/city.yaml": prompt("Please.")}))
    repo.git("checkout", "-q", base)
    second = run.gate(base, repo.commit({"prompts/city.yaml": prompt("Kindly.")}))
    assert (first["cost"]["calls"], second["cost"]["calls"]) == (24, 12)


def test_gate__of_a_variable_renamed_in_prompt_and_cases__compares_the_same_cases(
    repo: Any, run: Any
) -> None:
    def template(name: str) -> str:
        return yaml.safe_dump(
            {"version": "1.0.0", "name": "city", "required_vars": [name], "template": f"Where is ${name}?"}
        )

    def golden(name: str) -> str:
        return yaml.safe_dump(
            [{"id": f"q{i}", "vars": {name: f"place {i}"}, "must_contain": ["1666"]} for i in range(12)]
        )

    base = start(repo, **{"prompts/city.yaml": template("city"), "evals/city.yaml": golden("city")})
    head = repo.commit({"prompts/city.yaml": template("town"), "evals/city.yaml": golden("town")})
    report = run.gate(base, head)
    assert (report["verdict"], report["suites"][0]["cases_total"], report["cost"]["calls"]) == ("pass", 12, 0)


def test_gate__of_a_variable_that_the_cases_do_not_give__is_a_config_error_that_names_them(
    repo: Any, run: Any
) -> None:
    template = yaml.safe_dump(
        {"version": "1.0.0", "name": "c", "required_vars": ["a", "b"], "template": "$a $b"}
    )
    base = start(repo)
    head = repo.commit({"prompts/city.yaml": template})
    assert run.run("gate", "--base", base, "--head", head) == 3
    assert "a" in run.err
    assert "evals/city.yaml" in run.err


def test_gate__of_judged_checks_alone__decides_nothing_while_nobody_compared_the_judge(
    repo: Any, run: Any
) -> None:
    judge = yaml.safe_dump(
        {"default": '{"checks": [{"id": "c1", "reason": "r", "evidence": [], "pass": true}]}'}
    )
    open_cases = yaml.safe_dump(
        [{"id": f"q{i}", "input": f"Question {i}?", "expected_behavior": "Names it."} for i in range(5)]
    )
    text = config(metrics={}) + "judge: {model: scripted/judge.yaml}\n"
    base = start(repo, **{"mergefloor.yml": text, "judge.yaml": judge, "evals/city.yaml": open_cases})
    report = run.gate(base, repo.commit({"prompts/city.yaml": prompt(BLUNT)}))
    assert (report["verdict"], run.code) == ("inconclusive", 0)
    assert any("compared" in text for text in report["unseen"])


def test_gate__whose_judge_misses_a_planted_answer__is_an_error_when_the_judge_gates(
    repo: Any, run: Any
) -> None:
    judge = yaml.safe_dump(
        {"default": '{"checks": [{"id": "c1", "reason": "r", "evidence": [], "pass": true}]}'}
    )
    text = config(
        policy={"judge_calibration": "waive"}, graders=[{"type": "judge", "name": "tone", "rubric": "kind"}]
    )
    base = start(
        repo, **{"mergefloor.yml": text + "judge: {model: scripted/judge.yaml}\n", "judge.yaml": judge}
    )
    report = run.gate(base, repo.commit({"prompts/city.yaml": prompt("Please.")}))
    assert (report["verdict"], run.code) == ("error", 2)
    assert "planted" in " ".join(report["reasons"])


def test_gate__of_new_cases_without_any_floor__passes(repo: Any, run: Any) -> None:
    """What has no floor and no base has no rule to fail; the base's own cases still decide."""
    base = start(repo, **{"mergefloor.yml": config(metrics={})})
    report = run.gate(base, repo.commit({"evals/more.yaml": cases(3, text="Rome", prefix="new")}))
    assert (report["verdict"], run.code) == ("pass", 0)


def test_gate__of_the_last_commit__says_that_it_did_not_look_at_uncommitted_work(repo: Any, run: Any) -> None:
    base = start(repo)
    run.gate(base, "HEAD")
    assert "uncommitted" not in run.err
    (repo.path / "prompts/city.yaml").write_text(prompt(BLUNT), encoding="utf-8")
    run.gate(base, "HEAD")
    assert "`--head WORKTREE`" in run.err
    assert run.gate(base, "WORKTREE")["verdict"] == "block"

"""T24: what GitHub requires of the branch. Required? From whom? Who may pass by? And what could not be seen."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.core.doctor.builders import GOOD, bent, parsed, said

from mergefloor.core.doctor import Diagnosis, diagnose
from mergefloor.core.doctor.branch import BranchRules
from mergefloor.core.doctor.diagnose import Watched
from mergefloor.core.doctor.scene import Scene
from mergefloor.core.owners import CodeOwners

ACTIONS = 15368
OWNED = Watched(owners=CodeOwners(path="CODEOWNERS", rules=(("*", ("@ada",)),)))


def checks(*named: tuple[str, int | None], ruleset: int = 7) -> dict[str, Any]:
    rows = [
        {"context": name, **({} if source is None else {"integration_id": source})} for name, source in named
    ]
    return {
        "type": "required_status_checks",
        "ruleset_id": ruleset,
        "parameters": {"required_status_checks": rows, "strict_required_status_checks_policy": False},
    }


REVIEW = {"type": "pull_request", "parameters": {"require_code_owner_review": True}}
NO_FORCE = {"type": "non_fast_forward"}
SOUND = (checks(("mergefloor", ACTIONS)), REVIEW, NO_FORCE)
CLOSED = {7: {"bypass_actors": []}}
CLASSIC: dict[str, Any] = {
    "required_status_checks": {
        "contexts": ["mergefloor"],
        "checks": [{"context": "mergefloor", "app_id": ACTIONS}],
    },
    "enforce_admins": {"enabled": True},
    "required_pull_request_reviews": {"require_code_owner_reviews": True},
    "allow_force_pushes": {"enabled": False},
}


def look(text: str = GOOD, **seen: Any) -> Diagnosis:
    rules = BranchRules(branch="main", **{"rules": (), **seen})
    return diagnose(Scene(workflows=(parsed(text),), minutes=20.0), OWNED, rules)


def rules_of(found: Diagnosis) -> list[tuple[str, str]]:
    return [(rule, level) for rule, level, _ in said(found)]


@pytest.mark.parametrize("seen", [{"rules": SOUND, "rulesets": CLOSED}, {"protection": CLASSIC}])
def test_branch__required_from_one_source_without_bypass__nothing_to_say(seen: dict[str, Any]) -> None:
    found = look(**seen)
    assert rules_of(found) == []
    assert (found.exit_code, found.unchecked) == (0, ())


def test_branch__status_not_required__error() -> None:
    found = look(rules=(checks(("build", None)), REVIEW, NO_FORCE), rulesets=CLOSED)
    assert rules_of(found) == [("status-not-required", "error")]
    assert "require the status check `mergefloor`" in found.findings[0].fix
    assert found.findings[0].place is None
    assert rules_of(look(rules=(REVIEW, NO_FORCE))) == [("status-not-required", "error")]


def test_branch__required_from_anybody__error() -> None:
    found = look(rules=(checks(("mergefloor", None)), REVIEW, NO_FORCE), rulesets=CLOSED)
    assert rules_of(found) == [("status-any-source", "error")]
    old = {**CLASSIC, "required_status_checks": {"contexts": ["mergefloor"]}}
    assert rules_of(look(protection=old)) == [("status-any-source", "error")]
    anybody = {**CLASSIC, "required_status_checks": {"checks": [{"context": "mergefloor", "app_id": -1}]}}
    assert rules_of(look(protection=anybody)) == [("status-any-source", "error")]


def test_branch__required_twice_and_once_with_a_source__the_stricter_counts() -> None:
    both = (checks(("mergefloor", None)), checks(("mergefloor", ACTIONS), ruleset=8), REVIEW, NO_FORCE)
    assert rules_of(look(rules=both, rulesets={**CLOSED, 8: {"bypass_actors": []}})) == []


def test_branch__bypass__named() -> None:
    actors = [{"actor_type": "RepositoryRole", "actor_id": 5}, {"actor_type": "Team", "actor_id": 1}]
    found = look(rules=SOUND, rulesets={7: {"bypass_actors": actors}})
    assert rules_of(found) == [("bypass", "warning")]
    assert "RepositoryRole, Team" in found.findings[0].what
    assert rules_of(look(protection={**CLASSIC, "enforce_admins": {"enabled": False}})) == [
        ("bypass", "warning")
    ]


def test_branch__the_job_required_instead_of_the_status__said() -> None:
    found = look(rules=(checks(("evaluate", ACTIONS)), REVIEW, NO_FORCE), rulesets=CLOSED)
    assert rules_of(found) == [("job-required", "warning")]
    both = look(
        rules=(checks(("evaluate", ACTIONS), ("mergefloor", ACTIONS)), REVIEW, NO_FORCE), rulesets=CLOSED
    )
    assert rules_of(both) == []


def test_branch__another_context__is_the_one_that_must_be_required() -> None:
    text = bent(
        GOOD,
        ("report-path: mergefloor-report", "report-path: mergefloor-report\n          status-context: llm"),
    )
    found = look(text, rules=SOUND, rulesets=CLOSED)
    assert rules_of(found) == [("status-not-required", "error")]
    assert "'llm'" in found.findings[0].what


def test_branch__force_pushes_and_reviews__warned() -> None:
    assert rules_of(look(rules=SOUND[:2], rulesets=CLOSED)) == [("force-push", "warning")]
    loose = {**CLASSIC, "allow_force_pushes": {"enabled": True}}
    assert rules_of(look(protection=loose)) == [("force-push", "warning")]
    assert rules_of(look(rules=(SOUND[0], NO_FORCE), rulesets=CLOSED)) == [("code-owner-review", "warning")]


def test_branch__a_required_workflow_of_ours__counts() -> None:
    workflow = {
        "type": "workflows",
        "parameters": {"workflows": [{"path": ".github/workflows/mergefloor.yml"}]},
    }
    assert rules_of(look(rules=(workflow, REVIEW, NO_FORCE))) == []
    other = {"type": "workflows", "parameters": {"workflows": [{"path": "ci.yml"}]}}
    assert rules_of(look(rules=(other, REVIEW, NO_FORCE))) == [("status-not-required", "error")]


def test_branch__classic_protection_hidden_and_no_ruleset__cannot_tell() -> None:
    found = look(hidden="the token may not do it")
    assert rules_of(found) == []
    assert found.exit_code == 2
    (gap,) = found.unchecked
    assert "whether the status is required at all: the token may not do it" in gap.what
    assert "administrator" in gap.fix


def test_branch__required_by_a_ruleset_and_the_rest_hidden__said_but_enough() -> None:
    found = look(rules=(SOUND[0],), hidden="the token may not do it")
    assert rules_of(found) == []
    assert found.exit_code == 0
    assert [
        ("force pushes and bypasses" in gap.what, "ruleset 7" in gap.what) for gap in found.unchecked
    ] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("strange", [None, 3, "x", [], [1], {"checks": 3}, {"checks": [{}]}, {"contexts": 1}])
def test_branch__answers_of_strange_shape__are_no_protection(strange: Any) -> None:
    rules = ({"type": "required_status_checks", "parameters": {"required_status_checks": strange}},)
    found = look(rules=rules, protection={"required_status_checks": strange, "enforce_admins": strange})
    assert ("status-not-required", "error") in rules_of(found)

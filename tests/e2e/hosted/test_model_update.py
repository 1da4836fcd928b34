"""`mode: model-update` on GitHub: started by hand, one pull request a pair of models, closed when it is obsolete."""

from __future__ import annotations

from typing import Any

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team
from tests.fakes.github.access import Permissions

OLD, NEW = "scripted/answers.yaml", "scripted/newer.yaml"
BRANCH = "mergefloor/update/scripted-answers.yaml-to-scripted-newer.yaml"
NEWER = small.ANSWERS.replace("Hello, friend!", "Hello there, friend!")
WORSE = small.ANSWERS.replace("Hello, friend!", "Noted.")


def update(team: Team, branch: str = "main", **more: str) -> Any:
    """The button on a branch, with a token that may push and open."""
    rights = Permissions(contents="write", pull_requests="write")
    team.github.add_token(team.github.token, permissions=rights)
    team.github.world.actions_may_open_pulls = True
    given = {"mode": "model-update", "from": OLD, "to": NEW, "open-pr": "true", **more}
    return team.dispatch(branch, **given)


def pulls(team: Team) -> list[tuple[str, str]]:
    """Head and state of every pull request."""
    return [(pull.head_ref, pull.state) for pull in team.github.pulls.values()]


def test_dispatch__of_an_update_that_passes__opens_one_pull_request_with_the_pins(team: Team) -> None:
    team.commit("main", {"newer.yaml": NEWER})
    for _ in range(2):
        run = update(team)
        assert run.code == 0, run.log
    assert pulls(team) == [(BRANCH, "open")]
    assert team.git("diff", "--name-only", "main", BRANCH).split() == [
        "mergefloor.yml",
        "prompts/greeter.yaml",
    ]
    assert f"+defaults: {{model: {NEW}}}" in team.git("diff", "main", BRANCH)
    assert "may move" in run.summary
    (pull,) = team.github.pulls.values()
    assert pull.title == f"Move {OLD} to {NEW}"
    body = pull.body or ""
    assert f"\n**Merging this moves `greeter` from `{OLD}` to `{NEW}`.**\n" in body
    assert "| `greeter` | `pass_rate` | 100 % | 100 % |" in body
    assert "it starts no workflow" in body
    assert "*Allow GitHub\nActions to create and approve pull requests*" in body.replace("\n  ", "\n")


def test_dispatch__where_one_suite_is_refused__the_first_sentences_say_who_moves_and_who_stays(
    team: Team,
) -> None:
    second = "  parter: {prompt: prompts/parter.yaml, golden: evals/greeter/*.yaml}\n"
    sadly = "answers:\n  - {when: {system: Part}, say: Noted.}\n"
    team.commit(
        "main",
        {
            "mergefloor.yml": small.CONFIG + second,
            "prompts/parter.yaml": small.prompt("Part warmly."),
            "newer.yaml": NEWER.replace("answers:\n", sadly),
        },
    )
    assert update(team).code == 1
    (pull,) = team.github.pulls.values()
    first = next(line for line in (pull.body or "").splitlines() if not line.startswith("<!--"))
    moves = f"**Merging this moves `greeter` from `{OLD}` to `{NEW}`.**"
    assert first == f"{moves} `parter`: worse, keeps its pin."


def test_dispatch__of_an_update_that_is_refused_later__closes_the_pull_request(team: Team) -> None:
    team.commit("main", {"newer.yaml": NEWER})
    assert update(team).code == 0
    team.commit("main", {"newer.yaml": WORSE})
    run = update(team)
    assert run.code == 1, run.log
    assert pulls(team) == [(BRANCH, "closed")]


def test_dispatch__after_the_pins_moved__closes_what_is_open_and_succeeds(team: Team) -> None:
    team.commit("main", {"newer.yaml": NEWER})
    assert update(team).code == 0
    team.commit("main", {"mergefloor.yml": small.CONFIG.replace(OLD, NEW)})
    run = update(team)
    assert run.code == 0, run.log
    assert "nothing to do" in run.summary
    assert pulls(team) == [(BRANCH, "closed")]


def test_dispatch__without_open_pr__opens_none_and_says_how(team: Team) -> None:
    team.commit("main", {"newer.yaml": NEWER})
    run = update(team, **{"open-pr": "false"})
    assert run.code == 0, run.log
    assert "model-update --write" in run.log
    assert pulls(team) == []


@pytest.mark.parametrize(
    ("branch", "more", "said"),
    [
        ("harmless", {}, "starts from the default branch"),
        ("main", {"to": ""}, "needs the inputs"),
        ("main", {"from": "openai/gpt-1-0101"}, "nowhere pinned"),
        ("main", {"open-pr": "perhaps"}, "no boolean"),
    ],
)
def test_dispatch__of_what_cannot_be__is_a_usage_error(
    team: Team, branch: str, more: dict[str, str], said: str
) -> None:
    run = update(team, branch, **more)
    assert run.code == 3, run.log
    assert said in run.log
    assert pulls(team) == []


def test_push__with_mode_model_update__does_not_fit(team: Team) -> None:
    run = team.run("push", team.github.event("push"), mode="model-update")
    assert run.code == 3, run.log
    assert "does not fit this event" in run.log

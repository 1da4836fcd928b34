"""`mergefloor init` and `mergefloor doctor` from the command line, with a GitHub that answers on loopback (T24, T32)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.github import FakeGitHub, Limits, Permissions

SHA = "0123456789abcdef0123456789abcdef01234567"
ACTION = f"mergefloor/mergefloor@{SHA}"
PROMPT = 'system: Be kind.\ntest_cases:\n  - {input: "How long?", must_contain: ["30 days"]}\n'
REPOSITORY = "acme/shop"
BY_ACTIONS = 15368
WORKFLOW = ".github/workflows/mergefloor.yml"


@dataclass
class Desk:
    """A clone, the command line in this process, and what it said."""

    top: Path
    home: Path
    capsys: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def __call__(self, *argv: str, **env: str) -> int:
        from mergefloor.main import main

        self.capsys.readouterr()
        known = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        code = main([*argv, "--repo", str(self.top)], {**known, **env})
        self.out, self.err = self.capsys.readouterr()
        assert "a bug of ours" not in self.err
        return code

    def write(self, path: str, text: str) -> None:
        target = self.top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def read(self, path: str) -> str:
        return (self.top / path).read_text()

    def git(self, *args: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *args], cwd=self.top, check=True, capture_output=True)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    top, home = tmp_path / "shop", tmp_path / "home"
    top.mkdir()
    home.mkdir()
    made = Desk(top, home, capsys)
    made.git("init", "-q", "-b", "trunk")
    made.write("prompts/support.yaml", PROMPT)
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "first")
    made.git("remote", "add", "origin", f"https://github.com/{REPOSITORY}.git")
    made.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    return made


@pytest.fixture
def set_up(desk: Desk) -> Desk:
    assert desk("init", "--forks", "--action", ACTION) == 0
    desk.write(".github/CODEOWNERS", "* @acme/quality\n")
    return desk


@pytest.fixture
def github(desk: Desk) -> Iterator[FakeGitHub]:
    limits = Limits(per_hour=None, writes_per_minute=None)
    fake = FakeGitHub(
        desk.top / ".git", repository=REPOSITORY, default_branch="trunk", limits=limits,
        permissions=Permissions.everything(), viewer="ann",
    )  # fmt: skip
    with fake:
        yield fake
    assert fake.violations == []


def asks(github: FakeGitHub) -> dict[str, str]:
    return {"GH_TOKEN": github.token, "GITHUB_API_URL": github.url, "GITHUB_GRAPHQL_URL": github.graphql_url}


def require(github: FakeGitHub, source: int | None = BY_ACTIONS, context: str = "mergefloor") -> None:
    check = {"context": context, **({} if source is None else {"integration_id": source})}
    where = {"ruleset_source_type": "Repository", "ruleset_source": REPOSITORY, "ruleset_id": 7}
    review = {
        "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": True, "require_code_owner_review": True,
        "require_last_push_approval": False, "required_review_thread_resolution": False,
    }  # fmt: skip
    checks = {"required_status_checks": [check], "strict_required_status_checks_policy": False}
    github.rulesets["trunk"] = [
        {"type": "required_status_checks", **where, "parameters": checks},
        {"type": "pull_request", **where, "parameters": review},
        {"type": "non_fast_forward", **where},
    ]
    github.ruleset_pages[7] = {
        "id": 7, "name": "gate", "target": "branch", "source_type": "Repository", "source": REPOSITORY,
        "enforcement": "active", "bypass_actors": [],
    }  # fmt: skip


def test_init_and_doctor__round_trip__nothing_found(set_up: Desk, github: FakeGitHub) -> None:
    assert f"uses: {ACTION}\n" in set_up.read(WORKFLOW)
    assert "branches: [trunk]" in set_up.read(WORKFLOW)
    require(github)
    assert set_up("doctor", **asks(github)) == 0
    assert set_up.out.startswith("No weakness found (")
    assert {recorded.method for recorded in github.requests} == {"GET"}
    assert len(github.requests) <= 4


def test_doctor__schedule_switched_off_after_60_days__is_found_and_said(
    set_up: Desk, github: FakeGitHub
) -> None:
    assert set_up("init", "--schedule", "--action", ACTION) == 0
    assert "Wrote .github/workflows/mergefloor-schedule.yml" in set_up.out
    require(github)
    github.world.workflows["mergefloor-schedule.yml"] = "disabled_inactivity"
    assert set_up("doctor", **asks(github)) == 0
    assert "schedule-off" in set_up.out and "gh workflow enable mergefloor-schedule.yml" in set_up.out
    github.world.workflows["mergefloor-schedule.yml"] = "active"
    assert set_up("doctor", **asks(github)) == 0
    assert set_up.out.startswith("No weakness found (")


def test_doctor__schedule_that_is_not_merged_yet__says_that_it_could_not_look(
    set_up: Desk, github: FakeGitHub
) -> None:
    assert set_up("init", "--schedule", "--action", ACTION) == 0
    require(github)
    assert set_up("doctor", **asks(github)) == 0
    assert "whether GitHub still runs the schedule of" in " ".join(set_up.out.split())


def test_doctor__nothing_required__exit_1_and_json(set_up: Desk, github: FakeGitHub) -> None:
    assert set_up("doctor", "--json", **asks(github)) == 1
    record = json.loads(set_up.out)
    assert [finding["rule"] for finding in record["findings"]] == [
        "status-not-required",
        "force-push",
        "code-owner-review",
    ]
    assert (record["errors"], record["warnings"]) == (1, 2)
    assert "'trunk' does not require the status 'mergefloor'" in record["findings"][0]["what"]


def test_doctor__required_from_anybody_with_a_bypass__both_found(set_up: Desk, github: FakeGitHub) -> None:
    require(github, source=None)
    github.ruleset_pages[7]["bypass_actors"] = [
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
    ]
    assert set_up("doctor", **asks(github)) == 1
    assert "on GitHub: error: status-any-source" in set_up.out
    assert "on GitHub: warning: bypass" in set_up.out


def test_doctor__a_token_of_a_workflow__says_what_it_may_not_see(set_up: Desk, github: FakeGitHub) -> None:
    token = github.add_token("ghs_small", permissions=Permissions())
    env = {**asks(github), "GH_TOKEN": "", "GITHUB_TOKEN": token}
    assert set_up("doctor", **env) == 2
    assert "whether the status is required at all" in " ".join(set_up.out.split())
    require(github)
    assert set_up("doctor", **env) == 0
    assert "No weakness found in what was checked" in set_up.out


def test_doctor__token_refused__exit_2(set_up: Desk, github: FakeGitHub) -> None:
    assert set_up("doctor", **{**asks(github), "GH_TOKEN": "ghp_expired"}) == 2
    assert "Could not check what GitHub requires of 'trunk'" in set_up.out
    assert "the token is refused" in " ".join(set_up.out.split())


def test_doctor__without_a_token__looks_at_the_files_alone(set_up: Desk, github: FakeGitHub) -> None:
    assert set_up("doctor", GITHUB_API_URL=github.url) == 0
    assert "no token is in GITHUB_TOKEN or GH_TOKEN" in " ".join(set_up.out.split())
    assert github.requests == []


def test_doctor__remote_elsewhere__the_token_stays_here(set_up: Desk, github: FakeGitHub) -> None:
    set_up.git("remote", "set-url", "origin", "https://gitlab.example/acme/shop.git")
    assert set_up("doctor", **asks(github)) == 0
    assert github.requests == []
    require(github)
    assert set_up("doctor", "--github", REPOSITORY, **asks(github)) == 0
    assert github.requests


@pytest.mark.parametrize("name", ["acme", "acme/shop/x", "https://github.com/acme/shop", "acme/.."])
def test_doctor__repository_of_another_form__usage_error(set_up: Desk, name: str) -> None:
    assert set_up("doctor", "--github", name, GH_TOKEN="x") == 3
    assert "`--github" in set_up.err


def test_doctor__a_workflow_spoiled_after_init__exit_1_at_its_line(set_up: Desk) -> None:
    text = set_up.read(WORKFLOW).replace("    runs-on:", "    continue-on-error: true\n    runs-on:")
    set_up.write(WORKFLOW, text)
    line = text.splitlines().index("    continue-on-error: true") + 1
    assert set_up("doctor") == 1
    assert f"{WORKFLOW}:{line}: error: continue-on-error" in set_up.out


def test_doctor__outside_a_repository__exit_2(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    desk.top = tmp_path / "bare"
    assert desk("doctor") == 2
    assert "`git init`" in desk.err


@pytest.mark.parametrize(
    "pin", ["mergefloor/mergefloor", "mergefloor/mergefloor@v1", f"x@{SHA}", f"a/b@{SHA}0"]
)
def test_init__action_without_a_full_commit__usage_error(desk: Desk, pin: str) -> None:
    assert desk("init", "--action", pin) == 3
    assert "40 hex digits" in desk.err
    assert not (desk.top / "mergefloor.yml").exists()


def test_init__from_a_checkout__config_alone_and_what_to_type(desk: Desk) -> None:
    assert desk("init") == 0
    assert "`mergefloor init --action OWNER/NAME@COMMIT`" in desk.out
    assert (desk.top / "mergefloor.yml").exists()
    assert not (desk.top / ".github").exists()
    assert desk("init", "--action", ACTION) == 0
    assert "Kept mergefloor.yml" in desk.out
    assert (desk.top / WORKFLOW).exists()
    assert desk("init", "--action", ACTION) == 3
    assert "`mergefloor init --force`" in desk.err


def test_init__then_validate__valid(set_up: Desk) -> None:
    assert set_up("validate") == 0

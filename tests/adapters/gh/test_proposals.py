"""Pull requests of ours over real HTTP: one a branch, with one commit, which a person may take over or turn down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.adapters.gh.hosted import BEFORE, PROMPT, Site, git, hosted
from tests.adapters.gh.turns import at_once
from tests.fakes.github import Fault, Permissions
from tests.fakes.github.faults import Kind

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import ClosePullRequest, OpenPullRequest
from mergefloor.errors import HubError

BRANCH = "mergefloor/update-a-b"
MAY = Permissions(contents="write")
NEW = BEFORE.replace("1.0.0", "1.1.0")
FAILING: tuple[Kind, ...] = ("502", "reset", "html")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path, permissions=MAY) as made:
        yield made


def propose(site: Site, text: str = NEW, *, run: int = 1, started: float = 100.0, **but) -> OpenPullRequest:
    made = OpenPullRequest(
        branch=BRANCH,
        base="main",
        base_sha=git(site.top, "rev-parse", "main"),
        title="Move a to b",
        body=f"run {run}",
        message="Move a to b",
        files=((PROMPT, text),),
        stamp=RunStamp(run=run, attempt=1, started=started),
    )
    return replace(made, **but)


CLOSE = ClosePullRequest(branch=BRANCH, comment="b is no longer wanted")


def pulls(site: Site) -> list[tuple[str, str]]:
    """State and last line of the pull requests from the branch, oldest first."""
    found = [pull for pull in site.fake.pulls.values() if pull.head_ref == BRANCH]
    return [(pull.state, (pull.body or "").rpartition("\n")[2]) for pull in found]


def number(site: Site) -> int:
    return max(n for n, pull in site.fake.pulls.items() if pull.head_ref == BRANCH)


def tip(site: Site) -> str:
    return git(site.top, "for-each-ref", "--format=%(objectname)", f"refs/heads/{BRANCH}")


def on_main(site: Site, path: str, text: str) -> str:
    """Somebody commits to the base."""
    git(site.top, "checkout", "-q", "-f", "main")
    (site.top / path).write_text(text)
    git(site.top, "add", path)
    git(site.top, "commit", "-q", "-m", "more")
    return git(site.top, "rev-parse", "HEAD")


def on_branch(site: Site, *args: str) -> str:
    """Somebody checks the branch out, changes it and pushes."""
    git(site.top, "checkout", "-q", "-f", BRANCH)
    (site.top / PROMPT).write_text(NEW + "mine\n")
    git(site.top, "commit", "-q", "-a", *args)
    sha = git(site.top, "rev-parse", "HEAD")
    git(site.top, "checkout", "-q", "-f", "--detach")
    return sha


def test_pull__first_run__is_one_commit_on_the_base(site: Site) -> None:
    base = git(site.top, "rev-parse", "main")
    assert site.hub().apply(propose(site, labels=("mergefloor",))) is None
    assert pulls(site) == [("open", "run 1")]
    made = site.fake.pulls[number(site)]
    assert (made.title, made.base_ref, made.head_sha, made.labels) == (
        "Move a to b", "main", tip(site), ["mergefloor"],
    )  # fmt: skip
    assert git(site.top, "rev-parse", f"{BRANCH}^") == base
    assert git(site.top, "diff", "--name-only", base, BRANCH) == PROMPT
    assert git(site.top, "show", f"{BRANCH}:{PROMPT}") == NEW.strip()


def test_pull__usual_runs__take_few_requests(site: Site) -> None:
    hub = site.hub()
    hub.apply(propose(site))
    first = len(site.asked())
    hub.apply(propose(site, run=2, started=200.0))
    assert (first, len(site.asked()) - first) == (16, 14)


def test_pull__same_content_again__pushes_nothing_and_brings_the_text_up_to_date(site: Site) -> None:
    site.hub().apply(propose(site))
    before, pushed = tip(site), len([a for a in site.asked("PATCH", "POST") if "refs" in a])
    on_main(site, "notes.txt", "the base moves on\n")
    assert site.hub().apply(propose(site, run=2, started=200.0)) is None
    assert (tip(site), pulls(site)) == (before, [("open", "run 2")])
    assert len([a for a in site.asked("PATCH", "POST") if "refs" in a]) == pushed


def test_pull__other_content__is_one_commit_again_on_the_new_base(site: Site) -> None:
    site.hub().apply(propose(site))
    base = on_main(site, "notes.txt", "the base moves on\n")
    assert site.hub().apply(propose(site, NEW + "more\n", run=2, started=200.0)) is None
    assert git(site.top, "rev-parse", f"{BRANCH}^") == base
    assert git(site.top, "rev-list", "--count", f"main..{BRANCH}") == "1"
    assert site.fake.pulls[number(site)].head_sha == tip(site)
    assert pulls(site) == [("open", "run 2")]


def test_pull__mode_of_a_file__is_kept_and_a_new_file_is_plain(site: Site) -> None:
    git(site.top, "checkout", "-q", "-f", "main")
    (site.top / "run.sh").write_text("one\n")
    (site.top / "run.sh").chmod(0o755)
    (site.top / "link").symlink_to("run.sh")
    git(site.top, "add", ".")
    git(site.top, "commit", "-q", "-m", "modes")
    site.hub().apply(propose(site, files=(("run.sh", "two\n"), ("d/new.txt", "new\n"))))
    rows = [row.split()[::3] for row in git(site.top, "ls-tree", "-r", BRANCH).split("\n")]
    assert rows == [
        ["100644", "d/new.txt"], ["120000", "link"], ["100644", "notes.txt"], ["100644", PROMPT], ["100755", "run.sh"],
    ]  # fmt: skip
    with pytest.raises(HubError, match="no regular file"):
        site.hub().apply(propose(site, files=(("link", "x"),)))


def test_pull__nothing_to_change__opens_none(site: Site) -> None:
    remark = site.hub().apply(propose(site, BEFORE))
    assert remark is not None and "nothing to propose" in remark
    assert (pulls(site), tip(site)) == ([], "")


@pytest.mark.parametrize("args", [["-m", "mine"], ["--amend", "--no-edit"]])
def test_pull__person_committed_on_the_branch__is_left_alone(site: Site, args: list[str]) -> None:
    site.hub().apply(propose(site))
    theirs = on_branch(site, *args)
    remark = site.hub().apply(propose(site, NEW + "more\n", run=2, started=200.0))
    assert remark is not None and f"holds commit {theirs[:12]} of" in remark and "left alone" in remark
    assert (tip(site), pulls(site)) == (theirs, [("open", "run 1")])


def test_pull__closed_by_a_person__stays_closed_until_the_files_differ(site: Site) -> None:
    site.hub().apply(propose(site))
    site.fake.close_pull(number(site))
    before = tip(site)
    remark = site.hub().apply(propose(site, run=2, started=200.0))
    assert remark is not None and "was closed by somebody" in remark
    assert (tip(site), pulls(site)) == (before, [("closed", "run 1")])
    assert site.hub().apply(propose(site, NEW + "more\n", run=3, started=300.0)) is None
    assert pulls(site) == [("closed", "run 1"), ("open", "run 3")]


def test_pull__reopened_by_a_person__is_kept_up_to_date_again(site: Site) -> None:
    site.hub().apply(propose(site))
    site.fake.close_pull(number(site))
    site.fake.reopen_pull(number(site))
    assert site.hub().apply(propose(site, run=2, started=200.0)) is None
    assert pulls(site) == [("open", "run 2")]


def test_pull__merged__is_not_proposed_again(site: Site) -> None:
    site.hub().apply(propose(site))
    site.fake.close_pull(number(site), merged=True)
    remark = site.hub().apply(propose(site, run=2, started=200.0))
    assert remark is not None and "was merged" in remark
    assert pulls(site) == [("closed", "run 1")]


def test_close__ours__is_said_once_closed_and_deleted_and_may_come_back(site: Site) -> None:
    site.hub().apply(propose(site))
    first = number(site)
    for _ in range(2):
        assert site.hub().apply(CLOSE) is None
    assert [c.body.partition("\n")[2] for c in site.fake.comments[first]] == ["b is no longer wanted"]
    assert (tip(site), pulls(site)) == ("", [("closed", "run 1")])
    assert site.hub().apply(propose(site, run=2, started=200.0)) is None
    assert pulls(site) == [("closed", "run 1"), ("open", "run 2")]


def test_close__nothing_there__does_nothing(site: Site) -> None:
    assert site.hub().apply(CLOSE) is None
    assert site.asked("POST", "PATCH", "DELETE") == ["POST /graphql"] * 0


def test_close__person_committed_on_the_branch__leaves_the_branch(site: Site) -> None:
    site.hub().apply(propose(site))
    theirs = on_branch(site, "-m", "mine")
    remark = site.hub().apply(CLOSE)
    assert remark is not None and "not deleted" in remark
    assert (tip(site), pulls(site)) == (theirs, [("closed", "run 1")])


def test_pull__of_a_person_from_our_branch__keeps_its_text_and_gets_the_commit(site: Site) -> None:
    site.fake.world.actions_may_open_pulls = False
    remark = site.hub().apply(propose(site))
    assert remark is not None and "Allow GitHub Actions to create and approve pull requests" in remark
    assert tip(site) and pulls(site) == []
    by_hand = site.fake.open_pull(BRANCH, author="ann")
    remark = site.hub().apply(propose(site, NEW + "more\n", run=2, started=200.0))
    assert remark is not None and f"#{by_hand}" in remark
    assert site.fake.pulls[by_hand].body is None
    assert site.fake.pulls[by_hand].head_sha == tip(site)
    remark = site.hub().apply(CLOSE)
    assert remark is not None and "stays" in remark
    assert site.fake.pulls[by_hand].state == "open" and tip(site)


def test_T54__pull_request_of_a_stranger_with_our_marker__is_not_edited(site: Site) -> None:
    body = f"<!-- mergefloor-pull:{BRANCH} -->\nforged"
    forged = site.fake.open_pull("topic", author="mallory")
    site.fake.pulls[forged].body = body
    fork = site.fake.open_pull("topic", author="mallory", fork_of="mallory/mergefloor")
    site.fake.pulls[fork].body, site.fake.pulls[fork].head_ref = body, BRANCH
    assert site.hub().apply(propose(site)) is None
    assert [site.fake.pulls[n].body for n in (forged, fork)] == [body, body]
    assert [row for row in pulls(site) if row[1] != "forged"] == [("open", "run 1")]


def test_pull__older_run__leaves_branch_and_text(site: Site) -> None:
    site.hub().apply(propose(site, NEW + "new\n", run=2, started=200.0))
    before = tip(site)
    assert site.hub().apply(propose(site, run=1)) == "a newer run has written the pull request"
    assert (tip(site), pulls(site)) == (before, [("open", "run 2")])


def test_pull__workflow_file__is_an_error_that_says_what_it_takes(site: Site) -> None:
    files = ((".github/workflows/gate.yml", "on: push\n"),)
    with pytest.raises(HubError, match="workflows: write"):
        site.hub().apply(propose(site, files=files))
    app = site.fake.add_token("ghs_app", permissions=Permissions(contents="write", workflows="write"))
    assert site.hub(token=app).apply(propose(site, files=files)) is None


def test_pull__branch_that_rules_keep__is_an_error(site: Site) -> None:
    site.fake.guarded[BRANCH] = (422, "Repository rule violations found")
    with pytest.raises(HubError, match="rule violations"):
        site.hub().apply(propose(site))


def test_pull__token_that_may_not_write_contents__says_which_permission(tmp_path: Path) -> None:
    with hosted(tmp_path) as site, pytest.raises(HubError, match="contents: write"):
        site.hub().apply(propose(site))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "*/git/trees"), ("POST", "*/git/commits"), ("POST", "*/git/refs"), ("PATCH", "*/git/refs/*"),
        ("POST", "*/pulls"), ("PATCH", "*/pulls/*"), ("POST", "*/labels"), ("GET", "*"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", FAILING)
def test_R23__any_request_that_fails_or_whose_answer_is_lost__ends_in_one_pull_request(
    site: Site, kind: Kind, method: str, path: str, after: bool
) -> None:
    if method == "PATCH":
        site.hub().apply(propose(site, NEW + "before\n", started=50.0))
    site.fake.faults = [Fault(kind=kind, method=method, path=path, times=2, after=after)]
    assert site.hub().apply(propose(site, labels=("x",))) is None
    assert pulls(site) == [("open", "run 1")]
    assert git(site.top, "show", f"{BRANCH}:{PROMPT}") == NEW.strip()
    assert git(site.top, "rev-list", "--count", f"main..{BRANCH}") == "1"
    assert site.fake.pulls[number(site)].labels == ["x"]


def test_R25__100_times_500_but_opened__leaves_one_pull_request(site: Site) -> None:
    hub, left = site.hub(), []
    effect = propose(site)
    for _ in range(100):
        site.fake.faults = [Fault(kind="500", method="POST", path="*/pulls", after=True)]
        assert hub.apply(effect) is None
        left.append(len(pulls(site)))
        del site.fake.pulls[number(site)]
    assert left == [1] * 100


@pytest.mark.parametrize("kind", ["500", "403-secondary", "429"])
def test_R23__github_is_down_for_good__ends_with_an_error_in_time(site: Site, kind: Kind) -> None:
    site.fake.faults = [Fault(kind=kind, times=None)]
    with pytest.raises(HubError):
        site.hub().apply(propose(site))
    assert sum(site.waited) <= 180


def test_R23__closing_with_lost_answers__closes_and_deletes(site: Site) -> None:
    site.hub().apply(propose(site))
    site.fake.faults = [
        Fault(kind="500", method=method, after=True, path=path)
        for method, path in (("POST", "*/comments"), ("PATCH", "*/pulls/*"), ("DELETE", "*"))
    ]
    assert site.hub().apply(CLOSE) is None
    assert (tip(site), pulls(site)) == ("", [("closed", "run 1")])
    assert len(site.fake.comments[number(site)]) == 1


def test_R26__two_runs_at_once__leave_branch_and_text_of_the_newer(site: Site) -> None:
    for seed in range(10):
        branch = f"{BRANCH}-{seed}"
        if seed % 2:
            site.hub().apply(propose(site, NEW + "before\n", branch=branch, started=50.0))
        pair = [
            propose(site, NEW + f"{run}\n", branch=branch, run=run, started=100.0 * run) for run in (1, 2)
        ]
        at_once(site, pair, Random(seed), permissions=MAY)
        found = [pull for pull in site.fake.pulls.values() if pull.head_ref == branch]
        assert [(p.state, (p.body or "").rpartition("\n")[2]) for p in found] == [("open", "run 2")], seed
        assert git(site.top, "show", f"{branch}:{PROMPT}") == f"{NEW}2", seed

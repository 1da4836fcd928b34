"""`mode: weekly` on GitHub and in a clone: the page, its badge, one issue, one comment a week, and every fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.e2e.hosted.team import Team
from tests.fakes.github.access import Permissions
from tests.unit.core.weekly.past import cases, run
from tests.unit.render.page_oracle import Page

from mergefloor.core.history.branch import month_path
from mergefloor.core.history.codec import line_of
from mergefloor.core.history.entry import Entry

DATA = "mergefloor-history"
MARKER = "<!-- mergefloor:weekly -->"
DAY = 86_400


def entry(ago: int, passing: int, suite: str, model: str) -> Entry:
    """So many of forty cases passed so many days ago."""
    return run(
        0, (1.0,) * passing + (0.0,) * (40 - passing), suite=suite, model=model, at=time.time() - ago * DAY
    )


def fortnight() -> list[Entry]:
    """One suite that fell with its pin six days ago, and a calm one."""
    found = [entry(ago, 20 if ago <= 6 else 38, "support", f"m/{ago <= 6:d}") for ago in range(14)]
    return found + [entry(ago, 36, "calm", "m/0") for ago in range(14)]


def remember(team: Team, *entries: Entry) -> None:
    """The branch of data holds these lines."""
    known = cases(40)
    files = {known.path: f"{known.line}\n"}
    for each in sorted(entries, key=lambda found: found.at):
        path = month_path(each.at)
        files[path] = files.get(path, "") + f"{line_of(each)}\n"
    team.git("checkout", "-q", "--orphan", DATA)
    team.git("rm", "-rq", "--cached", ".")
    for path, text in files.items():
        (team.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (team.folder / path).write_text(text, encoding="utf-8")
        team.git("add", path)
    team.git("commit", "-q", "-m", "history")
    team.git("checkout", "-qf", "main")


def weekly(team: Team, branch: str = "main", *, code: int = 0, **inputs: str) -> Any:
    """The button on a branch, with a token that may write data and issues."""
    rights = Permissions(contents="write", issues="write")
    team.github.add_token(team.github.token, permissions=rights)
    team.runner.run_id += 1
    done = team.dispatch(branch, mode="weekly", **inputs)
    assert done.code == code, done.log
    return done


def published(team: Team) -> dict[str, str]:
    return {
        name: team.git("show", f"{DATA}:{name}")
        for name in ("index.html", "badge.svg", "badge.json", ".nojekyll")
    }


def comments(team: Team) -> list[str]:
    (issue,) = team.github.issues.values()
    return [each.body for each in team.github.comments[issue.number]]


def test_weekly__of_a_fall__is_on_the_page_in_the_issue_and_on_the_branch(team: Team) -> None:
    remember(team, *fortnight())
    done = weekly(team, report_path="out")
    told = "This week: 1 suite steady, `support` fell from 95 % to 50 % since"
    assert told in done.summary
    assert "(pin changed on" in done.summary
    (issue,) = team.github.issues.values()
    assert issue.body.startswith(f"{MARKER}\n")
    assert told in issue.body
    assert sorted(issue.labels) == ["mergefloor", "weekly"]
    (comment,) = comments(team)
    assert told in comment
    files = published(team)
    page = Page(files["index.html"])
    assert [suite["n"] for suite in page.data["suites"]] == ["support", "calm"]
    assert json.loads(files["badge.json"])["message"] == "1 suite down"
    assert files["badge.svg"].startswith("<svg")
    assert team.git("show", f"{DATA}:{month_path(time.time())}")
    assert json.loads(done.outputs["summary"])["suites"][0]["week"] == "fell"
    written = {path.name for path in (team.runner.workspace / "out").iterdir()}
    assert written == {"index.html", "badge.svg", "badge.json", "weekly.md"}


def test_weekly__twice_in_a_week__edits_one_issue_and_comments_once(team: Team) -> None:
    remember(team, *fortnight())
    weekly(team)
    weekly(team)
    assert len(team.github.issues) == 1
    assert len(comments(team)) == 1


def test_weekly__without_comment__publishes_the_page_alone(team: Team) -> None:
    remember(team, *fortnight())
    weekly(team, comment="false")
    assert not team.github.issues
    assert "<!doctype html>" in published(team)["index.html"]


def test_weekly__without_history__says_so_and_writes_nothing(team: Team) -> None:
    done = weekly(team)
    assert "No scheduled run is in the history yet" in done.summary
    assert not team.github.issues
    assert DATA not in team.git("branch", "--format=%(refname:short)").split()


def test_weekly__on_another_branch__is_refused(team: Team) -> None:
    done = weekly(team, "harmless", code=3)
    assert "the weekly report is that of the default branch" in done.log


def test_weekly__branch_protected__is_said_and_the_issue_is_written(team: Team) -> None:
    remember(team, *fortnight())
    team.github.guarded[DATA] = (422, "Changes must be made through a pull request.")
    done = weekly(team)
    assert "the pages were not published" in done.log
    assert len(team.github.issues) == 1


def test_weekly__damaged_and_newer_lines__are_told_and_the_rest_counts(team: Team) -> None:
    remember(team, *fortnight())
    path = month_path(time.time())
    text = team.git("show", f"{DATA}:{path}") + '\n{"v":1,"suite":"</script>"}\n{"v":9}\n'
    team.git("checkout", "-qf", DATA)
    (team.folder / path).write_text(text, encoding="utf-8")
    team.git("commit", "-qam", "by hand")
    team.git("checkout", "-qf", "main")
    done = weekly(team)
    assert "cannot be read and stay as they are" in done.summary
    assert "A newer mergefloor wrote 1 line" in done.summary
    assert "cannot be read and stay as they are" in Page(published(team)["index.html"]).words


def test_weekly__in_a_clone__writes_the_same_page(team: Team, tmp_path: Path) -> None:
    remember(team, *fortnight())
    target = tmp_path / "report"
    command = [
        sys.executable,
        "-m",
        "mergefloor",
        "weekly",
        "--repo",
        str(team.folder),
        "--report",
        str(target),
    ]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, "--cache", str(tmp_path / "cache")], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "`support` fell from 95 % to 50 %" in " ".join(done.stdout.split())
    assert [suite["n"] for suite in Page((target / "index.html").read_text()).data["suites"]] == [
        "support",
        "calm",
    ]

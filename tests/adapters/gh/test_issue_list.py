"""Issues of ours, listed by the beginning of their first line: open, closed by us, closed by a person as not planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.adapters.gh.hosted import Site, hosted
from tests.fakes.github import Permissions

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import CloseIssue, UpsertIssue
from mergefloor.core.hub import Issue
from mergefloor.errors import HubError

PREFIX = "<!-- mergefloor-drift:mergefloor.yml:"
STAMP = RunStamp(run=1, attempt=1, started=100.0)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path, permissions=Permissions(issues="write", actions="read")) as made:
        yield made


def marked(name: str) -> str:
    return f"{PREFIX}{name} -->"


def opened(site: Site, name: str) -> None:
    effect = UpsertIssue(marker=marked(name), title="Drift", body="words", stamp=STAMP)
    site.hub().apply(effect)


def test_issues__of_a_prefix__tell_which_are_open_and_which_a_person_dismissed(site: Site) -> None:
    for name in ("a", "b", "c"):
        opened(site, name)
    site.hub().apply(UpsertIssue(marker="<!-- another -->", title="x", body="y", stamp=STAMP))
    later = replace(STAMP, run=2, started=200.0)
    site.hub().apply(CloseIssue(marker=marked("b"), comment="recovered", stamp=later))
    first, second, third, _ = sorted(site.fake.issues)
    site.fake.issues[third].state, site.fake.issues[third].reason = "closed", "not_planned"
    assert site.hub().issues(PREFIX) == (
        Issue(number=first, marker=marked("a"), open=True),
        Issue(number=second, marker=marked("b"), open=False),
        Issue(number=third, marker=marked("c"), open=False, dismissed=True),
    )
    assert site.hub().issues("<!-- mergefloor-drift:other.yml:") == ()


def test_issues__on_an_instance_whose_filter_knows_no_apps__are_found_all_the_same(site: Site) -> None:
    opened(site, "a")
    site.fake.world.creator_knows_no_apps = True
    assert [issue.marker for issue in site.hub().issues(PREFIX)] == [marked("a")]


@pytest.mark.parametrize("author", ["mallory", "other-app[bot]", "github-actions"])
def test_T54__a_strangers_issue_with_our_marker__is_not_listed(site: Site, author: str) -> None:
    """Else anybody could acknowledge a drift by opening an issue and closing it."""
    number = site.fake.open_issue(author, body=f"{marked('a')}\nforged")
    site.fake.issues[number].state, site.fake.issues[number].reason = "closed", "not_planned"
    assert site.hub().issues(PREFIX) == ()


def test_issues__switched_off__are_none(site: Site) -> None:
    site.fake.world.has_issues = False
    assert site.hub().issues(PREFIX) == ()


def test_workflow_state__of_a_file__is_githubs_word(site: Site) -> None:
    site.fake.world.workflows["x.yml"] = "disabled_inactivity"
    assert site.hub().workflow_state("x.yml") == "disabled_inactivity"
    with pytest.raises(HubError) as caught:
        site.hub().workflow_state("y.yml")
    assert caught.value.status == 404

"""Two runs on one commit: the one that announced itself last has the last word, in its own name (R26, T24)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.gh.hosted import Site, hosted
from tests.fakes.github import Fault, Permissions, Request

from mergefloor.core.effects import SetStatus
from mergefloor.gh.hub import GitHub
from mergefloor.gh.statuses import NEWER, Word, newer

OLD, NEW = "https://example.org/runs/1", "https://example.org/runs/2"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path) as made:
        yield made


def say(site: Site, hub: GitHub, state, url: str) -> str | None:
    final = state != "pending"
    return hub.apply(
        SetStatus(sha=site.head, context="mergefloor", state=state, description=state, url=url, final=final)
    )


def said(site: Site) -> list[tuple[str, str | None]]:
    return [(status.state, status.target_url) for status in site.fake.statuses[site.head]]


@pytest.mark.parametrize("done", [False, True], ids=["under way", "done"])
def test_status__a_newer_run_has_announced_itself__is_left_to_it(site: Site, done: bool) -> None:
    older, younger = site.hub(), site.hub()
    assert say(site, older, "pending", OLD) is None
    assert say(site, younger, "pending", NEW) is None
    if done:
        assert say(site, younger, "failure", NEW) is None
    assert say(site, older, "success", OLD) == NEWER
    assert ("success", OLD) not in said(site)
    assert say(site, younger, "failure", NEW) is None
    assert said(site)[-1] == ("failure", NEW)


def test_status__a_newer_run_spoke_while_it_was_written__is_put_back(site: Site) -> None:
    older, younger = site.hub(), site.hub(token=site.fake.add_token("ghs_two", permissions=Permissions()))
    say(site, older, "pending", OLD)

    def meanwhile(request: Request) -> None:
        if request.method == "POST" and request.token == site.fake.token:
            site.fake.before = None
            say(site, younger, "pending", NEW)
            say(site, younger, "failure", NEW)

    site.fake.before = meanwhile
    assert say(site, older, "success", OLD) == NEWER
    assert said(site)[-2:] == [("success", OLD), ("failure", NEW)]


def test_T24__a_word_that_somebody_else_wrote__is_neither_heeded_nor_repeated_in_our_name(site: Site) -> None:
    mallory = site.hub(
        token=site.fake.add_token("ghp_m", permissions=Permissions(), viewer="mallory", kind="user")
    )
    ours = site.hub()
    say(site, ours, "pending", OLD)
    say(site, mallory, "pending", NEW)
    say(site, mallory, "success", NEW)
    assert say(site, ours, "failure", OLD) is None
    assert said(site)[-1] == ("failure", OLD)


@pytest.mark.parametrize("nth", [1, 2], ids=["before", "after"])
@pytest.mark.parametrize("kind", ["403", "404", "500", "html", "reset"])
def test_status__what_others_wrote_cannot_be_read__is_written_with_a_remark(
    site: Site, kind, nth: int
) -> None:
    hub = site.hub()
    say(site, hub, "pending", OLD)
    site.fake.faults = [Fault(kind=kind, method="GET", path="*/statuses", nth=nth, times=None)]
    assert "cannot be told" in (say(site, hub, "failure", OLD) or "")
    assert said(site)[-1] == ("failure", OLD)
    assert sum(site.waited) <= 30


def test_status__without_an_announcement_of_ours__is_written(site: Site) -> None:
    say(site, site.hub(), "pending", NEW)
    assert say(site, site.hub(), "error", OLD) is None
    assert said(site)[-1] == ("error", OLD)


def test_newer__words_of_three_runs__that_of_the_last_to_announce_itself() -> None:
    words = [Word(state=s, text=u, url=u) for s, u in [("success", "b"), ("pending", "c"), ("pending", "b")]]
    assert newer([*words, Word(state="pending", text="", url="a")], "a") == words[1]
    assert newer(words, "b") == words[1]
    assert newer(words, "c") is None
    assert newer(words, "x") is None

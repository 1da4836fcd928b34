from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.gh.hosted import Site, hosted
from tests.fakes.github import Fault, Permissions

from mergefloor.core.effects import SetStatus
from mergefloor.core.hub import Status
from mergefloor.errors import HubError

CONTEXT = "mergefloor"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path) as made:
        yield made


def status(
    site: Site, state="success", description="may merge", url="https://example.org/run/1"
) -> SetStatus:
    return SetStatus(sha=site.head, context=CONTEXT, state=state, description=description, url=url)


@pytest.mark.parametrize("state", ["pending", "success", "failure", "error"])
def test_status__of_every_state__is_posted_and_read_back(site: Site, state: str) -> None:
    assert site.hub().apply(status(site, state)) is None
    assert site.hub().status(site.head, CONTEXT) == Status(
        state=state, description="may merge", url="https://example.org/run/1", creator="github-actions[bot]"
    )


def test_status__too_long_and_of_many_lines__is_cut_for_github(site: Site) -> None:
    site.hub().apply(status(site, description="first\nsecond \x1b[1m " + "\U0001f600 word " * 100))
    said = site.fake.latest_status(site.head)
    assert said is not None and said.description is not None
    assert len(said.description.encode("utf-16-le")) <= 280
    assert said.description.startswith("first second [1m \U0001f600 word") and said.description.endswith("…")


def test_status__without_a_url__sends_none(site: Site) -> None:
    site.hub().apply(status(site, url=""))
    said = site.fake.latest_status(site.head)
    assert said is not None and said.target_url is None


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["500", "502", "503", "reset", "cut", "html"])
def test_R23__status_whose_answer_is_lost__is_posted_again(site: Site, kind, after: bool) -> None:
    site.fake.faults = [Fault(kind=kind, method="POST", path="*/statuses/*", times=3, after=after)]
    assert site.hub().apply(status(site)) is None
    said = site.fake.latest_status(site.head)
    assert said is not None and said.state == "success"
    assert site.waited[:3] == [1.0, 2.0, 4.0]


def test_R23__github_fails_for_ever__ends_with_an_error_within_five_minutes(site: Site) -> None:
    site.fake.faults = [Fault(kind="500", method="POST", times=None)]
    with pytest.raises(HubError) as caught:
        site.hub().apply(status(site))
    assert caught.value.status in (0, 500)
    assert 200 <= sum(site.waited) <= 300
    assert len(site.asked("POST")) <= 15


@pytest.mark.parametrize(("kind", "code"), [("401", 401), ("403", 403), ("404", 404), ("422", 422)])
def test_status__refused_for_good__is_an_error_at_once(site: Site, kind, code: int) -> None:
    site.fake.faults = [Fault(kind=kind, method="POST", times=None)]
    with pytest.raises(HubError) as caught:
        site.hub().apply(status(site))
    assert (caught.value.status, caught.value.ambiguous) == (code, False)
    assert len(site.asked("POST")) == 1


def test_status__read_only_token__is_a_clear_error(tmp_path: Path) -> None:
    with hosted(tmp_path, permissions=Permissions.read_only()) as site:
        with pytest.raises(HubError, match="statuses: write") as caught:
            site.hub().apply(status(site))
        assert caught.value.status == 403


def test_status__latest_of_its_context__is_told(site: Site) -> None:
    hub = site.hub()
    assert hub.status(site.head, CONTEXT) is None
    for number in range(130):
        hub.apply(SetStatus(sha=site.head, context=f"other {number}", state="error", description=""))
    assert hub.status(site.head, CONTEXT) is None
    hub.apply(status(site, "pending"))
    hub.apply(status(site, "failure"))
    found = hub.status(site.head, CONTEXT)
    assert found is not None and found.state == "failure"

"""R23 for reading: whatever GitHub does, what is read is right, or an error in time."""

from __future__ import annotations

import time

import pytest
from tests.adapters.gh.history import History, texts
from tests.fakes.github import KINDS, FakeGitHub, Fault, Limits

from mergefloor.errors import MergefloorError
from mergefloor.gh.client import Client
from mergefloor.gh.tree import ApiRepo
from mergefloor.gh.wire import Clocks

OLD = {f"cases/{n}.yml": f"old {n}" for n in range(6)} | {"prompts/a.md": "old"}
NEW = OLD | {"cases/3.yml": "new 3", "cases/7.yml": "new 7", "prompts/a.md": "new"}
ONCE_HARMLESS = {"403-secondary", "429", "500", "502", "503", "reset", "html", "cut"}


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    made = History(tmp_path_factory.mktemp("history"))
    root = made.commit(texts(OLD), branch="main")
    made.commit(texts(NEW), root, branch="topic")
    return made


@pytest.fixture(scope="module")
def github(history):
    with FakeGitHub(history.top, limits=Limits(per_hour=None, writes_per_minute=None)) as fake:
        yield fake
        assert fake.violations == []


def read_all(github, seconds):
    """Every byte of both sides and the merge base, as a run reads them."""
    clocks = Clocks(sleep=lambda _: None)
    client = Client(
        token=github.token,
        repository=github.repository,
        api_url=github.url,
        graphql_url=github.graphql_url,
        clocks=clocks,
    )
    with client.within(seconds):
        repo = ApiRepo(client)
        tip, head = repo.snapshot("main"), repo.snapshot("topic")
        root = repo.merge_base(tip, head)
        return [
            {path: snapshot.read(path).decode() for path in snapshot.files} for snapshot in (tip, head, root)
        ]


PLACES = ["*/branches/*", "*/git/trees/*", "*/compare/*", "/graphql", "*/git/blobs/*"]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("times", [1, None], ids=["once", "for ever"])
@pytest.mark.parametrize("kind", KINDS)
def test_reading__fault__right_or_an_error_in_time(github, kind, times, path):
    github.faults = [Fault(kind=kind, path=path, times=times)]
    started, found = time.monotonic(), None
    try:
        # What never answers takes all the time there is; what waits, on this clock, takes none.
        found = read_all(github, 0.5 if kind in ("hang", "drip") else 600)
    except MergefloorError as error:
        assert error.exit_code == 2
        assert str(error).isprintable()
        assert github.token not in str(error)
        assert not (times == 1 and kind in ONCE_HARMLESS), "one of these is repeated"
    finally:
        github.faults = ()
    assert time.monotonic() - started < 10
    assert found in (None, [OLD, NEW, OLD])

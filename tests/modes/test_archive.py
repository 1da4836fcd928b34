"""The history from run to run, through the API and in a clone: what is told of the branch, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.gh.hosted import Site, git, hosted
from tests.fakes.github import Fault, Permissions
from tests.fuzz.memory import MemoryCache

from mergefloor.core.effects import AppendHistory
from mergefloor.core.history.branch import BRANCH, append
from mergefloor.core.history.case_set import CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Point, Reading
from mergefloor.core.ports import Repo
from mergefloor.errors import HubError, RepositoryError
from mergefloor.gh.tree import ApiRepo
from mergefloor.modes import archive_memory
from mergefloor.modes.archive import IN_CLONE, Archive, extend, read_archive
from mergefloor.modes.archive_memory import keep_lines, kept_lines
from mergefloor.repo.local import LocalRepo

OCTOBER, NOVEMBER = 1_792_000_000.0, 1_795_237_200.0
MONTH = "history/v1/2026-11.jsonl"
CASES = CaseSet(cases=(CaseName(id="a", content="1"),))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path, permissions=Permissions(contents="write")) as made:
        yield made


def entry(name: str, at: float = NOVEMBER) -> Entry:
    reading = Reading(
        name="pass_rate", kind="binary", value=1.0, cases=1, points=(Point(value=1.0, draws=1),)
    )
    return Entry(
        id=name, at=at, sha="0", event="scheduled", suite="s", kind="regression", samples=1,
        readings=(reading,), case_set=CASES.hash,
    )  # fmt: skip


def effect(*entries: Entry) -> AppendHistory:
    return append(entries, [CASES], "History")


def read(site: Site, cache: MemoryCache, since: float | None = None) -> Archive:
    return read_archive(ApiRepo(site.client()), cache, since=since)


def run(site: Site, cache: MemoryCache, *entries: Entry) -> Archive:
    """One scheduled run: read, measure, write."""
    found = read(site, cache)
    whole, _ = extend(cache, found, effect(*entries))
    site.hub().apply(whole)
    return found


def names(archive: Archive) -> list[str]:
    return [each.id for each in archive.history.entries]


def commit(site: Site, path: str, text: str | None, mode: str = "100644") -> None:
    """Somebody commits to the branch."""
    place = site.top / "by-hand"
    place.write_bytes((text or "").encode())
    blob = git(site.top, "hash-object", "-w", str(place))
    change = f"D {path}\n" if text is None else f"M {mode} {blob} {path}\n"
    head = f"commit refs/heads/{BRANCH}\ncommitter p <p@example.org> 1795251600 +0000\ndata 4\nhand\n"
    git(site.top, "fast-import", "--quiet", stdin=f"{head}from refs/heads/{BRANCH}^0\n{change}")


def text(site: Site, path: str = MONTH) -> str:
    return git(site.top, "show", f"{BRANCH}:{path}") + "\n"


def test_archive__first_run__says_that_there_is_none_yet(site: Site) -> None:
    found = run(site, MemoryCache(), entry("1"))
    assert found.first and found.complete and names(found) == []
    assert "There is no history yet" in found.notes[0]


def test_archive__runs__follow_each_other_quietly(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    run(site, cache, entry("2"))
    found = read(site, cache)
    assert names(found) == ["1", "2"] and found.notes == () and found.unwritten == ()
    assert found.history.series("s", "pass_rate")[0].cases == {"a@1": Point(value=1.0, draws=1)}


def test_archive__since__reads_whole_months_from_there(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("old", OCTOBER), entry("new"))
    found = read(site, cache, since=NOVEMBER + 5 * 86400)
    assert names(found) == ["new"] and found.notes == ()
    assert [path for path, _ in found.unwritten] == ["history/v1/2026-10.jsonl"]  # not read, so not known
    extend(cache, found, effect())
    commit(site, "history/v1/2026-10.jsonl", None)
    assert "'history/v1/2026-10.jsonl' is gone" in read(site, cache, since=NOVEMBER).notes[0]


def test_archive__in_a_clone__is_the_remote_branch_before_a_local_one(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    git(site.top, "update-ref", f"refs/remotes/origin/{BRANCH}", BRANCH)
    run(site, cache, entry("2"))
    with LocalRepo(site.top) as repo:
        assert names(read_archive(repo, MemoryCache(), refs=IN_CLONE)) == ["1"]
    git(site.top, "update-ref", "-d", f"refs/remotes/origin/{BRANCH}")
    with LocalRepo(site.top) as repo:
        assert names(read_archive(repo, MemoryCache(), refs=IN_CLONE)) == ["1", "2"]
    git(site.top, "update-ref", "-d", f"refs/heads/{BRANCH}")
    with LocalRepo(site.top) as repo:
        found = read_archive(repo, MemoryCache(), refs=IN_CLONE)
    assert found.first and "git fetch origin mergefloor-history" in found.notes[0]


def test_archive__branch_protected__keeps_the_lines_until_a_run_may_write(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    site.fake.world.guarded[BRANCH] = (422, "Repository rule violations found")
    for name in ("2", "3"):
        with pytest.raises(HubError, match="does not let this run write"):
            run(site, cache, entry(name))
    site.fake.world.guarded.clear()
    run(site, cache, entry("4"))
    found = read(site, cache)
    assert names(found) == ["1", "2", "3", "4"] and found.unwritten == ()
    extend(cache, found, effect())
    assert [line for line in kept_lines(cache) if line[0] == MONTH] == []


def test_archive__branch_deleted__is_told_with_the_way_back_and_begins_anew(site: Site) -> None:
    cache = MemoryCache()
    for name in ("1", "2"):
        run(site, cache, entry(name))
    run(site, cache)
    tip = git(site.top, "rev-parse", BRANCH)
    git(site.top, "update-ref", "-d", f"refs/heads/{BRANCH}")
    found = run(site, cache, entry("3"))
    assert not found.first
    assert "was deleted, with 2 lines that an earlier run saw" in found.notes[0]
    assert f"git fetch origin {tip}" in found.notes[0]
    assert "3" in names(read(site, cache))


def test_archive__branch_rewritten__is_told_once_even_though_its_own_seal_holds(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    first = git(site.top, "rev-parse", BRANCH)
    run(site, cache, entry("2"))
    run(site, cache)
    git(site.top, "update-ref", f"refs/heads/{BRANCH}", first)
    found = run(site, cache, entry("3"))
    assert (
        "was rewritten by somebody else: 'history/v1/2026-11.jsonl' holds 1 line where there were 2"
        in found.notes[0]
    )
    assert read(site, MemoryCache()).notes == ()
    assert run(site, cache).notes == ()
    assert set(names(read(site, cache))) >= {"1", "3"}


def test_archive__file_edited_by_hand__is_told_without_a_memory_too(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"), entry("2"))
    commit(site, MONTH, text(site).replace('"id":"1"', '"id":"one"'))
    found = read(site, MemoryCache())
    assert names(found) == ["2", "one"]
    assert "somebody else changed it" in found.notes[0] and "delete `seal.json`" in found.notes[0]
    assert len(read(site, cache).notes) == 1


def test_archive__damaged_and_newer_lines__are_named_and_stay(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    newer = '{"v":2,"id":"9","at":1}'
    commit(site, MONTH, text(site) + "{half\n" + newer + "\n")
    commit(site, "history/v2/2026-11.jsonl", newer + "\n")
    found = run(site, cache, entry("2"))
    assert names(found) == ["1"]
    assert (
        "1 line of the history cannot be read and stay as they are: history/v1/2026-11.jsonl:2"
        in found.notes[0]
    )
    assert "A newer mergefloor wrote 2 lines" in found.notes[1]
    assert text(site).splitlines()[1:3] == ["{half", newer]
    assert text(site, "history/v2/2026-11.jsonl") == newer + "\n"


def test_archive__case_set_gone_or_spoilt__leaves_totals(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    commit(site, CASES.path, "{}\n")
    found = read(site, cache)
    assert f"`{CASES.path}` holds no list of cases" in found.notes[0]
    assert found.history.series("s", "pass_rate")[0].reading.value == 1.0
    commit(site, CASES.path, None)
    assert "are gone" in read(site, cache).notes[0]
    run(site, cache, entry("2"))
    assert read(site, cache).notes == ()


def test_archive__a_link_in_place_of_a_file__is_told(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    commit(site, MONTH, "../x", mode="120000")
    commit(site, "seal.json", "x", mode="120000")
    notes = read(site, MemoryCache()).notes
    assert sum("is a symbolic link" in note for note in notes) == 2


def test_archive__github_down__concludes_nothing(site: Site) -> None:
    cache = MemoryCache()
    run(site, cache, entry("1"))
    run(site, cache)
    site.fake.faults = [Fault(kind="503", times=None)]
    found = read(site, cache)
    assert not found.complete and not found.first and "cannot be read now" in found.notes[0]
    site.fake.faults = []
    before = archive_memory.remembered(cache)
    extend(cache, found, effect(entry("2")))
    assert archive_memory.remembered(cache) == before
    run(site, cache, entry("3"))
    assert names(read(site, cache)) == ["1", "2", "3"]


class Broken(Repo):
    def snapshot(self, ref: str):
        raise RepositoryError("git is broken", "run `git fsck`")


def test_archive__repository_broken__is_not_taken_for_a_first_run() -> None:
    found = read_archive(Broken(), MemoryCache())
    assert not found.first and not found.complete and "git is broken" in found.notes[0]


def test_keep__more_than_a_note_holds__is_kept_in_several_and_the_oldest_go() -> None:
    cache = MemoryCache()
    rows = [(MONTH, f"{at}" + "x" * 400) for at in range(archive_memory.MOST + 3)]
    assert keep_lines(cache, rows) == 3
    assert list(kept_lines(cache)) == rows[3:]
    keep_lines(cache, rows[:1])
    assert list(kept_lines(cache)) == rows[:1]
    keep_lines(cache, [])
    assert kept_lines(cache) == ()


def test_extend__more_than_can_be_kept__says_what_was_lost() -> None:
    lines = tuple((MONTH, str(at)) for at in range(archive_memory.MOST + 1))
    _, said = extend(MemoryCache(), Archive(unwritten=lines), effect())
    assert said and said[0].startswith("2 lines of history could not be written")


def test_memory__notes_of_another_shape__are_no_memory() -> None:
    cache = MemoryCache()
    for key in ("history seen", "history kept"):
        address = archive_memory.digest([key, BRANCH] + ([0] if key.endswith("kept") else []))
        cache.put_note(address, {"tip": 1, "seal": "{}", "lines": [1, ["a"], ["a", 2]], "more": 1})
    assert archive_memory.remembered(cache).tip == "" and kept_lines(cache) == ()

"""The cache of a run in CI: what another user restored and will save, next to files that a pull request wrote."""

import json
import os
import resource
import signal
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.adapters.storage.samples import SECRET, key_of, sample

from mergefloor.storage.line import Line, render_line
from mergefloor.storage.signing import Signer
from mergefloor.storage.travel import Luggage, travelling
from mergefloor.storage.upkeep import stats

RUNNER = 1001
ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can act for another user")


@pytest.fixture(autouse=True)
def umask():
    """As the container sets it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def workspace():
    """A folder that other users reach, unlike those of `tmp_path`."""
    with tempfile.TemporaryDirectory(prefix="mergefloor-test-") as top:
        Path(top).chmod(0o755)
        place = Path(top) / "workspace"
        place.mkdir()
        place.chmod(0o755)
        if ROOT:
            os.chown(place, RUNNER, RUNNER)
        yield place


def luggage(workspace: Path, warnings: list[str] | None = None, **changes) -> Luggage:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    settings = {
        "workspace": workspace,
        "path": ".mergefloor-cache",
        "secret": SECRET,
        "run": 7,
        "attempt": 1,
        "producer": "refs/pull/3/merge@" + "a" * 40,
        "private": lambda text: False,
        "clock": time.time,
        "warn": refuse if warnings is None else warnings.append,
    }
    return Luggage(**(settings | changes))


def keep(workspace: Path, numbers, **changes) -> None:
    with travelling(luggage(workspace, **changes)) as cache:
        for number in numbers:
            cache.put(key_of(number), sample(number))


def found(workspace: Path, numbers=range(10), **changes) -> set[int]:
    with travelling(luggage(workspace, **changes)) as cache:
        return {number for number in numbers if cache.get(key_of(number)) is not None}


def acting_as(user: int, act: Callable[[], bool]) -> bool:
    """Whether it went well for another user, in a child that gives up root."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
            code = 0 if act() else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- from run to run -------------------------------------------------------------------------------------------


def test_travelling__next_run__finds_what_was_kept_and_writes_a_file_of_its_own(workspace):
    keep(workspace, [1])
    keep(workspace, [2], attempt=2)
    keep(workspace, [3], run=8)
    folder = workspace / ".mergefloor-cache"
    assert names(folder) == ["seg-7-1.jsonl", "seg-7-2.jsonl", "seg-8-1.jsonl"]
    assert found(workspace, run=9) == {1, 2, 3}


def test_travelling__second_step_of_the_same_run__appends(workspace):
    keep(workspace, [1])
    keep(workspace, [2])
    assert names(workspace / ".mergefloor-cache") == ["seg-7-1.jsonl"]
    assert found(workspace, run=9) == {1, 2}


def test_travelling__after_the_run__nothing_but_signed_lines_is_left(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    with travelling(luggage(workspace)) as cache:
        (private,) = (tmp_path / "tmp").iterdir()
        assert mode(private) == 0o700
        cache.put(key_of(1), sample(1))
    assert names(tmp_path / "tmp") == []
    text = (workspace / ".mergefloor-cache" / "seg-7-1.jsonl").read_text()
    assert [sorted(json.loads(line)) for line in text.split("\n") if line] == [["k", "m", "v"]]


def test_travelling__nothing_to_keep__makes_no_folder(workspace):
    keep(workspace, [])
    assert names(workspace) == []


@as_root
def test_travelling__restored_by_another_user__read_for_its_signature(workspace):
    keep(workspace, [1])
    folder = workspace / ".mergefloor-cache"
    for path in (folder, *folder.iterdir()):
        os.chown(path, RUNNER, RUNNER)
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert found(workspace, attempt=2) == {1}
    keep(workspace, [2], attempt=2)
    assert found(workspace, run=9) == {1, 2}


@as_root
def test_travelling__what_root_kept__can_be_read_copied_and_removed_by_the_workspaces_user(workspace):
    with travelling(luggage(workspace)) as cache:
        cache.put(key_of(1), sample(1))
        folder = workspace / ".mergefloor-cache"
        # Before the end already: a run that is killed leaves what the save step can read.
        assert (mode(folder), mode(folder / "seg-7-1.jsonl")) == (0o755, 0o644)
    assert (folder.stat().st_uid, (folder / "seg-7-1.jsonl").stat().st_uid) == (RUNNER, RUNNER)
    assert acting_as(RUNNER, lambda: read_and_remove(folder / "seg-7-1.jsonl"))


def read_and_remove(path: Path) -> bool:
    told = bool(path.read_bytes())
    path.unlink()
    return told


def test_travelling__modes__are_wide_for_reading_whatever_the_umask(workspace):
    keep(workspace, [1])
    folder = workspace / ".mergefloor-cache"
    assert (mode(folder), mode(folder / "seg-7-1.jsonl")) == (0o755, 0o644)


def test_travelling__producer__is_in_every_entry(workspace):
    keep(workspace, [1])
    keep(workspace, [2], producer="refs/heads/main@" + "b" * 40, run=8)
    with travelling(luggage(workspace, run=9)) as cache:
        told = {number: cache.get(key_of(number)).producer for number in (1, 2)}
    assert told == {1: "refs/pull/3/merge@" + "a" * 40, 2: "refs/heads/main@" + "b" * 40}


# --- who may not ------------------------------------------------------------------------------------------------


def test_travelling__fork_without_a_key__reads_nothing_and_writes_nothing(workspace):
    keep(workspace, [1])
    before = (workspace / ".mergefloor-cache" / "seg-7-1.jsonl").read_bytes()
    with travelling(luggage(workspace, secret=None, run=8)) as cache:
        assert cache.get(key_of(1)) is None
        cache.put(key_of(2), sample(2))
        assert cache.get(key_of(2)) is not None, "within the run it counts"
    assert {p.name: p.read_bytes() for p in (workspace / ".mergefloor-cache").iterdir()} == {
        "seg-7-1.jsonl": before
    }


@pytest.mark.parametrize("secret", [b"another key", SECRET + b" "])
def test_travelling__another_key__reads_nothing(workspace, secret):
    keep(workspace, [1])
    assert found(workspace, secret=secret, run=8) == set()
    assert found(workspace, run=9) == {1}


def test_travelling__200_entries_of_a_stranger_beside_ours__none_is_believed(workspace):
    keep(workspace, [0])
    ours = (workspace / ".mergefloor-cache" / "seg-7-1.jsonl").read_text().strip()
    line = json.loads(ours)
    stranger = Signer.of(b"a key that leaked from somewhere else")
    forged = [
        render_line(Line(key=key_of(n), text=line["v"], mac=stranger.sign(key_of(n), line["v"])))
        for n in range(1, 101)
    ]
    replayed = [render_line(Line(key=key_of(n), text=line["v"], mac=line["m"])) for n in range(101, 201)]
    (workspace / ".mergefloor-cache" / "seg-6-1.jsonl").write_bytes(b"\n".join(forged + replayed))
    with travelling(luggage(workspace, run=8)) as cache:
        assert {n for n in range(201) if cache.get(key_of(n)) is not None} == {0}
        assert cache.defects == {"signature": 200}


# --- a folder that is none -------------------------------------------------------------------------------------


def plant_link(place: Path, target: Path) -> None:
    target.mkdir()
    place.symlink_to(target)


PLANTS = {
    "link": plant_link,
    "dangling link": lambda place, target: place.symlink_to(target),
    "file": lambda place, target: place.write_text("no folder"),
    "fifo": lambda place, target: os.mkfifo(place),
}


@pytest.mark.parametrize("path", [".mergefloor-cache", "deep/.mergefloor-cache"])
@pytest.mark.parametrize("plant", PLANTS)
def test_travelling__path_leads_over_something_else__one_warning_and_the_run_goes_on(
    workspace, tmp_path, plant, path
):
    target = tmp_path / "target"
    PLANTS[plant](workspace / Path(path).parts[0], target)
    warnings: list[str] = []
    keep(workspace, [1], warnings=warnings, path=path)
    assert len(warnings) == 1
    assert "`cache-path`" in warnings[0]
    assert not target.exists() or names(target) == []


@pytest.mark.parametrize("path", ["/etc", "../outside", "a/../../outside", "", ".", "a\0b"])
def test_travelling__path_outside_the_workspace__one_warning_and_nothing_written(workspace, path):
    warnings: list[str] = []
    keep(workspace, [1], warnings=warnings, path=path)
    assert ["is no path inside the workspace" in each for each in warnings] == [True]
    assert names(workspace) == []


@pytest.mark.parametrize("kind", ["link", "fifo", "folder", "device"])
def test_travelling__segment_is_no_plain_file__refused_without_waiting(workspace, tmp_path, kind):
    keep(workspace, [1])
    folder = workspace / ".mergefloor-cache"
    whole = (folder / "seg-7-1.jsonl").rename(tmp_path / "elsewhere.jsonl")
    os.chown(whole, os.geteuid(), os.getegid())
    planted = folder / "seg-7-1.jsonl"
    match kind:
        case "link":
            planted.symlink_to(whole)
        case "fifo":
            os.mkfifo(planted)
        case "folder":
            planted.mkdir()
        case "device":
            try:
                os.mknod(planted, stat.S_IFCHR | 0o644, os.makedev(1, 5))
            except OSError:
                pytest.skip("no device can be made here")
    began = time.monotonic()
    assert found(workspace, run=8) == set()
    assert time.monotonic() - began < 5
    assert whole.stat().st_uid == os.geteuid(), "what a link points to is not handed over"


def test_travelling__own_segment_was_planted_as_a_link__one_warning_and_the_target_untouched(
    workspace, tmp_path
):
    (workspace / ".mergefloor-cache").mkdir()
    (tmp_path / "target").write_text("keep me")
    (workspace / ".mergefloor-cache" / "seg-7-1.jsonl").symlink_to(tmp_path / "target")
    warnings: list[str] = []
    with travelling(luggage(workspace, warnings)) as cache:
        cache.put(key_of(1), sample(1))
        assert cache.get(key_of(1)) is not None
    assert (len(warnings), (tmp_path / "target").read_text()) == (1, "keep me")


def test_travelling__folder_cannot_be_written__answers_read_one_warning_and_memory(workspace):
    keep(workspace, [1])
    folder = workspace / ".mergefloor-cache"

    def use() -> bool:
        warnings: list[str] = []
        with travelling(luggage(workspace, warnings, run=8)) as cache:
            for number in (2, 3):
                cache.put(key_of(number), sample(number))
            assert all(cache.get(key_of(number)) is not None for number in (1, 2, 3))
        return len(warnings) == 1 and str(folder) in warnings[0]

    folder.chmod(0o555)
    (folder / "seg-7-1.jsonl").chmod(0o444)
    assert acting_as(RUNNER + 1, use) if ROOT else use()
    assert names(folder) == ["seg-7-1.jsonl"]


def test_travelling__disk_full__one_warning_and_every_answer_in_this_run(workspace):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    warnings: list[str] = []
    try:
        with travelling(luggage(workspace, warnings)) as cache:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
            for number in range(20):
                cache.put(key_of(number), sample(number))
            assert all(cache.get(key_of(number)) == sample_of(number) for number in range(20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert len(warnings) == 1
    assert str(workspace) in warnings[0]


def sample_of(number: int):
    from dataclasses import replace

    return replace(sample(number), producer="refs/pull/3/merge@" + "a" * 40)


# --- how much ----------------------------------------------------------------------------------------------------


def test_travelling__more_than_50_megabytes__the_oldest_stay_behind(workspace):
    for run in range(1, 4):
        with travelling(luggage(workspace, run=run)) as cache:
            for number in range(run * 30, run * 30 + 30):
                cache.put(key_of(number), sample(number, text="x" * 800_000, at=float(number)))
    folder = workspace / ".mergefloor-cache"
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert 49_000_000 < total <= 50_000_000
    assert {mode(path) for path in folder.iterdir()} == {0o644}
    kept = found(workspace, range(120), run=9)
    assert kept == set(range(min(kept), 120)), "the youngest are kept"


def test_travelling__run_that_raises__has_packed_all_the_same(workspace):
    with pytest.raises(KeyboardInterrupt), travelling(luggage(workspace)) as cache:
        cache.put(key_of(1), sample(1))
        raise KeyboardInterrupt
    assert found(workspace, run=8) == {1}


# --- secrets -----------------------------------------------------------------------------------------------------


SHAPED = "Bearer sk-live-some-documentation-shows-this"  # nobody's key: an answer about keys is kept
CANARY = 'sk-canary-0123456789abcdef"\\end'


def test_travelling__answer_with_a_secret__counts_in_this_run_and_is_in_no_segment(workspace):
    from mergefloor.render import Redactor

    with travelling(luggage(workspace, private=Redactor([CANARY]).holds)) as cache:
        for number, text in enumerate((f"The key is {CANARY}.", CANARY[::-1], CANARY.encode().hex(), SHAPED)):
            cache.put(key_of(number), sample(number, text=text))
            assert cache.get(key_of(number)).answer.text == text
        cache.put_note(key_of("note"), {"text": CANARY})
        assert cache.get_note(key_of("note")) == {"text": CANARY}
        assert (cache.unsaved, stats(cache).entries) == (4, 1)
    data = b"".join(path.read_bytes() for path in (workspace / ".mergefloor-cache").iterdir())
    assert b"canary" not in data
    assert found(workspace, run=8) == {3}

"""R14, R16, R17: killed processes, full and read-only disks, two runs at once."""

import itertools
import os
import random
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest
from tests.adapters.storage.samples import SECRET, key_of, opened, sample, segment_of

from mergefloor.storage.line import Line
from mergefloor.storage.segments import Segments
from mergefloor.storage.signing import Signer
from mergefloor.storage.upkeep import prune_segments, stats

NOBODY = 65534


def forked(work: Callable[[Callable[[str], object]], None]) -> tuple[int, TextIO]:
    """Run `work` in a process of its own; what it says arrives line by line."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(lambda text: os.write(writing, f"{text}\n".encode()))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    return child, os.fdopen(reading, encoding="utf-8")


def put_for_ever(directory: Path, name: str, run_id: str, say: Callable[[str], object]) -> None:
    cache = opened(directory, run_id=run_id)
    for number in itertools.count():
        cache.put(key_of(f"{name} {number}"), sample(number, subject=name))
        say(str(number))


def test_put__killed_at_20_random_instants__every_answer_that_was_told_is_there(tmp_path):
    rng = random.Random(14)
    told = {}
    for turn in range(20):
        name = str(turn)
        child, said = forked(partial(put_for_ever, tmp_path, name, f"{turn % 3}-1"))
        for _ in range(rng.randrange(1, 60)):
            said.readline()
        for _ in range(rng.randrange(20_000)):
            pass
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told[name] = int((said.read().splitlines() or ["0"])[-1])
        said.close()
        with opened(tmp_path, run_id="reader") as cache:
            for number in range(told[name] + 1):
                assert cache.get(key_of(f"{name} {number}")) == sample(number, subject=name)
            assert len(cache.history(name)) >= told[name] + 1
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        for name, last in told.items():
            assert all(cache.get(key_of(f"{name} {number}")) for number in range(last + 1))
        assert not cache.defects


def put_1000(directory: Path, name: str, say: Callable[[str], object]) -> None:
    with opened(directory, run_id="same") as cache:
        say("ready")
        for number in range(1000):
            cache.put(key_of(f"{name} {number}"), sample(number))


def test_put__two_processes_1000_appends_each_to_one_file__none_torn_none_lost(tmp_path):
    writers = [forked(partial(put_1000, tmp_path, name)) for name in "ab"]
    for child, said in writers:
        assert said.read() == "ready\n"
        said.close()
        assert os.waitpid(child, 0)[1] == 0
    lines = list(Segments(tmp_path / "segments", run_id="x", signer=Signer.of(SECRET)).read("seg-same.jsonl"))
    assert len(lines) == 2000 and all(isinstance(line, Line) for line in lines)
    with opened(tmp_path) as cache:
        for number in range(1000):
            assert cache.get(key_of(f"a {number}")) == cache.get(key_of(f"b {number}")) == sample(number)
            assert len(cache.history(sample(number).subject)) == 10


@contextmanager
def files_at_most(size: int):
    """No file of this process may grow beyond `size` bytes: what a full disk looks like to a program."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 1_000, 20_000, 45_000, 60_000, 150_000])
def test_put__disk_full__one_warning_and_every_answer_in_this_run(tmp_path, size):
    with opened(tmp_path) as cache:
        cache.put(key_of("before"), sample(1, subject="s"))
    warnings: list[str] = []
    with files_at_most(size), opened(tmp_path, run_id="2-1", warnings=warnings) as cache:
        for number in range(200):
            cache.put(key_of(number), sample(number, subject="s", text="x" * 700))
        assert all(cache.get(key_of(n)) == sample(n, subject="s", text="x" * 700) for n in range(200))
        assert cache.get(key_of("before")) == sample(1, subject="s")
        assert len(cache.history("s")) == 201
        unsaved = cache.unsaved
    assert len(warnings) == 1 and "free space" in warnings[0]
    with opened(tmp_path, run_id="3-1") as cache:
        assert len(cache.history("s")) >= 201 - unsaved
        assert cache.get(key_of("before")) == sample(1, subject="s")


def test_append__disk_takes_half_a_line__told_and_the_next_line_is_whole(tmp_path):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1))
    size = segment_of(tmp_path).stat().st_size
    cache = opened(tmp_path, warnings=(warnings := []))
    with files_at_most(size + 100):
        cache.put(key_of(2), sample(2))
    cache.put(key_of(3), sample(3))
    cache.close()
    assert len(warnings) == 1
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        assert [cache.get(key_of(n)) for n in (1, 2, 3)] == [sample(1), None, sample(3)]
        assert cache.defects == {"line": 1}


def test_open__directory_cannot_be_made__one_warning_and_memory(tmp_path):
    (tmp_path / "file").touch()
    warnings: list[str] = []
    with opened(tmp_path / "file" / "cache", warnings=warnings) as cache:
        cache.put(key_of(1), sample(1))
        assert cache.get(key_of(1)) == sample(1)
        assert (stats(cache).entries, stats(cache).unsaved, prune_segments(cache)) == (1, 1, 0)
    assert len(warnings) == 1


def read_only_run(directory: Path, say: Callable[[str], object]) -> None:
    if os.geteuid() == 0:  # to root nothing is read-only
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    warnings: list[str] = []
    with opened(directory, run_id="2-1", warnings=warnings) as cache:
        cache.put(key_of(2), sample(2))
        cache.put(key_of(3), sample(3))
        say(str([cache.get(key_of(n)) == sample(n) for n in (1, 2, 3)]))
        say(str(len(cache.history(sample(1).subject))))
    say(str(warnings))


@pytest.mark.parametrize("closed", ["everything", "segments", "store"])
def test_open__read_only__answers_read_and_one_warning(closed):
    directory = Path(tempfile.mkdtemp(prefix="mergefloor-"))
    try:
        with opened(directory) as cache:
            cache.put(key_of(1), sample(1))
        shut = directory if closed == "everything" else directory / closed
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, NOBODY if os.geteuid() == 0 else -1, -1)
        for path in [shut, *shut.rglob("*")]:
            path.chmod(0o500 if path.is_dir() else 0o400)
        child, said = forked(partial(read_only_run, directory))
        answers, history, warnings = said.read().splitlines()
        said.close()
        assert os.waitpid(child, 0)[1] == 0
        assert (answers, history) == ("[True, True, True]", "3")
        assert warnings.count("the cache cannot be used") == 1
    finally:
        for path in [directory, *directory.rglob("*")]:
            path.chmod(0o700)
        shutil.rmtree(directory)

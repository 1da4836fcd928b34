import os

import pytest
from tests.adapters.storage.samples import SECRET, key_of, opened, sample, segment_of

from mergefloor.errors import StoreError
from mergefloor.storage.entry import encode
from mergefloor.storage.line import Line, render_line
from mergefloor.storage.signing import Signer
from mergefloor.storage.upkeep import CacheStats, prune, prune_segments, stats

DAY = 86_400.0
NOW = 1000 * DAY


def filled(directory, ages, run_id="1-1", **changes):
    """A cache with one entry an age in days."""
    cache = opened(directory, run_id=run_id, clock=lambda: NOW, **changes)
    for age in ages:
        cache.put(key_of(age), sample(int(age), at=NOW - age * DAY, subject="s"))
    return cache


def test_stats__a_few_entries__counted(tmp_path):
    with filled(tmp_path, [1, 2, 30]) as cache:
        cache.put(key_of("other"), sample(1, subject="t", at=NOW))
        cache.put_note("n", {})
        with segment_of(tmp_path).open("ab") as file:
            file.write(b"\ndamage\n")
        cache.forget([])
        found = stats(cache)
    assert (found.entries, found.notes, found.subjects, found.segments, found.unsaved) == (4, 1, 2, 1, 0)
    assert found.segment_bytes == segment_of(tmp_path).stat().st_size
    assert found.bytes > 4_000
    assert (found.oldest, found.newest) == (NOW - 30 * DAY, NOW)
    assert found.defects == {"line": 1}


def test_stats__empty_or_without_a_secret__zeros(tmp_path):
    zeros = {"entries": 0, "notes": 0, "subjects": 0, "segments": 0, "segment_bytes": 0, "unsaved": 0}
    with opened(tmp_path, secret=None) as cache:
        assert stats(cache) == CacheStats(**zeros, bytes=0, oldest=None, newest=None, defects={})


def test_prune__older_than_90_days__gone_from_store_index_and_segments(tmp_path):
    with filled(tmp_path, [1, 89.9, 90, 90.1, 400]) as cache:
        assert prune(cache) == 2
        assert [age for age in (1, 89.9, 90, 90.1, 400) if cache.get(key_of(age))] == [1, 89.9, 90]
        assert len(cache.history("s")) == 3
        cache.put(key_of("new"), sample(1, subject="s", at=NOW))
        assert prune(cache) == 0
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        assert len(cache.history("s")) == 4


def test_prune__fewer_days__fewer_entries(tmp_path):
    with filled(tmp_path, [1, 5, 10]) as cache:
        assert prune(cache, older_than_days=3) == 2
        assert len(cache.history("s")) == 1


def test_prune__several_segments__only_changed_ones_are_rewritten(tmp_path):
    filled(tmp_path, [100], run_id="1-1").close()
    filled(tmp_path, [1, 200], run_id="2-1").close()
    filled(tmp_path, [2], run_id="3-1").close()
    untouched = segment_of(tmp_path, "seg-3-1.jsonl").stat()
    with opened(tmp_path, run_id="4-1", clock=lambda: NOW) as cache:
        assert prune(cache) == 2
        assert len(cache.history("s")) == 2
    assert not segment_of(tmp_path, "seg-1-1.jsonl").exists()
    assert segment_of(tmp_path, "seg-3-1.jsonl").stat() == untouched


def test_prune__entry_drawn_again_since__younger_one_stays(tmp_path):
    with filled(tmp_path, [100]) as cache:
        cache.put(key_of(100), sample(7, at=NOW))
        assert prune(cache) == 0
        assert cache.get(key_of(100)) == sample(7, at=NOW)
    assert segment_of(tmp_path).read_bytes().count(b'{"k"') == 1


def test_prune__another_run_appends_meanwhile__nothing_lost(tmp_path):
    with filled(tmp_path, [100, 1]) as writer, opened(tmp_path, run_id="2-1", clock=lambda: NOW) as pruner:
        assert prune(pruner) == 1
        writer.put(key_of("late"), sample(3, at=NOW))
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        assert cache.get(key_of("late")) == sample(3, at=NOW)
        assert cache.get(key_of(1)) is not None
        assert cache.get(key_of(100)) is None


def test_prune__other_schema__kept_because_its_age_is_unknown(tmp_path):
    signer, text = Signer.of(SECRET), (encode(sample(1)) or "").replace('"schema":1', '"schema":2')
    line = render_line(Line(key=key_of(1), text=text, mac=signer.sign(key_of(1), text)))
    with filled(tmp_path, [100]) as cache:
        with segment_of(tmp_path).open("ab") as file:
            file.write(line + b"\n")
        assert prune(cache) == 1
    assert segment_of(tmp_path).read_bytes() == line + b"\n"


def test_prune__damaged_or_oversized_files__cleaned(tmp_path):
    with filled(tmp_path, [1]) as cache:
        big = segment_of(tmp_path, "seg-big.jsonl")
        big.touch()
        os.truncate(big, 60_000_000)
        with segment_of(tmp_path).open("ab") as file:
            file.write(b"\ndamage\n")
        assert prune(cache) == 0
        assert not big.exists()
        assert b"damage" not in segment_of(tmp_path).read_bytes()
        assert cache.get(key_of(1)) is not None


def test_prune__no_secret__nothing(tmp_path):
    with filled(tmp_path, [100], secret=None) as cache:
        assert prune(cache) == 0
        assert prune_segments(cache) == 0


def test_prune__folder_of_segments_is_a_link__store_error(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "travels").symlink_to("elsewhere")
    with (
        opened(tmp_path / "c", segments=tmp_path / "travels") as cache,
        pytest.raises(StoreError, match="pruned"),
    ):
        prune(cache)


def test_prune_segments__60_megabytes__newest_50_stay(tmp_path):
    """T85. Three files of 20 MB; the oldest entries go, whichever file they are in."""
    signer, count, total = Signer.of(SECRET), 150, 0
    (tmp_path / "segments").mkdir()
    for part in range(3):
        with segment_of(tmp_path, f"seg-{part}.jsonl").open("wb") as file:
            for number in range(part, count, 3):
                text = encode(sample(number, text="x" * 400_000)) or ""
                line = Line(key=key_of(number), text=text, mac=signer.sign(key_of(number), text))
                total += file.write(b"\n" + render_line(line) + b"\n")
    assert total > 60_000_000
    with opened(tmp_path) as cache:
        removed = prune_segments(cache)
        left = sum(file.size for file in cache.segments.files())
        assert 49_000_000 < left <= 50_000_000
        assert [number for number in range(count) if cache.get(key_of(number)) is None] == list(
            range(removed)
        )
        assert 20 < removed < 35
        assert prune_segments(cache) == 0


def test_prune_segments__at_and_over_the_limit__nothing_and_one(tmp_path):
    with filled(tmp_path, [3, 2, 1]) as cache:
        size = segment_of(tmp_path).stat().st_size
        assert prune_segments(cache, max_bytes=size) == 0
        assert prune_segments(cache, max_bytes=size - 1) == 1
        assert cache.get(key_of(3)) is None
        assert cache.get(key_of(2)) is not None
        assert prune_segments(cache, max_bytes=0) == 2
        assert cache.segments.files() == ()


def test_prune_segments__newest_two_fit_exactly__they_stay(tmp_path):
    with filled(tmp_path, [3, 2, 1]) as cache:
        lines = [line for line in segment_of(tmp_path).read_bytes().split(b"\n") if line]
        two = sum(len(line) + 2 for line in lines[1:])
        assert prune_segments(cache, max_bytes=two) == 1
        assert cache.get(key_of(2)) is not None
        assert prune_segments(cache, max_bytes=two - 3) == 1
        assert cache.get(key_of(1)) is not None

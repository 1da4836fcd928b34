import os
import shutil
import stat
import threading

import pytest
from tests.adapters.storage.samples import key_of, opened, sample, segment_of, vectors

from mergefloor.core.keys import text_hash
from mergefloor.core.ports import Cache
from mergefloor.errors import StoreError


@pytest.fixture
def cache(tmp_path):
    with opened(tmp_path / "cache") as found:
        yield found


def test_cache__port__satisfied(cache):
    port: Cache = cache
    assert port.get(key_of(1)) is None
    assert port.history("nobody") == ()
    assert port.get_note("nothing") is None


def test_put__sample_and_vectors__equal_now_and_in_the_next_run(tmp_path):
    stored = {key_of(1): sample(1), key_of(2): vectors((0.1, -3.0), (1e-300, 2.0)), key_of(3): vectors()}
    with opened(tmp_path) as cache:
        for key, entry in stored.items():
            cache.put(key, entry)
        assert {key: cache.get(key) for key in stored} == stored
    with opened(tmp_path, run_id="2-1") as cache:
        assert {key: cache.get(key) for key in stored} == stored


def test_put__text_of_every_kind__comes_back(tmp_path):
    texts = ["", "\0", "\ud800 lone", "a\r\nb\u2028c", '{"k":1}', "\\", "\x1b[31m", "x" * 100_000]
    with opened(tmp_path) as cache:
        for number, text in enumerate(texts):
            cache.put(key_of(number), sample(number, text=text or " "))
    with opened(tmp_path / "other", segments=tmp_path / "segments") as cache:
        assert [cache.get(key_of(n)) for n in range(len(texts))] == [
            sample(n, text=t or " ") for n, t in enumerate(texts)
        ]


@pytest.mark.parametrize("key", ["", "abc", "A" * 64, "a" * 63 + "\n", "a" * 65, "é" * 64])
def test_put__key_that_is_not_64_hex_digits__value_error_and_a_miss(cache, key):
    with pytest.raises(ValueError, match="64 hex digits"):
        cache.put(key, sample())
    assert cache.get(key) is None


def test_put__same_address_again__last_one_counts_after_a_rebuild_too(tmp_path):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1, at=7.0))
        cache.put(key_of(1), sample(2, at=7.0))
        assert cache.get(key_of(1)) == sample(2, at=7.0)
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        assert cache.get(key_of(1)) == sample(2, at=7.0)


def test_import__two_segments_disagree__younger_entry_counts_whatever_the_order(tmp_path):
    for run, (at, text) in {"a": (9.0, "younger"), "b": (5.0, "older")}.items():
        with opened(tmp_path / run, segments=tmp_path / "segments", run_id=run) as cache:
            cache.put(key_of(1), sample(1, text=text, at=at))
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        assert cache.get(key_of(1)).answer.text == "younger"


@pytest.mark.parametrize("finish", ["filtered", "length"])
def test_put__cut_or_filtered__this_run_only(tmp_path, finish):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1, finish=finish))
        assert cache.get(key_of(1)) == sample(1, finish=finish)
        assert cache.history(sample(1).subject) == ()
        assert cache.unsaved == 1
    with opened(tmp_path, run_id="2-1") as cache:
        assert cache.get(key_of(1)) is None


def test_put__longer_than_a_line_may_be__this_run_only(tmp_path):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1, text="x" * 2**20))
        assert cache.get(key_of(1)) is not None
        cache.put(key_of(1), sample(1))
        assert cache.get(key_of(1)) == sample(1)
    assert segment_of(tmp_path).stat().st_size < 2_000


def test_history__several_samples__oldest_first_and_only_of_this_subject(cache):
    subject = text_hash("request")
    for number, at in enumerate([30.0, 10.0, 20.0]):
        cache.put(key_of(number), sample(number, subject=subject, at=at))
    cache.put(key_of(9), sample(9, subject=text_hash("other")))
    assert [key for key, _ in cache.history(subject)] == [key_of(1), key_of(2), key_of(0)]
    assert cache.history(subject)[0][1] == sample(1, subject=subject, at=10.0)


def test_history__rebuilt_from_segments__same(tmp_path):
    subject = text_hash("request")
    for run in ("1-1", "2-1"):
        with opened(tmp_path, run_id=run) as cache:
            for number in range(3):
                cache.put(key_of(run + str(number)), sample(number, subject=subject))
    with (
        opened(tmp_path, run_id="3-1") as cache,
        opened(tmp_path / "f", segments=tmp_path / "segments") as fresh,
    ):
        assert len(cache.history(subject)) == 6
        assert fresh.history(subject) == cache.history(subject)


def test_note__written__read_in_the_next_run_and_apart_from_samples(tmp_path):
    with opened(tmp_path, clock=lambda: 50.0) as cache:
        cache.put(key_of(1), sample(1))
        cache.put_note(key_of(1), {"used": ["a", 1, None]})
        assert cache.get(key_of(1)) == sample(1)
    with opened(tmp_path, run_id="2-1") as cache:
        assert cache.get_note(key_of(1)) == {"used": ["a", 1, None]}
        assert cache.get_note(key_of(2)) is None
        assert cache.get(key_of(1)) == sample(1)


def test_open__warm__reads_no_segment(tmp_path):
    """Other bytes under the same size and mtime stay unnoticed, since nobody looks; a new size does not."""
    with opened(tmp_path) as cache:
        for number in range(5):
            cache.put(key_of(number), sample(number))
    path = segment_of(tmp_path)
    before = path.stat()
    path.write_bytes(b"\n" * (before.st_size - 2) + b"x\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with opened(tmp_path, run_id="2-1") as cache:
        assert cache.get(key_of(4)) == sample(4)
        assert not cache.defects
    with path.open("ab") as file:
        file.write(b"y\n")
    with opened(tmp_path, run_id="2-1") as cache:
        assert cache.get(key_of(4)) == sample(4)
        assert cache.defects == {"line": 2}


def test_open__not_closed_last_time__segment_is_read_again(tmp_path):
    cache = opened(tmp_path)
    cache.put(key_of(1), sample(1))
    shutil.rmtree(tmp_path / "store")
    with opened(tmp_path) as other:
        assert other.get(key_of(1)) == sample(1)
        other.put(key_of(2), sample(2))
    cache.put(key_of(3), sample(3))
    with opened(tmp_path) as other:
        assert [other.get(key_of(n)) for n in (1, 2, 3)] == [sample(n) for n in (1, 2, 3)]
    cache.close()


def test_open__another_secret__nothing_read_and_the_first_still_works(tmp_path):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1))
    with opened(tmp_path, run_id="2-1", secret=b"other") as cache:
        assert cache.get(key_of(1)) is None
        assert cache.history(sample(1).subject) == ()
        cache.put(key_of(1), sample(5))
        assert cache.get(key_of(1)) == sample(5)
    with opened(tmp_path / "fresh", segments=tmp_path / "segments", run_id="3-1") as cache:
        assert cache.get(key_of(1)) == sample(1)


@pytest.mark.parametrize("secret", [None, b""])
def test_open__no_secret__nothing_read_and_nothing_written(tmp_path, secret):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1))
    before = segment_of(tmp_path).read_bytes()
    with opened(tmp_path, run_id="2-1", secret=secret) as cache:
        assert cache.get(key_of(1)) is None
        cache.put(key_of(2), sample(2))
        cache.put_note("n", {"a": 1})
        assert cache.get(key_of(2)) == sample(2)
        assert cache.get_note("n") == {"a": 1}
        assert len(cache.history(sample(2).subject)) == 1
    with opened(tmp_path, run_id="3-1") as cache:
        assert cache.get(key_of(2)) is None
    assert segment_of(tmp_path).read_bytes() == before
    assert [path.name for path in (tmp_path / "segments").iterdir()] == ["seg-1-1.jsonl"]


def test_open__segments_elsewhere__only_signed_lines_lie_there(tmp_path):
    with opened(tmp_path / "private", segments=tmp_path / "travels", run_id="77-2") as cache:
        cache.put(key_of(1), sample(1))
    assert [path.name for path in (tmp_path / "travels").iterdir()] == ["seg-77-2.jsonl"]
    assert not (tmp_path / "private" / "segments").exists()


def test_open__directory_absent__created_for_its_owner_alone(tmp_path):
    with opened(tmp_path / "a" / "b") as cache:
        cache.put(key_of(1), sample(1))
    for path in (tmp_path / "a" / "b", tmp_path / "a" / "b" / "store", tmp_path / "a" / "b" / "segments"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.parametrize("secret", [b"secret", None])
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
@pytest.mark.parametrize("which", [".", "store"])
def test_open__others_can_write_there__store_error(tmp_path, mode, which, secret):
    directory = tmp_path / "cache"
    (directory / "store").mkdir(parents=True, mode=0o700)
    directory.chmod(0o700)
    (directory / which).chmod(mode)
    if which == "store" and secret is None:
        opened(directory, secret=None).close()
        return
    with pytest.raises(StoreError, match="others can write"):
        opened(directory, secret=secret)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_open__directory_of_somebody_else__store_error(tmp_path):
    (tmp_path / "cache").mkdir(mode=0o700)
    os.chown(tmp_path / "cache", 65534, 65534)
    with pytest.raises(StoreError, match="belongs to user 65534"):
        opened(tmp_path / "cache")


def test_open__variable_in_the_path__store_error(tmp_path):
    with pytest.raises(StoreError, match="environment variable"):
        opened(tmp_path / "$HOME")


def test_open__directory_is_a_link__follows_it_once(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("real")
    with opened(tmp_path / "link") as cache:
        cache.put(key_of(1), sample(1))
    with opened(tmp_path / "real") as cache:
        assert cache.get(key_of(1)) == sample(1)


def test_open__segment_folder_is_a_link__a_warning_and_nothing_written(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "travels").symlink_to("elsewhere")
    warnings: list[str] = []
    with opened(tmp_path / "c", segments=tmp_path / "travels", warnings=warnings) as cache:
        cache.put(key_of(1), sample(1))
        cache.put(key_of(2), sample(2))
        assert [cache.get(key_of(1)), cache.get(key_of(2))] == [sample(1), sample(2)]
        assert cache.unsaved == 2
    assert len(warnings) == 1 and "keeps its answers in memory" in warnings[0]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_put__four_threads__nothing_lost(tmp_path):
    with opened(tmp_path) as cache:

        def work(offset: int) -> None:
            for number in range(offset, offset + 25):
                cache.put(key_of(number), sample(number, subject="s"))
            cache._catalog.shelf.close()

        threads = [threading.Thread(target=work, args=(25 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(cache.get(key_of(n)) == sample(n, subject="s") for n in range(100))
        assert len(cache.history("s")) == 100
    with opened(tmp_path / "fresh", segments=tmp_path / "segments") as cache:
        assert len(cache.history("s")) == 100
        assert not cache.defects


def test_close__another_store_appended_to_the_same_segment__read_next_time(tmp_path):
    segments = tmp_path / "segments"
    with opened(tmp_path / "a", segments=segments) as one, opened(tmp_path / "b", segments=segments) as two:
        one.put(key_of(1), sample(1))
        two.put(key_of(2), sample(2))
        one.put(key_of(3), sample(3))
    for name in "ab":
        with opened(tmp_path / name, segments=segments, run_id="2-1") as cache:
            assert [cache.get(key_of(n)) for n in (1, 2, 3)] == [sample(1), sample(2), sample(3)]


def test_open__segment_seen_before_with_another_secret__read_with_its_own(tmp_path):
    segments = tmp_path / "segments"
    with opened(tmp_path / "b", segments=segments, secret=b"other") as cache:
        cache.put(key_of(1), sample(1))
    with opened(tmp_path / "a", segments=segments, run_id="2-1") as cache:
        assert cache.get(key_of(1)) is None
        assert cache.defects == {"signature": 1}
    with opened(tmp_path / "a", segments=segments, run_id="3-1", secret=b"other") as cache:
        assert cache.get(key_of(1)) == sample(1)


def test_drop__some_addresses__gone_from_every_segment_and_stay_gone(tmp_path):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1))
        cache.put(key_of(2), sample(2))
    with opened(tmp_path, run_id="2-1") as cache:
        cache.put(key_of(1), sample(1, text="again"))
        cache.drop([key_of(1)])
        assert (cache.get(key_of(1)), cache.get(key_of(2))) == (None, sample(2))
        cache.put(key_of(3), sample(3))
    with opened(tmp_path, run_id="3-1") as cache:
        assert [cache.get(key_of(n)) for n in (1, 2, 3)] == [None, sample(2), sample(3)]
    assert key_of(1) not in "".join(path.read_text() for path in (tmp_path / "segments").iterdir())

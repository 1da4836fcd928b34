"""T83, T84: whatever is planted into the database, nothing is executed, read or deleted.

Every attack has a control: the stock disks of diskcache fall for it, so the harness can tell the difference.
"""

import json
import pickle
import sqlite3
import zlib
from pathlib import Path

import diskcache
import pytest
from tests.adapters.storage.samples import key_of, opened, sample

from mergefloor.storage.disk import Refused, SafeDisk

VICTIM, OTHER = key_of(0), key_of(1)


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return (Path.touch, (self.marker,))


def bomb(marker: Path) -> bytes:
    return pickle.dumps(Touch(marker))


def plant_pickle_value(database, folder, key, marker):
    database.execute("UPDATE Cache SET mode = 4, value = ? WHERE key = ?", (bomb(marker), key))


def plant_pickle_file(database, folder, key, marker):
    (folder / "bomb.val").write_bytes(bomb(marker))
    database.execute("UPDATE Cache SET mode = 4, value = NULL, filename = 'bomb.val' WHERE key = ?", (key,))


def plant_pickle_key(database, folder, key, marker):
    database.execute("UPDATE Cache SET key = ?, raw = 0 WHERE key = ?", (bomb(marker), key))


def plant_trigger(database, folder, key, marker):
    """Turns every value that is written into a pickle."""
    database.execute(
        "CREATE TRIGGER planted AFTER INSERT ON Cache BEGIN "
        f"UPDATE Cache SET mode = 4, value = x'{bomb(marker).hex()}'; END"
    )


PLANTS = [plant_pickle_value, plant_pickle_file, plant_pickle_key, plant_trigger]


def plant(folder: Path, attack, key, marker) -> None:
    with sqlite3.connect(folder / "cache.db") as database:
        attack(database, folder, key, marker)
    database.close()


@pytest.mark.parametrize("attack", PLANTS)
@pytest.mark.parametrize("disk", [diskcache.Disk, diskcache.JSONDisk])
def test_stock_disk__planted_row__executes_it(tmp_path, attack, disk):
    with diskcache.Cache(tmp_path / "c", disk=disk) as stock:
        stock[VICTIM] = "value"
    key = VICTIM if disk is diskcache.Disk else zlib.compress(json.dumps(VICTIM).encode(), 1)
    plant(tmp_path / "c", attack, key, tmp_path / "marker")
    try:
        with diskcache.Cache(tmp_path / "c", disk=disk) as stock:
            stock[OTHER] = "value"
            stock.get(VICTIM)
            list(stock)
    except (TypeError, zlib.error, AttributeError):
        pass  # what was unpickled is no JSON; it was unpickled nevertheless
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("attack", PLANTS)
def test_cache__planted_row__a_miss_and_nothing_executed(tmp_path, attack):
    with opened(tmp_path) as cache:
        cache.put(VICTIM, sample(0))
        cache.put(OTHER, sample(1))
    plant(tmp_path / "store", attack, VICTIM, tmp_path / "marker")
    with opened(tmp_path, run_id="2-1") as cache:
        cache.put(key_of(2), sample(2))
        assert cache.get(VICTIM) is None
        assert cache.defects["refused"] > 0 or attack is plant_pickle_key
        list(cache.entries())
        cache.history(sample(0).subject)
        cache.put(VICTIM, sample(3))
        assert cache.defects["refused"] > 0
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("attack", PLANTS[:2])
def test_cache__refused_row__replaced_by_the_next_put(tmp_path, attack):
    with opened(tmp_path) as cache:
        cache.put(VICTIM, sample(0))
    plant(tmp_path / "store", attack, VICTIM, tmp_path / "marker")
    with opened(tmp_path, run_id="2-1") as cache:
        cache.put(VICTIM, sample(5))
        assert cache.get(VICTIM) == sample(5)
    assert not (tmp_path / "marker").exists()


def plant_filename(database, folder, key, marker):
    database.execute(
        "UPDATE Cache SET mode = 3, value = NULL, filename = '../precious' WHERE key = ?", (key,)
    )


def test_stock_disk__row_that_names_a_file__reads_and_deletes_it(tmp_path):
    (tmp_path / "precious").write_text("secret")
    with diskcache.Cache(tmp_path / "store") as stock:
        stock[VICTIM] = "value"
    plant(tmp_path / "store", plant_filename, VICTIM, tmp_path)
    with diskcache.Cache(tmp_path / "store") as stock:
        assert stock[VICTIM] == "secret"
        stock[VICTIM] = "new"
    assert not (tmp_path / "precious").exists()


def test_cache__row_that_names_a_file__neither_read_nor_deleted(tmp_path):
    (tmp_path / "precious").write_text("secret")
    with opened(tmp_path) as cache:
        cache.put(VICTIM, sample(0))
    plant(tmp_path / "store", plant_filename, VICTIM, tmp_path)
    with opened(tmp_path, run_id="2-1") as cache:
        assert cache.get(VICTIM) is None
        cache.put(VICTIM, sample(4))
        assert cache.get(VICTIM) == sample(4)
    plant(tmp_path / "store", plant_filename, VICTIM, tmp_path)
    with opened(tmp_path, run_id="3-1") as cache:
        cache.forget([VICTIM])
    assert (tmp_path / "precious").read_text() == "secret"


SETTINGS = [
    ("disk_evil", "1"),
    ("disk_pickle_protocol", "x"),
    ("get", "1"),
    ("set", "1"),
    ("_disk", "1"),
    ("_directory", "/tmp"),
    ("_timeout", "x"),
    ("_local", 1),
    ("eviction_policy", "least-recently-used"),
    ("cull_limit", 1000),
    ("size_limit", 0),
    ("statistics", 1),
    ("tag_index", 1),
    ("count", "x"),
    ("sqlite_page_size; DROP TABLE Cache", 1),
    ("sqlite_writable_schema", 1),
    ("sqlite_journal_mode", "off"),
    ("sqlite_key", b"\xff"),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_cache__planted_setting__every_answer_still_right(tmp_path, name, value):
    with opened(tmp_path) as cache:
        cache.put(VICTIM, sample(0))
    with sqlite3.connect(tmp_path / "store" / "cache.db") as database:
        database.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (name, value))
    database.close()
    with opened(tmp_path, run_id="2-1", warnings=[]) as cache:
        cache.put(OTHER, sample(1))
        assert (cache.get(VICTIM), cache.get(OTHER)) == (sample(0), sample(1))
        assert len(cache.history(sample(0).subject)) == 2
    with opened(tmp_path, run_id="3-1", warnings=[]) as cache:
        assert (cache.get(VICTIM), cache.get(OTHER)) == (sample(0), sample(1))


TRIGGERS = [
    "CREATE TRIGGER planted BEFORE INSERT ON Cache BEGIN SELECT RAISE(ABORT, 'no'); END",
    "CREATE TRIGGER planted AFTER INSERT ON Cache BEGIN DELETE FROM Cache; END",
    "CREATE TRIGGER planted AFTER INSERT ON Cache BEGIN UPDATE Cache SET value = '[]'; END",
    "CREATE TRIGGER planted AFTER INSERT ON Cache BEGIN UPDATE Cache SET value = 'no json'; END",
    "DROP TABLE Cache",
    "DROP TABLE Settings",
    "DELETE FROM Settings",
    "ALTER TABLE Cache RENAME COLUMN value TO worth",
    "CREATE VIEW planted AS SELECT 1",
]


@pytest.mark.parametrize("statement", TRIGGERS)
def test_cache__doctored_schema__no_wrong_answer_and_no_exception(tmp_path, statement):
    with opened(tmp_path) as cache:
        cache.put(VICTIM, sample(0))
    with sqlite3.connect(tmp_path / "store" / "cache.db") as database:
        database.execute(statement)
    database.close()
    for run in range(2, 4):
        with opened(tmp_path, run_id=f"{run}-1", warnings=[]) as cache:
            cache.put(key_of(run), sample(run))
            assert cache.get(VICTIM) in (None, sample(0))
            assert cache.get(key_of(run)) in (None, sample(run))


@pytest.mark.parametrize(
    "damage",
    [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 8_000],
    ids=["empty", "text", "header only"],
)
def test_cache__database_overwritten__rebuilt_from_segments_without_a_word(tmp_path, damage):
    with opened(tmp_path) as cache:
        cache.put(VICTIM, sample(0))
    (tmp_path / "store" / "cache.db").write_bytes(damage)
    with opened(tmp_path, run_id="2-1") as cache:
        assert cache.get(VICTIM) == sample(0)


def test_cache__bytes_of_the_database_changed__no_wrong_answer_and_no_exception(tmp_path):
    with opened(tmp_path) as cache:
        for number in range(40):
            cache.put(key_of(number), sample(number))
    whole = (tmp_path / "store" / "cache.db").read_bytes()
    for number in range(60):
        start = number * len(whole) // 60
        data = whole[:start] + b"\xa5" * 300 + whole[start + 300 :]
        (tmp_path / "store" / "cache.db").write_bytes(data)
        with opened(tmp_path, run_id="2-1", warnings=[]) as cache:
            assert all(cache.get(key_of(n)) in (None, sample(n)) for n in range(40))
            cache.history(sample(0).subject)


@pytest.mark.parametrize("key", [b"bytes", 1, 1.5, None, ("a",), "short", "A" * 64, "a" * 63 + "\n"])
def test_safe_disk__key_that_is_not_64_hex_digits__refused(tmp_path, key):
    disk = SafeDisk(str(tmp_path))
    with pytest.raises(Refused):
        disk.put(key)
    with pytest.raises(Refused):
        disk.get(key, True)
    with pytest.raises(Refused):
        disk.get("a" * 64, False)


@pytest.mark.parametrize(
    "row",
    [
        (4, None, "{}", False),
        (1, "a.val", "{}", False),
        (1, None, b"{}", False),
        (1, None, 1, False),
        (1, None, None, False),
        (1, None, "{}", True),
        (1, None, "{", False),
        (1, None, "[" * 100_000, False),
        (None, None, "{}", False),
    ],
)
def test_safe_disk__row_of_another_making__refused(tmp_path, row):
    with pytest.raises(Refused):
        SafeDisk(str(tmp_path)).fetch(*row)


def test_safe_disk__files__refused(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(Refused):
        SafeDisk(str(tmp_path)).remove("a")
    with pytest.raises(Refused):
        SafeDisk(str(tmp_path)).store("a", True)
    assert (tmp_path / "a").exists()

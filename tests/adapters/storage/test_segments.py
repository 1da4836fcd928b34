import json
import os
import stat

import pytest
from tests.adapters.storage.samples import key_of, sample

from mergefloor.errors import StoreError
from mergefloor.storage.entry import Defect, encode
from mergefloor.storage.line import LINE_LIMIT, Line, render_line
from mergefloor.storage.segments import FILE_LIMIT, ROLL_AT, Segments
from mergefloor.storage.signing import Signer

SIGNER = Signer.of(b"secret")


def line(number: int, text: str = "") -> Line:
    text = text or encode(sample(number)) or ""
    return Line(key=key_of(number), text=text, mac=SIGNER.sign(key_of(number), text))


@pytest.fixture
def segments(tmp_path):
    found = Segments(tmp_path / "segments", run_id="7-1", signer=SIGNER)
    yield found
    found.close()


def kinds(segments: Segments, name: str = "seg-7-1.jsonl") -> list[str]:
    return [item.kind for item in segments.read(name) if isinstance(item, Defect)]


def test_append__bytes_of_the_file__newline_line_newline(segments):
    segments.append(render_line(line(1)))
    path = segments.folder / "seg-7-1.jsonl"
    data = path.read_bytes()
    assert data.startswith(b"\n{") and data.endswith(b"}\n") and data.count(b"\n") == 2
    record = json.loads(data)
    assert record == {"k": line(1).key, "v": line(1).text, "m": line(1).mac}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(segments.folder.stat().st_mode) == 0o700


def test_read__what_was_appended__in_order(segments):
    for number in range(3):
        segments.append(render_line(line(number)))
    assert list(segments.read("seg-7-1.jsonl")) == [line(0), line(1), line(2)]


def test_read__torn_line_before_an_append__only_the_torn_one_is_lost(segments):
    segments.append(render_line(line(0)))
    path = segments.folder / "seg-7-1.jsonl"
    with path.open("ab") as file:
        file.write(b"\n" + render_line(line(1))[:100])
    segments.append(render_line(line(2)))
    assert list(segments.read("seg-7-1.jsonl")) == [line(0), Defect(kind="line"), line(2)]


DAMAGED = {
    "not json": b"{",
    "deep": b"[" * 100_000,
    "huge number": b'{"k":' + b"9" * 5_000 + b"}",
    "not utf-8": b"\xff\xfe",
    "list": b"[1,2,3]",
    "field missing": json.dumps({"k": "a" * 64, "v": "x"}).encode(),
    "field too many": json.dumps({"k": "a" * 64, "v": "x", "m": "a" * 64, "z": 1}).encode(),
    "key not hex": json.dumps({"k": "A" * 64, "v": "x", "m": "a" * 64}).encode(),
    "key with newline": json.dumps({"k": "a" * 64 + "\n", "v": "x", "m": "a" * 64}).encode(),
    "text no text": json.dumps({"k": "a" * 64, "v": {}, "m": "a" * 64}).encode(),
    "signature no text": json.dumps({"k": "a" * 64, "v": "x", "m": 1}).encode(),
    "signature not ascii": json.dumps({"k": "a" * 64, "v": "x", "m": "é" * 64}).encode(),
}


@pytest.mark.parametrize("raw", DAMAGED.values(), ids=DAMAGED.keys())
def test_read__damaged_line__one_defect_and_the_rest(segments, raw):
    segments.append(raw)
    segments.append(render_line(line(5)))
    assert list(segments.read("seg-7-1.jsonl")) == [Defect(kind="line"), line(5)]


def test_read__line_at_and_over_the_limit__read_and_refused(segments):
    room = LINE_LIMIT - len(render_line(line(1, "x")))
    fits, too_long = line(1, "x" * (room + 1)), line(2, "x" * (room + 2))
    assert len(render_line(fits)) == LINE_LIMIT
    segments.append(render_line(fits))
    segments.append(render_line(too_long))
    assert list(segments.read("seg-7-1.jsonl")) == [fits, Defect(kind="line-size")]


def test_read__file_over_50_megabytes__refused_unread(segments):
    segments.append(render_line(line(1)))
    os.truncate(segments.folder / "seg-7-1.jsonl", FILE_LIMIT)
    assert line(1) in list(segments.read("seg-7-1.jsonl"))
    os.truncate(segments.folder / "seg-7-1.jsonl", FILE_LIMIT + 1)
    assert kinds(segments) == ["file-size"]


def test_read__no_plain_file__refused_without_waiting(segments):
    segments.append(render_line(line(1)))
    (segments.folder / "seg-link.jsonl").symlink_to("seg-7-1.jsonl")
    (segments.folder / "seg-dir.jsonl").mkdir()
    os.mkfifo(segments.folder / "seg-fifo.jsonl")
    for name in ("seg-link.jsonl", "seg-dir.jsonl", "seg-fifo.jsonl"):
        assert kinds(segments, name) == ["file-kind"]
    assert kinds(segments, "seg-absent.jsonl") == ["unreadable"]


def test_files__other_names__not_listed(segments):
    segments.append(render_line(line(1)))
    for name in (".seg-a.jsonl", "seg-.json", "seg-a b.jsonl", "notes.txt", "seg-a.jsonl.tmp"):
        (segments.folder / name).touch()
    assert [file.name for file in segments.files()] == ["seg-7-1.jsonl"]


def test_files__no_folder__empty(segments):
    assert segments.files() == ()


def test_append__own_file_is_a_link_or_a_pipe__refused_and_target_untouched(segments, tmp_path):
    segments.folder.mkdir()
    (segments.folder / "seg-7-1.jsonl").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic"):
        segments.append(render_line(line(1)))
    assert not (tmp_path / "target").exists()
    (segments.folder / "seg-7-1.jsonl").unlink()
    os.mkfifo(segments.folder / "seg-7-1.jsonl")
    with pytest.raises(OSError):
        segments.append(render_line(line(1)))


def test_append__folder_is_a_link__refused_and_target_untouched(segments, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    segments.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        segments.append(render_line(line(1)))
    assert list((tmp_path / "elsewhere").iterdir()) == []
    with pytest.raises(OSError):
        segments.files()


def test_append__file_nearly_full__next_file(segments):
    segments.append(render_line(line(1)))
    os.truncate(segments.folder / "seg-7-1.jsonl", ROLL_AT)
    segments.append(render_line(line(2)))
    segments.append(render_line(line(3)))
    assert list(segments.read("seg-7-1.1.jsonl")) == [line(2), line(3)]


def test_append__file_was_deleted__created_again(segments):
    segments.append(render_line(line(1)))
    (segments.folder / "seg-7-1.jsonl").unlink()
    segments.append(render_line(line(2)))
    assert list(segments.read("seg-7-1.jsonl")) == [line(2)]


def test_rewrite__some_dropped__others_kept_with_mode_and_appends_go_on(segments):
    for number in range(4):
        segments.append(render_line(line(number)))
    segments.append(b"damage")
    path = segments.folder / "seg-7-1.jsonl"
    path.chmod(0o644)
    segments.rewrite("seg-7-1.jsonl", frozenset({line(1).mac, line(2).mac}))
    assert list(segments.read("seg-7-1.jsonl")) == [line(0), line(3)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    segments.append(render_line(line(9)))
    assert list(segments.read("seg-7-1.jsonl")) == [line(0), line(3), line(9)]
    assert [item.name for item in segments.folder.iterdir()] == ["seg-7-1.jsonl"]


def test_rewrite__nothing_left__file_deleted(segments):
    segments.append(render_line(line(1)))
    segments.rewrite("seg-7-1.jsonl", frozenset({line(1).mac}))
    assert segments.files() == ()


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", "a b", "-a", ".a", "a\n", "a" * 81])
def test_segments__run_id_no_file_name__store_error(tmp_path, run_id):
    with pytest.raises(StoreError, match="file name"):
        Segments(tmp_path, run_id=run_id, signer=SIGNER)

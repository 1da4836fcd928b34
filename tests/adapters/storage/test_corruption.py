"""R15 and T25: damage and forgery cost answers, never truth."""

import json
import random

import pytest
from tests.adapters.storage.samples import SECRET, key_of, opened, sample, segment_of

from mergefloor.storage.entry import encode
from mergefloor.storage.line import Line, render_line
from mergefloor.storage.segments import Segments
from mergefloor.storage.signing import Signer

LINES = 12
SIGNER = Signer.of(SECRET)
TRUTH = {key_of(n): encode(sample(n)) for n in range(LINES)}


def signed(key: str, text: str, signer: Signer = SIGNER) -> Line:
    return Line(key=key, text=text, mac=signer.sign(key, text))


WHOLE = b"".join(b"\n" + render_line(signed(key, text)) + b"\n" for key, text in TRUTH.items())


def line_at(offset: int) -> int:
    return WHOLE.count(b"\n", 0, offset) // 2


def flip(rng: random.Random) -> tuple[bytes, int]:
    at = rng.randrange(len(WHOLE))
    return WHOLE[:at] + bytes([WHOLE[at] ^ 1 << rng.randrange(8)]) + WHOLE[at + 1 :], 1


def truncate(rng: random.Random) -> tuple[bytes, int]:
    at = rng.randrange(len(WHOLE))
    return WHOLE[:at], LINES - line_at(at)


def splice(rng: random.Random) -> tuple[bytes, int]:
    start, end = sorted(rng.sample(range(len(WHOLE)), 2))
    return WHOLE[:start] + WHOLE[end:], line_at(end) - line_at(start) + 1


def insert(rng: random.Random) -> tuple[bytes, int]:
    at = rng.randrange(len(WHOLE))
    return WHOLE[:at] + rng.randbytes(rng.randrange(1, 40)) + WHOLE[at:], 1


def overwrite(rng: random.Random) -> tuple[bytes, int]:
    start = rng.randrange(len(WHOLE))
    noise = rng.randbytes(rng.randrange(1, 900))[: len(WHOLE) - start]
    end = start + len(noise)
    return WHOLE[:start] + noise + WHOLE[end:], line_at(end - 1) - line_at(start) + 1


def duplicate(rng: random.Random) -> tuple[bytes, int]:
    lines = WHOLE.split(b"\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return b"\n".join(lines), 0


def swap(rng: random.Random) -> tuple[bytes, int]:
    lines = WHOLE.split(b"\n")
    one, two = rng.sample(range(len(lines)), 2)
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines), 0


DAMAGE = [flip, truncate, splice, insert, overwrite, duplicate, swap]


def test_segments__10000_corruptions__no_wrong_value_and_only_damaged_lines_lost(tmp_path):
    rng = random.Random(15)
    segments = Segments(tmp_path, run_id="1", signer=SIGNER)
    path = tmp_path / "seg-1.jsonl"
    lost = 0
    for number in range(10_000):
        data, damaged = DAMAGE[number % len(DAMAGE)](rng)
        path.write_bytes(data)
        read = {item.key: item.text for item in segments.read(path.name) if isinstance(item, Line)}
        assert read.items() <= TRUTH.items()
        assert LINES - len(read) <= damaged + 1
        lost += LINES - len(read)
    assert lost > 10_000


def test_cache__200_corruptions__no_wrong_answer_and_no_exception(tmp_path):
    rng = random.Random(16)
    for number in range(200):
        data, damaged = DAMAGE[number % len(DAMAGE)](rng)
        directory = tmp_path / str(number)
        segment_of(directory).parent.mkdir(parents=True)
        segment_of(directory).write_bytes(data)
        with opened(directory) as cache:
            found = [n for n in range(LINES) if cache.get(key_of(n)) is not None]
            assert all(cache.get(key_of(n)) == sample(n) for n in found)
            assert LINES - len(found) <= damaged + 1
            assert {key for n in range(3) for key, _ in cache.history(sample(n * 5).subject)} == set(
                map(key_of, found)
            )


def forgeries() -> dict[str, list[Line | bytes]]:
    """200 lines that an author of a pull request could make up from what everybody can read."""
    other = Signer.of(b"another secret")
    blank = Signer.of(b"")
    mine = {key_of(f"mine {n}"): encode(sample(n, text="PASS")) or "" for n in range(LINES)}
    genuine = [signed(key, text) for key, text in TRUTH.items()]
    moved = zip(genuine, genuine[1:] + genuine[:1], strict=True)
    edited = [line.text.replace("answer", "PASSED") for line in genuine]
    return {
        "signed with another key": [signed(key, text, other) for key, text in mine.items()],
        "signed with the key of no secret": [signed(key, text, blank) for key, text in mine.items()],
        "signed with a key of zeros": [
            signed(key, text, Signer(key=bytes(32))) for key, text in mine.items()
        ],
        "genuine entry at another address": [
            Line(key=key, text=line.text, mac=line.mac) for key, line in zip(mine, genuine, strict=True)
        ],
        "entries exchanged": [Line(key=a.key, text=b.text, mac=a.mac) for a, b in moved],
        "text edited": [
            Line(key=line.key, text=text, mac=line.mac) for line, text in zip(genuine, edited, strict=True)
        ],
        "signature cut": [Line(key=k, text=t, mac=SIGNER.sign(k, t)[:-2]) for k, t in mine.items()],
        "signature empty": [Line(key=k, text=t, mac="") for k, t in mine.items()],
        "signature in capitals": [
            Line(key=k, text=t, mac=SIGNER.sign(k, t).upper()) for k, t in mine.items()
        ],
        "no signature": [json.dumps({"k": k, "v": t}).encode() for k, t in mine.items()],
        "signature null": [json.dumps({"k": k, "v": t, "m": None}).encode() for k, t in mine.items()],
        "label left out": [
            Line(key=k, text=t, mac=Signer(key=SIGNER.key).sign(k, "mergefloor-cache-v1" + t))
            for k, t in mine.items()
        ],
        "zero byte moved into the text": [
            Line(key=k, text=t, mac=SIGNER.sign(k, "\0" + t)) for k, t in mine.items()
        ],
        "entry as an object": [
            json.dumps({"k": k, "v": json.loads(t), "m": SIGNER.sign(k, t)}).encode() for k, t in mine.items()
        ],
        "genuine line, key given twice": [
            render_line(line).replace(b"{", b'{"k":"' + key.encode() + b'",', 1)[:-1]
            + b',"k":"'
            + key.encode()
            + b'"}'
            for key, line in zip(mine, genuine, strict=True)
        ],
        "other schema, resigned": [signed(k, t.replace('"schema":1', '"schema":2')) for k, t in mine.items()],
        "no such kind, resigned": [signed(k, t.replace('"sample"', '"verdict"')) for k, t in mine.items()],
    }


@pytest.mark.parametrize("kind", forgeries())
def test_cache__forged_or_replayed_lines__none_accepted(tmp_path, kind):
    lines = forgeries()[kind]
    segment_of(tmp_path).parent.mkdir()
    raw = [line if isinstance(line, bytes) else render_line(line) for line in lines]
    segment_of(tmp_path).write_bytes(b"\n".join(raw) + b"\n")
    with opened(tmp_path) as cache:
        assert list(cache.entries()) == []
        assert all(
            cache.get(key_of(f"mine {n}")) is None and cache.get(key_of(n)) is None for n in range(LINES)
        )
        assert sum(cache.defects.values()) == len(lines)


def test_forgeries__counted__at_least_200():
    assert sum(map(len, forgeries().values())) >= 200


def test_cache__rows_doctored_in_the_working_store__none_accepted(tmp_path):
    """Whoever writes into the database forges nothing either: rows carry signatures."""
    with opened(tmp_path) as cache:
        for number in range(LINES):
            cache.put(key_of(number), sample(number))
        shelf = cache._catalog.shelf
        macs = {number: shelf.read(key_of(number))[0] for number in range(LINES)}
        forged = encode(sample(0, text="PASS"))
        rows = [
            [macs[0], forged],
            [macs[1], forged, 1],
            {"v": forged},
            forged,
            [None, forged],
            ["é" * 64, forged],
            1,
            [],
        ]
        for number, row in enumerate(rows):
            shelf.write(key_of(number), row)
            assert cache.get(key_of(number)) is None
        shelf.write(key_of(9), shelf.read(key_of(10)))
        assert cache.get(key_of(9)) is None
        assert cache.get(key_of(11)) == sample(11)
        assert cache.defects["signature"] == len(rows) + 1


def test_history__index_doctored__only_genuine_samples_of_the_subject(tmp_path):
    with opened(tmp_path) as cache:
        cache.put(key_of(1), sample(1, subject="one"))
        cache.put(key_of(2), sample(2, subject="two"))
        shelf = cache._catalog.shelf
        (index,) = (a for a in shelf.addresses() if shelf.read(a) == {"keys": [key_of(1)]})
        shelf.write(index, {"keys": [key_of(2), key_of(1), key_of(3), index, "short", 1, None]})
        assert cache.history("one") == ((key_of(1), sample(1, subject="one")),)
        for row in ([], "x", {"keys": "abc"}, {"keys": None}, {}):
            shelf.write(index, row)
            assert cache.history("one") == ()

"""Ten thousand broken files: a loader returns, or raises InputError with a line, and nothing else (R01)."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mergefloor.errors import InputError
from mergefloor.loading import load_csv, load_json, load_jsonl, load_yaml, split_front_matter

YAML = b'- id: a-1\n  input: "x \\u00e9"\n  vars: {n: 1.5, b: true, z: ~}\n  text: |\n    one\n    two\n- &a [*a, !!str 2]\n'
JSON = b'[{"id": "a-1", "n": -1.5e3, "t": true, "z": null, "s": "\\u00e9\\n"}, [], {}]'
JSONL = b'{"id": "a", "v": [1, 2.5]}\n\n{"id": "b", "s": "\\ud83d\\ude00"}\r\n'
CSV = b'id,input,tags\r\n1,"a ""b""\r\nc","[""t""]"\r\n2,,x\n'
TEXT = b"---\r\nversion: 1.0\r\nvars: {a: 1}\r\n---\r\nHello {{ a }}\r\n"

BITES = st.sampled_from(
    [bytes([n]) for n in range(256)]
    + [
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xff\xfe",
        b"---\n",
        b"...\n",
        b"- - ",
        b"[" * 50,
        b'"' * 3,
        b"&a ",
        b"*a",
    ]
    + [
        b"!!python/name:os.system ",
        b"<<: ",
        b"? ",
        b"%YAML 9.9\n",
        b"1e999",
        b"NaN",
        b"9" * 30,
        b"\\ud800",
        b"\\u0000",
    ]
    + [
        "\u2028".encode(),
        "\x85".encode(),
        "\U0010ffff".encode(),
        b": ",
        b"#",
        b"|2-\n",
        b">9\n",
        b"@",
        b"`",
        b"\r",
        b"\0",
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 12), BITES), min_size=1, max_size=4)


def edited(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, drop, bite in edits:
        start = at % (len(data) + 1)
        data = data[:start] + bite + data[start + drop :]
    return data


@pytest.mark.parametrize(
    ("load", "source"),
    [(load_yaml, YAML), (load_json, JSON), (load_jsonl, JSONL), (load_csv, CSV), (split_front_matter, TEXT)],
    ids=["yaml", "json", "jsonl", "csv", "text"],
)
def test_loader__mutated_file__returns_or_raises_input_error(
    load: Callable[[str, bytes], object], source: bytes
) -> None:
    told = 0

    @settings(max_examples=2_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(EDITS)
    def mutate(edits: list[tuple[int, int, bytes]]) -> None:
        nonlocal told
        try:
            load("f", edited(source, edits))
        except InputError as error:
            told += 1
            assert error.problems
            assert all(p.place.line >= 1 and p.what and p.fix and "\n" not in str(p) for p in error.problems)

    mutate()
    assert told > 100

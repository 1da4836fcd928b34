"""Ruining files: bytes flipped, cut and stuffed; values swapped for hostile ones; what people and attackers really write."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

SCRAPS: tuple[bytes, ...] = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r", b"\x85", b"\t", b"\x1b[2J",
    "\u202e".encode(), "\u2066".encode(), "\U000e0041".encode(), "\u200b".encode(), "\u2028".encode(),
    b"&a ", b"*a", b"!!python/object/apply:os.system [id] ", b"!!binary ", b"!!set ", b"<<: *a", b"---\n", b"...\n",
    b"{", b"}", b"[", b"]", b'"', b"'", b": ", b"- ", b"\n", b"#", b"? ", b"|\n", b">\n", b"%TAG ! x\n",
    b".nan", b"NaN", b"-.inf", b"Infinity", b"1e999", b"9" * 400, b"0x1F", b"017", b"1:30", b"yes", b"null", b"~",
    b"{{", b"}}", b"{%", b"%}", b"{# ", b"$", b"${", b"{{ x.__class__ }}", b"${jndi:ldap://x}", b"::set-output name=x::y",
    b"[" * 60, b"[" * 3000, b"{a: " * 60, b'{"a":' * 3000, b"- " * 300,
    b"\nid: refund-1\n", b"\nid: x\nid: x\n", b"\nsuites: {}\n", b"\npolicy: {alpha: .nan}\n", b"\nversion: 2\n",
    b"must_contain: []\n", b"expected: .nan\n", b"critical: maybe\n", b"floor: 0\n", b"graders: []\n",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, 10**15, 10**30, float("nan"), float("inf"), float("-inf"), "", " ",
    "x", "../x", "/etc/passwd", "~/x", "C:\\x", "a\x00b", "a\nb", "no", "\u202ex", "\ud800", "9" * 500, "a" * 5000,
    "(a+)+$", "[", "{{x}}", "{{ ''.__class__ }}", "*", "**", "!x", "openai/x", "scripted/nope.yaml", "scripted/../x",
    [], [[]], {}, {"a": {}}, [None], ["a", 1], {"": 1}, [{}], [["a"] * 50], {"$ref": "#"}, {"type": "judge"},
)  # fmt: skip
KEYS = (
    "x",
    "",
    "id",
    "base_url",
    "api_key",
    "__proto__",
    "a b",
    "floor",
    "pass_rate",
    "include",
    "target",
    "\ud800",
)


def _flip(data: bytes, rng: Random) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _drop(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 2, 5, 40)) :]


def _stuff(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(SCRAPS) + data[at + rng.choice((0, 0, 1, 8)) :]


def _line(data: bytes, rng: Random) -> bytes:
    """A line twice, elsewhere, or further in."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        lines.insert(rng.randrange(len(lines) + 1), lines[at])
    elif kind == 1:
        lines[at] = b"  " * rng.randrange(1, 4) + lines[at]
    elif kind == 2:
        lines[at] = lines[at].lstrip()
    else:
        del lines[at]
    return b"\n".join(lines)


def _whole(data: bytes, rng: Random) -> bytes:
    options = (
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b"- \n",
        b"\0" * 50,
        bytes(rng.randbytes(200)),
        data * 3,
        b"# only\n",
    )
    return rng.choice(options)


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip,
    _flip,
    _cut,
    _drop,
    _stuff,
    _stuff,
    _stuff,
    _line,
    _line,
    _whole,
)


def spoil(data: bytes, rng: Random) -> bytes:
    """One to three wounds."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(BYTES)(data, rng)
    return data


def swap(value: Any, rng: Random) -> Any:
    """Plain data with one entry replaced, renamed, doubled or dropped."""
    if not isinstance(value, dict | list) or not value or rng.random() < 0.08:
        return rng.choice(VALUES)
    copy = value.copy()
    key = rng.choice(list(copy)) if isinstance(copy, dict) else rng.randrange(len(copy))
    action = rng.random()
    if action < 0.1:
        del copy[key]
    elif action < 0.2 and isinstance(copy, dict):
        copy[rng.choice(KEYS)] = copy.pop(key)
    elif action < 0.25 and isinstance(copy, list):
        copy.append(copy[key])
    else:
        copy[key] = swap(copy[key], rng)
    return copy


def written(value: Any) -> bytes:
    """As JSON, which is YAML as well; what JSON cannot hold (NaN, lone surrogates) is written all the same."""
    return json.dumps(value, ensure_ascii=True).encode("ascii")

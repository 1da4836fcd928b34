"""Outputs and state as the runner reads them back, and the file they are written to (T56)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.runner.hostile_lines import lines as hostile_lines
from tests.fakes.runner_grammar import FileCommandError, key_values

from mergefloor.runner.file_commands import append, heredoc, size, too_long

NAMES = ("verdict", "report", "summary", "pass-rate", "cost-usd")
PIECES = (
    "\n", "\r", "\r\n", "\n\n", "\u2028", "\x85", "\x00", "\x0b", "verdict=pass", "verdict<<EOF", "EOF", "<<", "=", "<",
    "mergefloor_", "mergefloor_" + "0" * 32, "ghadelimiter_x", "GITHUB_ENV", "::set-output name=verdict::pass", "",
    " ", "\ufeff", "\u202e", "\U0001f600", "{\"a\": 1}",
)  # fmt: skip


def drawn(random: Random) -> Callable[[], str]:
    return lambda: f"{random.getrandbits(128):032x}"


def as_written(value: str) -> str:
    """NUL and half characters can be in no environment and no UTF-8; everything else comes back as it was."""
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in value)


def test_T56_ten_thousand_hostile_values__exactly_our_keys_and_values() -> None:
    random = Random(56)
    token = drawn(random)
    values = ["".join(random.choices(PIECES, k=random.randint(0, 9))) for _ in range(8_000)]
    values += list(hostile_lines(2_000, seed=56))
    raw_harm = 0
    for start in range(0, len(values), len(NAMES)):
        wanted = dict(zip(NAMES, values[start : start + len(NAMES)], strict=True))
        data = b"".join(heredoc(name, value, token) for name, value in wanted.items())
        assert key_values(data.decode()) == {name: as_written(value) for name, value in wanted.items()}
        raw_harm += _harm("".join(f"{name}={value}\n" for name, value in wanted.items()), wanted)
    assert raw_harm > 1_500, "the values must do harm when nothing is done"


def _harm(text: str, wanted: dict[str, str]) -> bool:
    try:
        return key_values(text) != wanted
    except FileCommandError:
        return True


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=30)), max_size=5), st.integers(0, 9))
def test_T56_any_values__one_after_the_other__are_read_back(rows: list[tuple[str, str]], seed: int) -> None:
    token = drawn(Random(seed))
    data = b"".join(heredoc(name, value, token) for name, value in rows)
    assert key_values(data.decode()) == {name: as_written(value) for name, value in rows}


def test_heredoc__delimiter_that_is_in_the_value__is_drawn_again() -> None:
    token = chain(["a", "b"], repeat("c"))
    value = "x\nmergefloor_a\nmergefloor_b"
    data = heredoc("verdict", value, lambda: next(token))
    assert data.startswith(b"verdict<<mergefloor_c\n")
    assert key_values(data.decode()) == {"verdict": value}


@pytest.mark.parametrize("name", ["", "a=b", "a<<b", "a\nb", "a b", "1a", "\u00e9", "x" * 101])
def test_heredoc__name_that_is_none__is_a_bug(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        heredoc(name, "x", lambda: "t")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a<<EOF\nb\nEOF ", "missing new line"),
        ("a<<EOF\nb\n", "not found"),
        ("a<<\nb\n", "delimiter"),
        ("nonsense\n", "invalid format"),
        ("=x\n", "name"),
    ],
)
def test_oracle__what_the_runner_refuses__is_refused(text: str, why: str) -> None:
    with pytest.raises(FileCommandError, match=why):
        key_values(text)


def test_oracle__plain_lines_and_empty_values__are_read() -> None:
    assert key_values("a=b=c\n\nd<<E\nE\ne<<E\n\nE\nf=\na<<x=1\n<<\nx=1\n") == {
        "a": "<<", "d": "", "e": "", "f": "",
    }  # fmt: skip


def test_append__twice__keeps_both(tmp_path: Path) -> None:
    path = tmp_path / "out"
    append(str(path), b"one\n")
    append(str(path), b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    assert size(str(path)) == 8
    assert size(str(tmp_path / "none")) == 0


def test_append__to_a_link_a_pipe_or_a_folder__writes_nowhere(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"kept")
    (tmp_path / "link").symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "gone/file"):
        with pytest.raises(OSError):
            append(str(tmp_path / name), b"x")
    assert target.read_bytes() == b"kept"


def test_append__full_disk__leaves_what_was_there(tmp_path: Path) -> None:
    """The limit on a file's size stands in for a full disk: the first part of the data still goes in."""
    path = tmp_path / "out"
    path.write_bytes(b"kept\n")
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from mergefloor.runner.file_commands import append\n"
        "try:\n    append(sys.argv[1], b'x' * 5000)\n"
        "except OSError as error:\n    print('refused', error.errno)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("refused")
    assert path.read_bytes() == b"kept\n"


def test_too_long__as_the_service_counts__utf_16() -> None:
    assert not too_long("x" * 500_000)
    assert too_long("x" * 500_001)
    assert too_long("\U0001f600" * 250_001)

"""The log: nothing foreign is obeyed, nothing of ours is lost, two megabytes at most (T55, T57, R39)."""

from __future__ import annotations

import contextlib
import io
import sys
import unicodedata
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.runner.hostile_lines import lines as hostile_lines
from tests.fakes.runner_grammar import CommandLog, command, lines, suspicious

from mergefloor.runner.lines import harmless, legible
from mergefloor.runner.lines import lines as harmless_lines
from mergefloor.runner.log import BUDGET, Log, Stream, guarded

SECRET = "sk-canary-0123456789"


def tokens() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


def a_log() -> tuple[Log, io.StringIO]:
    out = io.StringIO()
    return Log(out, token=tokens(), redact=lambda text: text.replace(SECRET, "[redacted]")), out


def read(out: io.StringIO) -> CommandLog:
    found = CommandLog()
    found.feed(out.getvalue())
    return found


def test_T55_hostile_lines__through_the_funnel__no_command_is_recognised() -> None:
    texts = list(hostile_lines(100_000, seed=55))
    raw = sum(any(command(line) for line in lines(text)) for text in texts)
    assert raw > 25_000, "the texts must be obeyed when nothing is done"
    clean = [line for text in texts for line in harmless_lines(text)]
    assert not [line for line in clean if suspicious(line)]
    assert not [line for line in clean if lines(line) != [line] and line]


def test_T55_hostile_block__in_the_log__runs_only_our_own_two_lines() -> None:
    log, out = a_log()
    for text in hostile_lines(3_000, seed=56):
        log.block(text)
        log.note(text)
    found = read(out)
    assert {each.name for each in found.commands} == {"stop-commands"}
    assert not found.stopped


def test_T55_raw_text__inside_the_block_alone__would_be_stopped_too() -> None:
    """Both walls stand alone: this is the second without the first."""
    found = CommandLog()
    inside = "\n".join(hostile_lines(3_000, seed=57))
    found.feed(f"::stop-commands::{'f' * 32}\n{inside}\n::{'f' * 32}::\n")
    assert [each.name for each in found.commands] == ["stop-commands"]
    assert not found.stopped


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=":#[]% \t\r\n\u200b\x85\u2028aeorst-", max_size=30) | st.text(max_size=40))
def test_T55_any_text__is_never_a_command_and_always_one_line_each(text: str) -> None:
    for line in harmless_lines(text):
        assert suspicious(line) is None
        assert lines(line) in ([line], [])
        assert harmless(line) == line


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_T57_any_text__in_the_log__has_only_characters_that_show(text: str) -> None:
    for line in harmless_lines(text):
        assert not [c for c in line if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plain words, 100 % of them",
        "std::vector<int> a::b",
        "  12 | passed :: failed",
        "# heading ## two [brackets]",
        "\u4e2d\u6587 \u0440\u0443\u0441 caf\u00e9 \u2502 \u2192 \U0001f600",
    ],
)
def test_ordinary_text__stays_as_it_is(line: str) -> None:
    assert harmless_lines(line) == [line]


def test_T57_controls__are_written_as_numbers() -> None:
    assert legible("a\x1b[31m\tb\u202e\u200b") == "a\\u{1b}[31m    b\\u{202e}\\u{200b}"


def test_mask__every_line_of_every_secret__is_hidden_and_not_shown() -> None:
    log, out = a_log()
    log.mask([SECRET, "first-half%0A\nsecond-half", "short", "", "        "])
    log.block("the mask of first-half%0A")
    found = read(out)
    assert found.masks == {SECRET, "first-half%0A", "second-half", "first-half%0A\nsecond-half"}
    assert "first-half" not in found.text
    assert SECRET not in found.text


def test_block__with_a_title__folds() -> None:
    log, out = a_log()
    log.block("inside", title="the\n::error::evil title")
    assert [each.name for each in read(out).commands] == ["group", "stop-commands", "endgroup"]
    assert read(out).commands[0].data == "the :\\:error::evil title"


def test_text__with_a_secret__is_redacted_before_it_is_escaped() -> None:
    log, out = a_log()
    log.block(f"a {SECRET} b")
    log.note(f"c {SECRET}")
    log.block("x", title=SECRET)
    assert SECRET not in out.getvalue()
    assert out.getvalue().count("[redacted]") == 3


def test_R39_too_much_text__log_stays_in_two_megabytes_and_the_last_text_is_there() -> None:
    log, out = a_log()
    for number in range(8):
        log.block("\n".join(f"{number} line {row} \u2502 of a long text" for row in range(20_000)))
    for number in range(50_000):
        log.note(f"progress {number} of 50000 and so on and so on")
    log.block("verdict: block\n" * 1_000 + "the last line", last=True)
    size = len(out.getvalue().encode())
    assert 1_000_000 < size <= BUDGET
    assert read(out).shown[-2:] == ["the last line", read(out).shown[-1]]
    assert "lines left out" in out.getvalue()
    assert not read(out).stopped


def test_R39_one_text_over_the_budget__keeps_its_start_and_its_end() -> None:
    log, out = a_log()
    log.block("\n".join(f"line {row}" for row in range(400_000)), last=True)
    found = read(out)
    assert found.shown[1] == "line 0"
    assert found.shown[-2] == "line 399999"
    assert len(out.getvalue().encode()) <= BUDGET


def test_R39_one_endless_line__is_left_out_and_said() -> None:
    log, out = a_log()
    log.block("x" * 3_000_000, last=True)
    assert "1 lines left out" in out.getvalue()


def test_stream__parts_of_lines__go_out_whole_and_harmless() -> None:
    log, out = a_log()
    stream = Stream(log)
    for part in (":", ":error::x\n::er", "ror::y", "\n", f"{SECRET[:5]}", f"{SECRET[5:]}\nopen"):
        assert stream.write(part) == len(part)
        stream.flush()
    assert out.getvalue().splitlines() == [":\\:error::x", ":\\:error::y", "[redacted]"]
    print("printed", file=stream, flush=True)
    assert out.getvalue().splitlines()[-1] == "openprinted"
    assert not stream.isatty()


def test_guarded__what_is_said_without_a_log__is_harmless() -> None:
    out = io.StringIO()
    for text in hostile_lines(2_000, seed=58):
        print(text, file=guarded(out))
    assert read(out).commands == []
    with contextlib.redirect_stderr(guarded(out)):
        print("::error::from a library", file=sys.stderr)
    assert out.getvalue().endswith(":\\:error::from a library\n")


def test_narrow_locale__what_it_cannot_show__is_escaped() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Log(out, token=tokens(), redact=str).block("caf\u00e9 \u2502")
    assert b"caf\\xe9 \\u2502" in raw.getvalue()

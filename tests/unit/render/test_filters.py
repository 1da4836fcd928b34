import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.render.hostile_texts import CANARY, FRAGMENTS, texts
from tests.unit.render.oracle import LINKED, PARSER, read

from mergefloor.render.filters import NAME_LIMIT, PROSE_LIMIT, cell, escaped, fence, inline, log, prose

ANY = st.text(st.characters())


def test_fence__plain_text__is_prefixed_and_marked_as_text():
    assert fence("one\ntwo") == "```text\n\u2502 one\n\u2502 two\n```"


@pytest.mark.parametrize("ticks", [1, 2, 3, 4, 9])
def test_fence__backticks_inside__is_one_longer_than_the_longest_run(ticks):
    first = fence("a " + "`" * ticks + " b").splitlines()[0]
    assert first == "`" * max(3, ticks + 1) + "text"


def test_fence__hidden_characters__are_shown():
    shown = fence("a\x00b\x1b[2J\u202ec\u200bd\U000e0041e\ud800f\U000e0101")
    assert shown.splitlines()[1] == (
        "\u2502 a\ufffdb\ufffd[2J\\u{202e}c\\u{200b}d\\u{e0041}e\ufffdf\\u{e0101}"
    )


def test_fence__emoji_and_scripts_that_join__stay_whole():
    assert "\U0001f469\u200d\U0001f4bb \u0645\u06cc\u200c\u062e" in fence(
        "\U0001f469\u200d\U0001f4bb \u0645\u06cc\u200c\u062e"
    )


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_fence__every_kind_of_line_end__becomes_a_prefixed_line(end):
    assert fence(f"a{end}@b") == "```text\n\u2502 a\n\u2502 @b\n```"


def test_fence__html_comment__is_broken():
    assert "<!--" not in fence("<!-- mergefloor:mergefloor.yml -->")


def test_fence__long_lines__are_wrapped_between_words_and_long_words_are_cut():
    rows = fence("word " * 50 + "x" * 250, width=40).splitlines()[1:-1]
    assert all(len(row) <= 42 for row in rows)
    assert rows[0] == "\u2502 " + "word " * 7 + "word"


def test_fence__10_000_hostile_strings__the_parser_sees_one_fence_each():
    for text in texts(10_000, seed=50):
        shown = fence(text)
        tokens = PARSER.parse(f"before\n\n{shown}\n\nafter")
        kinds = [token.type for token in tokens]
        assert kinds == ["paragraph_open", "inline", "paragraph_close", "fence", *kinds[:3]]
        assert all(line.startswith("\u2502") for line in tokens[3].content.splitlines())
        shown.encode()


@given(ANY)
def test_fence__any_text__keeps_every_line_inside(text):
    rows = fence(text).split("\n")
    assert rows[-1] == rows[0].removesuffix("text")
    assert all(row.startswith("\u2502") for row in rows[1:-1])


@given(ANY)
def test_cell__any_text__has_safe_characters_only_and_a_bounded_length(text):
    assert re.fullmatch(r"(?:[A-Za-z0-9._/-]|\\u\{[0-9a-f]+\})+", cell(text))
    assert len(cell(text)) <= NAME_LIMIT + 3


def test_cell__names__are_kept_and_the_rest_is_spelt_out():
    assert cell("prompts/a_b-1.yaml") == "prompts/a_b-1.yaml"
    assert cell("a|b`") == "a\\u{7c}b\\u{60}"
    assert cell("") == "-"
    assert cell("x" * 200) == "x" * NAME_LIMIT + "..."
    assert cell("@" * 200).endswith("\\u{40}...")


def test_prose__code_in_backticks__stays_code_and_cannot_end_early():
    assert prose("run `mergefloor gate --base main` now") == "run `mergefloor gate --base main` now"
    assert prose("a `b<img>`") == "a `b\\u{3c}img\\u{3e}`"
    assert prose("one ` alone") == "one ' alone"
    assert prose("empty `` code") == "empty  code"


def test_prose__markup_links_and_mentions__are_spelt_out():
    assert prose("pass_rate *fell* [x](y)") == "pass\\_rate \\*fell\\* \\[x\\](y)"
    assert prose("see https://evil.example") == "see https\\u{3a}//evil.example"
    assert prose("www.evil.example, GH-7") == "www\\u{2e}evil.example, GH\\u{2d}7"
    assert prose("@me fixes #1") == "\\u{40}me fixes \\u{23}1"
    assert prose("1. first") == "1\\. first"
    assert prose("75.6 % is low") == "75.6 % is low"
    assert prose("- item") == "\\- item"
    assert prose("a\n\n# b") == "a \\u{23} b"


def test_prose__5_000_hostile_strings__are_plain_text_and_code():
    for text in texts(5_000, seed=51):
        shown = prose(text)
        assert len(shown) <= 2 * PROSE_LIMIT
        reading = read(f"- {shown}\n")
        assert not reading.tags
        assert not reading.fenced
        assert not reading.other
        assert not any(LINKED.search(plain) for plain in reading.plain), reading.plain


@given(ANY.map(lambda text: text * 50))
def test_prose__any_long_text__is_bounded(text):
    assert len(prose(text)) <= 2 * PROSE_LIMIT


# The runner's own grammar (actions/runner, ActionCommand.cs): `::name props::message` at the start of a line after
# white space, `##[name props]message` anywhere in a line.
V2 = re.compile(r"^\s*::(?P<name>[^:\s][^:]*)?.*?::")
V1 = re.compile(r"##\[[^\]]*\]")


def commands(text):
    return [line for line in text.splitlines() if V2.match(line) or V1.search(line)]


def test_log__20_000_hostile_strings__hold_no_workflow_command():
    raw = 0
    for text in texts(20_000, seed=55):
        shown = log(text)
        raw += bool(commands(text))
        assert not commands(shown)
        assert not commands(inline(text))
        assert all(line.startswith("| ") for line in shown.split("\n"))
        assert all(c == "\n" or c.isprintable() for c in shown)
    assert raw > 1_000


@given(ANY)
def test_log__any_text__is_printable_prefixed_and_without_commands(text):
    shown = log(text, 40)
    assert all(line.startswith("| ") and len(line) <= 42 for line in shown.split("\n"))
    assert "::" not in shown
    assert "##[" not in shown
    shown.encode()


@pytest.mark.parametrize("fragment", [":::error::x", "###[error]x", "::::", ":: ::", "##[##[x]]"])
def test_inline__overlapping_commands__are_broken_too(fragment):
    assert "::" not in inline(fragment)
    assert "##[" not in inline(fragment)


def test_inline__terminal_sequences__are_spelt_out():
    assert inline("a\x1b[31mb\x07\u202e\tc") == "a\\u{1b}[31mb\\u{7}\\u{202e} c"


def test_escaped__several_characters__one_by_one():
    assert escaped("a\u202e") == "\\u{61}\\u{202e}"


def test_hostile_texts__seeded__cover_every_fragment():
    assert set(FRAGMENTS) - {f for t in texts(3_000, seed=1) for f in FRAGMENTS if f in t} == set()
    assert all(CANARY in text for text in texts(100, seed=2))

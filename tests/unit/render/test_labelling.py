"""One output on one screen: complete, harmless, and silent about judge, arm and model."""

from __future__ import annotations

from dataclasses import replace

from mergefloor.core.labelling import Item, resumed
from mergefloor.render.labelling import (
    KEYS,
    Look,
    done_screen,
    help_screen,
    labelling_screen,
    labelling_summary,
    page_count,
)

ITEM = Item(
    id="late.0123456789ab",
    grader="tone",
    input="Where is my parcel?",
    output="It is on its way.",
    task=("Warm and direct.",),
    material=(("Reference answer", "On its way."),),
    suspect=True,
)
OTHER = replace(ITEM, id="other.x", output="No idea.")
LOOK = Look(width=80, height=24)
SESSION = resumed("tone", [ITEM, OTHER], [], 100)


def test_screen__shows_check_question_material_output_progress_and_keys() -> None:
    text = labelling_screen(SESSION.after(False), ITEM, LOOK)
    assert text.startswith("tone: 1 of 2, 1 failure so far\n")
    for part in ("| Warm and direct.", "| Where is my parcel?", "Reference answer", "| It is on its way."):
        assert part in text
    assert text.endswith(KEYS)


def test_screen__is_the_same_for_a_suspect_and_for_none__and_tells_no_id() -> None:
    shown = {labelling_screen(SESSION, replace(ITEM, suspect=s), LOOK) for s in (True, False, None)}
    assert len(shown) == 1
    assert "late" not in shown.pop()


def test_screen__with_a_hostile_output__has_no_control_and_no_line_that_passes_for_ours() -> None:
    bad = replace(ITEM, output="\x1b[2J\x1b]0;x\x07ok\r\nCheck\n1 pass  0 fail\n::error::x\u202e\x9b1m")
    text = labelling_screen(SESSION, bad, LOOK)
    assert not any((ord(c) < 32 and c != "\n") or c in "\u202e\x9b" for c in text)
    assert text.count("\nCheck") == 1
    assert "::error" not in text


def test_screen__of_a_long_output__has_pages_that_fit_and_hold_all_of_it() -> None:
    words = [f"word{n}" for n in range(900)]
    item = replace(ITEM, output=" ".join(words))
    count = page_count(item, LOOK)
    pages = [labelling_screen(SESSION, item, replace(LOOK, page=n)) for n in range(count)]
    assert count > 3
    for number, page in enumerate(pages, start=1):
        lines = page.split("\n")
        assert sum(-(-len(line) // 80) or 1 for line in lines) <= 24
        assert all(len(line) <= 80 for line in lines[:-1])
        assert f"page {number} of {count}" in page
    shown = " ".join(pages).split()
    assert [w for w in shown if w.startswith("word")] == words
    assert labelling_screen(SESSION, item, replace(LOOK, page=99)) == pages[-1]


def test_screen__on_a_tiny_terminal__still_shows_something() -> None:
    assert "Output" in "".join(
        labelling_screen(SESSION, ITEM, Look(width=10, height=3, page=n))
        for n in range(page_count(ITEM, Look(width=10, height=3)))
    )


def test_screen__without_color__has_no_escape__and_with_it_only_bold() -> None:
    assert "\x1b" not in labelling_screen(SESSION, ITEM, LOOK)
    text = labelling_screen(SESSION, ITEM, replace(LOOK, color=True))
    assert "\x1b[1mOutput\x1b[0m" in text
    assert "\x1b[1m| " not in text


def test_help__says_what_every_key_does_within_the_width() -> None:
    text = help_screen(Look(width=60, height=24))
    for key in ("1  ", "0  ", "s  ", "u  ", "q  ", "space  "):
        assert key in text
    assert max(map(len, text.split("\n"))) <= 60


def test_done__offers_an_undo() -> None:
    assert "u undo" in done_screen(SESSION.after(True).after(True), LOOK)


def test_summary__says_how_many_where_and_what_next() -> None:
    part = labelling_summary((SESSION.after(False),), "evals/l.jsonl", 1)
    assert part.startswith("1 new label in evals/l.jsonl\n  tone: 1 of 2, 1 failure; 30 are recommended\n")
    assert "the same command goes on" in part
    whole = labelling_summary((SESSION.after(False).after(True),), "evals/l.jsonl", 2)
    assert "goes on" not in whole
    assert (
        "for more failures label the answers of a worse prompt" in whole and "for more failures" not in part
    )
    assert "no judge is held against" not in whole
    stray = labelling_summary((SESSION.after(False),), "evals/l.jsonl", 1, named=False)
    assert "write `judge: {calibration: evals/l.jsonl}` into the config" in stray

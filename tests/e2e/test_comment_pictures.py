"""The comment as GitHub shows it and report.html, in a real browser: small and large runs, two widths, light and dark.

MERGEFLOOR_PICTURES=<folder> keeps the pictures for a person to look at.
"""

from __future__ import annotations

import html as entities
import os
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from docs.github_page import Theme, page, rendered, strangers
from tests.e2e import chromium
from tests.unit.render import samples
from tests.unit.render.hostile_texts import texts

from mergefloor.core import bulletin as told
from mergefloor.core.report import Override, Report
from mergefloor.core.types import Place, Problem
from mergefloor.render import bulletin, html, markdown, summary

needs_browser = pytest.mark.skipif(chromium.BROWSER is None, reason="there is no Chromium on this machine")
RUN = "https://github.com/mergefloor/mergefloor/actions/runs/7/attempts/1"
SHA = "b82a7c61d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0"
CASES = (50, 500, 5_000)
WIDTHS = (360, 1_400)
THEMES: tuple[Theme, ...] = ("light", "dark")
# The colour at the top edge: the page's ground under a comment, the verdict's line over a report.
TOPS: dict[tuple[str, Theme], tuple[int, int, int]] = {
    ("comment", "light"): (255, 255, 255),
    ("comment", "dark"): (13, 17, 23),
    ("report", "light"): (179, 38, 30),
    ("report", "dark"): (255, 138, 128),
}


def large(cases: int) -> Report:
    """A blocked run, one case in twenty of it broken for good."""
    found = samples.many(cases)
    more = tuple(
        replace(samples.BROKEN[n % 3], case=f"{samples.BROKEN[n % 3].case}-{n:03d}", critical=False)
        for n in range(cases // 20)
    )
    suite = replace(found.suites[0], broken=(*found.suites[0].broken, *more))
    return replace(found, suites=(suite, *found.suites[1:]), url=RUN)


def let_in() -> Report:
    override = Override(by="ada", role="admin", reason="w" * 300, sha=SHA, own=True)
    return replace(samples.eventful(), override=override, private=True, url=RUN)


def bulletins() -> dict[str, str]:
    problem = Problem(place=Place(path="evals/" + "x" * 200, line=3), what="w" * 300, fix="f " * 100)
    found = {
        "invalid": told.invalid([problem] * 25),
        "undecided": told.undecided("w" * 500, "run it again"),
        "fork": told.waiting("fork", SHA, suites=("s" * 80,) * 12, findings=samples.eventful().tampering),
        "dependabot": told.waiting("dependabot", SHA),
        "untouched": told.untouched(14),
        "idle": told.idle("schedule"),
        "cancelled": told.cancelled(3),
    }
    return {name: bulletin(each, marker="mergefloor.yml", url=RUN) for name, each in found.items()}


def comments() -> dict[str, str]:
    """Every comment that a reviewer may meet, the large ones too."""
    return {
        **{f"{cases} cases": markdown(large(cases), marker="mergefloor.yml") for cases in CASES},
        **{name: markdown(make(), marker="mergefloor.yml") for name, make in samples.ENDINGS.items()},
        "let in": markdown(let_in(), marker="mergefloor.yml"),
        "long words": markdown(samples.hostile("W" * 500), marker="mergefloor.yml"),
        "summary": summary(large(500)),
        **bulletins(),
    }


def first_row(path: Path) -> list[tuple[int, ...]]:
    """The colours of the top line of a PNG as Chromium writes it: 3 channels of 8 bits, not interlaced."""
    data, place, packed = path.read_bytes(), 8, b""
    (width,) = struct.unpack(">I", data[16:20])
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + size]
        place += size + 12
    raw = zlib.decompress(packed)[: 1 + 3 * width]
    # Above the first line is nothing, so of the five filters "up" leaves it as it is, and "Paeth" is "sub".
    weight = {0: 0.0, 1: 1.0, 2: 0.0, 3: 0.5, 4: 1.0}[raw[0]]
    line: list[int] = []
    for index, value in enumerate(raw[1:]):
        line.append((value + int(weight * line[index - 3]) if index > 2 else value) % 256)
    return [tuple(line[n : n + 3]) for n in range(0, len(line), 3)]


def sheet(folder: Path, name: str, pages: dict[Theme, str]) -> Path:
    """One page with the same text at both widths, light and dark, side by side."""
    frames = []
    for theme in THEMES:
        shown = folder / f"{name}-{theme}.html"
        shown.write_text(pages[theme], encoding="utf-8")
        address = f"{shown.name}#q=&amp;page=1&amp;theme={theme}"
        frames += [f'<iframe width="{width}" height="1200" src="{address}"></iframe>' for width in WIDTHS]
    style = "<style>body{margin:0;display:flex}iframe{border:0;flex:none}</style>"
    target = folder / f"{name}.html"
    target.write_text(f"<!doctype html><meta charset=utf-8>{style}{''.join(frames)}", encoding="utf-8")
    return target


@needs_browser
@pytest.mark.parametrize("cases", CASES)
def test_pictures__comment_and_report_at_every_size__are_drawn_in_their_colours(
    tmp_path: Path, cases: int
) -> None:
    folder = Path(os.environ.get("MERGEFLOOR_PICTURES", tmp_path))
    report = large(cases)
    comment, whole = markdown(report, marker="m"), html(report)
    sheets: dict[str, dict[Theme, str]] = {
        "comment": {theme: page(comment, theme) for theme in THEMES},
        "report": dict.fromkeys(THEMES, whole),
    }
    for kind, pages in sheets.items():
        shown = sheet(folder, f"{kind}-{cases}", pages)
        target = shown.with_suffix(".png")
        chromium.picture(shown, tmp_path / "profile", target, (2 * sum(WIDTHS), 1_200))
        row, left = first_row(target), 0
        assert len(row) == 2 * sum(WIDTHS)
        for theme in THEMES:
            for width in WIDTHS:
                assert row[left + width // 2] == TOPS[kind, theme], (kind, theme, width)
                left += width
        assert target.stat().st_size > 200_000, "a picture without text is small"


MEASURE = """
const frames = [...document.querySelectorAll("iframe")];
const report = frames.map((frame) => {
  const page = frame.contentDocument, wide = page.documentElement.scrollWidth - frame.clientWidth;
  const out = [...page.querySelectorAll("p,li,h3,summary,blockquote,table,pre")].filter((one) =>
    one.checkVisibility() && one.getBoundingClientRect().right > frame.clientWidth + 1);
  return `${frame.title}|${wide}|${out.length}`;
});
document.documentElement.dataset.report = report.join(";");
"""


@needs_browser
def test_comments__at_360_and_1_400_pixels__need_no_sideways_scrolling(tmp_path: Path) -> None:
    """All comments in one page of frames: nothing but a table or a block of text may scroll, and only in itself."""
    frames = "".join(
        f'<iframe title="{name} at {width}" width="{width}" height="600" style="border:0" '
        f'srcdoc="{entities.escape(page(text, theme))}"></iframe>'
        for name, text in comments().items()
        for width in WIDTHS
        for theme in THEMES[: 1 if width > 360 else 2]
    )
    shown = tmp_path / "all.html"
    script = f"<script>addEventListener('load', () => {{{MEASURE}}})</script>"
    shown.write_text(f"<!doctype html><meta charset=utf-8>{frames}{script}", encoding="utf-8")
    document, console = chromium.dom(shown, tmp_path / "profile")
    assert console == []
    found = re.search(r'data-report="([^"]*)"', document)
    assert found is not None
    rows = [row.split("|") for row in found[1].split(";")]
    assert len(rows) == 3 * len(comments())
    assert [row for row in rows if int(row[1]) > 0 or int(row[2]) > 0] == []


def test_T50_T52__every_comment__keeps_to_what_githubs_sanitizer_lets_through() -> None:
    for name, text in comments().items():
        assert strangers(rendered(text)) == set(), name
    for text in texts(60, seed=360):
        assert strangers(rendered(markdown(samples.hostile(text), marker=text))) == set()


def test_strangers__what_github_would_drop__is_found() -> None:
    assert strangers('<img src="x"><p style="a">x</p><details open><summary onclick="x">') == {
        "img",
        "img src",
        "p style",
        "summary onclick",
    }


def test_comment__first_thing_a_reviewer_reads__is_one_sentence_with_verdict_and_why() -> None:
    for name, text in comments().items():
        first = next(line for line in text.splitlines() if not line.startswith("<!--"))
        said = re.match(r"\S+ \*\*(.+?)\*\*", first)
        assert said is not None, name
        assert re.search(r"[Mm]ay merge|[Dd]o not merge|let in by|Nothing to check", said[1]), name

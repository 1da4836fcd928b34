"""calibration.html: the confusion matrix and the interval of kappa as pictures, and the disagreements to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.session import Calibrated, figures, headline, verdict
from mergefloor.core.page_words import PAGE
from mergefloor.core.wording import Prose
from mergefloor.render.calibration import DISAGREE, cut, named, remarks, sides
from mergefloor.render.filters import cell, visible
from mergefloor.render.html import shell
from mergefloor.render.judge_pictures import confusion_picture, kappa_picture
from mergefloor.render.redact import Redactor
from mergefloor.render.svg import Svg, element
from mergefloor.render.words import as_page

TONES = {0: "good", 1: "bad", 2: "unsure"}


def calibration_html(found: Calibrated, *, redact: Callable[[str], str] | None = None) -> str:
    """One file that needs nothing else; no script in it, and our own style by its hash."""
    clean = redact or Redactor()
    title = clean(visible(headline(found))).replace("`", "")
    body = (
        element(
            "header",
            {"class": f"verdict {TONES[found.exit_code]}"},
            element("div", {"class": "wrap"}, _headline(found, clean)),
        ),
        element(
            "main",
            {"class": "wrap"},
            *(element("p", {"class": "soft"}, _sentence(each, clean)) for each in remarks(found)),
            *(_check(each, f"k{number}", clean) for number, each in enumerate(found.hearings)),
        ),
    )
    frame = shell()
    head = element(
        "head",
        {},
        Svg('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Svg(f'<meta http-equiv="Content-Security-Policy" content="{frame.policy}">'),
        element("title", {}, title),
        Svg(f"<style>{frame.style}</style>"),
    )
    return f'<!doctype html>\n<html lang="en">{head}{element("body", {}, *body)}</html>\n'


def _headline(found: Calibrated, clean: Callable[[str], str]) -> Svg:
    sign = Svg(
        '<span class="sign" aria-hidden="true"></span>'
    )  # HTML, unlike SVG, closes no empty element by itself
    return element("h1", {}, sign, element("span", {}, _sentence(headline(found), clean)))


def _check(hearing: Hearing, name: str, clean: Callable[[str], str]) -> Svg:
    rows = (
        element("tr", {}, element("th", {"scope": "row"}, key), element("td", {}, value))
        for key, value in figures(hearing)
    )
    return element(
        "section",
        {"class": "card"},
        element("h2", {}, element("code", {}, named(hearing, clean))),
        element("p", {}, _sentence(verdict(hearing), clean)),
        element("div", {"class": "pair"}, *_pictures(hearing, name)),
        element("table", {"class": "figures"}, *rows),
        *_disagreements(hearing, clean),
    )


def _pictures(hearing: Hearing, name: str) -> Iterator[Svg]:
    found = hearing.calibration
    yield _figure(PAGE["judge_matrix"], confusion_picture(found.confusion, f"{name}-matrix"))
    if found.kappa is not None:
        needed = hearing.eligibility.terms.kappa
        yield _figure(PAGE["judge_kappa"], kappa_picture(found.kappa, f"{name}-kappa", needed))


def _figure(title: str, picture: Svg) -> Svg:
    return element("figure", {}, element("figcaption", {}, title), picture)


def _disagreements(hearing: Hearing, clean: Callable[[str], str]) -> Iterator[Svg]:
    """What to read first, each with the words of the judge; closed, so that the next check is in sight."""
    if hearing.calibration.worst:
        yield element("h3", {"class": "figures"}, DISAGREE)
    for each in hearing.calibration.worst:
        texts = (("asked", each.input), ("answer", each.output), ("judge", each.reason))
        yield element(
            "details",
            {"class": "case"},
            element("summary", {}, element("code", {}, cell(clean(each.id))), f" {sides(each)}"),
            element(
                "div",
                {"class": "detail"},
                *(
                    part
                    for title, text in texts
                    for part in (
                        element("h3", {}, title),
                        element("pre", {"class": "text"}, cut(visible(clean(text)))),
                    )
                ),
            ),
        )


def _sentence(text: str, clean: Callable[[str], str]) -> Svg:
    """A sentence of ours that may hold foreign words, its `code` as code."""
    return Svg(as_page((Prose(clean(text)),)))

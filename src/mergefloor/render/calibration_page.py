"""calibration.html: the confusion matrix and the interval of kappa as pictures, and the disagreements to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.session import Calibrated, figures, headline, verdict
from mergefloor.core.wording import Prose
from mergefloor.render.calibration import DISAGREE, cut, named, remarks, sides
from mergefloor.render.filters import cell, visible
from mergefloor.render.html import shell
from mergefloor.render.judge_pictures import confusion_picture, kappa_picture
from mergefloor.render.redact import Redactor
from mergefloor.render.svg import Svg, element
from mergefloor.render.words import as_page


def calibration_html(found: Calibrated, *, redact: Callable[[str], str] | None = None) -> str:
    """One file that needs nothing else; no script in it, and our own style by its hash."""
    clean = redact or Redactor()
    title = clean(visible(headline(found))).replace("`", "")
    body = element(
        "main",
        {"class": "wrap"},
        element("h1", {}, _sentence(headline(found), clean)),
        *(element("p", {}, _sentence(each, clean)) for each in remarks(found)),
        *(part for number, each in enumerate(found.hearings) for part in _check(each, f"k{number}", clean)),
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
    return f'<!doctype html>\n<html lang="en">{head}{element("body", {}, body)}</html>\n'


def _check(hearing: Hearing, name: str, clean: Callable[[str], str]) -> Iterator[Svg]:
    yield element("h2", {}, f"{named(hearing, clean)}: ", _sentence(verdict(hearing), clean))
    yield confusion_picture(hearing.calibration.confusion, f"{name}-matrix")
    if hearing.calibration.kappa is not None:
        yield kappa_picture(hearing.calibration.kappa, f"{name}-kappa", hearing.eligibility.terms.kappa)
    rows = (
        element("tr", {}, element("th", {}, key), element("td", {}, value)) for key, value in figures(hearing)
    )
    yield element("table", {}, *rows)
    if hearing.calibration.worst:
        yield element("h3", {}, DISAGREE)
    for each in hearing.calibration.worst:
        yield element("h4", {}, f"{cell(clean(each.id))}: {sides(each)}")
        said = (cut(visible(clean(one))) for one in (each.input, each.output, each.reason))
        yield element("pre", {}, "\n\n".join(said))


def _sentence(text: str, clean: Callable[[str], str]) -> Svg:
    """A sentence of ours that may hold foreign words, its `code` as code."""
    return Svg(as_page((Prose(clean(text)),)))

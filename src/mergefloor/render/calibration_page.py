"""calibration.html: the confusion matrix and the interval of kappa as pictures, and the disagreements to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.session import Calibrated, figures, headline, verdict
from mergefloor.core.wording import Prose
from mergefloor.render.calibration import DISAGREE, cut, matrix, remarks, sides
from mergefloor.render.filters import cell, visible
from mergefloor.render.html import shell
from mergefloor.render.redact import Redactor
from mergefloor.render.svg import Svg, box, dot, element, line, picture, text
from mergefloor.render.words import as_page

MATRIX = (320.0, 150.0)
KAPPA = (320.0, 60.0)
LOWEST = -0.2  # where the line of kappa begins; what lies below is drawn at its end


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
    yield element("h2", {}, f"{cell(clean(hearing.grader))}: ", _sentence(verdict(hearing), clean))
    yield confusion_picture(hearing, f"{name}-matrix")
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


def confusion_picture(hearing: Hearing, name: str) -> Svg:
    """Four fields; the bar in each is its share of the row."""
    rows = matrix(hearing.calibration.confusion)
    told = "; ".join(f"{said}: the judge passes {passed}, fails {failed}" for said, passed, failed in rows)
    parts = [
        text((170, 16), "judge passes", "tiny", "middle"),
        text((265, 16), "judge fails", "tiny", "middle"),
    ]
    for number, (said, *counts) in enumerate(rows):
        top = 26.0 + 60 * number
        parts.append(text((8, top + 30), said, "tiny"))
        for column, shown in enumerate(counts):
            left, right = 125.0 + 95 * column, column == number
            whole = sum(counts) or 1
            parts.append(box((left, top), (88, 52), "frame"))
            parts.append(box((left, top + 44), (88 * shown / whole, 8), f"bar {'good' if right else 'bad'}"))
            parts.append(text((left + 44, top + 30), f"{shown:,}", "", "middle"))
    return picture(name, MATRIX, "Confusion matrix", told, *parts)


def kappa_picture(kappa: Estimate, name: str, needed: float) -> Svg:
    """Kappa and its interval on a line, with the bound that its lower end must reach."""
    low, value, high, limit = map(_place, (kappa.low, kappa.value, kappa.high, needed))
    kind = "good" if kappa.low >= needed else "bad"
    told = (
        f"kappa {kappa.value:.2f}, {kappa.low:.2f} to {kappa.high:.2f}; its lower end must reach {needed:.2f}"
    )
    return picture(
        name,
        KAPPA,
        "Agreement beyond chance",
        told,
        line((_place(LOWEST), 30), (_place(1), 30), "track"),
        box((low, 25), (high - low, 10), f"bar {kind}"),
        dot((value, 30), 5, f"mark {kind}"),
        line((limit, 16), (limit, 44), "limit"),
        text((limit, 12), f"needed {needed:g}", "tiny", "middle"),
        text((_place(0), 56), "0", "tiny", "middle"),
        text((_place(1), 56), "1", "tiny", "end"),
    )


def _place(value: float) -> float:
    return 10 + (max(LOWEST, value) - LOWEST) / (1 - LOWEST) * (KAPPA[0] - 20)

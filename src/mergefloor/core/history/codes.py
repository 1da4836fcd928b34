"""The points of a metric as one short text, which is most of what a line holds.

    binary   `3` three passes, `-` unknown, `(1/2)` one pass of two draws where the run made another number
    score    thousandths with blanks between them: `812`, `-`, `812/2` where two draws are known of another number

A golden set of 100 cases takes 100 characters a binary metric and about 390 a score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mergefloor.core.history.entry import Kind, Point

UNKNOWN = "-"
ONE_DIGIT = 9
THOUSAND = 1000
Points = tuple[Point | None, ...]
_BINARY = re.compile(r"(?P<usual>[0-9])|(?P<unknown>-)|\((?P<passes>[0-9]{1,6})/(?P<draws>[0-9]{1,6})\)")
_SCORE = re.compile(r"(?P<score>[0-9]{1,4})(?:/(?P<draws>[0-9]{1,6}))?|(?P<unknown>-)")


def encode(points: Sequence[Point | None], kind: Kind, samples: int) -> str:
    """The text of these points; `samples` is the usual number of draws."""
    if kind == "binary":
        return "".join(_passes(point, samples) for point in points)
    return " ".join(_score(point, samples) for point in points)


def decode(text: str, kind: Kind, samples: int) -> Points:
    """The points of a text. ValueError when it is none."""
    return _split_binary(text, samples) if kind == "binary" else _split_scores(text, samples)


def _passes(point: Point | None, samples: int) -> str:
    if point is None:
        return UNKNOWN
    passes = round(point.value * point.draws)
    return str(passes) if point.draws == samples <= ONE_DIGIT else f"({passes}/{point.draws})"


def _score(point: Point | None, samples: int) -> str:
    if point is None:
        return UNKNOWN
    score = str(round(point.value * THOUSAND))
    return score if point.draws == samples else f"{score}/{point.draws}"


def _split_binary(text: str, samples: int) -> Points:
    points: list[Point | None] = []
    at = 0
    while at < len(text):
        found = _BINARY.match(text, at)
        if found is None:
            raise ValueError(f"{text[at : at + 20]!r} is no code of a case")
        at = found.end()
        points.append(_binary_point(found, samples))
    return tuple(points)


def _binary_point(found: re.Match[str], samples: int) -> Point | None:
    if found["unknown"]:
        return None
    usual = found["usual"]
    passes, draws = (int(usual), samples) if usual else (int(found["passes"]), int(found["draws"]))
    if not draws > 0 or passes > draws:
        raise ValueError(f"{found.group()!r} has more passes than draws")
    return Point(value=passes / draws, draws=draws)


def _split_scores(text: str, samples: int) -> Points:
    points: list[Point | None] = []
    for token in text.split(" ") if text else ():
        found = _SCORE.fullmatch(token)
        if found is None:
            raise ValueError(f"{token[:20]!r} is no code of a case")
        points.append(_score_point(found, samples))
    return tuple(points)


def _score_point(found: re.Match[str], samples: int) -> Point | None:
    if found["unknown"]:
        return None
    score, draws = int(found["score"]), int(found["draws"] or samples)
    if score > THOUSAND or draws < 1:
        raise ValueError(f"{found.group()!r} is no score of a case that was drawn")
    return Point(value=score / THOUSAND, draws=draws)

"""The two gauges of a step on the way to the verdict: how large the loss is, and how often luck makes one."""

from __future__ import annotations

from math import log10

from mergefloor.core.decision_path import Loss, Luck
from mergefloor.core.page_words import PAGE
from mergefloor.render.svg import Svg, box, dot, line, picture, text

GAUGE = (220.0, 46.0)
LUCK_DECADES = 6.0


def loss_gauge(loss: Loss, name: str) -> Svg:
    """The net change on a line with zero and the tolerated loss."""
    reach = 1.2 * max(abs(loss.net), loss.tolerated)
    zero, limit, net = (_gauge(value, reach) for value in (0.0, -loss.tolerated, loss.net))
    kind = "bad" if loss.net <= -loss.tolerated else "good"
    start, end = min(zero, net), max(zero, net)
    return picture(
        name,
        GAUGE,
        PAGE["loss_axis"],
        loss.text,
        line((6, 24), (GAUGE[0] - 6, 24), "track"),
        line((zero, 12), (zero, 36), "axis"),
        box((start, 19), (end - start, 10), f"bar {kind}"),
        line((limit, 12), (limit, 36), "limit"),
        dot((net, 24), 5, f"mark {kind}"),
        text((limit, 9), PAGE["tolerated"], "tiny", "middle"),
        text((zero, 45), "0", "tiny", "middle"),
    )


def _gauge(value: float, reach: float) -> float:
    return GAUGE[0] / 2 + value / reach * (GAUGE[0] / 2 - 6)


def luck_gauge(luck: Luck, name: str) -> Svg:
    """How often luck does this, from often (left) to never (right), each step ten times rarer."""
    limit, seen = _decades(luck.limit), _decades(luck.p)
    kind = "bad" if luck.p <= luck.limit else "good"
    return picture(
        name,
        GAUGE,
        PAGE["luck_axis"],
        luck.text,
        line((6, 24), (GAUGE[0] - 6, 24), "track"),
        box((limit, 19), (GAUGE[0] - 6 - limit, 10), "below"),
        line((limit, 12), (limit, 36), "limit"),
        dot((seen, 24), 5, f"mark {kind}"),
        text((limit, 9), PAGE["luck_limit"], "tiny", "middle"),
        text((6, 45), PAGE["luck_often"], "tiny"),
        text((GAUGE[0] - 6, 45), PAGE["luck_rare"], "tiny", "end"),
    )


def _decades(p: float) -> float:
    share = min(1.0, -log10(max(p, 10**-LUCK_DECADES)) / LUCK_DECADES) if p < 1 else 0.0
    return 6 + share * (GAUGE[0] - 12)

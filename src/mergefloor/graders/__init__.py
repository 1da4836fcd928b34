"""Checks of outputs. (Subject, replies) -> Asks | Grade | GradeMissing; pure, whatever a model has to say in it."""

from mergefloor.graders.judge.canary import canaries, canary_verdict
from mergefloor.graders.judge.decisions import decisions
from mergefloor.graders.judge.scale import rubric, scale
from mergefloor.graders.needs import asked, compares, decides, embeds, judged
from mergefloor.graders.table import GRADERS, build, check, metric_kind

__all__ = [
    "GRADERS",
    "asked",
    "build",
    "canaries",
    "canary_verdict",
    "check",
    "compares",
    "decides",
    "decisions",
    "embeds",
    "judged",
    "metric_kind",
    "rubric",
    "scale",
]

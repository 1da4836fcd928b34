"""GitHub's runner: what it tells a step (inputs, event, environment) and what a step tells it."""

from mergefloor.runner.event import read_event
from mergefloor.runner.inputs import read_inputs, secrets_of
from mergefloor.runner.job import read_job
from mergefloor.runner.log import guarded
from mergefloor.runner.runner import Runner, RunnerEffect, speaks_to_runner
from mergefloor.runner.sealing import removed, seal

__all__ = [
    "Runner",
    "RunnerEffect",
    "guarded",
    "read_event",
    "read_inputs",
    "read_job",
    "removed",
    "seal",
    "secrets_of",
    "speaks_to_runner",
]

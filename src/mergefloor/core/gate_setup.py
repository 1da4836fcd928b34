"""What the workflow files of one repository have to say: its branch, its keys, its time, its pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mergefloor.core.action_pin import Pin

WORKFLOW = ".github/workflows/mergefloor.yml"
FORKS = ".github/workflows/mergefloor-forks.yml"
SCHEDULE = ".github/workflows/mergefloor-schedule.yml"
CONTEXT = "mergefloor"
ENVIRONMENT = "mergefloor"
CACHE = ".mergefloor-cache"
CACHE_SECRET = "MERGEFLOOR_CACHE_KEY"  # noqa: S105 - the name of a secret
SPARE_MINUTES = 10  # for the start of the job and the report, beside the minutes of the budget
KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY", "openai-compatible": "OPENAI_API_KEY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSetup:
    """`branch`: the default branch; `minutes`: of the budget; `providers`: of every model the config may call;
    `gate`: our own action; `steps`: the other actions by name."""

    branch: str
    minutes: float
    providers: frozenset[str]
    gate: Pin
    steps: Mapping[str, Pin]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets that a gate needs here."""
        return (*sorted({KEYS[name] for name in self.providers if name in KEYS}), CACHE_SECRET)

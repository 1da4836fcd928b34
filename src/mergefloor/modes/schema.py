"""`mergefloor schema`: what an editor needs to check a config while it is typed."""

from __future__ import annotations

import json

from mergefloor import config
from mergefloor.core.effects import Outcome, Print


def run() -> Outcome:
    """Print the JSON schema of mergefloor.yml and of golden cases."""
    return Outcome(exit_code=0, effects=(Print(text=json.dumps(config.json_schema(), indent=2)),))

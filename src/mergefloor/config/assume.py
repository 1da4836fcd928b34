"""What is assumed of a repository without a config: every prompt file is a suite with its own test cases."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.config.naming import suite_names
from mergefloor.core.prompt import Note
from mergefloor.core.settings import DEFAULT_MODEL, Config, Suite
from mergefloor.core.types import Place

FILE = "mergefloor.yml"


def assume_config(prompt_paths: Sequence[str]) -> Config:
    """One suite a prompt file, every setting at its default, and notes that say so."""
    paths = sorted(set(prompt_paths))
    names = suite_names(paths)
    suites = tuple(Suite(name=names[path], prompt=path, place=Place(path=path)) for path in paths)
    config = Config(path=None, suites=suites)
    listed = [Note(place=Place(path=path), text=_suite_note(names[path])) for path in paths]
    return Config(path=None, suites=suites, notes=(Note(place=Place(path=FILE), text=_note(config)), *listed))


def _note(config: Config) -> str:
    policy, budget = config.policy, config.budget
    return (
        f"there is no {FILE}, so this is assumed: the model that a prompt file names, else {DEFAULT_MODEL}; "
        f"judge {config.judge.model}; alpha {policy.alpha:g}, margin {policy.margin:g}, no floors; at most "
        f"{budget.usd:g} USD and {budget.minutes:g} minutes a run. `mergefloor init` writes it down"
    )


def _suite_note(name: str) -> str:
    return f"gated as suite {name!r} with the test cases inside the file"

"""Commands about models: which there are, and what another one in the place of one of them does."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mergefloor.core.effects import Outcome, WriteFile
from mergefloor.core.roster.listing import nobody_asked
from mergefloor.modes import model_update, models
from mergefloor.providers.listing import listings
from mergefloor.repo import LocalRepo
from mergefloor.wiring import Env, for_git, redactor, world


def run_model_update(invocation: argparse.Namespace, env: Env) -> Outcome:
    """Try the new model. With `--write` edited files go where they were read, from the top of the repository."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = model_update.ModelUpdateRequest(
            old=invocation.old,
            new=invocation.new,
            ref=invocation.ref,
            suites=tuple(invocation.suite),
            config=invocation.config,
            report_dir=invocation.report,
            write=invocation.write,
            offline=invocation.offline,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        found = model_update.examine(request, everything)
        effects = model_update.effects(request, found, everything)
    if not request.write:
        return Outcome(exit_code=found.exit_code, effects=effects)
    with LocalRepo(Path(invocation.repo), environ=for_git(env)) as repo:
        files = tuple(WriteFile(path=str(repo.top / each.path), text=each.after) for each in found.files)
    return Outcome(exit_code=found.exit_code, effects=(*files, *effects))


def run_models(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor models`: every pin. Without `--online` nobody is asked anything."""
    with LocalRepo(Path(invocation.repo), environ=for_git(env)) as repo:
        request = models.ModelsRequest(
            ref=invocation.ref,
            config=invocation.config,
            as_json=invocation.json,
            within=invocation.within,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        files, clean = repo.snapshot(invocation.ref), redactor(env)
        asked = partial(listings, env) if invocation.online else nobody_asked
        return models.run(request, files, now=time.time(), listings=asked, redact=clean)


RUNS: dict[str, Callable[[argparse.Namespace, Env], Outcome]] = {
    "model-update": run_model_update,
    "models": run_models,
}

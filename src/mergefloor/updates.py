"""`mergefloor model-update`: tries another model, and writes what was accepted to the work tree."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from mergefloor.core.effects import Outcome, WriteFile
from mergefloor.modes import model_update
from mergefloor.repo import LocalRepo
from mergefloor.wiring import Env, for_git, world


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

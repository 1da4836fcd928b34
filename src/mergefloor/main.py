"""The composition root: builds the World from adapters, runs a mode, applies its effects, and is the one error boundary."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Mapping, Sequence

from mergefloor import cli
from mergefloor.core.effects import Outcome
from mergefloor.errors import InputError, MergefloorError

BUG = 2


def main(argv: Sequence[str], env: Mapping[str, str]) -> int:
    """Run one command; the exit code is 0, 1, 2 or 3 and nothing else (CONTRACT 4)."""
    debug = "--debug" in argv
    try:
        return _run(cli.parse(argv), env)
    except MergefloorError as error:
        _complain(error, debug)
        return error.exit_code
    except KeyboardInterrupt:
        print("mergefloor: stopped; what was paid for is saved, the same command resumes", file=sys.stderr)
        return BUG
    except Exception as error:  # noqa: BLE001  # the one boundary: a bug is exit 2, never a pass (R04)
        _bug(error, debug)
        return BUG


def _run(invocation: argparse.Namespace, env: Mapping[str, str]) -> int:
    from mergefloor.application import MODES
    from mergefloor.delivery import apply

    outcome: Outcome = MODES[invocation.mode](invocation, env)
    try:
        apply(outcome)
        sys.stdout.flush()  # here, where a closed pipe or a full disk still has an error boundary around it
    except OSError as error:
        what = f"standard output does not take what was found ({error.strerror or error})"
        raise MergefloorError(what, "run again: what was paid for is saved") from error
    return outcome.exit_code


def _complain(error: MergefloorError, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    if isinstance(error, InputError):
        for problem in error.problems:
            print(problem, file=sys.stderr)
        count = len(error.problems)
        print(f"mergefloor: {count} {'problem' if count == 1 else 'problems'}", file=sys.stderr)
        return
    print(f"mergefloor: {error}", file=sys.stderr)


def _bug(error: Exception, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    hint = "" if debug else "; `--debug` shows where"
    print(
        f"mergefloor: a bug of ours stopped the run ({type(error).__name__}: {error}){hint}", file=sys.stderr
    )

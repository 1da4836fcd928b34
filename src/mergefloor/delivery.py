"""Effects applied: files and text here, everything else by the adapter that can."""

from __future__ import annotations

import sys
from pathlib import Path

from mergefloor.core.effects import Outcome, Print, WriteFile
from mergefloor.errors import MergefloorError


def apply(outcome: Outcome) -> None:
    """Do to the world what a mode asked for: write files, show text. A file that cannot be written ends the run,
    but only after everything was shown: it was paid for."""
    refused: list[str] = []
    for effect in outcome.effects:
        if isinstance(effect, WriteFile):
            refused += _write(effect)
        elif isinstance(effect, Print):
            print(effect.text, file=sys.stdout if effect.stream == "out" else sys.stderr)
        else:
            raise TypeError(f"{type(effect).__name__} needs GitHub, and this command has none")
    if refused:
        raise MergefloorError("; ".join(refused), "name a path that can be written, with room on its disk")


def _write(effect: WriteFile) -> list[str]:
    """What is wrong with the place where a file should go; nothing when it was written."""
    target = Path(effect.path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(effect.text, encoding="utf-8")
    except OSError as error:
        return [f"{effect.path!r} cannot be written ({error.strerror or error})"]
    return []

"""`mergefloor init`: find prompts and golden sets, write a config that reads back."""

from __future__ import annotations

from mergefloor import config, golden, prompts
from mergefloor.core.effects import Effect, Outcome, Print, WriteFile
from mergefloor.core.ports import Snapshot
from mergefloor.errors import InputError, UsageError

CONFIG = "mergefloor.yml"
DATA = (".yaml", ".yml", ".jsonl", ".csv")
FOLDERS = ("evals", "eval", "golden", "goldens", "tests/evals", "tests/golden")


def run(files: Snapshot, *, force: bool) -> Outcome:
    """Write mergefloor.yml for the prompts and golden sets of one tree. UsageError when one is there already."""
    if CONFIG in files.files and not force:
        raise UsageError(f"there is a {CONFIG} already", "type `mergefloor init --force` to write it again")
    found = tuple(path for path in sorted(files.files) if prompts.is_prompt(path))
    if not found:
        raise InputError.at(
            "prompts/",
            1,
            "no prompt file was found",
            "put prompts under `prompts/` or name them `*.prompt.yml`",
        )
    sets = _golden_globs(files)
    own_model = any(_names_a_model(files, path) for path in found)
    text = config.config_text(found, sets, own_model=own_model)
    return Outcome(exit_code=0, effects=(WriteFile(path=CONFIG, text=text), _told(found, sets)))


def _golden_globs(files: Snapshot) -> tuple[str, ...]:
    """One glob a folder and ending, for folders whose files read as golden sets."""
    globs = {
        f"{path.rpartition('/')[0]}/*.{path.rpartition('.')[2]}"
        for path in files.files
        if path.endswith(DATA)
        and path.startswith(tuple(f"{folder}/" for folder in FOLDERS))
        and _is_golden(files, path)
    }
    return tuple(sorted(globs))


def _names_a_model(files: Snapshot, path: str) -> bool:
    try:
        return prompts.parse(path, files.read(path)).model is not None
    except InputError:
        return False  # `mergefloor validate`, which comes next, says what is wrong with it


def _is_golden(files: Snapshot, path: str) -> bool:
    try:
        return bool(golden.read_golden(path, files.read(path)))
    except InputError:
        return False


def _told(found: tuple[str, ...], sets: tuple[str, ...]) -> Effect:
    lines = [
        f"Wrote {CONFIG}.",
        *(f"  prompt      {path}" for path in found),
        *(f"  golden set  {glob}" for glob in sets),
    ]
    if not sets:
        lines.append("  no golden set found under evals/ or golden/: test_cases inside prompt files count")
    lines += ["Next: read it, then type `mergefloor validate` and `mergefloor gate --head WORKTREE`."]
    return Print(text="\n".join(lines))

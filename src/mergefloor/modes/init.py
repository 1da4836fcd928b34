"""`mergefloor init`: find prompts and golden sets, write a config that reads back, and the workflow that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mergefloor import config, golden, prompts
from mergefloor.core.action_pin import Pin
from mergefloor.core.effects import Outcome, Print, WriteFile
from mergefloor.core.gate_setup import FORKS, SCHEDULE, WORKFLOW, GateSetup
from mergefloor.core.ports import Snapshot
from mergefloor.core.settings import DEFAULT_MODEL, Config
from mergefloor.errors import InputError, UsageError
from mergefloor.modes.next_steps import next_steps
from mergefloor.render.workflow import fork_workflow, schedule_workflow, workflow

CONFIGS = ("mergefloor.yml", ".github/mergefloor.yml")
DATA = (".yaml", ".yml", ".jsonl", ".csv")
FOLDERS = ("evals", "eval", "golden", "goldens", "tests/evals", "tests/golden")
KEPT = "Kept {}, which is there already; `mergefloor init --force` writes it again."
UNPINNED = (
    "No workflow was written: this is no release of mergefloor, so that its action has no commit to pin; "
    "type `mergefloor init --action OWNER/NAME@COMMIT` with the 40 hex digits of one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """`force`: write over files; `forks`, `schedule`: those workflows too; `gate`: our action, None when nobody knows where
    it lives; `pins`: the other actions by name; `branch`: the default branch."""

    force: bool = False
    forks: bool = False
    schedule: bool = False
    branch: str = "main"
    gate: Pin | None = None
    pins: Mapping[str, Pin]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """The config as it will be: kept or new, where, what it says, and what to tell of it."""

    path: str
    text: str | None
    settings: Config
    told: tuple[str, ...]


def run(files: Snapshot, request: InitRequest) -> Outcome:
    """Write mergefloor.yml and the workflows, each only where there is none (unless forced).

    Raises UsageError when nothing is left to write, InputError when there are no prompts or a kept config is broken.
    """
    draft = _draft(files, force=request.force)
    setup = _setup(draft.settings, files, request)
    due = _workflows(setup, request) if setup else {}
    wanted = {**({} if draft.text is None else {draft.path: draft.text}), **due}
    new = {path: text for path, text in wanted.items() if request.force or path not in files.files}
    if not new:
        kept = " and ".join(dict.fromkeys((draft.path, *due)))
        fix = "type `mergefloor init --force` to write again" + ("" if setup else f". {UNPINNED}")
        raise UsageError(f"there is {kept} already", fix)
    lines = [*draft.told, *_told(due, new), *([] if setup else ["", UNPINNED])]
    written = [WriteFile(path=path, text=text) for path, text in new.items()]
    steps = next_steps(draft.path, setup, forks=request.forks, schedule=request.schedule)
    return Outcome(exit_code=0, effects=(*written, Print(text="\n".join([*lines, "", *steps]))))


def _draft(files: Snapshot, *, force: bool) -> _Draft:
    """The config that is there, or a new one for the prompts of the tree."""
    there = next((path for path in CONFIGS if path in files.files), None)
    if there is not None and not force:
        settings = config.read_config(files, there)
        if settings is not None:
            told = (KEPT.format(there),)
            return _Draft(path=there, text=None, settings=settings, told=told)
    found = tuple(path for path in sorted(files.files) if prompts.is_prompt(path))
    if not found:
        fix = "put prompts under `prompts/` or name them `*.prompt.yml`"
        raise InputError.at("prompts/", 1, "no prompt file was found", fix)
    sets = _golden_globs(files)
    own_model = any(_model(files, path) is not None for path in found)
    text, path = config.config_text(found, sets, own_model=own_model), there or CONFIGS[0]
    return _Draft(
        path=path,
        text=text,
        settings=config.parse_config(path, text.encode()),
        told=_found(path, found, sets),
    )


def _setup(settings: Config, files: Snapshot, request: InitRequest) -> GateSetup | None:
    if request.gate is None:
        return None
    return GateSetup(
        branch=request.branch,
        minutes=settings.budget.minutes,
        providers=frozenset(name.partition("/")[0] for name in _models(settings, files)),
        gate=request.gate,
        steps=request.pins,
    )


def _models(settings: Config, files: Snapshot) -> set[str]:
    """Every model that a run of this config may call: the arms', the judge, the one for embeddings."""
    named = {
        suite.model or settings.model or _model(files, suite.prompt) or DEFAULT_MODEL
        for suite in settings.suites
    }
    return {*named, *settings.judge.models, *filter(None, [settings.embedding_model])}


def _workflows(setup: GateSetup, request: InitRequest) -> dict[str, str]:
    found = {WORKFLOW: workflow(setup)}
    if request.forks:
        found[FORKS] = fork_workflow(setup)
    if request.schedule:
        found[SCHEDULE] = schedule_workflow(setup)
    return found


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


def _model(files: Snapshot, path: str) -> str | None:
    """The model that a prompt file names."""
    try:
        return prompts.parse(path, files.read(path)).model
    except InputError:
        return None  # `mergefloor validate`, which comes next, says what is wrong with it


def _is_golden(files: Snapshot, path: str) -> bool:
    try:
        return bool(golden.read_golden(path, files.read(path)))
    except InputError:
        return False


def _found(path: str, found: tuple[str, ...], sets: tuple[str, ...]) -> tuple[str, ...]:
    lines = [f"Wrote {path}.", *(f"  prompt      {each}" for each in found)]
    lines += [f"  golden set  {glob}" for glob in sets]
    if not sets:
        lines.append("  no golden set found under evals/ or golden/: test_cases inside prompt files count")
    return tuple(lines)


def _told(due: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [f"Wrote {path}." if path in new else KEPT.format(path) for path in due]

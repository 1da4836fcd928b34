"""`mergefloor doctor`: read the workflows, CODEOWNERS and the branch's rules, and say what makes the gate toothless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mergefloor import config
from mergefloor.core.doctor import Unchecked, diagnose
from mergefloor.core.doctor.branch import BranchRules
from mergefloor.core.doctor.diagnose import Watched
from mergefloor.core.doctor.node import Node
from mergefloor.core.doctor.scene import FOLDER, Scene, Unread, gate_jobs
from mergefloor.core.doctor.schedules import scheduled
from mergefloor.core.doctor.workflow import Workflow, gate_kind, read_workflow
from mergefloor.core.effects import Outcome, Print
from mergefloor.core.hub import Hub
from mergefloor.core.ports import Snapshot
from mergefloor.core.settings import Config
from mergefloor.core.types import Json
from mergefloor.errors import HubError, InputError
from mergefloor.loading import load_yaml
from mergefloor.modes.code_owners import code_owners
from mergefloor.render.diagnosis import diagnosis_json, diagnosis_text

HIDDEN = (403, 404)  # what GitHub answers to a token that may not see something
ACTIONS = re.compile(r"(?:.*/)?action\.ya?ml")
MOST_ACTIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRequest:
    """`branch`: the default branch; `repository`: owner/name on GitHub, None when nobody knows."""

    branch: str = "main"
    as_json: bool = False
    repository: str | None = None


def run(request: DoctorRequest, files: Snapshot, hub: Hub | None) -> Outcome:
    """Exit code 0: no error found; 1: errors; 2: something vital could not be seen."""
    settings, gaps = _settings(files)
    scene = _scene(files, request.branch, settings)
    seen, more = _asked(hub, request)
    states, unseen = _schedules(hub, scene)
    found = diagnose(scene, _watched(files, scene, settings), seen, states)
    found = replace(found, unchecked=(*gaps, *more, *unseen, *found.unchecked))
    text = diagnosis_json(found) if request.as_json else diagnosis_text(found)
    return Outcome(exit_code=found.exit_code, effects=(Print(text=text),))


def _settings(files: Snapshot) -> tuple[Config | None, list[Unchecked]]:
    try:
        return config.read_config(files), []
    except InputError as error:
        what = f"whether the time of the job is enough, and who owns the golden set: {error.problems[0]}"
        return None, [Unchecked(what=what, fix="type `mergefloor validate`")]


def _scene(files: Snapshot, branch: str, settings: Config | None) -> Scene:
    own = frozenset(_own_actions(files))
    workflows: list[Workflow] = []
    unread: list[Unread] = []
    for path in sorted(path for path in files.files if _is_workflow(path)):
        found = _read(files, path, own)
        if isinstance(found, Workflow):
            workflows.append(found)
        else:
            unread.append(found)
    return Scene(
        workflows=tuple(workflows),
        branch=branch,
        minutes=settings.budget.minutes if settings else None,
        unread=tuple(unread),
    )


def _is_workflow(path: str) -> bool:
    name = path.removeprefix(FOLDER)
    return path != name and "/" not in name and name.endswith((".yml", ".yaml"))


def _read(files: Snapshot, path: str, own: frozenset[str]) -> Workflow | Unread:
    data = b""
    try:
        data = files.read(path)
        return read_workflow(load_yaml(path, data), own)
    except InputError as error:
        named = b"mergefloor" in data or "mergefloor" in path
        return Unread(problem=error.problems[0], ours=named)


def _own_actions(files: Snapshot) -> Iterator[str]:
    """Folders of local actions that are mergefloor or run it; empty for the top."""
    paths = [path for path in sorted(files.files) if ACTIONS.fullmatch(path)]
    for path in paths[:MOST_ACTIONS]:
        try:
            document = load_yaml(path, files.read(path))
        except InputError:
            continue  # an action that GitHub cannot read either runs nothing
        root = Node(document, (), document.value)
        steps = root.at("runs").at("steps").rows()
        if root.at("name").text.lower() == "mergefloor" or any(gate_kind(step, ()) for step in steps):
            yield path.rpartition("/")[0]


def _watched(files: Snapshot, scene: Scene, settings: Config | None) -> Watched:
    """What decides: the config, the golden set, the labels of the judge, the workflows, and who owns them."""
    owners = code_owners(files)
    lines: dict[str, list[str]] = {}
    if settings is not None and settings.path is not None:
        lines[f"/{settings.path}"] = [settings.path]
        for path in _evidence(settings, files):
            folder = path.rpartition("/")[0]
            lines.setdefault(f"/{folder}/" if folder else f"/{path}", []).append(path)
    homes = dict.fromkeys(gate.home.path for gate in gate_jobs(scene.workflows))
    if homes:
        lines["/.github/"] = [*homes, *([owners.path] if owners else [])]
    return Watched(owners=owners, files=lines)


def _evidence(settings: Config, files: Snapshot) -> Iterable[str]:
    globs = [glob for suite in settings.suites for glob in suite.golden]
    labels = [path for path in [settings.judge.calibration] if path is not None and path in files.files]
    return dict.fromkeys([*config.select(globs, files.files), *labels])


def _asked(hub: Hub | None, request: DoctorRequest) -> tuple[BranchRules | None, list[Unchecked]]:
    """What GitHub requires of the branch, as far as this token may see it."""
    if hub is None:
        return None, [_unasked(request)]
    try:
        rules = hub.rules(request.branch)
        protection, hidden = _protection(hub, request.branch)
        rulesets = _rulesets(hub, rules)
    except HubError as error:
        return None, [
            Unchecked(
                what=f"what GitHub requires of {request.branch!r}: {error.what}", fix=error.fix, vital=True
            )
        ]
    seen = BranchRules(
        branch=request.branch, rules=rules, protection=protection, hidden=hidden, rulesets=rulesets
    )
    return seen, []


def _schedules(hub: Hub | None, scene: Scene) -> tuple[dict[str, str], list[Unchecked]]:
    """Whether GitHub still runs what runs by the clock."""
    states: dict[str, str] = {}
    gaps: list[Unchecked] = []
    for gate in scheduled(gate_jobs(scene.workflows)) if hub is not None else ():
        path = gate.workflow.path
        try:
            states[path] = hub.workflow_state(path.removeprefix(FOLDER)) if hub is not None else ""
        except HubError as error:
            what = f"whether GitHub still runs the schedule of {path!r}: {error.what}"
            gaps.append(
                Unchecked(what=what, fix="ask with a token that has `actions: read`, once the file is merged")
            )
    return states, gaps


def _unasked(request: DoctorRequest) -> Unchecked:
    named = request.repository is not None
    why = "no token is in GITHUB_TOKEN or GH_TOKEN" if named else "the remote `origin` is not on GitHub"
    return Unchecked(
        what=f"what GitHub requires of {request.branch!r} (is the status required, from whom, who may bypass it): {why}",
        fix=f"type `GH_TOKEN=$(gh auth token) mergefloor doctor{'' if named else ' --github OWNER/NAME'}`",
    )


def _protection(hub: Hub, branch: str) -> tuple[Mapping[str, Json] | None, str]:
    try:
        return hub.protection(branch), ""
    except HubError as error:
        if error.status not in HIDDEN:
            raise
        return None, error.what


def _rulesets(hub: Hub, rules: Iterable[Mapping[str, Json]]) -> dict[int, Mapping[str, Json]]:
    """The rulesets that require checks; those that this token may not see are left out."""
    numbers = {rule.get("ruleset_id") for rule in rules if rule.get("type") == "required_status_checks"}
    found: dict[int, Mapping[str, Json]] = {}
    for number in sorted(number for number in numbers if isinstance(number, int)):
        try:
            found[number] = hub.ruleset(number)
        except HubError as error:
            if error.status not in HIDDEN:
                raise
    return found

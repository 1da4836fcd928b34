"""Are answers kept? Without them a red pull request is re-run until luck makes it green (T36; PLATFORM 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mergefloor.core.doctor.finding import Finding
from mergefloor.core.doctor.jobs import inner
from mergefloor.core.doctor.node import Node
from mergefloor.core.doctor.scene import GateJob
from mergefloor.core.doctor.workflow import Step
from mergefloor.core.types import Place

COMBINED, RESTORE, SAVE = "actions/cache", "actions/cache/restore", "actions/cache/save"
REDRAWN = "a re-run asks the models again and may be luckier"
SEE = "`mergefloor init` writes these steps"


def caches(gate: GateJob) -> Iterator[Finding]:
    """Restore before, save after whatever happens, the same path in all three places, keys that meet."""
    if gate.step.gate != "action":
        return
    combined, restores, saves = (_steps(gate, kind) for kind in (COMBINED, RESTORE, SAVE))
    for step in combined:
        what = f"`{COMBINED}` keeps nothing of a red run: {REDRAWN}"
        fix = f"use `{RESTORE}` before mergefloor and `{SAVE}` with `if: always()` after it; {SEE}"
        yield _error("combined-cache", step.node.at("uses").place, what, fix)
    if not combined:
        yield from _missing(gate, restores, saves)
    mode = gate.setting("cache-mode")
    if mode is not None and mode.text in {"read", "none"}:
        what = f"`cache-mode: {mode.text}` lets nothing be saved: {REDRAWN}"
        yield _error(
            "cache-mode", mode.place, what, "delete `cache-mode:` of the job that gates pull requests"
        )
    for step in saves:
        yield from _save(gate, step)
    yield from _paths(gate, [*combined, *restores, *saves])
    yield from _order(gate, restores, saves)
    yield from _keys(restores, saves)


def _steps(gate: GateJob, kind: str) -> list[Step]:
    """Steps of one kind that handle the answers, told by their path."""
    return [
        step for step in gate.job.steps if step.uses.partition("@")[0].lower() == kind and _ours(step, gate)
    ]


def _ours(step: Step, gate: GateJob) -> bool:
    return any(gate.step.cache_path in path or "mergefloor" in path for path in _path(step))


def _path(step: Step) -> list[str]:
    return [line.strip() for line in step.input("path").splitlines() if line.strip()]


def _error(rule: str, place: Place, what: str, fix: str) -> Finding:
    return Finding(rule=rule, level="error", place=place, what=what, fix=fix)


def _missing(gate: GateJob, restores: Sequence[Step], saves: Sequence[Step]) -> Iterator[Finding]:
    path = gate.step.cache_path
    if not saves:
        what = f"no step saves {path!r}: {REDRAWN}"
        fix = f"add a step `{SAVE}` with `if: always()` after mergefloor; {SEE}"
        yield _error("missing-cache-save", gate.step.node.place, what, fix)
    if not restores:
        what = f"no step restores {path!r}: every run pays for every answer, and {REDRAWN}"
        fix = f"add a step `{RESTORE}` before mergefloor; {SEE}"
        yield _error("missing-cache-restore", gate.step.node.place, what, fix)


def _save(gate: GateJob, step: Step) -> Iterator[Finding]:
    condition = step.node.at("if")
    if inner(condition.text) not in {"always()", "!cancelled()"}:
        place = (condition if step.node.has("if") else step.node).place
        what = f"the answers of a red run are not saved: {REDRAWN}"
        yield _error("cache-save-condition", place, what, "write `if: always()` in the step")
    key = step.node.at("with").at("key")
    if "${{" not in key.text:
        what = (
            f"the key {key.text!r} never changes, and what is saved under a key is never replaced: {REDRAWN}"
        )
        fix = f"write `key: mergefloor-v1-${{{{ hashFiles('{gate.step.cache_path}/**') }}}}`"
        yield _error("fixed-cache-key", key.place, what, fix)


def _paths(gate: GateJob, steps: Sequence[Step]) -> Iterator[Finding]:
    """GitHub finds a cache only under the very path it was saved under."""
    wanted = gate.step.cache_path
    for step in steps:
        if _path(step) != [wanted]:
            node = step.node.at("with").at("path")
            what = f"the path {' '.join(_path(step))!r} differs from {wanted!r}, where mergefloor keeps its answers"
            fix = f"write `path: {wanted}` in every cache step (or the same text as `cache-path:`)"
            yield _error("cache-path", node.place, f"{what}: they are never found again", fix)


def _order(gate: GateJob, restores: Sequence[Step], saves: Sequence[Step]) -> Iterator[Finding]:
    order = [step.node.keys for step in gate.job.steps]
    here = order.index(gate.step.node.keys)
    wrong = [(step, "after", "before") for step in restores if order.index(step.node.keys) > here]
    wrong += [(step, "before", "after") for step in saves if order.index(step.node.keys) < here]
    for step, now, right in wrong:
        what = f"`{step.uses.partition('@')[0]}` comes {now} mergefloor: {REDRAWN}"
        yield _error(
            "cache-order", step.node.place, what, f"move the step {right} the one that runs mergefloor"
        )


def _keys(restores: Sequence[Step], saves: Sequence[Step]) -> Iterator[Finding]:
    """What is saved must be found by the next run: by a prefix, since the content is not known beforehand."""
    for restore in restores:
        lines = restore.node.at("with").at("restore-keys").text.splitlines()
        for key in (save.input("key") for save in saves):
            if key != restore.input("key") and not any(_may_meet(line, key) for line in lines):
                yield _lost(restore.node, key)


def _may_meet(prefix: str, key: str) -> bool:
    """Whether a prefix can find a key, as far as both are written out."""
    head, known = _fixed(prefix), _fixed(key)
    return known.startswith(head) or (known != key and head.startswith(known))


def _fixed(key: str) -> str:
    """A key up to its first expression."""
    return key.strip().partition("${{")[0]


def _lost(restore: Node, key: str) -> Finding:
    prefixes = restore.at("with").at("restore-keys")
    place = prefixes.place if prefixes.text else restore.place
    what = f"nothing that is saved as {key!r} is found by the restore step: {REDRAWN}"
    return _error(
        "cache-keys", place, what, f"write `restore-keys: {_fixed(key) or 'mergefloor-v1-'}` in the step"
    )

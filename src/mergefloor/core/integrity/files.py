"""What a change does to files around the gate: workflows, human labels, prompts that no suite covers (T23, T31)."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.integrity.characters import character_facts
from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.prompt_like import prompt_like
from mergefloor.core.integrity.scene import Changes, FileChange
from mergefloor.core.settings import Config

_WORKFLOWS = (".github/workflows/", ".github/actions/")
_OWNERS = frozenset({"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"})


def file_facts(config: Config, changes: Changes) -> Iterator[Fact]:
    """What the files themselves tell; `config` is base's."""
    for change in changes.files:
        if change.path.startswith(_WORKFLOWS) or change.path in _OWNERS:
            text = f"{change.kind}; whoever edits it can switch the gate off"
            yield Fact(rule="workflow-changed", subject=change.path, text=text)
        if change.path == config.judge.calibration:
            yield from _labels(change)
        if changes.covered(change.path):
            yield from character_facts(change)
        elif (line := prompt_like(change.path, change.added)) is not None:
            text = "reads like a prompt and no suite covers it: {}"
            yield Fact(rule="uncovered-prompt", subject=change.path, text=text, quotes=(line,))


def _labels(change: FileChange) -> Iterator[Fact]:
    """Human labels say whether the judge may gate. More of them are welcome; others are another yardstick."""
    gone = [line for line in change.removed if line.strip()]
    if change.kind == "deleted" or gone:
        count = f"{len(gone)} labels are gone or edited" if len(gone) != 1 else "a label is gone or edited"
        yield Fact(rule="judge-changed", subject=change.path, text=count)

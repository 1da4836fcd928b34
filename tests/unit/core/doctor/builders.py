"""The workflow that init writes, bent one way at a time, and what the doctor says to it."""

from __future__ import annotations

from mergefloor.core.action_pin import Pin
from mergefloor.core.doctor import Diagnosis, diagnose
from mergefloor.core.doctor.diagnose import Watched
from mergefloor.core.doctor.scene import Scene
from mergefloor.core.doctor.workflow import Workflow, read_workflow
from mergefloor.core.gate_setup import FORKS, WORKFLOW, GateSetup
from mergefloor.loading import load_yaml
from mergefloor.release import pins
from mergefloor.render.workflow import fork_workflow, workflow

SHA = "0123456789abcdef0123456789abcdef01234567"
SETUP = GateSetup(
    branch="main",
    minutes=20.0,
    providers=frozenset({"anthropic", "openai"}),
    gate=Pin(action="mergefloor/mergefloor", commit=SHA, version="v1.0.0"),
    steps=pins(),
)
GOOD, FORKED = workflow(SETUP), fork_workflow(SETUP)


def bent(text: str, *edits: tuple[str, str]) -> str:
    """A text with pieces replaced; each piece must be there once."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        text = text.replace(old, new)
    return text


def parsed(text: str, path: str = WORKFLOW, own: tuple[str, ...] = ()) -> Workflow:
    return read_workflow(load_yaml(path, text.encode()), own)


def examined(*texts: str, minutes: float | None = 20.0, branch: str = "main") -> Diagnosis:
    """What is said to files of a repository where everything else is in order."""
    paths = [WORKFLOW, FORKS, ".github/workflows/third.yml"]
    files = tuple(parsed(text, path) for text, path in zip(texts, paths, strict=False))
    return diagnose(Scene(workflows=files, branch=branch, minutes=minutes), Watched())


def said(found: Diagnosis) -> list[tuple[str, str, int]]:
    """Rule, level and line of every finding."""
    return [(f.rule, f.level, f.place.line if f.place else 0) for f in found.findings]


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1

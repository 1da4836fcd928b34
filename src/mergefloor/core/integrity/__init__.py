"""What a change does to its own gate, found by comparing what it starts from with what it leaves (T20-T40)."""

from mergefloor.core.integrity.examine import DEFAULT_ACTIONS, examine
from mergefloor.core.integrity.scene import Changes, FileChange, Scene, SuiteScene
from mergefloor.core.tampering import RULES, Action, Rule, Tampering

__all__ = [
    "DEFAULT_ACTIONS",
    "RULES",
    "Action",
    "Changes",
    "FileChange",
    "Rule",
    "Scene",
    "SuiteScene",
    "Tampering",
    "examine",
]

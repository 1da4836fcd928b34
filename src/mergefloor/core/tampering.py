"""What a change does to its own gate: removed cases, loosened rules, hidden text. Findings are facts, not verdicts.

Nothing here can make a change pass: the base's golden set and policy bind anyway. A finding tells the reviewer what
the change touched, and blocks where the base's policy says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Rule: TypeAlias = Literal[
    "case-removed",
    "case-renamed",
    "case-edited",
    "case-weakened",
    "case-retagged",
    "case-duplicated",
    "expectation-flipped",
    "class-loosened",
    "floor-loosened",
    "policy-loosened",
    "budget-raised",
    "judge-changed",
    "rubric-changed",
    "model-changed",
    "answer-in-prompt",
    "hidden-characters",
    "look-alike-characters",
    "left-coverage",
    "uncovered-prompt",
    "workflow-changed",
]
Action: TypeAlias = Literal["block", "warn", "off"]
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """One thing a change did to its own gate. `subject`: a case id, a path or a config key; `evidence`: before and
    after in words, with foreign text escaped (`\\u{..}`) and at most 300 characters; `suite` "" when it is no suite's."""

    rule: Rule
    subject: str
    evidence: str
    suite: str = ""
    action: Action = "warn"

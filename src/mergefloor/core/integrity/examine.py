"""Everything a change does to its own gate, in the order in which a reviewer should read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from mergefloor.core.integrity.answers import answer_facts
from mergefloor.core.integrity.cases import case_facts
from mergefloor.core.integrity.coverage import coverage_facts
from mergefloor.core.integrity.fact import Fact, told
from mergefloor.core.integrity.files import file_facts
from mergefloor.core.integrity.gate_rules import rule_facts
from mergefloor.core.integrity.models import model_facts
from mergefloor.core.integrity.scene import Changes, Scene
from mergefloor.core.settings import Suite
from mergefloor.core.tampering import RULES, Action, Rule, Tampering

# Base's golden set and policy bind whatever a change does to its own copy, so that a warning is enough by default.
DEFAULT_ACTIONS: Mapping[Rule, Action] = dict.fromkeys(RULES, "warn")
MOST = 200  # findings of one rule in one suite; the rest is counted
_BLOCKING: Mapping[Action, int] = {"block": 0, "warn": 1, "off": 2}


def examine(
    before: Scene,
    after: Scene,
    changes: Changes,
    actions: Mapping[Rule, Action],
    clean: Callable[[str], str] = str,
) -> tuple[Tampering, ...]:
    """What the change from one scene to the other does to its gate: blocking findings first, then by rule.

    `actions` says what each rule does (absent: warn); `clean` takes secrets out of foreign texts.
    """
    chosen = {**DEFAULT_ACTIONS, **actions}
    facts = [fact for fact in _facts(before, after, changes) if chosen[fact.rule] != "off"]
    found = {told(fact, chosen[fact.rule], clean) for fact in _bounded(facts)}
    return tuple(sorted(found, key=_order))


def _facts(before: Scene, after: Scene, changes: Changes) -> Iterator[Fact]:
    yield from rule_facts(before, after)
    yield from coverage_facts(before, after, changes)
    yield from file_facts(before.config, changes)
    classes = {suite.name: suite for suite in before.config.suites}
    for name, then in before.suites.items():
        now = after.suites.get(name)
        if now is not None:
            yield from case_facts(name, then.cases, now.cases, classes.get(name, Suite(name=name)).class_of)
            yield from answer_facts(name, then, now)
            yield from model_facts(name, then, now)


def _bounded(facts: list[Fact]) -> Iterator[Fact]:
    groups: defaultdict[tuple[Rule, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.rule, fact.suite].append(fact)
    for (rule, suite), listed in groups.items():
        yield from listed[:MOST]
        if len(listed) > MOST:
            left = f"{len(listed) - MOST} more"
            yield Fact(rule=rule, subject=left, text=f"{left} like the {MOST} listed", suite=suite)


def _order(found: Tampering) -> tuple[int, str, str, str, str]:
    return _BLOCKING[found.action], found.rule, found.suite, found.subject, found.evidence

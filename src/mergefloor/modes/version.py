"""The version check of every suite: what its prompt declares, and what the change requires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median

from mergefloor.core.keys import digest
from mergefloor.core.ports import Cache, Repo, Snapshot
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver import Fact, RuleSet, Suggestion, VersionCheck, lines
from mergefloor.core.semver.check import VersionLine, check
from mergefloor.core.semver.measured import measured as measured_facts
from mergefloor.core.semver.outputs import draws, evidence, output_tokens
from mergefloor.core.semver.static import static_change
from mergefloor.core.semver.tags import tagged
from mergefloor.core.types import Cell, Output, Place
from mergefloor.modes.measure import Measured, due
from mergefloor.modes.rules import Rules, Sides
from mergefloor.modes.selection import Selected
from mergefloor.modes.suites import SuitePlan, SuiteSide
from mergefloor.modes.world import World

TIMED = 20  # cases that both sides must have answered in one run before their latency is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    """Both arms of a suite that has both."""

    base: SuiteSide
    head: SuiteSide


def checks(
    selected: Selected, measured: Measured, rules: Rules, sides: Sides, world: World
) -> Mapping[str, VersionCheck]:
    """The check of every suite that has a base and a head, by the suite's name; none where the policy says `off`."""
    asked = rules.policy.policy.semver
    if asked == "off":
        return {}
    tags = _tags(world.repo, sides)
    found: dict[str, VersionCheck] = {}
    for plan in selected.plans:
        # A target declares no version: what it is made of is code, and its releases are not ours to number.
        if plan.base is not None and plan.head is not None and plan.suite.prompt:
            facts = _facts(plan, _Both(base=plan.base, head=plan.head), measured, world.cache)
            found[plan.suite.name] = _check(plan.base.prompt, plan.head.prompt, facts, asked, (sides, tags))
    return found


def _facts(plan: SuitePlan, both: _Both, measured: Measured, cache: Cache) -> tuple[Fact, ...]:
    """What the two prompts and their requests show, and where outputs were drawn, what those show."""
    names = {(case.suite, case.case.id) for case in plan.binding}
    cells = {sample: cell for sample, cell in measured.cells.items() if (sample.suite, sample.case) in names}
    static = static_change(
        both.base.prompt,
        both.head.prompt,
        {case.case.id: case.base.request for case in plan.binding if case.base is not None},
        {case.case.id: case.head.request for case in plan.binding if case.head is not None},
        output_tokens=output_tokens(cells.values()),
    )
    if not due(plan) or all(case.identical for case in plan.binding):
        return static
    decided = [metric for metric in measured.decisions if metric.suite == plan.suite.name]
    seen = evidence(plan.binding, cells, decided, measured.ledger.price, _latency(plan, measured, cache))
    return (*static, *measured_facts(seen))


def _check(
    before: PromptVersion,
    after: PromptVersion,
    facts: tuple[Fact, ...],
    rules: RuleSet,
    where: tuple[Sides, Mapping[str, str]],
) -> VersionCheck:
    """Versions are those of the files; where neither file has one, those of tags on the two commits."""
    sides, tags = where
    if before.version is not None or after.version is not None:
        line = _line(after.path, after.version_place, sides.head)
        found = check(before.version, after.version, facts, rules, line)
        return replace(found, changelog=_changelog(before, after, found, sides.head))
    old, new = tagged(before.path, tags, sides.fork.sha), tagged(after.path, tags, sides.head.sha)
    # Releases are tagged after the merge: a head without a tag has promised nothing yet.
    return check(old if new is not None else None, new, facts, rules)


def _line(path: str, place: Place | None, files: Snapshot) -> VersionLine | None:
    """The line at a place, as it is in the file."""
    if place is None:
        return None
    lines = files.read(path).decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    return VersionLine(place=place, text=lines[place.line - 1]) if place.line <= len(lines) else None


def _changelog(
    before: PromptVersion, after: PromptVersion, found: VersionCheck, files: Snapshot
) -> Suggestion | None:
    """The changelog follows the version; one that was left as it was gets a draft of what changed."""
    line = _line(after.path, after.changelog_place, files) if found.suggestion is not None else None
    if line is None or after.version is None or found.wanted is None:
        return None
    draft = found.why[0] if found.why and before.changelog == after.changelog else None
    return lines.changelog(line.place, line.text, after.version, found.wanted, draft)


def _tags(repo: Repo, sides: Sides) -> Mapping[str, str]:
    """Tags of both commits of the change. A tag points at one commit."""
    return {tag: side.sha for side in (sides.fork, sides.head) for tag in repo.tags(side)}


def _latency(plan: SuitePlan, measured: Measured, cache: Cache) -> float | None:
    """Head over base of the median latency, timed in the run that made both calls.

    Old answers were timed in other hours, so only pairs of one run count; the ratio is written down for the pair of
    commits, because a re-run is answered by the cache and must not decide otherwise (DECISION 5.7).
    """
    key = digest(["latency", *(case.pair for case in plan.binding)])
    noted = cache.get_note(key)
    ratio = noted.get("ratio") if noted is not None else None
    if isinstance(ratio, int | float):
        return float(ratio)
    pairs = [
        (waited, now)
        for each in draws(plan.binding, measured.cells)
        if (waited := _timed(each.base[0] if each.base else None)) and (now := _timed(each.head))
    ]
    if len(pairs) < TIMED:
        return None
    found = median(now for _, now in pairs) / median(waited for waited, _ in pairs)
    cache.put_note(key, {"ratio": found})
    return found


def _timed(cell: Cell | None) -> float:
    """Seconds that a call of this run took; 0 for an answer that was known or written in a script."""
    output = cell.output if cell is not None and cell.job.known is None else None
    if not isinstance(output, Output) or output.cached or output.scripted:
        return 0.0
    return output.latency_s

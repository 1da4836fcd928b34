"""The gate: two commits in, one verdict out. Everything it does to the world is in the Outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.effects import Effect, Outcome, Print, WriteFile
from mergefloor.core.epoch import sentence
from mergefloor.core.lifecycle import day_of
from mergefloor.core.report import Report
from mergefloor.errors import UsageError
from mergefloor.modes import findings, integrity, measure, version
from mergefloor.modes.rules import Rules, read_rules, read_sides
from mergefloor.modes.selection import select
from mergefloor.modes.world import World
from mergefloor.render import console, html, junit, markdown, report_json


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRequest:
    """What to gate and where to leave the reports. `suites` empty: all. `code`: may code run?"""

    base: str
    head: str
    suites: tuple[str, ...] = ()
    code: bool = True
    config: str | None = None
    report_dir: str | None = None
    json_path: str | None = None
    comment_path: str | None = None
    offline: bool = False
    color: bool = False
    width: int = 80


def run(request: GateRequest, world: World) -> Outcome:
    """Gate a change: read, plan, measure, decide, report."""
    report = examine(request, world)
    return Outcome(exit_code=report.exit_code, effects=_effects(request, report, world.redact))


def examine(request: GateRequest, world: World) -> Report:
    """The whole gate as a value."""
    started = world.clock()
    sides = read_sides(world.repo, request.base, request.head)
    rules = read_rules(sides, request.config)
    _known_suites(request, rules)
    selected = select(rules, sides, world, only=request.suites, code=request.code)
    examined = integrity.examine(sides, rules, selected, world)
    measured = measure.run(selected, rules, world, offline=request.offline)
    return findings.report(
        findings.Run(
            base_ref=request.base,
            head_ref=request.head,
            sides=sides,
            rules=rules,
            selected=measured.heard.selected,
            measured=measured,
            versions=version.checks(measured.heard.selected, measured, rules, sides, world),
            duration_s=world.clock() - started,
            today=day_of(world.now()),
            examined=examined,
            remarks=(*world.remarks(), *([sentence(measured.epoch)] if measured.epoch else ())),
        )
    )


def _known_suites(request: GateRequest, rules: Rules) -> None:
    names = [suite.name for suite, _ in rules.suites()]
    unknown = sorted(set(request.suites) - set(names))
    if unknown:
        quoted = ", ".join(repr(name) for name in unknown)
        raise UsageError(f"there is no suite {quoted}", f"the suites are {', '.join(names)}")


def _effects(request: GateRequest, report: Report, redact: Callable[[str], str]) -> tuple[Effect, ...]:
    """What was asked for and nothing else: a report that nobody reads costs its rendering all the same."""
    marker = report.config_path or "mergefloor.yml"
    writers: dict[str, Callable[[], str]] = {
        "comment.md": lambda: markdown(report, marker=marker, redact=redact),
        "report.json": lambda: report_json(report, redact=redact),
        "junit.xml": lambda: junit(report, redact=redact),
        "report.html": lambda: html(report, redact=redact),
    }
    wanted = [(request.comment_path, "comment.md"), (request.json_path, "report.json")]
    if request.report_dir is not None:
        wanted += [(f"{request.report_dir}/{name}", name) for name in writers]
    files = tuple(WriteFile(path=path, text=writers[name]()) for path, name in wanted if path is not None)
    return (*files, Print(text=console(report, width=request.width, color=request.color, redact=redact)))

"""`mergefloor validate`: every problem of config, prompts and golden sets at once, before anything is paid for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor import config, golden, graders
from mergefloor.core import lifecycle, unchecked
from mergefloor.core.compare import applies
from mergefloor.core.effects import Outcome, Print
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Models, Snapshot
from mergefloor.core.settings import Config, Suite
from mergefloor.core.targets import label
from mergefloor.core.types import Place, Problem
from mergefloor.errors import InputError, ProviderError
from mergefloor.modes import notices
from mergefloor.modes.calibration import read_sheets, unlabelled
from mergefloor.modes.code_targets import refuse_code
from mergefloor.modes.planning import check_problems, plan_cases
from mergefloor.modes.rules import read_config
from mergefloor.modes.suites import SuiteSide, metric_plans, read_side
from mergefloor.modes.voting import ALL, Vote, settled

TOOTHLESS = (
    "can never block: no check passes or fails a case, and no metric of a check gates; give a check a `threshold`, "
    "or write `metrics: {NAME: {gating: true}}`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One suite that reads well: its name, its prompt, how many cases and checks it has, the models it names.
    `toothless`: nothing that its checks measure can block; `unjudged`: safety cases of which that is true."""

    name: str
    prompt: str
    cases: int
    checks: int
    uses: tuple[lifecycle.Use, ...]
    judged: bool
    toothless: bool
    unjudged: tuple[str, ...]
    place: Place


def run(files: Snapshot, path: str | None, models: Models, *, now: float) -> Outcome:
    """Read one tree as a gate would. InputError carries every problem of every suite. `now`: seconds since 1970."""
    settings = read_config(files, path)
    if path is not None and settings.path is None:
        raise InputError.at(path, 1, "there is no such config", "correct `--config`")
    labelled = _labelled(settings, files)
    problems: list[Problem] = []
    checked: list[Checked] = []
    for suite in settings.suites:
        try:
            checked.append(_suite(suite, settings, files, models, labelled))
        except InputError as error:
            problems += error.problems
        except ProviderError as error:
            problems.append(Problem(place=suite.place or _root(settings), what=error.what, fix=error.fix))
    problems += _labels(settings, files)
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    return Outcome(
        exit_code=0,
        effects=(Print(text=_text(settings, checked, lifecycle.day_of(now), unlabelled(settings, files))),),
    )


def _suite(
    suite: Suite, settings: Config, files: Snapshot, models: Models, labelled: frozenset[str] | None
) -> Checked:
    refuse_code((suite,), settings, code=True)
    side = read_side(suite, settings, files, models)
    problems = _empty(suite, side, settings) or _unmatched(suite, files, settings)
    if side is None or problems:
        raise InputError(problems)
    planned, _ = plan_cases(suite, side, side)
    problems = tuple(p for case in planned for p in check_problems(case.graders, case.case.place))
    if problems:
        raise InputError(problems)
    gating = [plan.rule.name for plan in metric_plans(suite, planned) if plan.rule.gating]
    return Checked(
        name=suite.name,
        prompt=suite.prompt or (label(suite.target) if suite.target else ""),
        cases=len(planned),
        checks=sum(len(case.graders) for case in planned),
        uses=tuple(notices.suite_uses(suite, side, settings)),
        judged=any(graders.judged(spec) for case in planned for spec in case.graders),
        toothless=not any(applies(name, case.graders) for name in gating for case in planned),
        unjudged=unchecked.no_verdict(settled(planned, _vote(planned, labelled))),
        place=suite.place or _root(settings),
    )


def _labelled(settings: Config, files: Snapshot) -> frozenset[str] | None:
    """Names of judged checks that people have labelled; None where the policy asks for no labels. What is wrong with
    a file of labels is a problem of its own."""
    if settings.policy.judge_calibration == "waive":
        return None
    if unlabelled(settings, files):
        return frozenset()
    try:
        return frozenset(sheet.grader for sheet in read_sheets(settings, files))
    except InputError:
        return frozenset()


def _vote(planned: Sequence[PlannedCase], labelled: frozenset[str] | None) -> Vote:
    """The rubrics that could earn a vote: nobody is asked here whether people bear them out."""
    if labelled is None:
        return ALL
    specs = (spec for case in planned for spec in case.graders)
    return frozenset(graders.rubric(spec) for spec in specs if graders.judged(spec) and spec.name in labelled)


def _empty(suite: Suite, side: SuiteSide | None, settings: Config) -> tuple[Problem, ...]:
    place = suite.place or _root(settings)
    if side is None:
        return (
            Problem(place=place, what=f"there is no prompt file {suite.prompt!r}", fix="correct `prompt:`"),
        )
    if not side.cases:
        where = ", ".join(suite.golden) or "no golden globs"
        what = f"suite {suite.name!r} has no golden case ({where}; no test_cases in {suite.prompt})"
        return (Problem(place=place, what=what, fix="correct `golden:` or add cases"),)
    return ()


def _unmatched(suite: Suite, files: Snapshot, settings: Config) -> tuple[Problem, ...]:
    """Globs that name no file: a misspelled one would leave its cases out without a word, as long as others remain."""
    return tuple(
        Problem(
            place=suite.place or _root(settings),
            what=f"`golden: {glob}` of suite {suite.name!r} matches no file",
            fix="correct the path, or remove it",
        )
        for glob in suite.golden
        if not golden.is_shipped(glob) and not config.select((glob,), files.files)
    )


def _labels(settings: Config, files: Snapshot) -> tuple[Problem, ...]:
    """What is wrong with people's labels. A file that is not there yet is no problem: `_text` says how to make it."""
    if unlabelled(settings, files):
        return ()
    try:
        read_sheets(settings, files)
    except InputError as error:
        return error.problems
    return ()


def _root(settings: Config) -> Place:
    return Place(path=settings.path or "mergefloor.yml")


def _text(settings: Config, checked: list[Checked], today: int, missing: str | None) -> str:
    lines = [f"{settings.path or 'no config: prompts with test_cases are gated as they are'}"]
    lines += [
        f"  {s.name}: {s.prompt}, {_count(s.cases, 'golden case')}, {_count(s.checks, 'check')}"
        for s in checked
    ]
    lines += [f"note: {note.place}: {note.text}" for note in settings.notes]
    lines += [f"note: {s.place}: suite {s.name!r} {TOOTHLESS}" for s in checked if s.toothless]
    lines += [f"note: {s.place}: {unchecked.unjudged(s.unjudged)}" for s in checked if s.unjudged]
    lines += [
        f"model: {each.place}: {lifecycle.sentence(each)}" for each in _notices(settings, checked, today)
    ]
    if missing is not None:
        place = settings.judge.place or _root(settings)
        lines.append(
            f"note: {place}: `judge.calibration` names {missing!r}, which is not there yet, so no judged check can block; "
            "type `mergefloor record`, then `mergefloor label`"
        )
    return "\n".join([*lines, "All valid."])


def _notices(settings: Config, checked: list[Checked], today: int) -> tuple[lifecycle.ModelNotice, ...]:
    uses = [*notices.config_uses(settings, judged=any(suite.judged for suite in checked))]
    uses += [use for suite in checked for use in suite.uses]
    return lifecycle.notices(uses, config.model_table(settings.models), today)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""What GitHub requires of the default branch: is the status required, from whom, and who may pass by (T24)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mergefloor.core.doctor.finding import Finding, Level, Unchecked
from mergefloor.core.types import Json

RULESETS = "on GitHub, Settings > Rules > Rulesets"
ADMIN = "run it with an administrator's token: `GH_TOKEN=$(gh auth token) mergefloor doctor`"
Record = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRules:
    """What a token could see. `rules`: active ruleset rules; `protection`: the classic one, None when there is none.

    `hidden`: why the classic one could not be seen; empty when it could. `rulesets`: each by its number, as far as it
    may be seen.
    """

    branch: str
    rules: tuple[Record, ...]
    protection: Record | None = None
    hidden: str = ""
    rulesets: Mapping[int, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should be required: the contexts of the statuses, and the names of the jobs that write them."""

    contexts: tuple[str, ...]
    jobs: tuple[str, ...]
    owners: bool


@dataclass(frozen=True, slots=True)
class _Check:
    """One required check. `ruleset` None: by the classic protection."""

    context: str
    sourced: bool
    ruleset: int | None


def branch_findings(seen: BranchRules, wanted: Wanted) -> Iterator[Finding]:
    """Every weakness that could be seen."""
    checks = list(_required(seen))
    for context in wanted.contexts:
        mine = [check for check in checks if check.context == context]
        if mine:
            yield from _sources(mine, context, seen.branch)
        elif not _by_workflow(seen):
            yield from _not_required(checks, context, seen, wanted)
    yield from _bypasses(
        seen, [check for check in checks if check.context in (*wanted.contexts, *wanted.jobs)]
    )
    yield from _pushes(seen)
    if wanted.owners and not seen.hidden and not _owners_asked(seen):
        what = (
            f"nothing on {seen.branch!r} asks for the review of code owners: CODEOWNERS is a note, not a rule"
        )
        fix = f"{RULESETS}: require a pull request with review from code owners"
        yield _setting("code-owner-review", "warning", what, fix)


def branch_gaps(seen: BranchRules, wanted: Wanted) -> Iterator[Unchecked]:
    """What could not be seen."""
    checks = list(_required(seen))
    if seen.hidden:
        known = any(check.context in (*wanted.contexts, *wanted.jobs) for check in checks) or _by_workflow(
            seen
        )
        asked = "force pushes and bypasses" if known else "whether the status is required at all"
        what = f"the classic protection of {seen.branch!r}, and with it {asked}: {seen.hidden}"
        yield Unchecked(what=what, fix=ADMIN, vital=not known)
    for number in sorted({check.ruleset for check in checks if check.ruleset is not None}):
        if "bypass_actors" not in seen.rulesets.get(number, {}):
            what = f"who may bypass the ruleset {number} that requires checks on {seen.branch!r}"
            yield Unchecked(what=what, fix=ADMIN)


def _required(seen: BranchRules) -> Iterator[_Check]:
    for rule in seen.rules:
        if rule.get("type") == "required_status_checks":
            number = rule.get("ruleset_id")
            for row in _rows(_record(rule.get("parameters")).get("required_status_checks")):
                sourced = isinstance(row.get("integration_id"), int)
                yield _Check(str(row.get("context")), sourced, number if isinstance(number, int) else None)
    classic = _record((seen.protection or {}).get("required_status_checks"))
    rows = _rows(classic.get("checks"))
    for row in rows:
        app = row.get("app_id")
        yield _Check(str(row.get("context")), isinstance(app, int) and app > 0, None)
    names = classic.get("contexts")
    for name in names if isinstance(names, list) and not rows else []:
        yield _Check(str(name), False, None)


def _not_required(checks: list[_Check], context: str, seen: BranchRules, wanted: Wanted) -> Iterator[Finding]:
    job = next((check.context for check in checks if check.context in wanted.jobs), None)
    add = f"{RULESETS}: require the status check `{context}` on {seen.branch!r}, source GitHub Actions"
    if job is not None:
        what = f"{seen.branch!r} requires the job {job!r}, not the status {context!r}: a skipped job passes, and neither "
        what += "`/mergefloor run` nor an override can release a pull request"
        yield _setting("job-required", "warning", what, f"{add}, instead of `{job}`")
    elif not seen.hidden:
        what = f"{seen.branch!r} does not require the status {context!r}: a pull request that is red can be merged"
        yield _setting("status-not-required", "error", what, add)


def _sources(mine: list[_Check], context: str, branch: str) -> Iterator[Finding]:
    if not any(check.sourced for check in mine):
        what = f"{branch!r} takes the status {context!r} from anybody: whoever may write can post a green one himself"
        fix = (
            f"{RULESETS}: choose the source of `{context}`: GitHub Actions, or the App behind `github-token:`"
        )
        yield _setting("status-any-source", "error", what, fix)


def _bypasses(seen: BranchRules, mine: list[_Check]) -> Iterator[Finding]:
    admins = _record((seen.protection or {}).get("enforce_admins")).get("enabled")
    if admins is False and mine and all(check.ruleset is None for check in mine):
        what = f"administrators may merge into {seen.branch!r} past the required status"
        fix = "on GitHub, Settings > Branches: switch on `Do not allow bypassing the above settings`"
        yield _setting("bypass", "warning", what, fix)
    for number in sorted({check.ruleset for check in mine if check.ruleset is not None}):
        actors = seen.rulesets.get(number, {}).get("bypass_actors")
        if isinstance(actors, list) and actors:
            kinds = ", ".join(sorted({str(_record(actor).get("actor_type")) for actor in actors}))
            what = f"{len(actors)} bypass entries ({kinds}) let people merge into {seen.branch!r} past the ruleset {number}"
            yield _setting("bypass", "warning", what, f"{RULESETS}: empty the bypass list")


def _pushes(seen: BranchRules) -> Iterator[Finding]:
    classic = _record((seen.protection or {}).get("allow_force_pushes")).get("enabled")
    barred = any(rule.get("type") == "non_fast_forward" for rule in seen.rules) or classic is False
    if not barred and not seen.hidden:
        what = f"force pushes to {seen.branch!r} are allowed: what was merged, the golden set included, can be rewritten"
        yield _setting("force-push", "warning", what, f"{RULESETS}: block force pushes")


def _owners_asked(seen: BranchRules) -> bool:
    asked = [_record(rule.get("parameters")) for rule in seen.rules if rule.get("type") == "pull_request"]
    classic = _record((seen.protection or {}).get("required_pull_request_reviews"))
    return classic.get("require_code_owner_reviews") is True or any(
        each.get("require_code_owner_review") is True for each in asked
    )


def _by_workflow(seen: BranchRules) -> bool:
    """Whether a ruleset requires a workflow of ours to pass, wherever it is kept (T23)."""
    required = [_record(rule.get("parameters")) for rule in seen.rules if rule.get("type") == "workflows"]
    return any(
        "mergefloor" in str(row.get("path")) for each in required for row in _rows(each.get("workflows"))
    )


def _setting(rule: str, level: Level, what: str, fix: str) -> Finding:
    return Finding(rule=rule, level=level, place=None, what=what, fix=fix)


def _record(value: Json) -> Record:
    return value if isinstance(value, dict) else {}


def _rows(value: Json) -> list[Record]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

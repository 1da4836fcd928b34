"""What a reviewer must know beside the numbers: what the change does to its own gate, its version, its models."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from mergefloor.core.case_view import Quote
from mergefloor.core.lifecycle import ModelNotice
from mergefloor.core.report import Report, SuiteReport
from mergefloor.core.semver import VersionCheck
from mergefloor.core.tampering import Rule, Tampering
from mergefloor.core.wording import Name, Prose, Said, Words, count, listing, names, say, sentences

NAMED = 20

# What a change did, of one subject and of several; cases first, since a missing case is the quietest way to green.
DEEDS: dict[Rule, tuple[str, str]] = {
    "case-removed": ("removes the golden case {}", "removes {} golden cases: {}"),
    "case-weakened": ("weakens the golden case {}", "weakens {} golden cases: {}"),
    "expectation-flipped": ("turns the expectation of {} around", "turns {} expectations around: {}"),
    "case-edited": ("edits the golden case {}", "edits {} golden cases: {}"),
    "case-renamed": ("renames the golden case {}", "renames {} golden cases: {}"),
    "case-duplicated": ("repeats the golden case {}", "repeats {} golden cases: {}"),
    "case-retagged": ("changes the tags of {}", "changes the tags of {} cases: {}"),
    "class-loosened": ("lowers the class of {}", "lowers the class of {} cases: {}"),
    "floor-loosened": ("loosens {}", "loosens {} floors: {}"),
    "policy-loosened": ("loosens {}", "loosens {} rules of the policy: {}"),
    "budget-raised": ("raises {}", "raises {} budgets: {}"),
    "judge-changed": ("changes the judge ({})", "changes {} settings of the judge: {}"),
    "rubric-changed": ("changes the rubric {}", "changes {} rubrics: {}"),
    "model-changed": ("changes the model of {}", "changes {} models: {}"),
    "answer-in-prompt": (
        "writes the expected answer of {} into the prompt",
        "writes {} expected answers into the prompt: {}",
    ),
    "hidden-characters": ("hides characters in {}", "hides characters in {} places: {}"),
    "look-alike-characters": (
        "uses look-alike characters in {}",
        "uses look-alike characters in {} places: {}",
    ),
    "left-coverage": ("takes {} out of every suite", "takes {} files out of every suite: {}"),
    "uncovered-prompt": ("has a prompt that no suite runs: {}", "has {} prompts that no suite runs: {}"),
    "workflow-changed": ("edits the workflow {}", "edits {} workflows: {}"),
}
ORDER = {rule: place for place, rule in enumerate(DEEDS)}
BINDING = say(
    "The base branch's rules and golden cases were applied all the same, so none of this can help it pass."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A title, a list of sentences, and foreign text that belongs to them."""

    title: Words
    items: tuple[Words, ...]
    quotes: tuple[Quote, ...] = ()


def own_gate(report: Report, most: int) -> Section:
    """What the change does to its own gate: removed and changed cases before settings, what blocks before the rest."""
    found = deeds(report.tampering, most)
    shown = (BINDING, *found) if found else ()
    return Section(title=say("What this change does to its own gate"), items=shown)


def deeds(found: tuple[Tampering, ...], most: int) -> tuple[Words, ...]:
    """A line for each kind of deed, at most `most` of them and how many more there are."""
    return _cut([line for group in _groups(found) for line in _deeds(group)], most)


def _groups(found: tuple[Tampering, ...]) -> list[list[Tampering]]:
    groups: dict[tuple[bool, bool, int, str], list[Tampering]] = defaultdict(list)
    for each in found:
        place = ORDER[each.rule]
        groups[place > ORDER["class-loosened"], each.action != "block", place, each.suite].append(each)
    return [sorted(group, key=lambda one: one.subject) for _, group in sorted(groups.items())]


def _deeds(group: list[Tampering]) -> list[Words]:
    """One line that names every subject, then a line of evidence each."""
    first = group[0]
    one, several = DEEDS[first.rule]
    where = say(" (suite {})", Name(first.suite)) if first.suite else ()
    forbidden = say("The policy forbids it.") if first.action == "block" else ()
    if len(group) == 1:
        fact = say(": {}", Prose(_ended(first.evidence))) if first.evidence else say(".")
        return [sentences(say("It {}{}{}", say(one, Name(first.subject)), where, fact), forbidden)]
    ids = names((each.subject for each in group), most=NAMED)
    head = sentences(say("It {}{}.", say(several, f"{len(group):,}", ids), where), forbidden)
    facts = (
        say("{}: {}", Name(each.subject), Prose(_ended(each.evidence))) for each in group if each.evidence
    )
    return [head, *facts]


def _ended(text: str) -> str:
    text = text.rstrip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def version(report: Report, most: int) -> Section:
    """The version check of each suite, and the line that would mend it."""
    checked = [(suite, suite.semver) for suite in report.suites if suite.semver is not None]
    found = [line for suite, check in checked for line in _version(suite, check)]
    return Section(title=say("Version check"), items=_cut(found, most))


def _version(suite: SuiteReport, check: VersionCheck) -> list[Words]:
    why = say(": {}", listing([(Prose(text.rstrip(" .")),) for text in check.why])) if check.why else ()
    name, wanted = Name(suite.name), _wanted(check)
    if check.ok is None:
        return [
            say(
                "{} promised nothing: no version is declared, or answers are missing. This change asks for {}{}.",
                name,
                wanted,
                why,
            )
        ]
    declared = say("{} \u2192 {}", _number(check.before), _number(check.after))
    kind = say(" ({})", _bump(check.declared)) if check.declared is not None else ()
    if check.ok:
        return [
            say("{} declares {}{}, which is enough; required is {}{}.", name, declared, kind, wanted, why)
        ]
    line = say("{} declares {}{}, which is too small; required is {}{}.", name, declared, kind, wanted, why)
    mend = check.suggestion
    if mend is None:
        return [line]
    place = Name(mend.place.path, line=mend.place.line)
    new, old = (Said(_without_comment(each)) for each in (mend.new, mend.old))
    return [line, say("To mend it, write {} instead of {} in {}.", new, old, place)]


def _without_comment(line: str) -> str:
    """The line of a version as it is typed: what follows the number stays as it is."""
    return line.split(" #", 1)[0].rstrip()


def asked_for(check: VersionCheck) -> Words:
    """Which version a change asks for, and why."""
    why = listing([(Prose(text.rstrip(" .")),) for text in check.why])
    return say("This change asks for version {}{}.", _wanted(check), say(": {}", why) if why else ())


def _wanted(check: VersionCheck) -> Words:
    bump = _bump(check.required)
    return say("{} ({})", Name(check.wanted), bump) if check.wanted else say(bump)


def _bump(bump: str | None) -> str:
    return "no new version" if bump == "none" else str(bump)


def _number(text: str | None) -> Words:
    return (Name(text),) if text is not None else say("no version")


def models(report: Report, most: int) -> Section:
    """Names of models that move or end, the most urgent first."""
    ordered = sorted(report.notices, key=lambda n: (_days(n), n.name, n.place.path, n.place.line))
    return Section(title=say("Models"), items=_cut([_notice(notice) for notice in ordered], most))


def _days(notice: ModelNotice) -> int:
    return 1_000_000 if notice.days_left is None else notice.days_left


def _notice(notice: ModelNotice) -> Words:
    parts = [say("{} ({})", Name(notice.name), Name(notice.place.path, line=notice.place.line))]
    if not notice.used:
        parts.append(say("is named there and not used"))
    if notice.floating and notice.fixed:
        parts.append(say("has no date in its name, though its provider says that it stays one model"))
    elif notice.floating:
        parts.append(say("is a moving name: the provider may change what is behind it"))
    if notice.ends_soon:
        parts.append(_end(notice))
    said = say("{} {}", parts[0], listing(parts[1:])) if len(parts) > 1 else parts[0]
    instead = say("; name {} instead", Name(notice.instead)) if notice.instead else ()
    after = say("; its provider recommends {}", Name(notice.replacement)) if notice.replacement else ()
    return say("{}{}{}.", said, instead, after if notice.ends_soon else ())


def _end(notice: ModelNotice) -> Words:
    date, days = Name(notice.retires or ""), _days(notice)
    if days < 0:
        return say("was retired on {}, {} ago", date, count(-days, "day"))
    return say("retires on {}, in {}", date, count(days, "day"))


def comparability(report: Report, most: int) -> Section:
    """Numbers of base and head that do not measure the same thing."""
    found = [
        say("{}: {}", Name(suite.name), Prose(_ended(text)))
        for suite in report.suites
        for text in suite.not_comparable
    ]
    return Section(title=say("Numbers that cannot be compared"), items=_cut(found, most))


def _cut(found: list[Words], most: int) -> tuple[Words, ...]:
    left = len(found) - most
    return (*found[:most], *((say("And {}.", count(left, "more line")),) if left > 0 else ()))

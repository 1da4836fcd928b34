"""What the gate could not see, said in every report; and the path of the decision for those who want it."""

from __future__ import annotations

from mergefloor.core.evidence import Look, MetricDecision
from mergefloor.core.luck import once
from mergefloor.core.phrases import metric_name
from mergefloor.core.report import Report, SuiteReport
from mergefloor.core.standing import head_only
from mergefloor.core.wording import MINUS, Name, Prose, Words, count, listing, names, points, say, share


def blindspots(report: Report, most: int) -> tuple[Words, ...]:
    """Never empty: at least the smallest visible drop of each metric, or that nothing was measured."""
    told = ((suite, metric) for suite in report.suites for metric in suite.metrics)
    found = [_drop(suite, metric) for suite, metric in told if metric.rule.gating or not metric.rule.counted]
    found += [line for suite in report.suites for line in _suite(suite)]
    found += _judge(report)
    found += _models(report)
    found += [(Prose(text),) for text in (*report.unseen, *report.notes)]
    if not any(suite.ran for suite in report.suites):
        found.insert(
            0, say("Nothing was measured in this run, so nothing is known about the answers themselves.")
        )
    left = len(found) - most
    return (*found[:most], *((say("And {}.", count(left, "more line")),) if left > 0 else ()))


def _drop(suite: SuiteReport, metric: MetricDecision) -> Words:
    name = say("{} of {}", metric_name(metric), Name(suite.name))
    cases = count(metric.cases_total, "case")
    if not metric.rule.gating:
        return say("{}: shown only, it cannot block.", name)
    if metric.case_class == "safety":
        return say("{}: {}, each alone; a hole that shows in 1 answer of 4 is often missed.", name, cases)
    if head_only(metric):
        return say("{}: no base to compare with, so only the floor was checked.", name)
    if metric.smallest_drop is None:
        return say("{}: {} cannot show even a total loss. More golden cases are needed.", name, cases)
    drop = points(metric.kind, metric.smallest_drop)
    return say(
        "{}: with {}, a true drop of {} is blocked 4 times in 5; smaller ones often pass.", name, cases, drop
    )


def _suite(suite: SuiteReport) -> list[Words]:
    name, found = Name(suite.name), list[Words]()
    if suite.cases_unresolved:
        left = count(suite.cases_unresolved, "case")
        codes = sorted({failure.code for _, failure in suite.failures})
        because = say(" ({})", names(codes)) if codes else ()
        ids = sorted({case for case, _ in suite.failures})
        which = say(": {}", names(ids, most=5)) if ids else ()
        found.append(say("{}: {} without an answer{}{}.", name, left, because, which))
    if suite.identical and suite.ran:
        left = count(suite.identical, "case")
        found.append(
            say(
                "{}: both sides send the same bytes for {}, so the change cannot have moved them.", name, left
            )
        )
    if not suite.ran:
        found.append(say("{} did not run{}", name, _because(suite)))
    if suite.new_cases:
        left = count(len(suite.new_cases), "new case")
        found.append(
            say("{}: {} ({}) without a base to compare with.", name, left, names(suite.new_cases, most=5))
        )
    return found


def _judge(report: Report) -> list[Words]:
    judge = report.judge
    if judge is None:
        return []
    if any(judge.model in text for text in report.unseen):
        return []  # the run has said it already, check by check
    if judge.kappa is None and judge.agreement is None:
        return [
            say(
                "Nobody has compared the judge {} with people, so its verdicts are unproven.",
                Name(judge.model),
            )
        ]
    parts = [say("agrees with people on {}", share(judge.agreement))] if judge.agreement is not None else []
    if judge.kappa is not None:
        low, high = judge.kappa_interval or (None, None)
        between = "" if low is None or high is None else f", between {low:.2f} and {high:.2f}"
        parts.append(say("kappa {}{}", f"{judge.kappa:.2f}", between))
    joined = parts[0] if len(parts) == 1 else say("{} ({})", parts[0], parts[1])
    return [say("The judge {}: {}.", Name(judge.model), joined)]


def _models(report: Report) -> list[Words]:
    floating = sorted({model.name for model in report.models if not model.pinned})
    found: list[Words] = []
    if floating:
        verb = "is a moving name" if len(floating) == 1 else "are moving names"
        found.append(say("{} {}: the provider may change what is behind it.", names(floating), verb))
    if report.cost.unpriced:
        found.append(
            say("No price is known for {}: its calls are missing from the cost.", names(report.cost.unpriced))
        )
    return found


def _because(suite: SuiteReport) -> Words:
    return say(": {}.", listing([(Prose(why.rstrip(" .")),) for why in suite.why])) if suite.why else say(".")


def explanation(report: Report, most: int) -> tuple[Words, ...]:
    """The decision, step by step: the reasons given, and each look at fresh runs with its numbers."""
    found: list[Words] = [(Prose(reason),) for reason in report.reasons]
    for suite in report.suites:
        if suite.ran and suite.why:
            found.append(say("{} ran{}", Name(suite.name), _because(suite)))
        for metric in suite.metrics:
            name = say("{} of {}", metric_name(metric), Name(suite.name))
            new = (reason for reason in metric.reasons if not any(reason in said for said in report.reasons))
            found += [say("{}: {}", name, Prose(reason)) for reason in new]
            found += [_look(name, metric, look) for look in metric.looks]
    return tuple(dict.fromkeys(found))[:most]


def _look(name: Words, metric: MetricDecision, look: Look) -> Words:
    return say(
        "{}, {} fresh runs ({}): {} {} in sum; luck alone would do this {} (limit {}): {}.",
        name,
        "first" if look.name == "one" else "further",
        count(look.cases, "case"),
        f"{look.net:+.1f}".replace("-", MINUS),
        "passes" if metric.kind == "binary" else "points of score",
        once(look.p),
        once(look.alpha),
        "confirmed" if look.convicts else "not enough to convict",
    )

"""Reports as a gate run would make them, one for each kind of ending, and one written by an enemy."""

from dataclasses import replace

from mergefloor.core.evidence import Look, MetricDecision
from mergefloor.core.lifecycle import ModelNotice
from mergefloor.core.report import (
    ArmUse,
    CaseChange,
    CaseRow,
    CaseSide,
    Cost,
    JudgeReport,
    PinnedModel,
    Report,
    SuiteReport,
)
from mergefloor.core.semver import Suggestion, VersionCheck
from mergefloor.core.settings import MetricRule
from mergefloor.core.tampering import RULES, Tampering
from mergefloor.core.types import Failure, Grade, GradeMissing, Output, Place

HEAD_MODEL = "anthropic/claude-sonnet-4-6-20251015"
JUDGE = "openai/gpt-5-mini-2025-08-07"
SUITE = "customer-support"

ANSWERS = (
    (
        "refund-angry-01",
        "This is the third time I write. My kettle arrived broken and nobody answers. I want my money back NOW.",
        "I am sorry that this took three messages, that should not have happened. I have started the refund of "
        "49.90 EUR; it reaches your account within 5 working days. You do not need to send the kettle back.",
        "Please consult our returns policy. Refund requests are processed through the portal in the order in "
        "which they arrive.",
        ("must_contain", 'missing: "refund of"'),
    ),
    (
        "warranty-02",
        "Is my blender still under warranty? I bought it in March last year.",
        "Yes. Blenders carry a 24 month warranty, so yours is covered until March next year. Send us the receipt "
        "and we repair it free of charge.",
        "Yes. Blenders carry a 12 month warranty, so yours is covered until March next year. Send us the receipt "
        "and we repair it free of charge.",
        ("facts", "The answer says 12 months where the policy says 24 months."),
    ),
    (
        "delivery-late-04",
        "Where is my parcel? Order 88213.",
        "Your parcel left our warehouse yesterday and arrives tomorrow before noon.",
        "",
        ("not_empty", "the answer is empty"),
    ),
)


def side(text, passed, *, check, reason="", draws=7, finish="stop"):
    grade = Grade(grader=check, passed=passed, score=float(passed), reason="" if passed else reason)
    return CaseSide(
        output=Output(text=text, finish=finish, served_model=HEAD_MODEL),
        grades=(grade,),
        passes=draws if passed else 0,
        draws=draws,
    )


def broken_case(row, *, line, confirmed=True, critical=False):
    case, question, base, head, (check, reason) = row
    return CaseChange(
        case=case,
        place=Place(path="evals/customer_support/cases.yaml", line=line),
        question=question,
        base=side(base, True, check=check),
        head=side(head, False, check=check, reason=reason, finish="stop" if head else "empty"),
        confirmed=confirmed,
        critical=critical,
    )


def fixed_case():
    return CaseChange(
        case="greeting-07",
        place=Place(path="evals/customer_support/cases.yaml", line=71),
        question="Hi!",
        base=side("Good day. State your request.", False, check="tone", reason="cold, no greeting"),
        head=side("Hello! How can I help you today?", True, check="tone"),
        confirmed=True,
    )


def metric(name="pass_rate", **fields):
    known = {
        "suite": SUITE,
        "rule": MetricRule(name=name, floor=0.85),
        "kind": "binary",
        "verdict": "pass",
        "reasons": (),
        "base": 39 / 42,
        "head": 39 / 42,
        "delta": 0.0,
        "interval": (-0.04, 0.04),
        "p_value": None,
        "looks": (),
        "smallest_drop": 0.12,
        "cases_total": 42,
        "cases_unresolved": 0,
    }
    return MetricDecision(**{**known, **fields})


TONE = metric(
    "tone",
    rule=MetricRule(name="tone", floor=None, gating=False),
    kind="score",
    base=0.842,
    head=0.836,
    delta=-0.006,
    interval=(-0.021, 0.009),
    smallest_drop=0.05,
)

USES = (
    ArmUse(
        arm="base",
        model=HEAD_MODEL,
        params={"temperature": 0.2},
        usd=0.0812,
        input_tokens=21_000,
        output_tokens=6_100,
        calls=54,
        cached_calls=210,
        latency_p50=1.4,
        latency_p95=3.1,
    ),
    ArmUse(
        arm="head",
        model=HEAD_MODEL,
        params={"temperature": 0.2},
        usd=0.1421,
        input_tokens=39_500,
        output_tokens=9_800,
        calls=96,
        latency_p50=1.5,
        latency_p95=3.4,
    ),
    ArmUse(arm="judge", model=JUDGE, usd=None, input_tokens=88_000, output_tokens=4_000, calls=96),
)


def suite(**fields):
    known = {
        "name": SUITE,
        "prompt": "prompts/customer_support.yaml",
        "verdict": "pass",
        "why": ("prompt changed: prompts/customer_support.yaml (modified)",),
        "ran": True,
        "cases_total": 42,
        "cases_unresolved": 0,
        "identical": 0,
        "metrics": (metric(), TONE),
        "uses": USES,
    }
    return SuiteReport(**{**known, **fields})


def report(**fields):
    known = {
        "verdict": "pass",
        "exit_code": 0,
        "reasons": (),
        "advice": (),
        "base_ref": "main",
        "base_sha": "4f1c2d9e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e",
        "merge_base_sha": "4f1c2d9e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e",
        "head_ref": "shorter-answers",
        "head_sha": "b82a7c61d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0",
        "suites": (suite(),),
        "cost": Cost(
            usd=0.2233,
            input_tokens=148_500,
            output_tokens=19_900,
            calls=246,
            cached_calls=210,
            unpriced=(JUDGE,),
        ),
        "duration_s": 41.7,
        "config_path": "mergefloor.yml",
        "judge": JudgeReport(model=JUDGE),
        "models": (
            PinnedModel(name=HEAD_MODEL, pinned=True, used_for="head"),
            PinnedModel(name="openai/gpt-5-mini", pinned=False, used_for="judge"),
        ),
    }
    return Report(**{**known, **fields})


LOOKS = (
    Look(name="one", cases=11, net=-7.3, p=0.09, alpha=0.025, convicts=False),
    Look(name="two", cases=11, net=-8.6, p=0.00002, alpha=0.025, convicts=True),
)
BROKEN = tuple(broken_case(row, line=10 * n + 3, critical=n == 0) for n, row in enumerate(ANSWERS))
DOUBTFUL = replace(BROKEN[1], case="opening-hours-11", confirmed=False)
WORSE = metric(
    verdict="block",
    head=30 / 42,
    delta=-9 / 42,
    interval=(-0.331, -0.098),
    p_value=0.00002,
    looks=LOOKS,
    reasons=("9 of 11 unstable cases lost in fresh runs of both sides",),
    confirmed_broken=tuple(case.case for case in BROKEN),
)


def block():
    return report(
        verdict="block",
        exit_code=1,
        reasons=("customer-support, pass_rate: 9 of 11 unstable cases lost in fresh runs of both sides",),
        suites=(
            suite(verdict="block", metrics=(WORSE, TONE), broken=(*BROKEN, DOUBTFUL), fixed=(fixed_case(),)),
            suite(
                name="search",
                ran=False,
                why=("no file of this suite changed",),
                metrics=(),
                uses=(),
                cases_total=18,
                identical=18,
            ),
        ),
    )


def row(change, *, tags=("refunds",), base_rate=1.0, head_rate=0.0):
    """The table's row of a case that changed sides."""
    return CaseRow(
        case=change.case,
        place=change.place,
        question=change.question,
        tags=tags,
        base_rate=base_rate,
        head_rate=head_rate,
        base=change.base,
        head=change.head,
        critical=change.critical,
    )


QUESTIONS = (
    "Can I return boots that I wore once outside?",
    "My order 4471 shows delivered, but there is no parcel. Who do I talk to?",
    "Do you ship to the Canary Islands, and who pays customs?",
    "The voucher WELCOME10 is refused at checkout.",
    "How do I change the address of an order that is already packed?",
    "Is the cast iron pan safe on an induction hob?",
)
OPENINGS = ("Of course.", "Happy to help.", "Thanks for asking.", "Good question.")


def plain_row(number, *, passing=True):
    """A case that did not change sides; the two answers differ in a word or two."""
    question = QUESTIONS[number % len(QUESTIONS)]
    start = OPENINGS[number % len(OPENINGS)]
    text = (
        f"{start} For case {number} our team looks into it today and writes to you before 6 pm. "
        "You need not do anything else; if you would rather talk to a person, reply with a time that suits you."
    )
    drawn = 5 if passing else 4
    before = side(text, passing, check="must_contain", reason='missing: "30 days"', draws=drawn)
    after = side(
        text.replace("today", "this week"),
        passing,
        check="must_contain",
        reason='missing: "30 days"',
        draws=1,
    )
    return CaseRow(
        case=f"case-{number:04d}",
        place=Place(path="evals/customer_support/cases.yaml", line=100 + 7 * number),
        question=question,
        tags=(("returns", "shipping", "vouchers")[number % 3],),
        base_rate=(1.0 if number % 11 else 0.8) if passing else 0.0,
        head_rate=float(passing),
        base=before,
        head=after,
    )


def many(number, **fields):
    """The blocked report with `number` cases in its table."""
    changed = (*(row(case) for case in BROKEN), row(DOUBTFUL, head_rate=4 / 7, tags=("hours",)))
    mended = row(fixed_case(), base_rate=0.0, head_rate=1.0, tags=())
    silent = replace(
        plain_row(9_998),
        case="timeout-21",
        head_rate=None,
        head=CaseSide(output=Failure(stage="candidate", code="timeout", message="no answer in 120 s")),
    )
    same = replace(plain_row(9_999), case="same-bytes-22", identical=True, head=None, head_rate=None)
    special = (*changed, mended, silent, same)
    plain = tuple(plain_row(n, passing=n % 9 != 0) for n in range(max(0, number - len(special))))
    found = block()
    first = replace(found.suites[0], rows=(*special, *plain)[:number], cases_total=number, **fields)
    return replace(found, suites=(first, *found.suites[1:]))


def eventful():
    """A change that touches its own gate, its version and its models."""
    removed = tuple(
        Tampering(rule="case-removed", subject=f"refund-{n:02d}", evidence="", suite=SUITE) for n in range(12)
    )
    loosened = Tampering(
        rule="floor-loosened",
        subject="suites.customer-support.metrics.pass_rate.floor",
        evidence="0.85 before, 0.5 now",
        suite=SUITE,
        action="block",
    )
    version = VersionCheck(
        before="1.4.0",
        after="1.4.1",
        declared="patch",
        required="minor",
        wanted="1.5.0",
        ok=False,
        why=("14 of 100 outputs differ beyond run noise (limit 10)", "an instruction line was removed"),
        suggestion=Suggestion(
            place=Place(path="prompts/customer_support.yaml", line=1),
            old="version: 1.4.1",
            new="version: 1.5.0",
        ),
        measured=True,
    )
    notice = ModelNotice(
        name="openai/gpt-5-mini",
        place=Place(path="mergefloor.yml", line=6),
        floating=True,
        instead="openai/gpt-5-mini-2025-08-07",
    )
    odd = ("tone: the judge changed, so base and head were scored by different models",)
    found = many(50, semver=version, not_comparable=odd)
    return replace(found, tampering=(*removed, loosened), notices=(notice,))


def passed():
    return report()


def improved():
    better = metric(base=0.81, head=0.93, delta=0.12, interval=(0.03, 0.21))
    return report(suites=(suite(metrics=(better, TONE), fixed=(fixed_case(),)),))


def inconclusive(exit_code=0):
    unclear = metric(
        verdict="inconclusive", head=36 / 42, delta=-3 / 42, interval=(-0.15, 0.007), looks=LOOKS[:1]
    )
    return report(
        verdict="inconclusive",
        exit_code=exit_code,
        reasons=("customer-support, pass_rate: a drop of 15 points cannot be ruled out",),
        suites=(suite(verdict="inconclusive", metrics=(unclear, TONE), broken=(DOUBTFUL,)),),
    )


def error():
    failure = Failure(stage="candidate", code="rate-limited", message="429 Too Many Requests: slow down")
    unknown = metric(verdict="error", cases_unresolved=9, head=0.88, delta=-0.03, smallest_drop=None)
    return report(
        verdict="error",
        exit_code=2,
        reasons=("customer-support, pass_rate: 9 of 42 cases have no answer (rate-limited) and they matter",),
        suites=(
            suite(
                verdict="error",
                metrics=(unknown,),
                cases_unresolved=9,
                failures=tuple((f"case-{n:02d}", failure) for n in range(9)),
            ),
        ),
    )


def untouched():
    idle = suite(ran=False, why=("no file of this suite changed",), metrics=(), uses=(), identical=42)
    return report(suites=(idle,), cost=Cost(), judge=None, models=(), scripted=True, first_run=True)


ENDINGS = {
    "block": block,
    "pass": passed,
    "improved": improved,
    "inconclusive": inconclusive,
    "error": error,
    "untouched": untouched,
    "eventful": eventful,
}


def hostile(text, *, prose=None):
    """A report in which every string that can come from outside is `text`; sentences of the run are `prose`."""
    sentence = text if prose is None else prose
    failure = Failure(stage="judge", code=text, message=text)
    grades = (
        Grade(grader=text, passed=False, score=0.0, reason=text, evidence=(text,), judged=True),
        GradeMissing(grader=text, failure=failure),
    )
    change = CaseChange(
        case=text,
        place=Place(path=text, line=3),
        question=text,
        base=CaseSide(output=Output(text=text), grades=grades, passes=3, draws=3),
        head=CaseSide(output=Output(text=f"so {text} and {text}"), grades=grades, draws=3),
        confirmed=True,
    )
    unknown = replace(change, head=CaseSide(output=failure), confirmed=False, critical=True)
    rule = MetricRule(name=text, floor=0.9)
    version = VersionCheck(
        before=text,
        after=text,
        declared="patch",
        required="major",
        wanted=text,
        ok=False,
        why=(sentence, sentence),
        suggestion=Suggestion(place=Place(path=text, line=1), old=text, new=text),
    )
    places = {"place": Place(path=text, line=4), "floating": True, "instead": text, "retires": text}
    deeds = tuple(
        Tampering(rule=deed, subject=text, evidence=sentence, suite=text, action=action)
        for deed in RULES
        for action in ("block", "warn", "warn")
    )
    low = metric(
        rule=rule, suite=text, verdict="block", looks=LOOKS, reasons=(sentence,), confirmed_broken=(text,)
    )
    bad = suite(
        name=text,
        prompt=text,
        verdict="block",
        why=(sentence,),
        metrics=(low,),
        broken=(change, unknown),
        fixed=(change,),
        uses=(replace(USES[0], model=text, params={text: text}), replace(USES[1], model=text)),
        new_cases=(text,),
        removed_cases=(text, text),
        failures=((text, failure),),
        cases_unresolved=1,
        identical=1,
        rows=(row(change, tags=(text,)), row(unknown, head_rate=None, tags=())),
        semver=version,
        not_comparable=(sentence,),
    )
    return report(
        verdict="block",
        exit_code=1,
        reasons=(sentence,),
        advice=(sentence,),
        base_ref=text,
        base_sha=text,
        head_ref=text,
        head_sha=text,
        suites=(bad, replace(bad, ran=False, metrics=(), name=f"{text}2")),
        cost=Cost(unpriced=(text,)),
        config_path=text,
        judge=JudgeReport(model=text),
        models=(PinnedModel(name=text, pinned=False, used_for="judge"),),
        unseen=(sentence,),
        notes=(sentence,),
        scripted=True,
        tampering=deeds,
        notices=(ModelNotice(name=text, **places),),
    )

import os
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.render.hostile_texts import CANARY, texts
from tests.unit.render.oracle import assert_safe, read

from mergefloor.core.report import CaseSide
from mergefloor.core.types import Failure, Grade, Output
from mergefloor.render import Redactor, markdown
from mergefloor.render.comment import BUDGET

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
MARKER = "mergefloor.yml"


def comment(report, **options):
    return markdown(report, marker=MARKER, **options)


@pytest.mark.parametrize(
    "name", ["block", "error", "eventful", "improved", "inconclusive", "pass", "untouched"]
)
def test_comment__each_ending__reads_as_reviewed(samples, name):
    """MERGEFLOOR_SNAPSHOTS=write records the comments again; read the difference before you commit it."""
    shown, path = comment(samples.ENDINGS[name]()), SNAPSHOTS / f"comment_{name}.md"
    if os.environ.get("MERGEFLOOR_SNAPSHOTS") == "write":
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def test_comment__any_ending__begins_with_the_marker_and_is_safe(ending):
    shown = comment(ending)
    assert shown.startswith("<!-- mergefloor:mergefloor.yml -->\n")
    assert_safe(shown, CANARY)


def test_comment__no_marker__begins_with_the_verdict(samples):
    assert markdown(samples.passed(), marker=None).startswith("\u2705 **May merge:")


def test_comment__marker_that_closes_itself__stays_one_comment(samples):
    first = markdown(samples.passed(), marker="a --> <img src=x> <!--.yml").splitlines()[0]
    assert first == (
        "<!-- mergefloor:a\\u{20}--\\u{3e}\\u{20}\\u{3c}img\\u{20}src\\u{3d}x\\u{3e}\\u{20}\\u{3c}\\u{21}--.yml -->"
    )


def test_comment__first_three_lines__say_may_it_merge_what_got_worse_what_to_do(samples):
    lines = [line for line in comment(samples.block()).splitlines()[1:] if line][:3]
    assert lines[0] == (
        "\u26d4 **Do not merge: `customer-support` got worse.** 3 of 42 golden cases that passed now fail, "
        "confirmed by running both sides again (7 fresh runs a side)."
    )
    assert lines[1] == "**What got worse:** `pass_rate` 92.9 % \u2192 71.4 % (floor 85 %)."
    assert lines[2].startswith(
        "**What to do:** look at `refund-angry-01`, `delivery-late-04` and `warranty-02` below, "
        "or type `mergefloor explain refund-angry-01`."
    )


def test_comment__parts__come_in_the_promised_order(samples):
    shown = comment(samples.block())
    order = (
        "Do not merge",
        "| Suite |",
        "Newly broken",
        "Newly fixed",
        "What the gate could not see",
        "Cost: ",
        "<sub>mergefloor",
    )
    places = [shown.index(part) for part in order]
    assert places[0] < places[1] < places[2] < places[3]
    assert sorted(places) == places


def test_comment__what_the_change_does_to_its_own_gate__comes_first_after_the_three_lines(samples):
    shown = comment(samples.eventful())
    lines = [line for line in shown.splitlines()[1:] if line]
    assert lines[3] == "### What this change does to its own gate"
    order = ("own gate", "It removes 12 golden cases: `refund-00`", "It loosens", "| Suite |", "Newly broken",
             "Numbers that cannot be compared", "Version check", "### Models", "could not see", "Cost: ")  # fmt: skip
    places = [shown.index(part) for part in order]
    assert sorted(places) == places


def test_comment__a_version_that_is_too_small__shows_the_line_that_mends_it_as_code(samples):
    shown = comment(samples.eventful())
    assert "declares `1.4.0` \u2192 `1.4.1` (patch), which is too small; required is `1.5.0` (minor)" in shown
    assert "write `version: 1.5.0` instead of `version: 1.4.1` in `prompts/customer_support.yaml:1`" in shown


def test_comment__removed_cases__are_told_once(samples):
    found = samples.eventful()
    suites = (replace(found.suites[0], removed_cases=("refund-00",)), *found.suites[1:])
    told = "This change removes 1 case from the golden set"
    assert told not in comment(replace(found, suites=suites))
    assert told in comment(replace(found, suites=suites, tampering=()))


def test_comment__5_000_hostile_cases_with_every_section__fit(samples):
    strings = list(texts(200, seed=61))
    found = samples.hostile(strings[0], prose="x".join(strings[1:9]).replace(CANARY, "x"))
    suite = found.suites[0]
    cases = tuple(
        replace(suite.broken[n % 2], case=f"case-{n:04d}", question=strings[n % 200] * 30)
        for n in range(5_000)
    )
    suites = tuple(
        replace(suite, name=f"s{n}", broken=cases[n::5], removed_cases=tuple(c.case for c in cases[n::5]))
        for n in range(5)
    )
    deeds = tuple(
        replace(found.tampering[0], subject=f"case-{n:04d}", suite=f"s{n % 5}") for n in range(5_000)
    )
    shown = comment(
        replace(found, suites=suites, tampering=(*found.tampering, *deeds), notices=found.notices * 300)
    )
    assert_safe(shown, CANARY)
    lines = [line for line in shown.splitlines()[1:] if line]
    assert lines[0].startswith("\u26d4 **Do not merge: ")
    assert lines[1].startswith("**What got worse:** ")
    assert lines[2].startswith("**What to do:** ")
    for section in ("own gate", "Version check", "### Models", "could not see"):
        assert section in shown


def test_comment__scripted_answers__are_labelled_before_the_table(samples):
    shown = comment(replace(samples.block(), scripted=True))
    assert shown.index("> Scripted answers:") < shown.index("| Suite |")
    assert "Scripted" not in comment(samples.block())


def test_comment__same_report__is_the_same_bytes_whatever_the_clock_says(samples):
    shown = {comment(replace(samples.block(), duration_s=seconds)) for seconds in (1.0, 99.9)}
    assert len(shown) == 1


def test_comment__same_cases_in_another_order__is_the_same_bytes(samples):
    report, draw, found = samples.block(), random.Random(36), set()
    for _ in range(20):
        suite = report.suites[0]
        shuffled = replace(suite, broken=tuple(draw.sample(suite.broken, len(suite.broken))))
        found.add(comment(replace(report, suites=(shuffled, *report.suites[1:]))))
    assert len(found) == 1


def test_comment__foreign_texts__are_quoted_in_fences_under_a_warning(samples):
    shown = comment(samples.block())
    reading = read(shown)
    assert any("kettle" in text for text in reading.fenced)
    assert not any("kettle" in text for text in reading.plain)
    assert shown.index("untrusted model output") < shown.index("kettle")


def _many_texts(samples, strings):
    """One comment with as many different hostile texts as it can hold."""
    strings = iter(strings)

    def case(number):
        grade = Grade(grader="tone", passed=False, score=0.0, reason=next(strings))
        return replace(
            samples.BROKEN[0],
            case=f"case-{number:02d}",
            question=next(strings),
            base=CaseSide(output=Output(text=next(strings)), grades=(), passes=3, draws=3),
            head=CaseSide(output=Output(text=next(strings)), grades=(grade,), draws=3),
        )

    failures = tuple(
        ("a", Failure(stage="judge", code="unreadable", message=next(strings))) for _ in range(20)
    )
    block = samples.block()
    suite = replace(block.suites[0], broken=tuple(map(case, range(45))), failures=failures)
    return replace(block, suites=(suite,))


def test_comment__10_000_hostile_texts__stay_in_their_fences(samples):
    seen = 0
    for seed in range(50):
        shown = comment(_many_texts(samples, texts(200, seed=seed)))
        reading = assert_safe(shown, CANARY)
        seen += sum(text.count(CANARY) for text in reading.fenced)
    assert seen >= 7_000


def test_comment__hostile_text_in_every_field__is_safe(samples):
    for text in texts(200, seed=52):
        report = samples.hostile(text, prose=text.replace(CANARY, "x"))
        shown = markdown(report, marker=text)
        assert_safe(shown, CANARY)


def test_comment__hostile_text_with_the_case_names_clean__no_canary_outside_fences(samples):
    for text in texts(40, seed=59):
        assert_safe(comment(_many_texts(samples, [text] * 200)), CANARY)


@pytest.mark.parametrize("size", [10_000_000])
def test_comment__huge_output__fits_with_verdict_and_worst_cases(samples, size):
    huge = "```<details>@x\n" * (size // 15)
    base = CaseSide(output=Output(text=huge), passes=3, draws=3)
    head = CaseSide(output=Output(text=f"x{huge}"), draws=3)
    cases = tuple(
        replace(
            samples.BROKEN[0],
            case=f"case-{number:06d}",
            critical=number == 77_777,
            base=base,
            head=head,
        )
        for number in range(100_000)
    )
    block = samples.block()
    shown = comment(replace(block, suites=(replace(block.suites[0], broken=cases),)))
    assert_safe(shown, CANARY)
    assert "**Do not merge: `customer-support` got worse.**" in shown
    assert "What the gate could not see" in shown
    assert shown.index("case-077777") < shown.index("case-000000")
    assert re.search(r"99,\d+ more cases not shown", shown)


def test_comment__more_than_fits__texts_go_first_then_cases(samples):
    block = samples.block()
    sizes = {}
    for number in (5, 60, 150, 600, 3_000):
        cases = tuple(replace(samples.BROKEN[0], case=f"case-{n:04d}") for n in range(number))
        shown = comment(replace(block, suites=(replace(block.suites[0], broken=cases),)))
        assert len(shown.encode()) <= BUDGET
        sizes[number] = (shown.count("<summary><code>case-"), len(set(re.findall(r"case-\d{4}", shown))))
    assert sizes[5] == (5, 5)
    assert sizes[60][1] == 60
    assert 20 < sizes[150][0] < 150
    assert sizes[3_000][1] < 600


def test_comment__hostile_everything_at_the_longest__still_fits(samples):
    text = "\U0001f600@`<!--" * 400
    suite = samples.hostile(text).suites[0]
    suites = tuple(replace(suite, metrics=suite.metrics * 3, broken=suite.broken * 30) for _ in range(25))
    shown = comment(replace(samples.hostile(text), suites=suites, unseen=(text,) * 60, reasons=(text,) * 60))
    assert_safe(shown, "evil")
    assert "Do not merge" in shown


def test_comment__secrets__are_gone_in_every_spelling(samples):
    secret = "tok+en/with=odd&chars-123456"
    split = f"{'x ' * 120}{secret[:14]}\n{secret[14:]}"
    for text in (
        secret,
        secret[::-1],
        secret.encode().hex(),
        f"{'word ' * 55}{secret}",
        split,
        "sk-" + "a1" * 30,
    ):
        shown = markdown(samples.hostile(text), marker=None, redact=Redactor([secret]))
        assert "[redacted]" in shown
        for part in (secret[:14], secret[14:], secret[::-1][:14], secret.encode().hex()[:20], "sk-a1a1"):
            assert part not in shown


def test_comment__templates__hold_layout_and_no_wording():
    root = Path(__file__).parents[3] / "src" / "mergefloor" / "templates" / "comment"
    for template in root.glob("*.j2"):
        layout = re.sub(r"{[{%].*?[%}]}|<[^>]*>", "", template.read_text(encoding="utf-8"))
        assert not re.search(r"[A-Za-z]{2,}", layout), template.name

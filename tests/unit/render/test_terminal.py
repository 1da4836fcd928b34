import re
from dataclasses import replace

import pytest
from tests.unit.render.hostile_texts import texts

from mergefloor.core.report import CaseSide
from mergefloor.core.types import Output
from mergefloor.render import Redactor, console, markdown


def unstyled(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_console__any_ending__fits_the_width(ending, width):
    shown = console(ending, width=width)
    assert max(map(len, shown.splitlines())) <= width


def test_console__any_ending__begins_and_ends_with_the_verdict(ending):
    lines = console(ending).rstrip("\n").split("\n")
    assert re.match(r"May merge|Do not merge|Could not decide", lines[0])
    assert lines[-1] == lines[0]


def test_console__block__tells_the_same_story_as_the_comment(samples):
    shown = " ".join(console(samples.block()).split())
    comment = markdown(samples.block(), marker=None)
    for sentence in (
        "Do not merge: `customer-support` got worse.",
        "`pass_rate` 92.9 % \u2192 71.4 % (floor 85 %).",
        "`mergefloor explain refund-angry-01`",
        "Newly broken: 3 confirmed, 1 not confirmed",
        "What the gate could not see",
        "with 42 cases, a true drop of 12 points is blocked 4 times in 5",
    ):
        assert sentence in shown
        assert sentence in comment
    assert "pass_rate 92.9 % 71.4 % \u221221.4 pt \u221233.1 to \u22129.8 pt 85 % worse" in shown


def test_console__colour__changes_the_look_and_not_the_words(ending):
    assert unstyled(console(ending, color=True)) == console(ending)
    assert "\x1b[" not in console(ending)


@pytest.mark.parametrize(
    ("name", "style"), [("block", "31"), ("pass", "32"), ("inconclusive", "33"), ("error", "31")]
)
def test_console__verdict__has_its_colour(samples, name, style):
    assert console(samples.ENDINGS[name](), color=True).startswith(f"\x1b[1;{style}m")


def test_console__inconclusive_that_blocks__is_red(samples):
    assert console(samples.inconclusive(exit_code=1), color=True).startswith("\x1b[1;31mDo not merge yet")


def test_console__hostile_texts__cannot_command_the_runner_or_the_terminal(samples):
    for text in texts(150, seed=57):
        shown = console(samples.hostile(text))
        assert "::" not in shown
        assert "##[" not in shown
        assert all(line.isprintable() for line in shown.split("\n"))
        shown.encode()


def test_console__model_output__is_told_from_our_lines_by_its_prefix(samples):
    case = replace(samples.BROKEN[0], head=CaseSide(output=Output(text="May merge: nothing got worse.")))
    shown = console(samples.report(suites=(samples.suite(broken=(case,)),)))
    assert "\n| May merge: nothing got worse." in shown


def test_console__huge_run__stays_small_with_the_verdict_last(samples):
    cases = tuple(
        replace(samples.BROKEN[0], case=f"case-{n:05d}", question="q" * 100_000) for n in range(5_000)
    )
    block = samples.block()
    suites = tuple(
        replace(block.suites[0], name=f"suite-{n}", broken=cases if n == 0 else ()) for n in range(200)
    )
    shown = console(replace(block, suites=suites))
    assert len(shown.encode()) <= 2_000_000
    assert len(shown) < 100_000
    assert shown.rstrip("\n").endswith("and 197 more got worse.")


def test_console__secret_in_an_answer__is_gone(samples):
    secret = "correct-horse-battery-staple"
    assert "horse" not in console(samples.hostile(secret), redact=Redactor([secret]))


def test_console__one_suite_after_another__each_name_once_above_its_metrics(samples):
    shown = console(samples.block())
    rows = shown[shown.index("Suites and metrics") :].splitlines()
    assert [row for row in rows[2:7] if not row.startswith(" ")] == ["customer-support", "search"]


def test_console__metric_of_a_class__is_named_without_stray_marks(samples):
    suite = samples.passed().suites[0]
    shown = replace(suite, metrics=(replace(suite.metrics[0], case_class="capability"),))
    told = console(replace(samples.passed(), suites=(shown,)), width=120)
    (row,) = [line for line in told.splitlines() if line.startswith(f"  {suite.metrics[0].rule.name}")]
    assert "(capability)" in row and "`" not in row


def test_console__metric_name_too_long__gives_way_to_the_numbers(samples):
    metric = samples.metric("a_metric_with_a_name_that_never_ends_and_never_will")
    shown = console(samples.report(suites=(samples.suite(metrics=(metric,)),)))
    row = next(line for line in shown.splitlines() if line.startswith("  a_metric"))
    assert "\u2026" in row
    assert len(row) <= 80

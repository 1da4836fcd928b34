"""Suites of documents and tools through the whole gate: scripted answers, real planning, grading, decision, reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from tests.fuzz.memory import Tree, run_gate, world

from mergefloor.core.report import Report
from mergefloor.errors import InputError
from mergefloor.modes import gate
from mergefloor.render import html, markdown, report_json

CASES = 40
RECALL = "{type: retrieval, metric: recall, k: 3}"
# What stands in the prompt of each side, so that the script answers the two differently.
BASE, HEAD = "Be brief.", "Be very brief."


def answers(number: int, listed: Sequence[str], system: str, **more: Any) -> str:
    entry = {"when": {"user": f"question {number:02d}", "system": system}, "documents": list(listed), **more}
    return f"  - {json.dumps(entry)}\n"


def tree(
    system: str,
    base: dict[int, Sequence[str]],
    head: dict[int, Sequence[str]],
    *,
    graders: str = RECALL,
    metrics: str = "{}",
    relevant: str = "[doc-{n}, extra-{n}]",
    count: int = CASES,
) -> Tree:
    config = (
        "version: 1\ndefaults: {model: scripted/answers.yaml}\npolicy: {floating_models: warn, semver: 'off'}\n"
        f"suites:\n  s:\n    prompt: prompts/p.yaml\n    golden: evals/*.yaml\n    graders: [{graders}]\n"
        f"    metrics: {metrics}\n"
    )
    golden = "".join(
        f"- {{id: q-{n:02d}, input: 'question {n:02d}', relevant: {relevant.format(n=n)}}}\n"
        for n in range(count)
    )
    usual = {n: (f"doc-{n}", f"extra-{n}", "other") for n in range(count)}
    script = "answers:\n"
    script += "".join(answers(n, listed, HEAD) for n, listed in {**usual, **head}.items())
    script += "".join(answers(n, listed, BASE) for n, listed in {**usual, **base}.items())
    files = {
        "mergefloor.yml": config,
        "evals/a.yaml": golden,
        "answers.yaml": script,
        "prompts/p.yaml": f"system: {system}\n",
    }
    return {path: text.encode() for path, text in files.items()}


def examined(
    head: dict[int, Sequence[str]], base: dict[int, Sequence[str]] | None = None, **more: Any
) -> Report:
    before, after = (tree(system, base or {}, head, **more) for system in (BASE, HEAD))
    return gate.examine(gate.GateRequest(base="base", head="head"), world(before, after))


def metric(report: Report, name: str) -> Any:
    return next(each for each in report.suites[0].metrics if each.rule.name == name)


LOST = {n: ("far", "away", "other", f"doc-{n}") for n in range(12)}


def test_retriever__that_loses_documents__is_blocked_and_every_report_names_them() -> None:
    report = examined(LOST)
    assert report.verdict == "block"
    broken = report.suites[0].broken
    assert [case.case for case in broken] == [f"q-{n:02d}" for n in range(12)]
    assert [(each.document, each.base, each.head) for each in broken[3].lost] == [
        ("doc-3", 1, 4),
        ("extra-3", 2, None),
    ]
    comment = markdown(report, marker="mergefloor.yml")
    for number in range(12):
        said = f"Lost documents: `doc-{number}` 1 → 4; `extra-{number}` 2 → not in the first 4"
        assert said in comment, "each broken question says what it lost"
    written = json.loads(report_json(report))["suites"][0]["broken"][3]["lost"]
    assert written[1] == {"document": "extra-3", "base_rank": 2, "head_rank": None, "looked_at": 4}
    page = html(report)
    assert "Lost documents: <code>doc-3</code> 1 → 4" in page


def test_score__under_its_floor__is_blocked_by_the_rule_for_scores() -> None:
    half = {n: (f"doc-{n}", "away", "other") for n in range(CASES)}
    report = examined(half, metrics="{recall@3: {floor: 0.85}}")
    recall = metric(report, "recall@3")
    assert (recall.kind, recall.base, recall.head, recall.verdict) == ("score", 1.0, 0.5, "block")
    assert recall.rule.gating
    assert metric(report, "pass_rate").verdict == "pass", "one of two relevant documents is still a pass"
    assert report.verdict == "block"


def test_score__that_falls__is_blocked_without_a_broken_case_and_the_documents_are_named() -> None:
    half = {n: (f"doc-{n}", "away", "other") for n in range(CASES // 2)}
    report = examined(half, metrics="{recall@3: {gating: true}}")
    assert (report.verdict, report.suites[0].broken) == ("block", ())
    comment = markdown(report, marker="mergefloor.yml")
    assert "### Documents that 20 cases lost without breaking" in comment
    assert "- `q-07`: Lost documents: `extra-7` 2 → not in the first 3" in comment


def test_hit_rate__is_a_share_of_cases() -> None:
    report = examined(
        LOST,
        graders="{type: retrieval, metric: hit_rate, k: 3}",
        metrics="{hit_rate@3: {floor: 0.85}}",
    )
    hits = metric(report, "hit_rate@3")
    assert (hits.kind, hits.base, hits.head, hits.verdict) == ("binary", 1.0, 28 / 40, "block")


def test_chunks__cut_otherwise__are_comparable_by_their_documents() -> None:
    large = {n: (f"doc-{n}#0", f"extra-{n}#0", "other#0") for n in range(CASES)}
    small = {n: (f"doc-{n}#4", f"doc-{n}#5", f"extra-{n}#9", "other#2") for n in range(CASES)}
    check = "{type: retrieval, metric: recall, k: 3, id_separator: '#'}"
    report = examined(small, large, graders=check, metrics="{recall@3: {floor: 0.99}}")
    assert report.verdict == "pass"
    assert metric(report, "recall@3").head == 1.0
    without = examined(small, large, metrics="{recall@3: {floor: 0.1}}")
    assert metric(without, "recall@3").head == 0.0


def test_prompt__that_tells_no_documents__is_missing_and_never_a_score() -> None:
    before, after = (
        {**tree(system, {}, {}), "answers.yaml": b"default: I do not know.\n"} for system in (BASE, HEAD)
    )
    report = gate.examine(gate.GateRequest(base="base", head="head"), world(before, after))
    recall = metric(report, "recall@3")
    assert (recall.base, recall.head, recall.cases_unresolved) == (None, None, CASES)
    assert (report.verdict, report.exit_code) == ("error", 2)


def test_cases__without_relevant_documents__are_not_in_the_denominator_and_are_counted_aloud() -> None:
    before, after = (
        {
            **(found := tree(system, {}, {})),
            "evals/b.yaml": b"- {id: no-answer, input: question 00 again, must_not_contain: [yes]}\n",
            "answers.yaml": found["answers.yaml"].replace(b'"documents"', b'"say": "no", "documents"'),
        }
        for system in (BASE, HEAD)
    )
    report = gate.examine(gate.GateRequest(base="base", head="head"), world(before, after))
    assert (metric(report, "recall@3").cases_total, metric(report, "pass_rate").cases_total) == (40, 41)
    assert "`s`: 1 case without `relevant`, so `recall@3` does not count them" in report.unseen


def test_relevant__that_no_check_looks_at__is_said() -> None:
    report = examined(
        {}, graders="{type: trajectory, max_tools: 3, gating: false}, {type: refusal, negate: true}"
    )
    assert (
        "`s`: 40 cases with `relevant` that no check looks at; add a `retrieval` check to its `graders`"
        in (report.unseen)
    )


def test_case__that_only_names_documents__has_no_check() -> None:
    with pytest.raises(InputError, match=r"this case has no check; .*`relevant` needs a `retrieval` check"):
        examined({}, graders="", count=1)


@pytest.mark.parametrize(
    ("graders", "says"),
    [
        ("{type: retrieval, metric: recall, k: 0}", "`suites.s.graders[1].k` is the number 0"),
        ("{type: retrieval, metric: recal, k: 1}", "did you mean `recall`?"),
        ("{type: retrieval, metric: mrr, threshold: 2}", "`suites.s.graders[1].threshold` is the number 2"),
        (f"{RECALL}, {RECALL}", "has the metric name 'recall@3' of line"),
    ],
)
def test_config__with_a_check_that_makes_no_sense__is_an_error_of_the_config(graders: str, says: str) -> None:
    before, after = (tree(system, {}, {}, graders=graders) for system in (BASE, HEAD))
    ended = run_gate(before, after)
    assert ended.code == 3
    assert says in ended.text


def test_metric__of_no_check__is_an_error_that_names_the_checks() -> None:
    with pytest.raises(InputError, match=r"\['recall@5'\].*known checks: recall@3"):
        examined({}, metrics="{recall@5: {floor: 0.8}}")


def test_agent__that_calls_another_tool__is_blocked() -> None:
    cases = "".join(
        f"- id: q-{n:02d}\n  messages:\n    - {{role: user, content: Hello}}\n    - {{role: assistant, content: Hi}}\n"
        f"    - {{role: user, content: 'question {n:02d}'}}\n"
        f"  expected_tools: [search, {{name: book, arguments: {{day: {n}}}}}]\n"
        for n in range(CASES)
    )
    script = "answers:\n"
    for system, tool in ((HEAD, "cancel"), (BASE, "book")):
        for n in range(CASES):
            name = tool if n < CASES // 2 else "book"
            calls = ["search", {"name": name, "arguments": {"day": n, "hour": 9}}]
            entry = {"when": {"user": f"question {n:02d}", "system": system}, "tools": calls}
            script += f"  - {json.dumps(entry)}\n"
    before, after = (
        {
            **tree(system, {}, {}, graders="{type: tools, order: exact}, {type: trajectory, max_tools: 2}"),
            "evals/a.yaml": cases.encode(),
            "answers.yaml": script.encode(),
        }
        for system in (BASE, HEAD)
    )
    report = gate.examine(gate.GateRequest(base="base", head="head"), world(before, after))
    assert report.verdict == "block"
    assert len(report.suites[0].broken) == CASES // 2
    reason = report.suites[0].broken[1].head.grades[0].reason  # type: ignore[union-attr]
    assert "Expected the output to call 'search', 'book' with '{\"day\":1}' in this order" in reason
    assert "found 'search', 'cancel' with" in reason

"""Checks of documents, tools and refusals: their normal form, their names, and what is refused."""

from typing import Any

import pytest
from tests.unit.golden.test_specs import problems, spec

from mergefloor.errors import InputError
from mergefloor.golden import default_name


@pytest.mark.parametrize(
    ("written", "name", "options"),
    [
        ("{type: retrieval, metric: recall, k: 5}", "recall@5", {"metric": "recall", "k": 5}),
        ("{type: retrieval, metric: hit_rate, k: 1}", "hit_rate@1", {"metric": "hit_rate", "k": 1}),
        ("{type: retrieval, metric: precision, k: 9}", "precision@9", {"metric": "precision", "k": 9}),
        ("{type: retrieval, metric: mrr}", "mrr", {"metric": "mrr"}),
        ("{type: retrieval, metric: map, k: 3}", "map@3", {"metric": "map", "k": 3}),
        (
            "{type: retrieval, metric: ndcg, k: 10, threshold: 0.5, relevant: [a, b], id_separator: '#', name: n}",
            "n",
            {"metric": "ndcg", "k": 10, "threshold": 0.5, "relevant": ["a", "b"], "id_separator": "#"},
        ),
        (
            "{type: retrieval, metric: ndcg, relevant: {a: 3, b: 0.5}}",
            "ndcg",
            {"metric": "ndcg", "relevant": {"a": 3.0, "b": 0.5}},
        ),
        ("{type: tools}", "tools", {"order": "any"}),
        (
            "{type: tools, expected: [a, {name: b, arguments: {n: 1}}], order: subsequence, extra: forbid}",
            "tools",
            {
                "expected": ["a", {"name": "b", "arguments": {"n": 1}}],
                "order": "subsequence",
                "extra": "forbid",
            },
        ),
        ("{type: tools, order: exact, extra: forbid}", "tools", {"order": "exact", "extra": "forbid"}),
        ("{type: trajectory, max_tools: 0}", "trajectory", {"max_tools": 0}),
        ("{type: refusal}", "refusal", {}),
        ("{type: refusal, phrases: [no way]}", "refusal", {"phrases": ["no way"]}),
    ],
)
def test_spec__each_kind__has_its_normal_form_and_name(
    written: str, name: str, options: dict[str, Any]
) -> None:
    found = spec(written)
    assert (found.name, found.options) == (name, options)
    assert f"type: {found.kind}" in written


@pytest.mark.parametrize(
    ("grader", "says"),
    [
        ("{type: retrieval, k: 5}", "`metric` is missing; add it"),
        (
            "{type: retrieval, metric: recal, k: 5}",
            "`metric` is 'recal'; did you mean `recall`?",
        ),
        (
            "{type: retrieval, metric: recall}",
            "`graders[1]` has no `k`, and the recall of a target that retrieves everything says nothing; "
            "add how many documents count, such as `k: 5`",
        ),
        ("{type: retrieval, metric: hit_rate}", "`graders[1]` has no `k`"),
        ("{type: retrieval, metric: precision}", "`graders[1]` has no `k`"),
        ("{type: retrieval, metric: recall, k: 0}", "`k` is the number 0; use a number of at least 1"),
        ("{type: retrieval, metric: recall, k: 2.5}", "`k` must be a whole number"),
        ("{type: retrieval, metric: recall, k: true}", "`k` must be a whole number"),
        (
            "{type: retrieval, metric: mrr, threshold: 0}",
            "`threshold` is the number 0; use a number above 0",
        ),
        (
            "{type: retrieval, metric: mrr, threshold: 1.1}",
            "`threshold` is the number 1.1; use a number of at most 1",
        ),
        ("{type: retrieval, metric: mrr, id_separator: ''}", "`id_separator` is empty"),
        ("{type: retrieval, metric: mrr, relevant: []}", "`relevant` is empty"),
        ("{type: retrieval, metric: mrr, relevant: {a: 0}}", "`relevant.a` is the number 0"),
        ("{type: retrieval, metric: mrr, relevant: [a, a]}", "`relevant` names 'a' twice"),
        ("{type: retrieval, metric: mrr, top: 5}", "`top` is not a known key"),
        ("{type: tools, expected: []}", "`expected` is empty"),
        ("{type: tools, expected: [{arguments: {}}]}", "`expected[1].name` is missing; add it"),
        ("{type: tools, expected: [{name: a, args: {}}]}", "did you mean `arguments`?"),
        ("{type: tools, order: sorted}", "`order` is 'sorted'; use one of `any`"),
        ("{type: tools, extra: deny}", "`extra` is 'deny'; use one of `allow`, `forbid`"),
        (
            "{type: tools, order: exact, extra: allow}",
            "`graders[1]` has `order: exact`, which allows no other call; use `order: subsequence`",
        ),
        ("{type: trajectory}", "`max_tools` is missing; add it"),
        ("{type: trajectory, max_tools: -1}", "`max_tools` is the number -1"),
        ("{type: refusal, phrases: []}", "`phrases` is empty"),
        ("{type: refusal, phrases: [' ']}", "`phrases[1]` is blank"),
    ],
)
def test_spec__what_makes_no_sense__is_refused_with_a_sentence(grader: str, says: str) -> None:
    (found,) = problems(f"graders:\n  - {grader}\n")
    assert found.startswith("2: ")
    assert says in found


def test_spec__infinite_gain__is_no_gain() -> None:
    with pytest.raises(InputError):
        spec("{type: retrieval, metric: mrr, relevant: {a: .inf}}")


@pytest.mark.parametrize(
    ("kind", "options", "name"),
    [
        ("retrieval", {"metric": "recall", "k": 5}, "recall@5"),
        ("retrieval", {}, "retrieval"),
        ("retrieval", {"metric": 7}, "retrieval"),
        ("overlap", {"metric": "bleu"}, "overlap"),
        ("exact", {}, "equals"),
    ],
)
def test_default_name__is_the_measure_for_retrieval_and_the_kind_otherwise(
    kind: str, options: dict[str, Any], name: str
) -> None:
    assert default_name(kind, options) == name

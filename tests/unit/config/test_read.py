"""mergefloor.yml, read: keys, defaults, every problem with its line."""

from __future__ import annotations

import pytest

from mergefloor.config import read_config
from mergefloor.config.read import MAX_PROBLEMS, parse_config
from mergefloor.core.settings import Budget, Config, Judge, MetricRule, Policy, Price
from mergefloor.core.types import Place
from mergefloor.errors import InputError

SUITE = "suites: {s: {prompt: p.md}}"


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_config("m.yml", text.encode())
    return [str(problem) for problem in caught.value.problems]


def suite(text: str) -> Config:
    return parse_config("m.yml", f"suites:\n  s:\n    prompt: p.md\n{text}".encode())


def test_read_config__the_documented_example__every_setting(example, tree):
    config = read_config(tree({"mergefloor.yml": example}))
    assert config is not None
    (found,) = config.suites
    assert (config.path, config.model) == ("mergefloor.yml", "anthropic/claude-sonnet-4-6-20251015")
    assert config.params == {"temperature": 0.2, "max_tokens": 512}
    assert config.judge == Judge(model="openai/gpt-5-mini-2025-08-07", calibration="evals/calibration.jsonl")
    assert config.policy == Policy()
    assert config.budget == Budget(usd=5.0, minutes=20.0)
    assert (found.name, found.prompt) == ("customer-support", "prompts/customer_support.yaml")
    assert found.golden == ("evals/customer_support/*.yaml",)
    assert found.watch == ("src/rag/**",)
    assert found.place == Place(path="mergefloor.yml", line=18)
    assert [(spec.kind, spec.name, spec.options) for spec in found.graders] == [
        ("judge", "tone", {"rubric": "Warm, direct, no legalese."})
    ]
    assert found.graders[0].place == Place(path="mergefloor.yml", line=23)
    assert found.metrics == (
        MetricRule(name="pass_rate", floor=0.85, max_drop=0.02, gating=True),
        MetricRule(name="tone", floor=0.8, max_drop=0.02, gating=True),
    )
    assert config.notes == ()


def test_read_config__one_suite_and_nothing_else__the_defaults():
    config = parse_config("m.yml", SUITE.encode())
    assert (config.model, config.params, config.embedding_model) == (None, {}, None)
    assert (config.judge, config.policy, config.budget, config.prices) == (Judge(), Policy(), Budget(), {})
    assert config.suites[0].golden == config.suites[0].watch == config.suites[0].graders == ()
    assert config.suites[0].metrics == (MetricRule(name="pass_rate"),)


def test_read_config__every_key_written__arrives():
    text = """\
version: 1
defaults: {model: openai-compatible/llama/3:8b, params: {stop: [a, b], seed: null}, embedding_model: openai/e}
judge: {model: scripted/answers/judge.yaml, params: {temperature: 0}}
policy: {alpha: 0.01, margin: 0.1, score_margin: 0.2, on_inconclusive: block, max_unresolved: 0, semver: "off",
  floating_models: warn, judge_calibration: waive, judge_labels: 20, judge_kappa: 0, judge_specificity: 0.99}
budget: {usd: 0, minutes: 0.5, concurrency: 200}
prices: {openai/a: {input: 1, output: 2}, anthropic/b: {input: 1.5, output: 2, cached_input: 0}}
suites: {s: {prompt: p.md, golden: [a/*.csv, b.jsonl]}}
"""
    config = parse_config("m.yml", text.encode())
    assert config.model == "openai-compatible/llama/3:8b"
    assert config.params == {"stop": ["a", "b"], "seed": None}
    assert config.embedding_model == "openai/e"
    assert config.judge == Judge(model="scripted/answers/judge.yaml", params={"temperature": 0})
    assert config.judge.models == ("scripted/answers/judge.yaml",)
    assert config.policy == Policy(
        alpha=0.01,
        margin=0.1,
        score_margin=0.2,
        on_inconclusive="block",
        max_unresolved=0,
        semver="off",
        floating_models="warn",
        judge_calibration="waive",
        judge_labels=20,
        judge_kappa=0,
        judge_specificity=0.99,
    )
    assert config.budget == Budget(usd=0, minutes=0.5, concurrency=200)
    assert config.prices == {
        "openai/a": Price(input=1, output=2),
        "anthropic/b": Price(input=1.5, output=2, cached_input=0),
    }
    assert config.suites[0].golden == ("a/*.csv", "b.jsonl")


def test_read_config__no_file__none(tree):
    assert read_config(tree({"README.md": ""})) is None
    assert read_config(tree({"mergefloor.yml": SUITE}), "other.yml") is None


def test_read_config__places__root_then_github_then_the_one_named(tree):
    both = tree({"mergefloor.yml": SUITE, ".github/mergefloor.yml": SUITE, "deep/own.yml": SUITE})
    root = read_config(both)
    assert root is not None
    assert root.path == "mergefloor.yml"
    (note,) = root.notes
    assert note.place == Place(path=".github/mergefloor.yml")
    assert "mergefloor.yml comes first" in note.text
    github = read_config(tree({".github/mergefloor.yml": SUITE}))
    assert github is not None
    assert (github.path, github.notes) == (".github/mergefloor.yml", ())
    named = read_config(both, "deep/own.yml")
    assert named is not None
    assert (named.path, named.notes) == ("deep/own.yml", ())


def test_read_config__too_large__refused_before_it_is_read(tree):
    """T68: the size comes from the tree."""

    class Unread:
        sha = "0" * 40

        @property
        def files(self):
            return {"mergefloor.yml": tree({"x": " " * (1024 * 1024 + 1)}).files["x"]}

        def read(self, path: str) -> bytes:
            raise AssertionError("was read")

    with pytest.raises(InputError, match=r"mergefloor.yml:1: the config has 1,048,577 bytes"):
        read_config(Unread())


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ("{}", {"pass_rate": True}),
        ("{pass_rate: {gating: false}}", {"pass_rate": False}),
        ("{tone: {}}", {"pass_rate": True, "tone": False}),
        ("{tone: {floor: 0.5}}", {"pass_rate": True, "tone": True}),
        ("{tone: {floor: 0}}", {"pass_rate": True, "tone": True}),
        ("{tone: {gating: true}}", {"pass_rate": True, "tone": True}),
        ("{tone: {floor: 0.5, gating: false}}", {"pass_rate": True, "tone": False}),
    ],
)
def test_metrics__gating__pass_rate_floors_and_what_is_told(metrics, expected):
    found = suite(f"    metrics: {metrics}\n").suites[0].metrics
    assert {metric.name: metric.gating for metric in found} == expected
    assert found[0].name == "pass_rate"


def test_metrics__none_gates__noted():
    (note,) = suite("    metrics:\n      pass_rate: {gating: false}\n").notes
    assert str(note.place) == "m.yml:4"
    assert "it can never block" in note.text


def test_metrics__three_gate__accepted():
    text = "    metrics: {a: {floor: 0}, b: {gating: true}, c: {gating: false}, d: {max_drop: 0}}\n"
    assert sum(metric.gating for metric in suite(text).suites[0].metrics) == 3


def test_metrics__a_fourth_gates__error_says_why_even_when_pass_rate_is_not_written():
    text = "suites:\n  s:\n    prompt: p.md\n    metrics:\n      a: {floor: 0}\n      b: {floor: 0}\n      c: {floor: 1}\n"
    (problem,) = problems(text)
    assert problem.startswith("m.yml:7: `suites.s.metrics.c` is the suite's gating metric number 4: ")
    assert "share one alpha" in problem
    assert problem.endswith("set `gating: false` on all but 3 of `pass_rate`, `a`, `b`, `c`")


def test_graders__two_under_one_metric_name__error_names_both_lines():
    text = """\
suites:
  s:
    prompt: p.md
    graders:
      - {type: exact, value: a}
      - {type: judge, name: equals, rubric: r}
      - {type: words, max: 5}
  t:
    prompt: p.md
    graders: [{type: words, max: 5}]
"""
    assert problems(text) == [
        "m.yml:6: `suites.s.graders[2]` has the metric name 'equals' of line 5; give it a `name` of its own"
    ]


PROBLEMS = [
    ("", "m.yml:1: the config is empty; type `mergefloor init` to have one written"),
    ("# only a comment\n", "m.yml:1: the config is empty; type `mergefloor init` to have one written"),
    ("- a\n", "m.yml:1: the config must be a mapping of keys; type `mergefloor init` to have one written"),
    ("text\n", "m.yml:1: the config must be a mapping of keys; type `mergefloor init` to have one written"),
    ("version: 1\n", "m.yml:1: `suites` is missing; add one: "),
    ("version: 1\nsuites: {}\n", "m.yml:2: `suites` is empty; add one: "),
    ("suites:\n", "m.yml:1: `suites` must be a mapping, not nothing; "),
    (f"version: 2\n{SUITE}", "m.yml:1: `version` is 2, which this release does not read; write `version: 1`"),
    (f"version: true\n{SUITE}", "m.yml:1: `version` must be a whole number, not true; "),
    (f"{SUITE}\npolcy: {{}}\n", "m.yml:2: `polcy` is not a known key; did you mean `policy`?"),
    (f"policy:\n  alhpa: 0.1\n{SUITE}", "m.yml:2: `policy.alhpa` is not a known key; did you mean `alpha`?"),
    (f"{SUITE}\n{SUITE}\n", "m.yml:2: duplicate key 'suites' (first on line 1); keep one of the two"),
    (f"policy: {{alpha: 0}}\n{SUITE}", "m.yml:1: `policy.alpha` is the number 0; use a number above 0"),
    (f"policy: {{alpha: 0.5}}\n{SUITE}", "m.yml:1: `policy.alpha` is the number 0.5; use a number below 0.5"),
    (f"policy: {{alpha: .nan}}\n{SUITE}", "m.yml:1: the number .nan is not finite; "),
    (f"policy: {{margin: 1.01}}\n{SUITE}", "m.yml:1: `policy.margin` is the number 1.01; use a number of at most 1"),
    (f"policy: {{margin: -0.01}}\n{SUITE}", "m.yml:1: `policy.margin` is the number -0.01; use a number of at least 0"),
    (f"policy: {{score_margin: 2}}\n{SUITE}", "m.yml:1: `policy.score_margin` is the number 2; "),
    (f"policy: {{max_unresolved: '0'}}\n{SUITE}", "m.yml:1: `policy.max_unresolved` must be a number, not '0'; "),
    (f"policy: {{on_inconclusive: fail}}\n{SUITE}", "m.yml:1: `policy.on_inconclusive` is 'fail'; use one of `pass`, `block`"),
    (f"policy: {{semver: none}}\n{SUITE}", "m.yml:1: `policy.semver` is 'none'; use one of `contract`, `behaviour`, `off`"),
    (f"policy: {{floating_models: wran}}\n{SUITE}", "m.yml:1: `policy.floating_models` is 'wran'; did you mean `warn`?"),
    (f"policy: {{judge_labels: 0}}\n{SUITE}", "m.yml:1: `policy.judge_labels` is the number 0; use a number of at least 20"),
    (f"policy: {{judge_labels: 50.5}}\n{SUITE}", "m.yml:1: `policy.judge_labels` must be a whole number, not the number 50.5; "),
    (f"policy: {{judge_kappa: -0.1}}\n{SUITE}", "m.yml:1: `policy.judge_kappa` is the number -0.1; use a number of at least 0"),
    (f"policy: {{judge_kappa: 1}}\n{SUITE}", "m.yml:1: `policy.judge_kappa` is the number 1; use a number below 1"),
    (f"policy: {{judge_specificity: 1.0}}\n{SUITE}", "m.yml:1: `policy.judge_specificity` is the number 1.0; use a number below 1"),
    (f"policy: {{judge_calibration: no}}\n{SUITE}", "m.yml:1: `policy.judge_calibration` is 'no'; "),
    (f"budget: {{usd: -0.01}}\n{SUITE}", "m.yml:1: `budget.usd` is the number -0.01; use a number of at least 0"),
    (f"budget: {{usd: true}}\n{SUITE}", "m.yml:1: `budget.usd` must be a number, not true; "),
    (f"budget: {{minutes: 0}}\n{SUITE}", "m.yml:1: `budget.minutes` is the number 0; use a number above 0"),
    (f"budget: {{minutes: 1441}}\n{SUITE}", "m.yml:1: `budget.minutes` is the number 1441; use a number of at most 1440"),
    (f"budget: {{concurrency: 0}}\n{SUITE}", "m.yml:1: `budget.concurrency` is the number 0; "),
    (f"budget: {{concurrency: 201}}\n{SUITE}", "m.yml:1: `budget.concurrency` is the number 201; "),
    (f"budget: {{concurrency: 2.5}}\n{SUITE}", "m.yml:1: `budget.concurrency` must be a whole number, not the number 2.5; "),
    (f"defaults: {{model: gpt-5}}\n{SUITE}", "m.yml:1: `defaults.model` is 'gpt-5', which is no `provider/model`; write for example `openai/gpt-5`"),
    (f"defaults: {{model: opnai/x}}\n{SUITE}", "m.yml:1: `defaults.model` has the unknown provider 'opnai'; did you mean `openai`?"),
    (f"defaults: {{model: openai/}}\n{SUITE}", "m.yml:1: `defaults.model` is 'openai/', which is no `provider/model`; "),
    (f"defaults: {{model: openai/a b}}\n{SUITE}", "m.yml:1: `defaults.model` has blanks or control characters; "),
    (f"judge: {{model: scripted/../x.yaml}}\n{SUITE}", "m.yml:1: `judge.model` has `..`; "),
    (f"defaults: {{embedding_model: cohere/x}}\n{SUITE}", "m.yml:1: `defaults.embedding_model` has the unknown provider 'cohere'; use one of `anthropic`, `openai`, `openai-compatible`, `scripted`, `local`"),
    (f"defaults: {{embedding_model: local/minilm}}\n{SUITE}", "m.yml:1: `defaults.embedding_model` is 'local/minilm', which is no local model; did you mean `local/all-minilm-l6-v2`?"),
    (f"defaults:\n  model: local/all-minilm-l6-v2\n{SUITE}", "m.yml:2: `defaults.model` is 'local/all-minilm-l6-v2', and local models embed only; name a chat model; `local/...` belongs under `defaults: embedding_model:`"),
    (f"judge:\n  model: local/all-minilm-l6-v2\n{SUITE}", "m.yml:2: `judge.model` is 'local/all-minilm-l6-v2', and local models embed only; "),
    (f"defaults: {{params: {{a: {{b: 1}}}}}}\n{SUITE}", "m.yml:1: `defaults.params.a` is nested; write a text, a number, true, false or a list of those"),
    (f"defaults: {{params: {{a: [[1]]}}}}\n{SUITE}", "m.yml:1: `defaults.params.a` is nested; "),
    (f"judge:\n  panel: [openai/a]\n{SUITE}", "m.yml:1: `judge` makes a panel of 2 (openai/gpt-5-mini-2025-08-07, openai/a), which cannot decide by majority; name two or four different models in `panel`, none of them that of `model`"),
    (f"judge: {{model: openai/a, panel: [openai/a, openai/b]}}\n{SUITE}", "m.yml:1: `judge` asks 'openai/a' twice, which is one opinion; name two or four different models in `panel`, none of them that of `model`"),
    (f"judge: {{panel: [openai/a, openai/a]}}\n{SUITE}", "m.yml:1: `judge` asks 'openai/a' twice"),
    (f"judge: {{panel: [openai/a, openai/b, openai/c]}}\n{SUITE}", "m.yml:1: `judge` makes a panel of 4 "),
    (f"judge: {{panel: [openai/a, openai/b, openai/c, openai/d, openai/e, openai/f]}}\n{SUITE}", "m.yml:1: `judge.panel` "),
    (f"judge: {{calibration: /etc/x}}\n{SUITE}", "m.yml:1: `judge.calibration` is absolute; "),
    (f"prices: {{gpt: {{input: 1, output: 1}}}}\n{SUITE}", "m.yml:1: `prices.gpt` is 'gpt', which is no `provider/model`; "),
    (f"prices: {{openai/a: {{input: 1}}}}\n{SUITE}", "m.yml:1: `prices.openai/a.output` is missing; add it"),
    (f"prices: {{openai/a: {{input: -1, output: 1}}}}\n{SUITE}", "m.yml:1: `prices.openai/a.input` is the number -1; "),
    ("suites: {s: {}}", "m.yml:1: `suites.s` has neither `prompt` nor `target`; name what is measured: one of the two"),
    ("suites: {s: p.md}", "m.yml:1: `suites.s` must be a mapping, not 'p.md'; "),
    ("suites:\n  a b: {prompt: p.md}", "m.yml:2: `suites.a b` 'a b' is not a valid name; use 1 to 80 letters"),
    ("suites:\n  s:\n    prompt: ../p.md", "m.yml:3: `suites.s.prompt` has `..`; "),
    ("suites:\n  s:\n    prompt: prompts/*.md", "m.yml:3: `suites.s.prompt` is a glob; name one file"),
    ("suites:\n  s:\n    prompt: ./p.md", "m.yml:3: `suites.s.prompt` has an empty or `.` component; "),
    ("suites:\n  s:\n    prompt: a\\p.md", "m.yml:3: `suites.s.prompt` has a backslash; write folders with `/`"),
    ("suites:\n  s:\n    prompt: C:/p.md", "m.yml:3: `suites.s.prompt` is absolute; "),
    ("suites:\n  s:\n    prompt: \"a\\nb\"", "m.yml:3: `suites.s.prompt` has control characters or is too long; "),
    ("suites:\n  s:\n    prompt: ''", "m.yml:3: `suites.s.prompt` is blank; "),
    ("suites:\n  s: {prompt: p, golden: /e/*.yaml}", "m.yml:2: `suites.s.golden` is absolute; "),
    ("suites:\n  s: {prompt: p, golden: []}", "m.yml:2: `suites.s.golden` is empty; fill it, or leave it out"),
    ("suites:\n  s:\n    prompt: p\n    golden:\n      - a\n      - 'b/{c,d}'", "m.yml:6: `suites.s.golden[2]` has braces, which are not part of our globs; "),
    ("suites:\n  s: {prompt: p, watch: ['!src/**']}", "m.yml:2: `suites.s.watch[1]` starts with `!`, and exclusion is not part of our globs; "),
    ("suites:\n  s: {prompt: p, watch: src/**}", "m.yml:2: `suites.s.watch` must be a list, not 'src/**'; write it as a list: `['src/**']`"),
    ("suites:\n  s:\n    prompt: p\n    graders:\n      - {type: regx, pattern: a}", "m.yml:5: `suites.s.graders[1]` has the unknown type 'regx'; did you mean `regex`?"),
    ("suites:\n  s:\n    prompt: p\n    graders:\n      - {type: judge, name: pass_rate, rubric: r}", "m.yml:5: `suites.s.graders[1]` has the name `pass_rate`"),
    ("suites:\n  s:\n    prompt: p\n    metrics:\n      pass_rate: {floor: 85}", "m.yml:5: `suites.s.metrics.pass_rate.floor` is the number 85; use a number of at most 1"),
    ("suites:\n  s:\n    prompt: p\n    metrics:\n      a: {max_drop: 1.5}", "m.yml:5: `suites.s.metrics.a.max_drop` is the number 1.5; "),
    ("suites:\n  s:\n    prompt: p\n    metrics:\n      a: {gating: 'yes'}", "m.yml:5: `suites.s.metrics.a.gating` must be true or false, not 'yes'; "),
    ("suites:\n  s:\n    prompt: p\n    metrics:\n      a b: {}", "m.yml:5: `suites.s.metrics.a b` 'a b' is not a valid name; "),
    ("suites:\n  s: {prompt: p, target: {http: 'https://x'}}", "m.yml:2: `suites.s` has both `prompt` and `target`; name what is measured: one of the two"),
    ("suites: {s: {target: {files: [a]}}}", "m.yml:1: `suites.s.target` has no kind; write one of `http`, `command` and `python`"),
    ("suites: {s: {target: {python: 'a:b'}}}", "m.yml:1: `suites.s.target` does not say which files the code needs; add `files: "),
    ("suites: {s: {target: {python: 'a.b', files: [a]}}}", "m.yml:1: `suites.s.target.python` is no `module:function`; write it as `src.search:answer`"),
    ("suites: {s: {target: {http: 'https://x', files: [a]}}}", "m.yml:1: `suites.s.target.files` does not go with `http`; remove it"),
    ("suites: {s: {target: {http: 'https://u:p@x/{sha}'}}}", "m.yml:1: `suites.s.target.http` holds credentials; "),
    ("suites: {s: {target: {http: 'x/{sha}'}}}", "m.yml:1: `suites.s.target.http` is no address; "),
    ("suites: {s: {target: {http: 'https://x/{branch}'}}}", "m.yml:1: `suites.s.target.http` is no address; "),
    ("suites: {s: {target: {command: [a], files: [a], health: 'https://x'}}}", "m.yml:1: `suites.s.target.health` does not go with `command`; remove it"),
    ("suites: {s: {target: {command: [a], files: [a], env: [OPENAI_API_KEY]}}}", "m.yml:1: `suites.s.target.env[1]` would hand over a secret or steer the runner; "),
    ("suites: {s: {target: {command: [a], files: [a], env: [GITHUB_OUTPUT]}}}", "m.yml:1: `suites.s.target.env[1]` would hand over a secret or steer the runner; "),
    ("suites: {s: {target: {command: [a], files: ['../a']}}}", "m.yml:1: `suites.s.target.files[1]` has `..`; "),
    ("a: &x 1\nb: *x", "m.yml:1: the anchor &x is not allowed; remove it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROBLEMS)
def test_parse_config__one_thing_wrong__one_problem_with_its_line_and_a_fix(text, expected):
    found = problems(text)
    assert found[0].startswith(expected)
    if not text.startswith("a: &x"):
        assert len(found) == 1


def test_parse_config__many_things_wrong__all_at_once_in_line_order():
    text = """\
version: 3
defauls: {}
defaults:
  model: gpt-5
  base_url: https://evil.example
policy: {alpha: 0.7, margins: 1}
suites:
  s:
    prompt: /etc/passwd
    target: {command: x}
    graders:
      - {type: judge, rubric: r}
      - {type: judge, rubric: q}
      - {type: judgee}
    metrics:
      a: {floor: 0}
      b: {floor: 2}
      c: {floor: 0}
"""
    found = [problem.split(" ")[0] for problem in problems(text)]
    assert found == [f"m.yml:{line}:" for line in (1, 2, 4, 5, 6, 6, 8, 9, 10, 10, 13, 14, 17, 18)]


def test_parse_config__hundreds_of_problems__the_first_fifty():
    text = "suites:\n" + "".join(f"  s{n}: {{}}\n" for n in range(300))
    found = problems(text)
    assert len(found) == MAX_PROBLEMS
    assert found[0].startswith("m.yml:2:")
    assert found[-1].startswith("m.yml:51:")


def test_parse_config__panel_of_judges__keeps_their_order_and_places() -> None:
    text = "judge:\n  model: openai/a\n  panel:\n    - openai/b\n    - anthropic/c\n" + SUITE
    judge = parse_config("m.yml", text.encode()).judge
    assert judge.models == ("openai/a", "openai/b", "anthropic/c")
    assert [str(place) for place in (judge.place, *judge.panel_places)] == ["m.yml:2", "m.yml:4", "m.yml:5"]


@pytest.mark.parametrize("owner", ["@acme/ai", "@ada", "ai@acme.org"])
def test_owner__of_defaults_and_of_a_suite__kept(owner):
    text = f"defaults: {{owner: '@all'}}\nsuites:\n  a: {{prompt: a.md, owner: '{owner}'}}\n"
    config = parse_config("mergefloor.yml", text.encode())
    assert (config.owner, config.suites[0].owner) == ("@all", owner)


@pytest.mark.parametrize("owner", ["ada", "@ada, @bo", "@", "the AI team"])
def test_owner__that_is_none__says_what_one_looks_like(owner):
    text = f"suites:\n  a:\n    prompt: a.md\n    owner: '{owner}'\n"
    with pytest.raises(InputError) as found:
        parse_config("mergefloor.yml", text.encode())
    said = f"mergefloor.yml:4: `suites.a.owner` is {owner!r}, which names no owner; "
    assert str(found.value) == said + 'write `"@login"`, `"@org/team"` or an e-mail address, in quotes'

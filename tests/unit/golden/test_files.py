import json
from typing import Any

import pytest

from mergefloor.errors import InputError
from mergefloor.golden import read_golden

ROWS: list[dict[str, Any]] = [
    {
        "id": "a",
        "input": "Hi",
        "expected": "Hello",
        "tags": ["t"],
        "critical": True,
        "must_contain": ["x", "y"],
    },
    {"id": "b", "vars": {"name": "Ada"}, "expected_behavior": "Greets, by name"},
]
CSV = (
    "id,input,expected,tags,critical,must_contain,vars.name,expected_behavior\r\n"
    'a,Hi,Hello,"[""t""]",true,"[""x"", ""y""]",,\r\n'
    'b,,,,,,Ada,"Greets, by name"\r\n'
)
YAML = """- id: a
  input: Hi
  expected: Hello
  tags: [t]
  critical: true
  must_contain: [x, y]
- {id: b, vars: {name: Ada}, expected_behavior: "Greets, by name"}
"""


def problems(path: str, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_golden(path, text.encode())
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("g.yaml", YAML),
        ("g.YML", "cases:\n" + YAML),
        ("g.json", json.dumps(ROWS)),
        ("g.json", json.dumps({"cases": ROWS}, indent=2)),
        ("g.jsonl", "\n\n".join(map(json.dumps, ROWS))),
        ("g.ndjson", "\r\n".join(map(json.dumps, ROWS))),
        ("g.csv", CSV),
    ],
)
def test_golden__the_same_cases_in_every_format__are_the_same(path: str, text: str) -> None:
    wanted = read_golden("w.yaml", YAML.encode())
    found = read_golden(path, text.encode())
    assert [(c.id, c.content_hash) for c in found] == [(c.id, c.content_hash) for c in wanted]
    assert [[(s.kind, s.name, s.options) for s in c.graders] for c in found] == [
        [(s.kind, s.name, s.options) for s in c.graders] for c in wanted
    ]
    assert (found[0].input, found[0].tags, found[0].critical, found[1].vars) == (
        "Hi",
        ("t",),
        True,
        {"name": "Ada"},
    )
    assert all(c.place.path == path for c in found)


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("g.yaml", "", "g.yaml:1: the file holds no cases; add one, or remove the file"),
        ("g.yaml", "[]", "g.yaml:1: the file holds no cases; add one, or remove the file"),
        ("g.jsonl", "\n", "g.jsonl:1: the file holds no cases; add one, or remove the file"),
        ("g.csv", "id,input\n", "g.csv:1: the file holds no cases; add one, or remove the file"),
        ("g.yaml", "input: x", "g.yaml:1: a golden set must be a list of cases; begin each with `- `"),
        ("g.yaml", "x", "g.yaml:1: a golden set must be a list of cases; begin each with `- `"),
        ("g.yaml", "\ncases: 5", "g.yaml:2: the cases must be a list; begin each with `- `"),
        ("g.yaml", "- a\n", "g.yaml:1: a case must be a mapping; write `input: ...`"),
        ("g.jsonl", "5", "g.jsonl:1: a case must be a mapping; write `input: ...`"),
        ("g.xlsx", "", "g.xlsx:1: a golden set cannot be a .xlsx file; use one of `.yaml`, "),
        ("g", "", "g:1: a golden set cannot be a nameless file; use one of `.yaml`, "),
        ("g.csv", "input,tag\nx,y\n", "g.csv:2: `tag` is not a known key; did you mean `tags`?"),
        ("g.csv", "input,critical\nx,yes\n", "g.csv:2: `critical` must be true or false, not 'yes'"),
        (
            "g.csv",
            "input,tags\n\nx,a b\n",
            "g.csv:3: the cell of column `tags` is not JSON (not valid JSON: 'a')",
        ),
        ("g.csv", 'input,tags\nx,"{""a"": 1}"\n', "g.csv:2: `tags` must be a list, not a mapping"),
        ("g.csv", 'vars,vars.a\n"{""a"": 1}",x\n', "g.csv:2: the columns `vars` and `vars.<name>` disagree"),
        ("g.csv", "vars,vars.a\n[1],x\n", "g.csv:2: the columns `vars` and `vars.<name>` disagree"),
    ],
)
def test_golden__file_that_is_no_golden_set__is_told(path: str, text: str, says: str) -> None:
    assert problems(path, text)[0].startswith(says)


def test_golden__csv_variables__come_from_both_kinds_of_column() -> None:
    case = read_golden("g.csv", b'vars,vars.b\n"{""a"": [1]}",x\n')[0]
    assert case.vars == {"a": [1], "b": "x"}


def test_golden__csv_graders__are_a_json_list() -> None:
    case = read_golden("g.csv", b'input,graders\nx,"[{""type"": ""words"", ""max"": 3}]"\n')[0]
    assert [(s.kind, s.options) for s in case.graders] == [("words", {"max": 3})]


def test_golden__problems_of_many_rows__are_told_at_once_in_order_of_lines() -> None:
    found = problems("g.csv", "id,input,tags,critical\na b,x,,\nc,,,\nd,x,t,\ne,x,,TRUE\n")
    assert [problem.split(":")[1] for problem in found] == ["2", "3", "4", "5"]


@pytest.mark.parametrize(("count", "fits"), [(10_000, True), (10_001, False)])
def test_golden__number_of_cases__is_bounded(count: int, fits: bool) -> None:
    text = "".join(f"- {{input: q{i}}}\n" for i in range(count))
    if fits:
        assert len(read_golden("g.yaml", text.encode())) == count
    else:
        assert problems("g.yaml", text) == ["g.yaml:10001: the file holds more than 10,000 cases; split it"]

import time

import pytest

from mergefloor.errors import InputError
from mergefloor.loading import CONFIG, DATA, Limits, load_yaml


def problems(data: bytes, limits: Limits = CONFIG) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_yaml("a.yml", data, limits=limits)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("TRUE", "TRUE"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("1234567890123456", 1234567890123456),
        ("017", "017"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("01.5", "01.5"),
        ("1.2.3", "1.2.3"),
        ("-", [None]),
        ("--", "--"),
        ("=", "="),
        ("inf", "inf"),
        ("nan", "nan"),
        ("'true'", "true"),
        ('"12"', "12"),
        ("'~'", "~"),
        ("'<<'", "<<"),
    ],
)
def test_plain_scalar__core_schema__only_json_types_have_a_meaning(written: str, value: object) -> None:
    found = load_yaml("a.yml", f"- {written}\n".encode()).value
    assert found == [value]
    assert isinstance(found, list)
    assert type(found[0]) is type(value)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a: .nan", "a.yml:1: the number .nan is not finite"),
        ("a: -.INF", "a.yml:1: the number -.INF is not finite"),
        ("a: 1e999", "a.yml:1: the number 1e999 is not finite"),
        ("a: 12345678901234567", "a.yml:1: the whole number 12345678901234567... has more than 16 digits"),
        ("a: 0." + "3" * 50, "has more than 40 characters"),
        ("1: a", "a.yml:1: the key '1' is not text"),
        ("~: a", "a.yml:1: the key '~' is not text"),
        ("true: a", "a.yml:1: the key 'true' is not text"),
        (".nan: a", "a.yml:1: the key '.nan' is not text"),
        ("? [a]\n: b", "a.yml:1: a mapping or list is used as a key"),
        ("a: {{name}}", "a text like `{{name}}` needs quotes"),
        ("a: 1\nb: 2\na: 3", "a.yml:3: duplicate key 'a' (first on line 1)"),
        ("a: {b: 1, b: 2}", "a.yml:1: duplicate key 'b' (first on line 1)"),
        ("'a': 1\na: 2", "a.yml:2: duplicate key 'a'"),
        ("<<: {a: 1}", "a.yml:1: the merge key << is not allowed"),
        ("a: &x 1", "a.yml:1: the anchor &x is not allowed"),
        ("- *x", "a.yml:1: the alias *x is not allowed"),
        ("*x : 1", "a.yml:1: the alias *x is not allowed"),
        ("!!python/object/apply:os.system [touch]", "a.yml:1: the tag 'tag:yaml.org,2002:python/obj"),
        ("a: !!str 1", "a.yml:1: the tag 'tag:yaml.org,2002:str' is not allowed"),
        ("a: ! 1", "a.yml:1: the tag '!' is not allowed"),
        ("!mine\na: 1", "a.yml:1: the tag '!mine' is not allowed"),
        ("a: 1\n---\nb: 2", "a.yml:2: a second document starts here"),
        ("a: 1\n...\n---\nb: 2", "a.yml:3: a second document starts here"),
        ("\ta: 1", "indent with spaces"),
        ("a: b: c", "a.yml:1: not valid YAML: mapping values are not allowed"),
        ("a: [1\n\n", "a.yml:1: not valid YAML: did not find expected ',' or ']'"),
        (
            "a: [1,\nb,\nc",
            "a.yml:3: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence from line 1",
        ),
        ("a: 'x\n\nb: 1\n", "a.yml:3: not valid YAML: found unexpected end of stream"),
        ("a:\n  b: 1\n c: 2", "a.yml:3: not valid YAML"),
        ('a: "\\0"', "a.yml:1: a text contains a NUL character"),
        ('a: "\\ud800"', "a.yml:1: not valid YAML"),
        ("a: x\n# \x07", "a.yml:2: the character U+0007 is not allowed"),
        (
            "a: x\u2028b: hidden",
            "a.yml:1: the character U+2028 is not allowed in YAML; remove it, or write it as",
        ),
        ("\na: x\x85b: hidden", "a.yml:2: the character U+0085 is not allowed"),
        ("a: %b", "put a text that starts with"),
    ],
)
def test_yaml__refused_feature__is_told_with_its_line(source: str, says: str) -> None:
    assert any(says in problem for problem in problems(source.encode())), problems(source.encode())


def test_yaml__several_problems__are_told_at_once() -> None:
    found = problems(b"a: 1\na: 2\nb: .inf\nc: 99999999999999999\n2: x\nd: &e f\n")
    assert [line.split(":")[1] for line in found] == ["2", "3", "4", "5", "6"]


def test_yaml__hundreds_of_problems__list_ends_at_fifty() -> None:
    assert len(problems(b"a: .nan\n" * 500)) == 50


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", '{"a": ', "[\n", "- - ", "? "])
@pytest.mark.parametrize("times", [100, 1_000, 10_000, 100_000, 1_000_000])
def test_yaml__deep_nesting__is_refused_and_the_process_lives(opening: str, times: int) -> None:
    found = problems((opening * times).encode()[:1_000_000])
    assert "nests deeper than 40" in found[0] or "used as a key" in found[0]


def test_yaml__nesting_at_the_limit__is_read_and_one_more_is_not() -> None:
    assert load_yaml("a.yml", b"[" * 40 + b"]" * 40).value is not None
    assert problems(b"[" * 41 + b"]" * 41) == ["a.yml:1: the data nests deeper than 40 levels; flatten it"]


def test_yaml__alias_bomb__is_refused_at_its_first_anchor() -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 123)
    )
    started = time.process_time()
    assert problems(bomb)[0] == "a.yml:1: the anchor &a is not allowed; remove it"
    assert time.process_time() - started < 0.5


def test_yaml__node_count__is_bounded_by_the_limit_of_its_use() -> None:
    data = b"- a\n" * 49_999
    assert isinstance(load_yaml("a.yml", data).value, list)
    assert problems(data + b"- a\n") == [
        "a.yml:50000: the file holds more than 50,000 values; split it into several files"
    ]
    assert isinstance(load_yaml("a.yml", data + b"- a\n", limits=DATA).value, list)


def test_yaml__long_text__is_bounded_by_the_limit_of_its_use() -> None:
    data = b"a: " + b"x" * 200_001
    assert "200,001 characters; keep it under 200,000" in problems(data)[0]
    assert load_yaml("a.yml", data, limits=DATA).value == {"a": "x" * 200_001}


def test_yaml__every_entry__knows_its_line() -> None:
    document = load_yaml(
        "a.yml", b"# top\na: 1\nb:\n  - id: x\n    v: [1,\n        2]\n\n  - y\nc:\n  d: |\n    t\n"
    )
    lines = {keys: document.line(*keys) for keys in document.lines}
    assert lines == {
        (): 2,
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 4,
        ("b", 0, "id"): 4,
        ("b", 0, "v"): 5,
        ("b", 0, "v", 0): 5,
        ("b", 0, "v", 1): 6,
        ("b", 1): 8,
        ("c",): 9,
        ("c", "d"): 10,
    }
    assert len(document.lines) == len(lines)


def test_yaml__numbers__are_remembered_as_written() -> None:
    document = load_yaml("a.yml", b"version: 1.10\nother: 1e3\nplain: 1.5\nlist: [+5, 2.00]\nflag: true\n")
    written = {
        k: document.text(*k)
        for k in [("version",), ("other",), ("plain",), ("list", 0), ("list", 1), ("flag",)]
    }
    assert list(written.values()) == ["1.10", "1e3", "1.5", "+5", "2.00", "true"]
    assert set(document.written) == {("version",), ("other",), ("list", 0), ("list", 1)}


@pytest.mark.parametrize("data", [b"", b"# only a comment\n", b"---\n", b"\xef\xbb\xbf"])
def test_yaml__nothing_in_it__is_null(data: bytes) -> None:
    assert load_yaml("a.yml", data).value is None

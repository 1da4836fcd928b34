"""Prompts that leave what the gate looks at, and the files around it (T23, T30, T31)."""

from __future__ import annotations

import pytest
from integrity_builders import found, replace, rules, scene, suite, touched

from mergefloor.core.integrity import FileChange

TEXT = """\
You answer questions about orders of our shop.
Be brief and kind, and never promise a date of delivery.
Ask for the order number first.
"""
TWO = "suites: {s: {prompt: prompts/a.md}, t: {prompt: prompts/b.md}}"


def moved(*files: FileChange) -> list[tuple[str, str]]:
    return [(one.rule, one.subject) for one in found(scene(), scene(), *files) if one.rule == "left-coverage"]


def test_prompt__moved_to_an_uncovered_file__is_found_with_its_new_place() -> None:
    files = [
        touched("prompts/a.md", TEXT, None),
        touched("src/texts.md", None, TEXT),
        touched("src/b.md", None, "Hello."),
    ]
    (one,) = (each for each in found(scene(), scene(), *files) if each.rule == "left-coverage")
    assert (one.subject, one.evidence) == (
        "prompts/a.md",
        "its text is now in \u201csrc/texts.md\u201d, which no suite covers",
    )


def test_prompt__moved_into_code_and_edited__is_found() -> None:
    code = (
        "TEXT = (\n"
        + "".join(f'    "{line} "\n' for line in TEXT.replace("brief", "short").splitlines())
        + ")\n"
    )
    assert moved(
        touched("prompts/a.md", TEXT, "Short."), touched("src/texts.py", "x = 1\n", f"x = 1\n{code}")
    )


@pytest.mark.parametrize(
    "files",
    [
        [touched("prompts/a.md", TEXT, None), touched("prompts/b.md", None, TEXT)],
        [
            touched("prompts/a.md", TEXT, None),
            touched("src/other.md", None, "Orders are kept for ten years.\n" * 9),
        ],
        [touched("prompts/a.md", TEXT, TEXT.replace("brief", "short")), touched("docs/a.md", None, TEXT)],
        [touched("prompts/a.md", TEXT, None)],
        [touched("src/a.md", TEXT, None), touched("src/b.md", None, TEXT)],
        [touched("prompts/a.md", "Be kind.", None), touched("src/b.md", None, "Be kind.")],
        [touched("prompts/a.md", None, None), touched("src/b.md", None, TEXT)],
        [touched("prompts/a.md", TEXT, None), touched("src/b.md", TEXT, None)],
    ],
    ids=["covered", "another text", "kept", "deleted", "uncovered", "short", "unread", "both deleted"],
)
def test_prompt__that_stays_covered_or_is_gone__has_not_moved_out(files: list[FileChange]) -> None:
    assert moved(*files) == []


def test_suite__removed__is_found() -> None:
    (one,) = found(scene(TWO), scene("suites: {s: {prompt: prompts/a.md}}"))
    assert (one.rule, one.subject, one.suite) == ("left-coverage", "suites.t", "t")


def test_suite__given_another_name__still_covers_its_prompt() -> None:
    after = "suites: {s: {prompt: prompts/a.md}, renamed: {prompt: prompts/b.md}}"
    assert found(scene(TWO), scene(after)) == ()


def test_suite__pointed_at_another_prompt__leaves_the_old_one_uncovered() -> None:
    (one,) = found(scene("suites: {s: {prompt: a.md}}"), scene("suites: {s: {prompt: easy.md}}"))
    assert (one.subject, one.rule) == ("suites.s.prompt", "left-coverage")


def test_suite__that_follows_its_prompt__is_left_alone() -> None:
    before, after = scene("suites: {s: {prompt: prompts/a.md}}"), scene("suites: {s: {prompt: prompts/b.md}}")
    assert (
        found(before, after, touched("prompts/a.md", TEXT, None), touched("prompts/b.md", None, TEXT)) == ()
    )


def test_globs__narrowed__name_the_files_they_leave_out() -> None:
    before = suite(golden=frozenset({"e/a.yaml", "e/b.yaml"}), watched=frozenset({"src/x.py"}))
    after = suite(golden=frozenset({"e/a.yaml", "e/c.yaml"}))
    found_ = found(scene(one=before), scene(one=after))
    assert [(one.subject, one.evidence) for one in found_] == [
        ("suites.s.golden", "the globs leave out 1 of 2 files: \u201ce/b.yaml\u201d"),
        ("suites.s.watch", "the globs leave out 1 of 1 files: \u201csrc/x.py\u201d"),
    ]


def test_globs__written_otherwise__are_left_alone() -> None:
    before = suite(golden=frozenset({"e/a.yaml"}))
    assert found(scene(one=before), scene(one=replace(before, watched=frozenset({"src/x.py"})))) == ()


@pytest.mark.parametrize(
    "path",
    [".github/workflows/gate.yml", ".github/actions/gate/action.yml", ".github/CODEOWNERS", "CODEOWNERS"],
)
@pytest.mark.parametrize("sides", [("a", "b"), (None, "b"), ("a", None)])
def test_workflow__touched__is_found(path: str, sides: tuple[str | None, str | None]) -> None:
    (one,) = found(scene(), scene(), touched(path, *sides))
    assert (one.rule, one.subject) == ("workflow-changed", path)


@pytest.mark.parametrize(
    "path",
    [".github/dependabot.yml", "docs/.github/workflows/a.yml", ".github/workflows.md", "src/CODEOWNERS"],
)
def test_file__beside_the_workflows__is_left_alone(path: str) -> None:
    assert found(scene(), scene(), touched(path, "a", "b")) == ()


LABELS = "judge: {calibration: labels.jsonl}"
ROWS = '{"id": "a", "label": 1}\n{"id": "b", "label": 0}\n'


@pytest.mark.parametrize(
    ("after", "evidence"),
    [
        (ROWS.replace("0}", "1}"), "a label is gone or edited"),
        (None, "2 labels are gone or edited"),
    ],
)
def test_labels__edited_or_gone__are_found(after: str | None, evidence: str) -> None:
    (one,) = found(scene(LABELS), scene(LABELS), touched("labels.jsonl", ROWS, after))
    assert (one.rule, one.subject, one.evidence) == ("judge-changed", "labels.jsonl", evidence)


def test_labels__added_or_reordered__are_left_alone() -> None:
    more = "".join(reversed(ROWS.splitlines(keepends=True))) + '{"id": "c", "label": 1}\n'
    assert rules(found(scene(LABELS), scene(LABELS), touched("labels.jsonl", ROWS, more))) == []

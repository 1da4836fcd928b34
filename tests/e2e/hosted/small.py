"""A repository that is small enough to be gated in a second: twelve cases, no judge, answers from a script."""

from __future__ import annotations

CASES = 12
CONFIG = """\
version: 1
defaults: {model: scripted/answers.yaml}
suites:
  greeter:
    prompt: prompts/greeter.yaml
    golden: evals/greeter/*.yaml
"""
PROMPT = """\
version: {version}
updated: 2026-11-02
updated_by: Ada
changelog: {changelog}
system: {system}
"""
ANSWERS = """\
answers:
  - when: {system: coldly}
    say: "Noted."
  - when: {user: guest}
    say: "Hello, friend!"
"""


def prompt(system: str = "Greet warmly.", version: str = "1.0.0", changelog: str = "first") -> str:
    """The greeter's prompt file. With `coldly` in it every case breaks."""
    return PROMPT.format(system=system, version=version, changelog=changelog)


def cases(count: int = CASES, expected: str = "friend") -> str:
    """Golden cases g-0, g-1, ..."""
    return "".join(
        f'- {{id: g-{i}, input: "I am guest {i}.", must_contain: ["{expected}"]}}\n' for i in range(count)
    )


FILES = {
    "mergefloor.yml": CONFIG,
    "prompts/greeter.yaml": prompt(),
    "evals/greeter/first.yaml": cases(),
    "answers.yaml": ANSWERS,
    "src/app.py": "print('hello')\n",
}
WORSE = {"prompts/greeter.yaml": prompt("Greet coldly.", "2.0.0", "colder")}
HARMLESS = {"prompts/greeter.yaml": prompt("Greet very warmly.", "1.1.0", "warmer")}
"""Branches of every small team: `worse` breaks all cases, `harmless` none."""
BRANCHES = {"worse": WORSE, "harmless": HARMLESS, "docs": {"docs/notes.md": "words\n"}}

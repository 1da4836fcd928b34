"""A repository whose change is judged over HTTP: 200 cases, a judge, answers that are made up from the request."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

MODEL = "openai/gpt-4o-mini-2024-07-18"
JUDGE = "openai/gpt-5-mini-2025-08-07"
BEFORE, AFTER = "Answer in plain words.", "Answer at length."
WORDS = [
    "amber",
    "basil",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "hazel",
    "indigo",
    "juniper",
    "kelp",
    "larch",
]
WORDS += ["maple", "nectar", "olive", "pine"]


def answer(system: str, question: str) -> str:
    """What the server makes up: words that spell the hash of the request's text."""
    key = hashlib.sha256(" ".join(f"{system}\n{question}".split()).encode()).hexdigest()
    return " ".join(WORDS[b & 15] for b in bytes.fromhex(key)[:12]).capitalize() + "."


def build(path: Path, *, cases: int = 200, fragile: int = 40, judged: int = 40, budget: str = "") -> None:
    """Branches `main` and `change`. Of the `fragile` cases the base answers each as expected, the change every other."""
    path.mkdir(parents=True)
    rows = [_case(number, number < fragile, number >= cases - judged) for number in range(cases)]
    files = {
        "mergefloor.yml": _config(budget),
        "prompts/answer.prompt.yml": _prompt(BEFORE),
        "evals/cases.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
    }
    for name, text in files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(text)
    git(path, "init", "-q", "-b", "main")
    _commit(path)
    git(path, "switch", "-q", "-c", "change")
    (path / "prompts/answer.prompt.yml").write_text(_prompt(AFTER))
    _commit(path)


def git(path: Path, *args: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *args], cwd=path, check=True, capture_output=True)


def _commit(path: Path) -> None:
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "change")


def _case(number: int, fragile: bool, judged: bool) -> dict[str, object]:
    question = f"What is question {number:03d} about?"
    row: dict[str, object] = {"id": f"case-{number:03d}", "vars": {"question": question}}
    row["must_contain"] = [answer(BEFORE, question).split()[-1] if fragile else "."]
    if judged:
        row["graders"] = [{"type": "judge", "name": "tone", "rubric": "The answer is friendly."}]
    return row


def _prompt(system: str) -> str:
    return (
        "name: answer\nmessages:\n"
        f"  - {{role: system, content: {json.dumps(system)}}}\n"
        '  - {role: user, content: "{{question}}"}\n'
    )


def _config(budget: str) -> str:
    return f"""\
version: 1
defaults:
  model: {MODEL}
  params: {{temperature: 0, max_tokens: 64}}
judge:
  model: {JUDGE}
policy: {{semver: off}}   # latencies are a fact of the version check, and those of a resumed run are others
{budget}suites:
  answer:
    prompt: prompts/answer.prompt.yml
    golden: evals/cases.jsonl
    metrics:
      pass_rate: {{max_drop: 0.02}}
"""

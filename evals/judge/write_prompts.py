"""Writes the judge's texts down as prompt files, so that the gate can run the product's own judge as a prompt.

The judge is sent what `templates/judge/*.txt` say, filled by `graders/judge/prompt.py`: two messages, three text files,
`$name` placeholders. No prompt format holds that, so the same texts are written as `.prompt.yml` here. A test compares
every rendered case with the request that the product itself makes, byte by byte, and says when this must be run again:

    python evals/judge/write_prompts.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from mergefloor.core.types import Json
from mergefloor.graders.judge.pair_prompt import PAIR_PROMPT_VERSION, PREFERENCE, comparison
from mergefloor.graders.judge.prompt import JUDGE_PROMPT_VERSION
from mergefloor.graders.judge.sheet import Sheet

HERE = Path(__file__).parent
TEXTS = HERE.parents[1] / "src" / "mergefloor" / "templates" / "judge"
CHOICES = {"good": 1.0, "partly": 0.5, "bad": 0.0}
# The schema names the checks' ids. One file serves cases of one, two and three checks.
VERDICT = Sheet(checks=("", "", ""), question="")
CHOICE = Sheet(checks=("",), question="", choices=CHOICES)
PAIR = comparison("", "", ())


def written(name: str, answer: str, sheet: Sheet, version: str, texts: str = "") -> str:
    """One prompt file: the judge's two messages and the schema of its answer. `version`: of the prompt's wording;
    `texts`: what the names of its messages begin with."""
    user = text(f"{texts}user").replace("$answer", answer)
    schema: dict[str, Json] = {"name": "verdicts", "schema": sheet.schema()}
    return "\n".join(
        (
            "# Written by write_prompts.py from src/mergefloor/templates/judge; change it there.",
            f"name: {name}",
            f"version: {version}",
            "messages:",
            "  - role: system",
            "    content: |-",
            indented(text(f"{texts}system"), 6),
            "  - role: user",
            "    content: |-",
            indented(re.sub(r"\$(\w+)", r"{{\1}}", user), 6),
            "responseFormat: json_schema",
            "jsonSchema: |",
            indented(json.dumps(schema, indent=2), 2),
            "",
        )
    )


def text(name: str) -> str:
    """One of the judge's texts, as the product reads it."""
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def indented(lines: str, width: int) -> str:
    """The lines as a YAML block; an empty line stays empty."""
    return "\n".join(" " * width + line if line else "" for line in lines.split("\n"))


def prompts() -> dict[str, str]:
    """Every prompt file by name. The first number of their version is the judge prompt's own."""
    version = f"{JUDGE_PROMPT_VERSION}.0.0"
    choice, better = (
        text("answer_choice").replace("$choices", json.dumps(list(each))) for each in (CHOICES, PREFERENCE)
    )
    return {
        "verdict.prompt.yml": written("judge-verdict", text("answer_pass"), VERDICT, version),
        "choice.prompt.yml": written("judge-choice", choice, CHOICE, version),
        "pair.prompt.yml": written("judge-pair", better, PAIR, f"{PAIR_PROMPT_VERSION}.0.0", "pair_"),
    }


if __name__ == "__main__":
    for name, content in prompts().items():
        (HERE / name).write_text(content, encoding="utf-8")

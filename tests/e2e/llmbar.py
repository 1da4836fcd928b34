"""The recorded evaluation as a repository: one suite a subset, prompts in `.prompt.yml`, golden sets in JSONL."""

from __future__ import annotations

import json
import re
from typing import Any

SUBSETS = ("natural", "neighbor", "gptinst", "gptout", "manual")
TURN = re.compile(r"<\|im_start\|>(\w+)\n(.*?)<\|im_end\|>", re.S)


def prompt_yml(text: str, comment: str = "") -> str:
    """A recorded prompt in the `.prompt.yml` format."""
    rows = [
        {"role": role, "content": re.sub(r"\{(\w+)\}", r"{{\1}}", body.strip())}
        for role, body in TURN.findall(text)
    ]
    lines = [f"# {comment}"] if comment else []
    return (
        "\n".join([*lines, "name: better-output", "messages:", *(f"  - {json.dumps(row)}" for row in rows)])
        + "\n"
    )


def golden(recording: Any, subset: str, *, swap: bool = False, keep: set[int] | None = None) -> str:
    """The cases of one subset: the choice that people made is expected at the end of the answer."""
    rows = []
    for index, case in enumerate(recording.cases[subset]):
        if keep is not None and index not in keep:
            continue
        one, two = case["output_1"], case["output_2"]
        variables = {
            "input": case["input"],
            "output_1": two if swap else one,
            "output_2": one if swap else two,
        }
        rows.append(
            {
                "id": f"{subset}-{index:03d}",
                "vars": variables,
                "graders": [says(recording.expected(subset, index, swap))],
            }
        )
    return "".join(json.dumps(row) + "\n" for row in rows)


def says(letter: str) -> dict[str, Any]:
    """The last output named is the choice, as in the paper's evaluation."""
    return {
        "type": "regex",
        "name": "choice",
        "pattern": rf"(?s)Output \({letter}\)([^(]|\([^ab]|\([ab][^)])*$",
    }


def config(model: str, subsets: tuple[str, ...] = SUBSETS) -> str:
    suites = {
        s: {"prompt": "prompts/better.prompt.yml", "golden": f"evals/{s}.jsonl", "metrics": {"pass_rate": {}}}
        for s in subsets
    }
    data = {"version": 1, "defaults": {"model": model, "params": {"temperature": 0}}, "suites": suites}
    return json.dumps(data, indent=1) + "\n"


def files(
    recording: Any, strategy: str, model: str, *, subsets: tuple[str, ...] = SUBSETS, swap: bool = False
) -> dict[str, str | None]:
    """A whole repository for one prompt of the recording."""
    return {
        "mergefloor.yml": config(model, subsets),
        "prompts/better.prompt.yml": prompt_yml(recording.prompts[strategy]),
        **{f"evals/{s}.jsonl": golden(recording, s, swap=swap) for s in subsets},
    }

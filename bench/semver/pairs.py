"""The version check over real edits of real prompts: which bump the text alone asks for, and how people see it.

    python bench/semver/pairs.py PATH/fabric.jsonl [--rules behaviour] [--show minor]

The edits are rows {id, before, after}: two versions of a Markdown prompt. No output is measured here, so "other
wording" is counted as the patch that a measurement could certify; without one it would be minor. Where
`labels.jsonl` lies beside this file (rows {id, required}), agreement, confusion and every miss are printed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from mergefloor import prompts
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver import Bump, Fact, RuleSet
from mergefloor.core.semver.rules import ranked, required
from mergefloor.core.semver.static import static_change
from mergefloor.core.types import Case, ModelRef, Place, Request
from mergefloor.errors import InputError

LABELS = Path(__file__).with_name("labels.jsonl")
MODEL = ModelRef(provider="none", name="none", endpoint="")
BUMPS: tuple[Bump, ...] = get_args(Bump)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One edit: the bump if its wording is certified, the bump if it is not, and why."""

    id: str
    certified: Bump
    uncertified: Bump
    facts: tuple[Fact, ...]


def read_prompt(text: str) -> PromptVersion:
    """A prompt of format (d); text that only looks like Jinja is marked as raw, as the parser advises."""
    try:
        return prompts.parse("prompts/pattern.md", text.encode())
    except InputError:
        return prompts.parse("prompts/pattern.md", ("{% raw %}" + text + "{% endraw %}").encode())


def send(prompt: PromptVersion) -> dict[str, Request]:
    """What the prompt sends for one golden input that names itself."""
    values = {name: f"<{name}>" for name in prompt.required_vars if name != "input"}
    case = Case(id="one", place=Place(path="golden"), content_hash="one", input="An input.", vars={**values})
    rendered = prompts.render_all(prompt, [case])
    return {name: Request(model=MODEL, messages=messages) for name, messages in rendered.messages.items()}


def judge(row: Mapping[str, str], rules: RuleSet) -> Verdict:
    """One edit."""
    before, after = read_prompt(row["before"]), read_prompt(row["after"])
    facts = static_change(before, after, send(before), send(after))
    return Verdict(
        id=row["id"],
        certified=required(facts, rules, hopeful=True),
        uncertified=required(facts, rules),
        facts=ranked(facts, rules),
    )


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def distribution(title: str, bumps: Iterable[Bump]) -> str:
    """Counts and shares."""
    counted = Counter(bumps)
    total = counted.total()
    return title + ", ".join(f"{bump} {counted[bump]} ({counted[bump] / total:.0%})" for bump in BUMPS)


def agreement(found: Sequence[Verdict], labels: Mapping[str, str]) -> Iterator[str]:
    """Agreement with people, the confusion table, every miss with its reason."""
    both = [(verdict, labels[verdict.id]) for verdict in found if verdict.id in labels]
    right = sum(verdict.certified == label for verdict, label in both)
    yield f"labels: {len(labels)}, found: {len(both)}, equal: {right} ({right / max(1, len(both)):.0%})"
    low = sum(BUMPS.index(verdict.certified) < BUMPS.index(_bump(label)) for verdict, label in both)
    yield f"asked for less than people: {low}, for more: {len(both) - right - low}"
    yield "people \\ check  " + "".join(f"{bump:>8}" for bump in BUMPS)
    for asked in BUMPS:
        counts = Counter(verdict.certified for verdict, said in both if said == asked)
        yield f"{asked:15} " + "".join(f"{counts[bump]:8}" for bump in BUMPS)
    for verdict, label in both:
        if verdict.certified != label:
            yield f"- {verdict.id}: people {label}, check {verdict.certified}: {_why(verdict)}"


def _bump(label: str) -> Bump:
    found = next((bump for bump in BUMPS if bump == label), None)
    if found is None:
        raise SystemExit(f"the label {label!r} is none of {', '.join(BUMPS)}")
    return found


def _why(verdict: Verdict) -> str:
    return "; ".join(f"{fact.kind}: {fact.why}" for fact in verdict.facts[:3])


def main() -> None:
    """Print the distribution, and the agreement where labels are at hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("edits", type=Path)
    parser.add_argument("--rules", choices=get_args(RuleSet), default="contract")
    parser.add_argument("--show", choices=BUMPS, help="list every edit of this bump with its reasons")
    asked = parser.parse_args()
    found = [judge(row, asked.rules) for row in read_rows(asked.edits)]
    print(f"{len(found)} edits, rules {asked.rules}")
    print(distribution("if wording is certified: ", (verdict.certified for verdict in found)))
    print(distribution("if it is not:            ", (verdict.uncertified for verdict in found)))
    kinds = Counter(kind for verdict in found for kind in {fact.kind for fact in verdict.facts})
    print("kinds: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    for verdict in found:
        if verdict.certified == asked.show:
            print(f"- {verdict.id}: {_why(verdict)}")
    if LABELS.exists():
        print("\n".join(agreement(found, {row["id"]: row["required"] for row in read_rows(LABELS)})))


if __name__ == "__main__":
    main()

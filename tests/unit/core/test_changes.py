from __future__ import annotations

from fnmatch import fnmatch

from mergefloor.core.changes import reasons
from mergefloor.core.ports import Change
from mergefloor.core.settings import Suite

SUITE = Suite(name="s", prompt="prompts/a.yaml", golden=("evals/*.yaml",), watch=("src/rag/*",))


def why(*paths: str, config: str | None = "mergefloor.yml") -> tuple[str, ...]:
    changes = [Change(path=path, kind="modified") for path in paths]
    return reasons(
        SUITE,
        changes,
        prompts=(SUITE.prompt,),
        config=config,
        matches=lambda pattern, path: fnmatch(path, pattern),
    )


def test_reasons__of_a_change_elsewhere__are_none() -> None:
    assert why("README.md", "prompts/b.yaml") == ()
    assert why("mergefloor.yml", config=None) == ()


def test_reasons__name_what_changed_and_how() -> None:
    assert why("prompts/a.yaml") == ("prompt changed: prompts/a.yaml (modified)",)
    assert why("evals/x.yaml", "src/rag/split.py", "mergefloor.yml") == (
        "golden set changed: evals/x.yaml (modified)",
        "watched file changed: src/rag/split.py (modified)",
        "configuration changed: mergefloor.yml (modified)",
    )


def test_reasons__of_many_files__name_three_and_count_the_rest() -> None:
    (reason,) = why(*(f"src/rag/{i}.py" for i in range(5)))
    assert reason.endswith("src/rag/2.py (modified) and 2 more")

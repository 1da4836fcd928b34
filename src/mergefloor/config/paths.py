"""Paths, globs, names of models and owners as a config writes them: what is wrong with one, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from mergefloor.core.local_model import LOCAL, NAMES, embeds_only, is_local
from mergefloor.core.owners import is_owner
from mergefloor.golden import SHIPPED, is_shipped, nearest, shipped_sets, told

PROVIDERS = ("anthropic", "openai", "openai-compatible", "scripted")
EMBEDDERS = (*PROVIDERS, LOCAL)
Sentence = tuple[str, str]
MAX_PATH = 1_000


def path_problem(path: str) -> Sentence | None:
    """What keeps a text from being the path of a file in the repository: how it goes wrong and what to write."""
    parts = path.split("/")
    if not path.strip():
        return "is blank", "write a path from the root of the repository"
    if not path.isprintable() or len(path) > MAX_PATH:
        return (
            "has control characters or is too long",
            f"rename the file: printable, at most {MAX_PATH} characters",
        )
    if "\\" in path:
        return "has a backslash", "write folders with `/`"
    if path.startswith(("/", "~")) or path[1:3] == ":/":
        return "is absolute", "write it from the root of the repository, without a leading `/`"
    if ".." in parts:
        return "has `..`", "write it from the root of the repository"
    if "." in parts or "" in parts:
        return "has an empty or `.` component", "write it as `git ls-files` prints it"
    return None


def glob_problem(pattern: str) -> Sentence | None:
    """What keeps a text from being a glob for files of the repository, or the name of a shipped golden set."""
    if is_shipped(pattern) and not shipped_sets([pattern]):
        return f"is {pattern[:60]!r}, and no such golden set is shipped", nearest(pattern, SHIPPED)
    if found := path_problem(pattern):
        return found
    if "{" in pattern or "}" in pattern:
        return "has braces, which are not part of our globs", "write one pattern for each alternative"
    if pattern.startswith("!"):
        return "starts with `!`, and exclusion is not part of our globs", "name what is wanted instead"
    return None


def file_problem(path: str) -> Sentence | None:
    """What keeps a text from being the path of one file."""
    if found := path_problem(path):
        return found
    if "*" in path or "?" in path:
        return "is a glob", "name one file"
    return None


def model_problem(name: str) -> Sentence | None:
    """What keeps a text from naming a model that chats."""
    return embeds_only(name) if is_local(name) else _name_problem(name, PROVIDERS)


def embedder_problem(name: str) -> Sentence | None:
    """What keeps a text from naming a model that embeds."""
    found, model = _name_problem(name, EMBEDDERS), name.partition("/")[2]
    if found is None and is_local(name) and model not in NAMES:
        return f"is {name[:60]!r}, which is no local model", nearest(
            name, [f"{LOCAL}/{each}" for each in NAMES]
        )
    return found


def _name_problem(name: str, providers: Sequence[str]) -> Sentence | None:
    provider, slash, model = name.partition("/")
    if not slash or not model:
        return (
            f"is {name[:60]!r}, which is no `provider/model`",
            f"write for example `openai/{name[:60] or 'MODEL'}`",
        )
    if provider not in providers:
        return f"has the unknown provider {provider[:60]!r}", nearest(provider, providers)
    if not model.isprintable() or any(char.isspace() for char in model):
        return "has blanks or control characters", "write the model's name as the provider does"
    return file_problem(model) if provider == "scripted" else None


def owner_problem(text: str) -> Sentence | None:
    """What keeps a text from naming an owner."""
    if is_owner(text):
        return None
    return (
        f"is {text[:60]!r}, which names no owner",
        'write `"@login"`, `"@org/team"` or an e-mail address, in quotes',
    )


def date_problem(text: str) -> Sentence | None:
    """What keeps a text from being a day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return f"is {text[:60]!r}, which is no day", "write it as year-month-day, for example `2027-01-31`"
    return None


def checked(problem: Callable[[str], Sentence | None]) -> Callable[[str], str]:
    """A validator out of one of the questions above."""

    def check(text: str) -> str:
        if found := problem(text):
            raise told(*found)
        return text

    return check

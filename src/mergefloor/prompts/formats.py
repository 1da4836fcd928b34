"""Which format a prompt file has, by its name and then by its keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath

from mergefloor.core.prompt import PromptVersion
from mergefloor.errors import InputError
from mergefloor.loading import PROMPT, Document, load_yaml
from mergefloor.prompts import native, prompt_yml, template
from mergefloor.prompts.fields import listed
from mergefloor.prompts.text import read_text

FOLDER = "prompts"
YAML_SUFFIXES = (".yaml", ".yml")
TEXT_SUFFIXES = (".md", ".txt", ".j2")
# Files beside prompts that are about them.
NOT_PROMPTS = frozenset({"readme", "changelog", "contributing", "license"})
_READERS: dict[str, tuple[tuple[str, ...], Callable[[Document, str], PromptVersion]]] = {
    "native": (native.DECIDING, native.read_native),
    "template": (template.DECIDING, template.read_template),
    "prompt_yml": (prompt_yml.DECIDING, prompt_yml.read_prompt_yml),
}


def is_prompt(path: str) -> bool:
    """Whether a path of the repository names a prompt: `prompts/**` by suffix, and `*.prompt.yml` anywhere."""
    name = PurePosixPath(path).name.lower()
    if name.endswith(prompt_yml.SUFFIXES):
        return True
    in_folder = path.startswith(f"{FOLDER}/") and name.endswith(YAML_SUFFIXES + TEXT_SUFFIXES)
    return in_folder and name.split(".")[0] not in NOT_PROMPTS


def parse(path: str, data: bytes) -> PromptVersion:
    """One prompt file. Raises InputError with every problem, each with its line."""
    content_hash = hashlib.sha256(data).hexdigest()
    name = path.lower()
    if name.endswith(TEXT_SUFFIXES):
        return read_text(path, data, content_hash)
    if not name.endswith(YAML_SUFFIXES):
        suffixes = listed(YAML_SUFFIXES + TEXT_SUFFIXES)
        raise InputError.at(path, 1, "the file is no prompt that can be read", f"use one of {suffixes}")
    document = load_yaml(path, data, limits=PROMPT)
    if not isinstance(document.value, dict):
        raise InputError.at(path, 1, "the file is not a mapping", "write `key: value` lines")
    if name.endswith(prompt_yml.SUFFIXES):
        return prompt_yml.read_prompt_yml(document, content_hash)
    return _reader(document)(document, content_hash)


def _reader(document: Document) -> Callable[[Document, str], PromptVersion]:
    keys = document.value if isinstance(document.value, dict) else {}
    found = {name: [key for key in deciding if key in keys] for name, (deciding, _) in _READERS.items()}
    fits = [name for name, deciding in found.items() if deciding]
    if len(fits) == 1:
        return _READERS[fits[0]][1]
    if not fits:
        ways = "`system:`, `template:` (with `$name`) or `messages:` (with `{{name}}`)"
        raise InputError.at(document.path, 1, "no key tells which prompt format this is", f"write {ways}")
    clash = " and ".join(listed(found[name]) for name in fits)
    line = document.line(found[fits[1]][0])
    what = f"the keys {clash} belong to different prompt formats"
    raise InputError.at(document.path, line, what, "keep those of one format")

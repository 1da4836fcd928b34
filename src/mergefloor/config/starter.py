"""The mergefloor.yml that `mergefloor init` writes: complete, commented, and readable by read_config."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from mergefloor.config.naming import suite_names
from mergefloor.config.paths import file_problem, glob_problem
from mergefloor.core.settings import DEFAULT_JUDGE, DEFAULT_MODEL
from mergefloor.errors import InputError

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*[A-Za-z_]\Z")
# What some reader of YAML takes for a boolean or for nothing.
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_LETTERS = re.compile(r"[^a-z0-9]+")
_HEAD = f"""\
# mergefloor blocks a merge when a change makes the answers of these prompts worse.
# `mergefloor validate` checks this file, `mergefloor schema` describes it.
version: 1

defaults:
  model: {DEFAULT_MODEL}   # a dated snapshot; goes before a model named in a prompt file
  params: {{temperature: 0.2, max_tokens: 512}}   # what is absent is not sent

judge:                     # answers checks of `type: judge`; best of another family than the model above
  model: {DEFAULT_JUDGE}
  # calibration: evals/calibration.jsonl     # human labels; judged metrics gate once the judge agrees with them

policy:                    # always read from the base branch, so that a pull request cannot loosen it
  alpha: 0.05              # chance of blocking a harmless change
  margin: 0.05             # what counts as "no worse"
  on_inconclusive: pass    # pass | block, when the golden set is too small to tell
  floating_models: block   # block | warn, for model names without a date

budget: {{usd: 5.00, minutes: 20}}   # calls stop before the one that would cross

suites:
"""
_METRICS = """\
    metrics:
      pass_rate: {max_drop: 0.02}   # add `floor: 0.85` for an absolute minimum
"""
_SAFETY = """\
# Add `"mergefloor:safety/*"` to a suite's `golden` for 39 shipped cases of jailbreak, prompt-injection and prompt-leak. They
# need no judge; a hole that a change opens blocks, one that was there before is reported. A prompt with variables also
# takes `input_variable: NAME_OF_THE_QUESTION` and `vars: {other: value}`.
"""


def config_text(prompt_paths: Sequence[str], golden_globs: Sequence[str], *, own_model: bool = False) -> str:
    """The config for these prompts. `own_model`: a prompt names its model, which a default would override. A glob goes to the only suite, else to those whose name is a part of it.

    Raises InputError when there is no prompt whose path can be written in a config.
    """
    prompts = [path for path in sorted(set(prompt_paths)) if not file_problem(path)]
    if not prompts:
        raise InputError.at(
            "prompts/", 1, "no prompt file was found whose path a config can name", "rename the prompt files"
        )
    globs = [glob for glob in sorted(set(golden_globs)) if not glob_problem(glob)]
    names = suite_names(prompts)
    homes = {glob: _homes(glob, list(names.values())) for glob in globs}
    suites = "".join(
        _suite(path, names[path], [g for g in globs if names[path] in homes[g]]) for path in prompts
    )
    used = {*prompts, *(glob for glob in globs if homes[glob])}
    left = [each for each in sorted({*prompt_paths, *golden_globs}) if each not in used]
    head = _HEAD.replace("  model: anthropic", "  # model: anthropic", 1) if own_model else _HEAD
    return head + suites + _SAFETY + "".join(f"# not used yet: {json.dumps(each)}\n" for each in left)


def _suite(path: str, name: str, globs: list[str]) -> str:
    listed = ", ".join(_quoted(glob) for glob in globs)
    golden = (
        f"    golden: [{listed}]\n"
        if globs
        else "    # golden: evals/*.yaml   # more cases than those in the prompt\n"
    )
    return f"  {_quoted(name)}:\n    prompt: {_quoted(path)}\n{golden}{_METRICS}"


def _homes(glob: str, names: list[str]) -> list[str]:
    """The suites that a golden set is for: the only one, else those named by a folder or file of the glob."""
    if len(names) == 1:
        return names
    parts = {_bare(part.partition(".")[0]) for part in glob.split("/")} - {""}
    return [name for name in names if _bare(name) in parts]


def _bare(text: str) -> str:
    return _LETTERS.sub("", text.lower())


def _quoted(text: str) -> str:
    """A text as a YAML scalar; quoted unless it is plainly a word. Printable texts quote alike in JSON and YAML."""
    plain = _PLAIN.match(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)

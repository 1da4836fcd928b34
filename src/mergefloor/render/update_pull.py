"""The body of a model update's pull request: what merging it moves and what it leaves, the report, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from mergefloor.core.updating.found import SuiteUpdate, Update
from mergefloor.render.filters import cell
from mergefloor.render.redact import Redactor
from mergefloor.render.updating import KEEPS, WORDS, update_report

Clean: TypeAlias = Callable[[str], str]

SHOWN = 10  # suites of a sentence
LONGEST_PAGE = 50_000  # characters in a pull request's body, of which GitHub takes 65,536
NEEDS = """\
### What this pull request needs

- It changes pins and versions alone. Suites that are refused or undecided above keep their pin.
- Opened with the workflow's own token (`GITHUB_TOKEN`), it starts no workflow: the required status stays *Expected* until
  somebody with write access approves the runs, or closes and reopens it. And it could only be opened because *Allow GitHub
  Actions to create and approve pull requests* is set (Settings > Actions > General).
- With the token of a GitHub App in `github-token` neither is needed: its pull requests start workflows like anybody's.
- The gate replays what was measured here from the cache, where the cache is the same."""


def update_pull(found: Update, *, url: str, redact: Clean | None = None) -> str:
    """The body of the pull request. `url`: the run that measured it."""
    clean = redact or Redactor()
    link = [f"[The run that measured this]({url})", ""] if url.startswith("https://") else []
    page = f"{_opening(found, clean)}\n\n{update_report(found, redact=clean)}"
    if len(page) > LONGEST_PAGE:
        page = f"{page[:LONGEST_PAGE].rpartition(chr(10))[0]}\n\n(cut; the page of the run has all of it)\n"
    return clean("\n".join([page, *link, NEEDS]) + "\n")


def _opening(found: Update, clean: Clean) -> str:
    """What a reviewer has to know first: whose pin moves, and who stays behind for which reason."""
    moving = [suite for suite in found.suites if suite.ending == "accepted"]
    whom = [_named(moving, clean)] if moving else []
    whom += ["the judge"] if found.judge is not None and found.judge.ending == "accepted" else []
    lead = f"Merging this moves {' and '.join(whom)} from `{cell(clean(found.old))}` to `{cell(clean(found.new))}`."
    stay = [
        f"{_named(kept, clean)}: {WORDS[kept[0].direction]}, {KEEPS[ending]}."
        for ending in ("refused", "undecided")
        for kept in _alike(found.suites, ending)
    ]
    return " ".join([f"**{lead}**", *stay])


def _alike(suites: Sequence[SuiteUpdate], ending: str) -> list[list[SuiteUpdate]]:
    """Suites that ended so, those with the same word for it together."""
    ended = [suite for suite in suites if suite.ending == ending]
    words = dict.fromkeys(suite.direction for suite in ended)
    return [[suite for suite in ended if suite.direction == word] for word in words]


def _named(suites: Sequence[SuiteUpdate], clean: Clean) -> str:
    names = ", ".join(f"`{cell(clean(suite.name))}`" for suite in suites[:SHOWN])
    return f"{names} and {len(suites) - SHOWN} more" if len(suites) > SHOWN else names

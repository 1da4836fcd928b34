"""`mergefloor demo`: the comment that a reviewer would see, on an example repository."""

from __future__ import annotations

from mergefloor.core.effects import Outcome, Print
from mergefloor.modes.gate import GateRequest, examine
from mergefloor.modes.world import World
from mergefloor.render import markdown

BASE, HEAD = "main", "change"


def run(name: str, world: World) -> Outcome:
    """Gate the example's change. The demo itself succeeds whatever the gate says."""
    report = examine(GateRequest(base=BASE, head=HEAD), world)
    comment = markdown(report, marker=report.config_path, redact=world.redact)
    before, after = _before(name, scripted=report.scripted), _after(report.exit_code)
    return Outcome(exit_code=0, effects=(Print(text=f"{before}\n{comment}\n{after}"),))


def _before(name: str, *, scripted: bool) -> str:
    answers = " (answers are scripted)" if scripted else ""
    return f"The comment that a reviewer of the pull request in the example `{name}` sees{answers}:\n"


def _after(exit_code: int) -> str:
    return f"""\
{"-" * 80}
That was `mergefloor gate --base {BASE} --head {HEAD}`; it would have ended with exit code {exit_code}.

For your own repository, in a folder under git:
  mergefloor init                    finds prompts and golden sets, writes mergefloor.yml
  mergefloor validate                checks all of it, costs nothing
  export ANTHROPIC_API_KEY=...       (and OPENAI_API_KEY for the judge)
  mergefloor gate --head WORKTREE    gates your uncommitted work against the base branch"""

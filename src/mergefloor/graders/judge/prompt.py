"""The judge's request, rendered from the text files of templates/judge/ (THREATS 7).

Placeholders are replaced in one pass: a value that looks like a placeholder stays what it is.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from functools import cache
from importlib import resources
from string import Template

from mergefloor.core.keys import judge_ask, text_hash
from mergefloor.core.ports import Toolbox
from mergefloor.core.types import Ask, Json, Message, ModelRef, Request
from mergefloor.graders.judge.reply import Unreadable, read
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.judge.shown import quoted, visible

# Raise with any change of the texts, of what a reply must look like, or of how verdicts become scores: stored
# verdicts are not compared across (DECISION 8).
JUDGE_PROMPT_VERSION = 1
PARSER_VERSION = 2
METRIC_VERSION = 1


def ask_judge(
    sheet: Sheet, candidate: str, toolbox: Toolbox, model: ModelRef, *, repair: bool = False, sample: int = 0
) -> Ask:
    """One call of the judge. `repair`: the second and last, after an answer that could not be read; `sample`: which of
    several verdicts on the same output.

    The unreadable answer is not shown again: it may hold the candidate's words. The cache key covers all that
    is sent; only the nonce is left out of it, for it follows from the candidate and a key of this installation.
    """
    system, keyed = template_text("system"), _user(sheet, candidate=None, nonce="", repair=repair)
    user = _user(sheet, candidate=candidate, nonce=nonce(toolbox.nonce_key, candidate), repair=repair)
    request = question_to(model, sheet, (system, user), toolbox)
    versions: dict[str, Json] = {
        "prompt": JUDGE_PROMPT_VERSION,
        "parser": PARSER_VERSION,
        "metric": METRIC_VERSION,
        "attempt": int(repair),
    }
    template = template_of(sheet, (system, keyed)) | versions
    ask = judge_ask(request, template=template, candidate=candidate, index=sample)
    return replace(ask, readable=lambda reply: not isinstance(read(reply, sheet, candidate), Unreadable))


def question_to(model: ModelRef, sheet: Sheet, texts: tuple[str, str], toolbox: Toolbox) -> Request:
    """What is sent to a judge: instructions and case (`texts`), its parameters, and the form of the answer."""
    system, user = texts
    return Request(
        model=model,
        messages=(Message(role="system", content=system), Message(role="user", content=user)),
        params=toolbox.judge_params,
        response_schema=sheet.schema(),
    )


def template_of(sheet: Sheet, texts: tuple[str, str]) -> dict[str, Json]:
    """The part of the cache key that every question to a judge has: its texts without what is graded, and its form."""
    system, user = texts
    # The order of the properties is sent and matters, but canonical JSON sorts it away.
    return {"messages": [["system", system], ["user", user]], "property_order": quoted(sheet.schema())}


def nonce(key: bytes, candidate: str) -> str:
    """Twelve hex digits that the candidate cannot contain by design: a MAC of its own hash."""
    return hmac.new(key, text_hash(candidate).encode("ascii"), hashlib.sha256).hexdigest()[:12]


def _user(sheet: Sheet, *, candidate: str | None, nonce: str, repair: bool) -> str:
    checks: list[Json] = [
        {"id": name, "check": visible(check)} for name, check in zip(sheet.ids, sheet.checks, strict=True)
    ]
    values = {
        "checks": quoted(checks),
        "question": quoted(visible(sheet.question)),
        "context": quoted([visible(each) for each in sheet.context]),
        "reference": quoted(None if sheet.reference is None else visible(sheet.reference)),
        "candidate": "" if candidate is None else quoted(visible(candidate)),
        "nonce": nonce,
        "answer": _answer(sheet, repair=repair),
    }
    return Template(template_text("user")).substitute(values)


def _answer(sheet: Sheet, *, repair: bool) -> str:
    form = template_text("answer_pass")
    if sheet.choices:
        form = Template(template_text("answer_choice")).substitute(choices=quoted(list(sheet.choices)))
    return f"{template_text('repair')}\n{form}" if repair else form


@cache
def template_text(name: str) -> str:
    """A text file of templates/judge."""
    path = resources.files("mergefloor").joinpath("templates", "judge", f"{name}.txt")
    return path.read_text(encoding="utf-8").rstrip("\n")

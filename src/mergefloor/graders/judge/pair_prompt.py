"""The request of a comparison: both outputs in one order, rendered from the pair_ files of templates/judge/."""

from __future__ import annotations

from dataclasses import dataclass, replace
from string import Template
from typing import Literal, TypeAlias

from mergefloor.core.keys import canonical, judge_ask
from mergefloor.core.ports import Toolbox
from mergefloor.core.types import Ask, Json, ModelRef
from mergefloor.graders.judge.prompt import nonce, question_to, template_of, template_text
from mergefloor.graders.judge.reply import Unreadable, read
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.judge.shown import quoted, visible

# Raise with any change of the texts, of what a reply must look like, or of how verdicts become scores: stored
# verdicts are not compared across (DECISION 8).
PAIR_PROMPT_VERSION = 1
PARSER_VERSION = 1
METRIC_VERSION = 1

FIRST, SECOND, TIE = "output 1", "output 2", "tie"
# What the judge may say -> how far the output shown first is preferred.
PREFERENCE = {FIRST: 1.0, SECOND: 0.0, TIE: 0.5}
Order: TypeAlias = Literal[1, 2]
ORDERS: tuple[Order, Order] = (1, 2)


def comparison(rubric: str, question: str, context: tuple[str, ...]) -> Sheet:
    """The one check of a comparison: which of the two is better."""
    return Sheet(checks=(rubric,), question=question, context=context, choices=PREFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The output that is graded and the one that it is compared with."""

    output: str
    reference: str

    @property
    def passages(self) -> str:
        """Everything that a judge may quote."""
        return f"{self.output}\n{self.reference}"

    def shown(self, order: Order) -> tuple[str, str]:
        """The two as output 1 and output 2; in the order 2 the graded one is output 2."""
        return (self.output, self.reference) if order == 1 else (self.reference, self.output)


def ask_pair(
    sheet: Sheet,
    pair: Pair,
    order: Order,
    toolbox: Toolbox,
    model: ModelRef,
    *,
    repair: bool = False,
    sample: int = 0,
) -> Ask:
    """One call of the judge about both outputs in one order; `repair` and `sample` as of the judge check.

    The cache key covers all that is sent except the nonce, the graded output through its hash.
    """
    system, code = template_text("pair_system"), nonce(toolbox.nonce_key, canonical([*pair.shown(1)]))
    keyed = _user(sheet, replace(pair, output=""), order, code="", repair=repair)
    user = _user(sheet, pair, order, code=code, repair=repair)
    request = question_to(model, sheet, (system, user), toolbox)
    versions: dict[str, Json] = {
        "pair": PAIR_PROMPT_VERSION,
        "parser": PARSER_VERSION,
        "metric": METRIC_VERSION,
        "order": order,
        "attempt": int(repair),
    }
    template = template_of(sheet, (system, keyed)) | versions
    ask = judge_ask(request, template=template, candidate=pair.output, index=sample)
    return replace(ask, readable=lambda reply: not isinstance(read(reply, sheet, pair.passages), Unreadable))


def _user(sheet: Sheet, pair: Pair, order: Order, *, code: str, repair: bool) -> str:
    one, two = pair.shown(order)
    form = Template(template_text("answer_choice")).substitute(choices=quoted(list(sheet.choices)))
    values = {
        "criterion": quoted([{"id": sheet.ids[0], "better means": visible(sheet.checks[0])}]),
        "question": quoted(visible(sheet.question)),
        "context": quoted([visible(each) for each in sheet.context]),
        "one": quoted(visible(one)),
        "two": quoted(visible(two)),
        "nonce": code,
        "answer": f"{template_text('pair_repair')}\n{form}" if repair else form,
    }
    return Template(template_text("pair_user")).substitute(values)

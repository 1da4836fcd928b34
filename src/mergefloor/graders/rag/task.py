"""One task for the judge about data that others wrote: its request, and the strict reading of its reply (THREATS 7).

The data travels like a candidate of the `judge` check: visible characters only, as one JSON object on one line between
markers with a nonce that nobody who wrote it could know.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from string import Template
from typing import Generic, TypeAlias, TypeVar

from mergefloor.core.keys import canonical, judge_ask
from mergefloor.core.ports import Reply, Toolbox
from mergefloor.core.types import Ask, Failure, Json, Message, ModelRef, Output, Request
from mergefloor.graders.judge.grader import FINISHES
from mergefloor.graders.judge.prompt import nonce
from mergefloor.graders.judge.reply import Unreadable
from mergefloor.graders.judge.shown import quotable, quoted, repeats, visible

# Raise with any change of the texts, of what a reply must look like, or of how replies become scores: stored replies
# are not compared across (DECISION 8).
PROMPT_VERSION = 1
PARSER_VERSION = 2
METRIC_VERSION = 1

T = TypeVar("T")
R = TypeVar("R")
Dialogue: TypeAlias = Generator[tuple[Ask, ...], tuple[Reply, ...], R]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[T]):
    """What is asked (`wish` and `form` are files of templates/rag), about which data, and what a reply must be.

    `sample`: repeated draws of one task are told apart by it, in the cache too.
    """

    wish: str
    form: str
    data: Mapping[str, Json]
    schema: dict[str, Json]
    read: Callable[[str], T | Unreadable]
    sample: int = 0

    def ask(self, toolbox: Toolbox, model: ModelRef, *, repair: bool = False) -> Ask:
        """One call of the judge. `repair`: the second and last, after a reply that could not be read."""
        shown = _shown(dict(self.data))
        data, system = canonical(shown), _text("system")
        user = self._user(quoted(shown), nonce(toolbox.nonce_key, data), repair=repair)
        request = Request(
            model=model,
            messages=(Message(role="system", content=system), Message(role="user", content=user)),
            params=toolbox.judge_params,
            response_schema=self.schema,
        )
        template: dict[str, Json] = {
            "messages": [["system", system], ["user", self._user("", "", repair=repair)]],
            # The order of the properties is sent and matters, but canonical JSON sorts it away.
            "property_order": quoted(self.schema),
            "prompt": PROMPT_VERSION,
            "parser": PARSER_VERSION,
            "metric": METRIC_VERSION,
            "attempt": int(repair),
        }
        ask = judge_ask(request, template=template, candidate=data, index=self.sample)
        return replace(ask, readable=lambda reply: not isinstance(self._said(reply), Unreadable))

    def result(self, reply: Reply) -> T | Unreadable | Failure:
        """What a reply says; Unreadable when another try may help, Failure when there is nothing to read."""
        if isinstance(reply, Failure):
            return reply
        if not isinstance(reply, Output):
            what = "embeddings came back; check `judge.model`"
            return Failure(stage="judge", code="unreadable-judge", message=what)
        if reply.finish != "stop":
            why = f"{FINISHES[reply.finish]}; raise its `max_tokens` or choose another `judge.model`"
            return Failure(stage="judge", code=f"judge-{reply.finish}", message=why)
        return self._said(reply.text)

    def _said(self, reply: str) -> T | Unreadable:
        """The reply as it is read, but not where the data holds it word for word: that would be the data's own."""
        if repeats(reply, quotable("\n".join(_texts(dict(self.data))))):
            return Unreadable(why="it stands in the data word for word")
        return self.read(reply)

    def _user(self, data: str, code: str, *, repair: bool) -> str:
        form = f"{_text('repair')}\n{_text(self.form)}" if repair else _text(self.form)
        values = {"task": _text(self.wish), "data": data, "nonce": code, "answer": form}
        return Template(_text("user")).substitute(values)


def done(tasks: Sequence[Task[T]], toolbox: Toolbox, model: ModelRef) -> Dialogue[tuple[T, ...] | Failure]:
    """All tasks at once, those that cannot be read once more, and then the results in order, or the first failure."""
    if not tasks:
        return ()
    replies = yield tuple(task.ask(toolbox, model) for task in tasks)
    found = [task.result(reply) for task, reply in zip(tasks, replies, strict=True)]
    again = [place for place, each in enumerate(found) if isinstance(each, Unreadable)]
    if again and not any(isinstance(each, Failure) for each in found):
        replies = yield tuple(tasks[place].ask(toolbox, model, repair=True) for place in again)
        for place, reply in zip(again, replies, strict=True):
            found[place] = tasks[place].result(reply)
    results: list[T] = []
    for each in found:
        if isinstance(each, Failure):
            return each
        if isinstance(each, Unreadable):
            return _unreadable(each)
        results.append(each)
    return tuple(results)


def _unreadable(reply: Unreadable) -> Failure:
    what = f"the judge's answer does not count, twice: {reply.why}"
    fix = "choose a `judge.model` that keeps to a JSON schema"
    return Failure(stage="judge", code="unreadable-judge", message=f"{what}; {fix}")


def _shown(value: Json) -> Json:
    """The value with nothing in its texts that a person would not see."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    return value


def _texts(value: Json) -> Iterator[str]:
    """Every text of the data, its own field names apart."""
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _texts(each)


@cache
def _text(name: str) -> str:
    path = resources.files("mergefloor").joinpath("templates", "rag", f"{name}.txt")
    return path.read_text(encoding="utf-8").rstrip("\n")

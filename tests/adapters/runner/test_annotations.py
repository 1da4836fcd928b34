"""Annotations as the runner reads them back."""

from __future__ import annotations

import string
from typing import Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.fakes.runner_grammar import Command, command, lines

from mergefloor.core.effects import Annotate
from mergefloor.core.types import Place
from mergefloor.runner.annotations import MAX_TEXT, PER_LEVEL, Annotations, cut

Level = Literal["error", "warning", "notice"]


def commands(*wanted: Annotate, annotations: Annotations | None = None) -> list[Command]:
    found = (annotations or Annotations(str)).commands(wanted)
    assert all(lines(line) == [line] for line in found)
    read = [command(line) for line in found]
    assert None not in read
    return [each for each in read if each]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("level", ["error", "warning", "notice"])
def test_annotation__with_place_and_title__is_read_back(level: Level) -> None:
    each = Annotate(
        level=level, message="50% off:\nsee a,b", place=Place(path="a,b:c%.yml", line=7), title="t: 1, 2"
    )
    assert commands(each) == [
        Command(
            name=level, data="50% off:\nsee a,b",
            properties={"file": "a,b:c%.yml", "line": "7", "title": "t: 1, 2"},
        )
    ]  # fmt: skip


def test_annotation__text_that_looks_escaped__stays_what_it_is() -> None:
    text = "%0A %0D %25 %3A %2C %250A"
    (found,) = commands(Annotate(level="error", message=text, place=Place(path=text), title=text))
    assert (found.data, found.properties["file"], found.properties["title"]) == (text, text, text)


def test_annotation__without_place_or_title__has_no_properties() -> None:
    assert commands(Annotate(level="error", message="x")) == [Command(name="error", data="x")]


PRINTABLE = st.text(string.printable[:95] + "\u00e9\u4e2d\U0001f600", max_size=40).map(
    lambda text: f"<{text}>"
)


@settings(max_examples=300, deadline=None)
@given(message=PRINTABLE, path=PRINTABLE, title=PRINTABLE, line=st.integers(1, 10**6))
def test_annotation__any_printable_text__is_read_back_exactly(
    message: str, path: str, title: str, line: int
) -> None:
    assume("##[" not in message + path + title)
    (found,) = commands(
        Annotate(level="error", message=message, place=Place(path=path, line=line), title=title)
    )
    assert found.data == message
    assert found.properties == {"file": path, "line": str(line), "title": title}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="%0ADd25Cc:,=; \r\n#[]\x1b\u202ea", max_size=40))
def test_annotation__any_hostile_text__is_one_command_and_its_own(text: str) -> None:
    (found,) = commands(Annotate(level="error", message=text, place=Place(path=text), title=text))
    assert found.name == "error"
    assert set(found.properties) <= {"file", "line", "title"}
    assert found.properties["line"] == "1"


def test_annotations__more_than_the_runner_shows__are_counted_in_the_last() -> None:
    wanted = [Annotate(level="error", message=f"e{n}") for n in range(25)]
    wanted += [Annotate(level="warning", message=f"w{n}") for n in range(PER_LEVEL)]
    found = commands(*wanted)
    errors = [each.data for each in found if each.name == "error"]
    assert len(errors) == PER_LEVEL
    assert errors[:9] == [f"e{n}" for n in range(9)]
    assert errors[9] == "e9\n(and 15 more: see the report)"
    assert [each.data for each in found if each.name == "warning"][-1] == "w9"


def test_annotations__over_several_calls__share_the_room() -> None:
    annotations = Annotations(str)
    for _ in range(4):
        commands(*[Annotate(level="error", message="x")] * 4, annotations=annotations)
    assert commands(Annotate(level="error", message="x"), annotations=annotations) == []
    assert len(commands(Annotate(level="notice", message="x"), annotations=annotations)) == 1


@pytest.mark.parametrize("character", ["x", "\u00e9", "%", "\U0001f600", "\x1b"])
def test_message__longer_than_the_runner_keeps__is_cut(character: str) -> None:
    wanted = [Annotate(level="error", message=character * 5_000)] * 11
    found = commands(*wanted)
    assert all(units(each.data) <= MAX_TEXT for each in found)
    assert all(units(each.data) > MAX_TEXT - 45 for each in found)
    assert found[0].data.endswith("\u2026")
    assert found[-1].data.endswith("\u2026\n(and 1 more: see the report)")


@given(st.text(max_size=40), st.integers(1, 20))
def test_cut__any_text__fits_and_is_a_start(text: str, limit: int) -> None:
    found = cut(text, limit)
    assert len(found.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert found == text or (found.endswith("\u2026") and text.startswith(found[:-1]))


def test_annotation__with_a_secret__is_redacted_everywhere() -> None:
    found = Annotations(lambda text: text.replace("canary", "***"))
    (line,) = found.commands(
        [Annotate(level="error", message="canary", place=Place(path="canary"), title="canary")]
    )
    assert "canary" not in line

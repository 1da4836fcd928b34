from typing import Annotated

import pytest
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from mergefloor.golden import Shape, problems_of, told
from mergefloor.loading import load_yaml


class Inner(Shape):
    size: Annotated[int, Field(gt=0, lt=10)]


class Outer(Shape):
    inner: dict[str, Inner] = Field(default_factory=dict)
    either: str | Inner | None = None
    many: Annotated[list[Inner], Field(max_length=1)] = Field(default_factory=list)
    short: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    code: Annotated[str, Field(pattern="^x+$")] = "x"

    @model_validator(mode="after")
    def _not_blue(self) -> "Outer":
        if self.short == "blu":
            raise told("is {blue}", "take another")
        if self.short == "own":
            raise PydanticCustomError("mine", "words of {a}", {"a": 1})
        return self


def problems(text: str, *prefix: str) -> list[str]:
    document = load_yaml("c.yml", text.encode())
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(document.at(*prefix))
    return [str(problem).removeprefix("c.yml:") for problem in problems_of(caught.value, document, *prefix)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("inner:\n  a: {size: 0}", ["2: `inner.a.size` is the number 0; use a number above 0"]),
        ("inner:\n  a: {size: 10}", ["2: `inner.a.size` is the number 10; use a number below 10"]),
        ("inner:\n  a: {sise: 1}", [
            "2: `inner.a.size` is missing; add it",
            "2: `inner.a.sise` is not a known key; did you mean `size`?",
        ]),
        ("inner: 5", ["1: `inner` must be a mapping, not the number 5; change it to a mapping"]),
        ("either: 5", ["1: `either` must be a text or a mapping, not the number 5; put it in quotes"]),
        ("either: {size: x}", ["1: `either.size` must be a whole number, not 'x'; write the number without quotes"]),
        ("many: [{size: 1}, {size: 2}]", ["1: `many` has too many entries; keep at most 1"]),
        ("short: a", ["1: `short` is too short; write at least 2 characters"]),
        ("code: y", ["1: `code` 'y' does not fit; write it after the pattern `^x+$`"]),
        ("short: blu", ["1: the file is {blue}; take another"]),
        ("short: own", ["1: the file cannot be a mapping; `mergefloor schema` lists what fits"]),
        ("[]", ["1: the file must be a mapping, not a list; change it to a mapping"]),
    ],
)  # fmt: skip
def test_problems__each_kind_of_error__is_one_sentence(text: str, says: list[str]) -> None:
    assert problems(text) == says


def test_problems__with_a_prefix__lines_are_those_of_the_whole_file() -> None:
    assert problems("a:\n  b:\n    short: 7\n    codes: x\n", "a", "b") == [
        "3: `short` must be a text, not the number 7; put it in quotes",
        "4: `codes` is not a known key; did you mean `code`?",
    ]


def test_problems__an_error_of_the_whole__is_named_after_its_key() -> None:
    assert problems("a:\n  b: x\n", "a", "b") == ["2: `b` must be a mapping, not 'x'; change it to a mapping"]

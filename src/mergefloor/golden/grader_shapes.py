"""The checks a repository may ask for, one shape a kind (FORMATS names)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from mergefloor.golden.grader_shape import GraderShape
from mergefloor.golden.rag_checks import Rag
from mergefloor.golden.safety_checks import Leak
from mergefloor.golden.shape import FilledText, Share, told
from mergefloor.golden.target_checks import Refusal, Retrieval, ToolUse, Trajectory

MAX_PATTERN = 2_000
Needle = Annotated[str, Field(min_length=1, max_length=20_000)]
Values = Annotated[list[Needle], Field(min_length=1, max_length=1_000)]
Count = Annotated[int, Field(ge=0)]


class Equals(GraderShape):
    """The output is `value`, else the case's `expected`: NFC, outer whitespace removed; JSON when it is no text."""

    type: Literal["equals", "exact"]
    value: JsonValue = None
    case: bool = True


class Contains(GraderShape):
    """The output contains all or any of `values` (or the one `value`)."""

    type: Literal["contains", "not_contains"]
    values: Values | None = None
    value: Needle | None = None
    mode: Literal["all", "any"] | None = None
    case: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.values is None) == (self.value is None):
            raise told("needs either `values` or `value`", "write one of the two")
        return self


class StartsWith(GraderShape):
    """The output starts with `value`."""

    type: Literal["starts_with"]
    value: FilledText
    case: bool = False


class EndsWith(GraderShape):
    """The output ends with `value`."""

    type: Literal["ends_with"]
    value: FilledText
    case: bool = False


class Regex(GraderShape):
    """`pattern` matches somewhere in the output, or all of it when `whole`."""

    type: Literal["regex"]
    pattern: Annotated[str, Field(min_length=1, max_length=MAX_PATTERN)]
    case: bool = True
    whole: bool = False


class JsonOutput(GraderShape):
    """The output is JSON (or, unless `whole`, contains some), after a schema when there is one."""

    type: Literal["json"]
    schema_: Annotated[dict[str, JsonValue] | None, Field(alias="schema")] = None
    whole: bool = True


class Bounded(GraderShape):
    """A size between `min` and `max`, both included."""

    min: Count | None = None
    max: Count | None = None

    @model_validator(mode="after")
    def _has_bounds(self) -> Self:
        if self.min is None and self.max is None:
            raise told("has no bound", "add `min`, `max` or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise told(f"has min {self.min} above max {self.max}", "swap them")
        return self


class Words(Bounded):
    """How many words the output has."""

    type: Literal["words"]


class Chars(Bounded):
    """How many characters the output has."""

    type: Literal["chars", "length"]


class Asking(GraderShape):
    """A check that other tools ask a model of its own: `model` and `provider` are noted and never used."""

    model: FilledText | None = None
    provider: FilledText | None = None


class Similarity(Asking):
    """The output means (`embedding`) or reads (`lexical`) like the reference, else like the case's `expected`."""

    type: Literal["similarity"]
    reference: FilledText | None = None
    threshold: Share = 0.8
    method: Literal["embedding", "lexical"] = "embedding"


class Overlap(GraderShape):
    """The output shares words or characters with the reference, else with the case's `expected`."""

    type: Literal["overlap"]
    metric: Literal["rouge_n", "rouge_l", "bleu", "gleu", "levenshtein"]
    threshold: Share | None = None
    reference: FilledText | None = None
    n: Annotated[int, Field(ge=1, le=9)] | None = None

    @model_validator(mode="after")
    def _n_counts_words(self) -> Self:
        if self.n is not None and self.metric in ("rouge_l", "levenshtein"):
            raise told(f"has `n`, which {self.metric} does not use", "remove `n`")
        return self


class JudgeCheck(Asking):
    """The judge answers one `rubric` or several `checks`."""

    type: Literal["judge"]
    rubric: FilledText | None = None
    checks: Annotated[list[FilledText], Field(min_length=1, max_length=50)] | None = None
    threshold: Share | None = None
    reference: FilledText | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.rubric is None) == (self.checks is None):
            raise told("needs either `rubric` or `checks`", "write one of the two")
        return self


class PairwiseCheck(Asking):
    """The judge compares the output with the reference, else with the case's `expected`, in both orders."""

    type: Literal["pairwise"]
    rubric: FilledText
    against: Annotated[Literal["expected"], Field(description="What the output is compared with.")] = (
        "expected"
    )
    reference: FilledText | None = None
    threshold: Share | None = None

    @model_validator(mode="after")
    def _is_not_turned(self) -> Self:
        if self.negate:
            raise told("has `negate`, which a comparison does not use", "say in `rubric` what better means")
        return self


AnyGrader = (
    Equals
    | Contains
    | StartsWith
    | EndsWith
    | Regex
    | JsonOutput
    | Words
    | Chars
    | Similarity
    | Overlap
    | JudgeCheck
    | PairwiseCheck
    | Retrieval
    | ToolUse
    | Trajectory
    | Refusal
    | Leak
    | Rag
)
GraderModel = Annotated[AnyGrader, Field(discriminator="type")]

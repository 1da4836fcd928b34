"""The nouns of an evaluation run. Frozen values; a failure is one of them, never an exception or a zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mergefloor.core.place import Place as Place  # noqa: PLC0414 - offered here too
from mergefloor.core.place import Problem as Problem  # noqa: PLC0414
from mergefloor.core.targeted import Document as Document  # noqa: PLC0414
from mergefloor.core.targeted import Index as Index  # noqa: PLC0414
from mergefloor.core.targeted import Json as Json  # noqa: PLC0414
from mergefloor.core.targeted import ToolCall as ToolCall  # noqa: PLC0414
from mergefloor.core.vote import Vote as Vote  # noqa: PLC0414

Role: TypeAlias = Literal["system", "user", "assistant"]
ArmName: TypeAlias = Literal["base", "head"]
Finish: TypeAlias = Literal["stop", "refusal", "filtered", "length", "empty", "crashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRef:
    """A model and who answers for it. `provider` is a key of PROVIDERS, `name` is what is sent, `endpoint` is the
    base URL, or for scripted answers the hash of the file: two endpoints never share a cache entry."""

    provider: str
    name: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is actually sent to a chat model. A parameter that is absent is not sent."""

    model: ModelRef
    messages: tuple[Message, ...]
    params: Mapping[str, Json] = field(default_factory=dict)
    response_schema: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedRequest:
    """Texts to embed with one model."""

    model: ModelRef
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call that a run may need: the request and the address of the sample in the cache.

    `parts` are the named components of the cache key (core/keys.py); `draw` tells samples of one request apart for
    scripted answers; `subject` is the hash of the request alone, by which every sample of it is found ("history").
    `readable`: whether a reply is worth keeping; what cannot be read is never stored (DECISION 6).
    """

    kind: Literal["candidate", "judge", "embedding"]
    request: Request | EmbedRequest
    parts: Mapping[str, Json]
    subject: str
    draw: int = 0
    readable: Callable[[str], bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call as the provider counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a chat model or a target answered. A refusal, a filter, a cut or a crash is an outcome, told by `finish`.

    `documents`: what a target retrieved, best first (None: it says nothing of retrieval); `tools`: the tools it
    called, in order; `trace`: whatever it wants to be shown of how it came to the answer; `index`: what it searched.
    """

    text: str
    finish: Finish = "stop"
    usage: Usage = Usage()
    latency_s: float = 0.0
    served_model: str = ""
    scripted: bool = False
    cached: bool = False
    documents: tuple[Document, ...] | None = None
    tools: tuple[ToolCall, ...] | None = None
    trace: Json = None
    index: Index | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """Embeddings, one a text, in the order of the request."""

    rows: tuple[tuple[float, ...], ...]
    usage: Usage = Usage()
    latency_s: float = 0.0
    served_model: str = ""
    scripted: bool = False
    cached: bool = False


Stage: TypeAlias = Literal["render", "candidate", "judge", "embedding", "grade", "budget", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that is not known, and why. Never scored, never dropped from a denominator.

    `code` is stable (`timeout`, `rate-limited`, `provider-5xx`, `refused-key`, `quota`, `unknown-model`, `unreadable`,
    `budget`, `offline`, `cancelled`, ...); `fatal`: no further call to the same endpoint can succeed (R08). `wait_s`:
    seconds that the provider asked to wait before the next try.
    """

    stage: Stage
    code: str
    message: str
    fatal: bool = False
    wait_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What one check said of one output: passed or not, a score in [0, 1], and the reason in words.

    `votes`: of a panel every judge's, of a comparison with both orders; none where one judge was asked once.
    """

    grader: str
    passed: bool
    score: float
    reason: str = ""
    evidence: tuple[str, ...] = ()
    gating: bool = True
    judged: bool = False
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeMissing:
    """A check that could not be evaluated: it is neither passed nor failed."""

    grader: str
    failure: Failure
    gating: bool = True
    judged: bool = False


AnyGrade: TypeAlias = Grade | GradeMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderSpec:
    """A check as a repository asks for it: its kind (a key of graders.GRADERS), its options, which were validated,
    and the name of its metric. `gating` checks count in the pass rate. `model` is named for other tools, never asked.
    `sample`: which of several verdicts of the judge on the same output; a gate asks for the first alone."""

    kind: str
    name: str
    options: Mapping[str, Json] = field(default_factory=dict)
    negate: bool = False
    gating: bool = True
    place: Place | None = None
    model: str | None = None
    model_place: Place | None = None
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One golden case. `graders` are the case's own checks in normal form; the suite's are added later.

    `content_hash` is SHA-256 of the canonical case without `id` and `tags`: equal hashes are equal cases. `earlier`:
    the turns of a conversation before `input`. `relevant`: gains by document id, 1 where none is written.
    """

    id: str
    place: Place
    content_hash: str
    input: str | None = None
    earlier: tuple[Message, ...] = ()
    vars: Mapping[str, Json] = field(default_factory=dict)
    expected: str | None = None
    context: tuple[str, ...] = ()
    relevant: Mapping[str, float] = field(default_factory=dict)
    expected_tools: tuple[ToolCall, ...] = ()
    graders: tuple[GraderSpec, ...] = ()
    tags: tuple[str, ...] = ()
    critical: bool = False
    cluster: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a grader looks at: a case, what was asked in words, and what came out. `messages`: what was sent, () where
    a target was asked, which does not show what it sends."""

    case: Case
    question: str
    output: Output
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleId:
    """Which draw of which case: look 0 (`plain`) or a fresh pair of look 1 or 2, for one arm (DECISION 5.7)."""

    suite: str
    case: str
    arm: ArmName
    look: Literal["plain", "one", "two"]
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One sample to obtain and to grade. `known`: an answer already at hand (history), so that only grading is left."""

    sample: SampleId
    case: Case
    ask: Ask
    question: str
    graders: tuple[GraderSpec, ...]
    known: Output | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One sample obtained: the output and what every check said of it, or why it is not known."""

    job: Job
    output: Output | Failure
    grades: tuple[AnyGrade, ...] = ()

"""What the core's callers need of the world. Adapters satisfy these by shape; only main.py knows which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from mergefloor.core.targets import Target
from mergefloor.core.types import (
    AnyGrade,
    ArmName,
    Ask,
    Cell,
    EmbedRequest,
    Failure,
    Job,
    Json,
    ModelRef,
    Output,
    Request,
    Subject,
    Vectors,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One file of a tree: git's mode (100644, 100755, 120000, 160000), the blob's id and its size in bytes."""

    mode: str
    blob: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One path that differs between two trees. A rename is a deletion and an addition (no rename detection)."""

    path: str
    kind: Literal["added", "modified", "deleted"]


class Snapshot(Protocol):
    """The files of one commit, as data. Nothing is checked out."""

    @property
    def sha(self) -> str:
        """Full commit id, or `worktree` for uncommitted work."""

    @property
    def files(self) -> Mapping[str, TreeEntry]:
        """Every path of the tree."""

    def read(self, path: str) -> bytes:
        """The bytes of one regular file. InputError for symlinks, submodules, missing or oversized files."""


class Repo(Protocol):
    """A repository, local or behind an API."""

    def snapshot(self, ref: str) -> Snapshot:
        """The tree of a ref. RepositoryError when it does not exist."""

    def merge_base(self, base: Snapshot, head: Snapshot) -> Snapshot:
        """The commit the head branched from."""

    def changes(self, base: Snapshot, head: Snapshot) -> tuple[Change, ...]:
        """What differs, without rename detection, in path order."""

    def tags(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Names of the tags that point at this very commit, sorted; none of uncommitted work."""


class Model(Protocol):
    """One connected provider. Never raises for what a provider can do wrong: that is a Failure."""

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """One chat completion, no retries inside."""

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """Embeddings of every text, no retries inside."""

    async def close(self) -> None:
        """Close connections."""


class Connector(Protocol):
    """References to whoever answers."""

    def connect(self, ref: ModelRef) -> Model:
        """Loads the SDK on first use. ProviderError when the key is missing."""


class Models(Connector, Protocol):
    """Names and targets to references."""

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        """`provider/name` to a reference with its endpoint. ProviderError for an unknown provider."""

    def host(self, target: Target, files: Snapshot, suite: str, arm: ArmName = "head") -> ModelRef:
        """One side of a target as something that can be asked like a model; nothing runs before it is connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One cache entry: the answer, when it was drawn (seconds since 1970), and its key's component hashes.

    `producer`: which run drew it (ref and commit of its workflow), "" where nobody asked.
    """

    answer: Output | Vectors
    at: float
    subject: str
    components: Mapping[str, str]
    producer: str = ""


class Cache(Protocol):
    """Answers that were paid for. Any defect is a miss; a full or read-only disk is a warning."""

    def get(self, key: str) -> Stored | None:
        """The entry under a key of 64 hex digits."""

    def put(self, key: str, entry: Stored) -> None:
        """Saved for good when this returns."""

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        """Every stored sample of one request with its key, oldest first."""

    def entries(self) -> Iterator[tuple[str, object]]:
        """Everything that is stored, in no order; samples are `Stored`."""

    def drop(self, keys: Collection[str]) -> None:
        """Lose these entries for good."""

    def get_note(self, key: str) -> Mapping[str, object] | None:
        """A small JSON record (which history a decision used)."""

    def put_note(self, key: str, value: Mapping[str, object]) -> None:
        """Save a small JSON record."""


class Evaluator(Protocol):
    """The engine, seen from a mode: jobs in, cells out, in the order of the jobs."""

    def evaluate(self, jobs: Sequence[Job]) -> tuple[Cell, ...]:
        """Obtain and grade every job. A job that cannot be obtained is a Cell with a Failure."""

    def probe(self, asks: Sequence[Ask]) -> tuple[Output | Vectors | Failure, ...]:
        """Obtain answers alone (judge canaries)."""


class Progress(Protocol):
    """Tells a person how far a run is."""

    def start(self, total: int, label: str) -> None:
        """A phase of `total` steps begins."""

    def step(self, done: int = 1) -> None:
        """Steps done."""

    def stop(self) -> None:
        """The phase is over."""


Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A grader needs these answers before it can go on; they arrive appended to `replies`."""

    asks: tuple[Ask, ...]


Reply = Output | Vectors | Failure


class Grader(Protocol):
    """One check. Pure: what it needs of a model it asks for, and is called again with the replies."""

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """The next thing: more asks, or the grade. `replies` holds every answer so far, in order of asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """What graders may use: the judge and embedding models (None: not configured) and the key for nonces.

    `panel`: the judges that decide together with `judge`; none where it decides alone.
    """

    judge: ModelRef | None = None
    judge_params: Mapping[str, Json] = field(default_factory=dict)
    embedding: ModelRef | None = None
    nonce_key: bytes = b""
    panel: tuple[ModelRef, ...] = ()

    @property
    def judges(self) -> tuple[ModelRef, ...]:
        """Everybody who judges; nobody where no judge is configured."""
        return () if self.judge is None else (self.judge, *self.panel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A planted judge call whose verdict is known. A wrong one makes the run an error (DECISION 8).

    `verdict`: what a reply to it says, None where there is no verdict to read, which is not the right one either.
    """

    name: str
    ask: Ask
    expected: bool
    verdict: Callable[[Reply], bool | None]

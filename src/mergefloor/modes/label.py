"""`mergefloor label`: a person labels stored outputs, one a screen, without knowing what the judge said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mergefloor import golden
from mergefloor.core.calibration.labels import Label, Sample
from mergefloor.core.desk import Book, Desk, Screen
from mergefloor.core.effects import Outcome, Print
from mergefloor.core.label_rows import row, without_last
from mergefloor.core.labelling import Act, Item, Session, resumed
from mergefloor.core.types import Place
from mergefloor.errors import InputError, UsageError
from mergefloor.modes.standing_suites import Standing, read_standing
from mergefloor.modes.stored_outputs import comparisons, judged_checks, stored_items
from mergefloor.modes.world import World
from mergefloor.render.labelling import (
    Look,
    done_screen,
    help_screen,
    labelling_screen,
    labelling_summary,
    page_count,
)

DEFAULT_BOOK = "evals/calibration.jsonl"
LONGEST_RATER = 80
CLASSES = (
    "the keys write 1 and 0, which no class is; bring more classes in with `--import`, label another check with "
    "`--grader`, or start a file of 1 and 0 with `--out`"
)
VERDICTS: dict[str, bool | None] = {"1": True, "0": False, "s": None}
TURNS: dict[str, int] = {" ": 1, "n": 1, "b": -1, "p": -1}
QUIT = ("q", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRequest:
    """Whose outputs to label: those of `ref`, and where there is a `base` also its and those of where both meet.
    `random`: a plain random sample, with no more failures in it than there are."""

    ref: str
    base: str | None = None
    grader: str | None = None
    rater: str | None = None
    suites: tuple[str, ...] = ()
    config: str | None = None
    count: int = 100
    random: bool = False


def run(request: LabelRequest, desk: Desk, world: World) -> Outcome:
    """Label until nothing is left or the person quits. Every label is in the file before the next screen."""
    check_rater(request.rater)
    standings, notes = _standings(request, world)
    checks = _checks(request, standings)
    book = desk.book(standings[0].config.judge.calibration or DEFAULT_BOOK)
    said = mine(read_book(book), request.rater, checks, book)
    stored = stored_items(standings, world.cache, world.redact)
    items = tuple(replace(item, suspect=None) for item in stored) if request.random else stored
    if not any(item.grader in checks for item in items):
        what = f"the cache holds no output that {_listed(checks)} could judge"
        raise UsageError(what, "type `mergefloor record` or `mergefloor gate` first")
    waiting = [resumed(name, items, said, request.count) for name in checks]
    with desk.screen() as screen:
        done = list(_sittings([s for s in waiting if s.queue], Pen(screen, book, request.rater)))
    fresh = max(0, sum(each.labelled for each in done) - sum(each.labelled for each in waiting if each.queue))
    named = book.path == standings[0].config.judge.calibration
    text = labelling_summary(tuple(done), book.path, fresh, named=named)
    told = [Print(text=f"mergefloor: {note}", stream="err") for note in notes]
    return Outcome(exit_code=0, effects=(*told, Print(text=text)))


def check_rater(rater: str | None) -> None:
    """UsageError for a name that no label file may hold."""
    if rater is not None and (not rater.strip() or len(rater) > LONGEST_RATER or not rater.isprintable()):
        raise UsageError(
            f"{rater!r} is no name of a rater", f"type up to {LONGEST_RATER} printable characters"
        )


def read_book(book: Book) -> tuple[Label, ...]:
    """The labels of a file; none where there is no file or an empty one."""
    data = book.read()
    return golden.read_labels(book.path, data) if data.strip() else ()


def mine(labels: Sequence[Label], rater: str | None, checks: Sequence[str], book: Book) -> tuple[Label, ...]:
    """This rater's labels. UsageError where a check is labelled with classes, which the keys 1 and 0 are not."""
    for label in labels:
        if label.grader in checks and isinstance(label.label, str):
            what = (
                f"{book.path}:{label.place.line}: {label.grader!r} is labelled with classes ({label.label!r})"
            )
            raise UsageError(what, CLASSES)
    return tuple(label for label in labels if label.rater == rater)


def _standings(request: LabelRequest, world: World) -> tuple[tuple[Standing, ...], tuple[str, ...]]:
    """The trees whose outputs count, the change first. One of the base that cannot be read is left out, with a note."""
    found = [read_standing(request.ref, request.config, request.suites, world)]
    notes: list[str] = []
    for ref, sha in _others(request, world):
        if sha in {standing.files.sha for standing in found}:
            continue
        try:
            found.append(read_standing(ref, request.config, request.suites, world))
        except (InputError, UsageError) as error:
            notes.append(f"outputs of {ref} were left out: {error}")
    return tuple(found), tuple(notes)


def _others(request: LabelRequest, world: World) -> Iterator[tuple[str, str]]:
    """The base and where it meets the change, as a name and a commit."""
    if request.base is not None:
        base, head = world.repo.snapshot(request.base), world.repo.snapshot(request.ref)
        yield request.base, base.sha
        fork = world.repo.merge_base(base, head).sha
        yield fork, fork


def _checks(request: LabelRequest, standings: Sequence[Standing]) -> tuple[str, ...]:
    names = judged_checks(standings)
    if not names:
        raise UsageError("no check of these suites asks a judge", "add one of `type: judge` to a suite")
    if request.grader is not None and request.grader not in names:
        raise UsageError(
            f"there is no judged check {request.grader!r}", f"the judged checks are {', '.join(names)}"
        )
    wanted = names if request.grader is None else (request.grader,)
    compared = comparisons(standings)
    shown = tuple(name for name in wanted if name not in compared)
    if not shown:
        raise UsageError(
            f"`{wanted[0]}` compares two outputs, and a screen shows one",
            "write its labels into a file, `better`, `worse` or `tie` with the `reference`, and type "
            "`mergefloor label --import FILE`",
        )
    return shown


def _listed(checks: Sequence[str]) -> str:
    return f"the check{'s' if len(checks) > 1 else ''} {', '.join(checks)}"


@dataclass(frozen=True, slots=True)
class Pen:
    """What a sitting is held with."""

    screen: Screen
    book: Book
    rater: str | None

    def write(self, item: Item, passed: bool, sample: Sample) -> None:
        """One label into the file."""
        self.book.append([row(replace(self._label(item, passed), sample=sample))])

    def take_back(self, act: Act) -> bool:
        """The label of an act out of the file; False when somebody else took it out already."""
        if act.passed is None:
            return True
        left = without_last(self.book.read(), self._label(act.item, act.passed))
        if left is not None:
            self.book.rewrite(left)
        return left is not None

    def _label(self, item: Item, passed: bool) -> Label:
        return Label(
            id=item.id,
            input=item.input,
            output=item.output,
            label=float(passed),
            grader=item.grader,
            rater=self.rater,
            place=Place(path=self.book.path),
        )


def _sittings(sessions: Sequence[Session], pen: Pen) -> Iterator[Session]:
    """A check after the other; after a quit the rest stays as it is."""
    quitting = False
    for session in sessions:
        if quitting:
            yield session
            continue
        sitting = Sitting(session=session, pen=pen)
        quitting = sitting.held()
        yield sitting.session


@dataclass(slots=True, kw_only=True)
class Sitting:
    """One check on the screen: the session so far, the page and the remark that are shown."""

    session: Session
    pen: Pen
    page: int = 0
    remark: str = ""

    def held(self) -> bool:
        """Label until nothing is left (False) or the person quits (True)."""
        while True:
            item = self.session.current
            self.pen.screen.show(self._text(item))
            key = self.pen.screen.key()
            if key in QUIT:
                return True
            if key == "u":
                self._undo()
            elif item is None:
                return False
            else:
                self._press(key, item)

    def _text(self, item: Item | None) -> str:
        look = self._look()
        return done_screen(self.session, look) if item is None else labelling_screen(self.session, item, look)

    def _look(self) -> Look:
        width, height = self.pen.screen.size
        return Look(
            width=width, height=height, page=self.page, remark=self.remark, color=self.pen.screen.color
        )

    def _press(self, key: str, item: Item) -> None:
        self.remark = ""
        if key in VERDICTS:
            self._decide(VERDICTS[key], item)
        elif key in TURNS:
            last = page_count(item, self._look()) - 1
            self.page = min(last, max(0, self.page + TURNS[key]))
        elif key == "?":
            self.pen.screen.show(help_screen(self._look()))
            self.pen.screen.key()

    def _decide(self, passed: bool | None, item: Item) -> None:
        if passed is not None:
            self.pen.write(item, passed, self.session.sample)
        self.session, self.page = self.session.after(passed), 0

    def _undo(self) -> None:
        session, act = self.session.undone()
        if act is None:
            self.remark = "nothing to undo;"
        elif self.pen.take_back(act):
            self.session, self.page, self.remark = session, 0, "undone;"
        else:
            self.remark = "that label is not in the file any more;"

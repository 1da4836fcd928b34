"""Effects that GitHub's runner carries out for us: outputs, state, the run's page, annotations, the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TextIO, TypeAlias, TypeGuard, cast, get_args

from mergefloor.core.effects import Annotate, AppendSummary, Effect, Print, SaveState, SetOutput
from mergefloor.runner import file_commands, summary
from mergefloor.runner.annotations import Annotations
from mergefloor.runner.log import Log, Stream

RunnerEffect: TypeAlias = AppendSummary | SetOutput | SaveState | Annotate | Print
_Write: TypeAlias = Callable[[str], None]


def speaks_to_runner(effect: Effect) -> TypeGuard[RunnerEffect]:
    """Whether an effect is one of ours."""
    return isinstance(effect, get_args(RunnerEffect))


class Runner:
    """The runner of this step, as its environment describes it.

    `token`: 128 random bits as text, new at every call; `redact`: text without secrets, applied before anything is
    written; `secrets`: what the runner is told to hide from the log by itself, at once.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        out: TextIO,
        token: Callable[[], str],
        redact: Callable[[str], str],
        secrets: Sequence[str] = (),
    ) -> None:
        self._files = {
            name: env.get(name, "") for name in ("GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
        }
        self._token, self._redact = token, redact
        self._log = Log(out, token=token, redact=redact)
        self._annotations = Annotations(redact)
        # Off GitHub nobody would swallow the lines that name the secrets.
        if env.get("GITHUB_ACTIONS") == "true":
            self._log.mask(secrets)

    def apply(self, effects: Iterable[RunnerEffect]) -> None:
        """Carry them out: files, then annotations, then texts in their order, so that the verdict's text is last.

        What cannot be done is said in the log: no verdict depends on it. The last text of a call may use up the
        log: call it with the outcome once, and with texts only then.
        """
        texts: list[str] = []
        annotated: list[Annotate] = []
        for effect in effects:
            match effect:
                case AppendSummary():
                    self._to("GITHUB_STEP_SUMMARY", partial(self._summary, self._redact(effect.text)))
                case SetOutput():
                    self._value("GITHUB_OUTPUT", effect.name, effect.value)
                case SaveState():
                    self._value("GITHUB_STATE", effect.name, effect.value)
                case Annotate():
                    annotated.append(effect)
                case Print():
                    texts.append(effect.text)
        for line in self._annotations.commands(annotated):
            self._log.command(line)
        for index, text in enumerate(texts):
            self._log.block(text, last=index == len(texts) - 1)

    def say(self, text: str) -> None:
        """A remark in the log."""
        self._log.note(text)

    def group(self, title: str, text: str) -> None:
        """A long text in the log, folded under a title."""
        self._log.block(text, title=title)

    def stream(self) -> TextIO:
        """A file to print to as the run goes on: progress and warnings."""
        return cast(TextIO, Stream(self._log))

    def _value(self, file: str, name: str, value: str) -> None:
        clean = self._redact(value)
        if file_commands.too_long(clean):
            self.say(f"mergefloor: {name!r} is too long for {file} and was left out")
            return
        data = file_commands.heredoc(name, clean, self._token)
        self._to(file, partial(file_commands.append, data=data))

    def _summary(self, text: str, path: str) -> None:
        shown = summary.fitted(text, summary.BUDGET - file_commands.size(path))
        file_commands.append(path, shown.encode("utf-8", "replace"))

    def _to(self, file: str, write: _Write) -> None:
        path = self._files[file]
        if not path:
            self.say(f"mergefloor: {file} is not set, so nothing was written to it")
            return
        try:
            write(path)
        except OSError as error:
            self.say(f"mergefloor: {file} cannot be written ({error.strerror or error})")

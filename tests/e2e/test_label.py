"""`mergefloor label` at a real terminal (a pty) and over a pipe: blinded, resumable, undone, imported."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from mergefloor.core.keys import is_verdict
from mergefloor.core.labelling import Item, ordered
from mergefloor.core.ports import Cache, Stored
from mergefloor.main import main
from mergefloor.modes.standing_suites import read_standing
from mergefloor.modes.stored_outputs import stored_items
from mergefloor.wiring import world

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "customer-support" / "commits" / "01-support-bot"
PATIENCE_S = 30.0
KEYS = "q quit  ? help"
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


def environ(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm", "NO_COLOR": "1"}


def committed(repo: Path) -> None:
    for argv in (["init", "-q", "-b", "main"], ["add", "-A"], [*IDENTITY, "commit", "-qm", "first"]):
        subprocess.run(["git", *argv], cwd=repo, check=True, capture_output=True)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with five stored runs a case: `repo` and `cache`."""
    home = tmp_path_factory.mktemp("recorded")
    shutil.copytree(EXAMPLE, home / "repo")
    committed(home / "repo")
    mergefloor(home, "record")
    return home


@pytest.fixture
def home(recorded: Path, tmp_path: Path) -> Path:
    shutil.copytree(recorded, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def argv(home: Path, command: str, *more: str) -> list[str]:
    where = ["--repo", str(home / "repo"), "--cache", str(home / "cache")]
    return [sys.executable, "-m", "mergefloor", command, *where, *more]


@dataclass(frozen=True)
class Done:
    """What a command said."""

    stdout: str
    stderr: str


def mergefloor(home: Path, command: str, *more: str, keys: str = "", codes: tuple[int, ...] = (0,)) -> Done:
    """The command line in this process, its keys from a stream."""
    out, err, stdin = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(keys)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(argv(home, command, *more)[3:], environ(home))
    finally:
        sys.stdin = stdin
    assert code in codes, out.getvalue() + err.getvalue()
    return Done(stdout=out.getvalue(), stderr=err.getvalue())


def rows(home: Path, name: str = "evals/calibration.jsonl") -> list[dict[str, Any]]:
    path = home / "repo" / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Person:
    """Somebody at a terminal of 80 columns and 24 rows."""

    def __init__(self, home: Path, *more: str) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.seen = ""
        self.process = subprocess.Popen(
            argv(home, "label", *more),
            env=environ(home),
            cwd=home,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread runs here
        )

    def sees(self, text: str) -> str:
        """Wait for a text; what was on the screen since the last wait."""
        until = time.monotonic() + PATIENCE_S
        while text not in self.seen:
            assert time.monotonic() < until, f"{text!r} did not come: {self.seen!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
        shown, _, self.seen = self.seen.partition(text)
        return shown

    def types(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def leaves(self) -> int:
        return self.process.wait(PATIENCE_S)

    @property
    def single_keys(self) -> bool:
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ECHO)

    @property
    def is_sane(self) -> bool:
        return termios.tcgetattr(self.slave) == self.before


@contextmanager
def at_terminal(home: Path, *more: str) -> Iterator[Person]:
    person = Person(home, *more)
    try:
        yield person
    finally:
        if person.process.poll() is None:
            person.process.kill()
            person.process.wait()
        os.close(person.master)
        os.close(person.slave)


def shown_output(screen: str) -> list[str]:
    return [line for line in screen.rpartition("Output")[2].splitlines() if line.startswith("| ")]


def test_label__five_cases_quit_resume_undo__at_a_terminal(home: Path) -> None:
    shown = []
    with at_terminal(home, "--grader", "tone") as person:
        for number, key in enumerate("10110", start=1):
            shown.append(shown_output(person.sees(KEYS)))
            assert person.single_keys
            person.types(key)
            person.sees(f"tone: {number} of 48")
            assert [row["label"] for row in rows(home)] == [int(k) for k in "10110"[:number]]
        sixth = shown_output(person.sees(KEYS))
        person.types("q")
        person.sees("5 new labels in evals/calibration.jsonl")
        assert person.leaves() == 0
        assert person.is_sane
    assert len({"".join(lines) for lines in shown}) == 5
    kept = (home / "repo/evals/calibration.jsonl").read_bytes()
    with at_terminal(home, "--grader", "tone") as person:
        person.sees("tone: 5 of 48, 2 failures so far")
        assert shown_output(person.sees(KEYS)) == sixth
        person.types("u")
        person.sees("tone: 4 of 48, 1 failure so far")
        assert shown_output(person.sees("undone;")) == shown[4]
        assert kept.startswith((home / "repo/evals/calibration.jsonl").read_bytes())
        assert len(rows(home)) == 4
        person.sees(KEYS)
        person.types("1")
        person.sees("tone: 5 of 48, 1 failure so far")
        assert shown_output(person.sees(KEYS)) == sixth
        person.types("\x04")
        assert person.leaves() == 0
    assert [row["label"] for row in rows(home)] == [1, 0, 1, 1, 1]


@pytest.mark.parametrize("ending", ["ctrl-c", "SIGTERM", "SIGHUP"])
def test_label__interrupted__leaves_the_terminal_as_it_was_and_the_labels(home: Path, ending: str) -> None:
    with at_terminal(home, "--grader", "tone") as person:
        person.sees(KEYS)
        person.types("1")
        person.sees("tone: 1 of 48")
        person.sees(KEYS)
        assert person.single_keys
        if ending == "ctrl-c":
            person.types("\x03")
        else:
            person.process.send_signal(signal.Signals[ending])
        assert person.leaves() == 2
        assert person.is_sane
        person.sees("saved")
    assert len(rows(home)) == 1


def test_label__a_disk_that_fails__leaves_the_terminal_as_it_was(home: Path) -> None:
    with at_terminal(home, "--grader", "tone") as person:
        person.sees(KEYS)
        (home / "repo/evals/calibration.jsonl").mkdir()
        person.types("1")
        person.sees("cannot be written")
        assert person.leaves() == 2
        assert person.is_sane


def test_label__stopped_and_continued__gives_the_shell_its_terminal_and_takes_it_again(home: Path) -> None:
    with at_terminal(home, "--grader", "tone") as person:
        person.sees(KEYS)
        person.process.send_signal(signal.SIGTSTP)
        os.waitid(os.P_PID, person.process.pid, os.WSTOPPED)
        assert person.is_sane
        person.process.send_signal(signal.SIGCONT)
        person.sees(KEYS)
        assert person.single_keys
        person.types("1q")
        assert person.leaves() == 0
    assert len(rows(home)) == 1


def test_label__home_end_and_arrows__are_no_labels(home: Path) -> None:
    with at_terminal(home, "--grader", "tone") as person:
        person.sees(KEYS)
        for key in ("\x1b[1~", "\x1b[H", "\x1bOA", "\x1b[1;5C"):
            person.types(key)
            time.sleep(0.1)
        person.types("?")
        person.sees("Any key goes back.")
        person.types("1")
        person.sees(KEYS)
        person.types("q")
        person.sees("0 new labels")
        assert person.leaves() == 0
    assert rows(home) == []


def test_label__over_a_pipe__writes_rows_of_the_contract_that_a_reader_takes(home: Path) -> None:
    done = mergefloor(home, "label", "--grader", "tone", "--rater", "ann", keys="1\n0\ns1")
    found = rows(home)
    assert [row["label"] for row in found] == [1, 0, 1]
    for row in found:
        assert list(row) == ["id", "input", "output", "label", "grader", "rater", "sample"]
        assert row["sample"] == "enriched"
        assert (row["grader"], row["rater"]) == ("tone", "ann")
    assert done.stdout.rstrip().endswith("the same command goes on where this one stopped")
    assert "\x1b" not in done.stdout


def test_label__at_random__says_so_in_every_row_and_shows_others(home: Path) -> None:
    mergefloor(home, "label", "--grader", "tone", "--random", keys="1" * 8)
    at_random = rows(home)
    assert {row["sample"] for row in at_random} == {"random"}
    (home / "repo/evals/calibration.jsonl").unlink()
    mergefloor(home, "label", "--grader", "tone", keys="1" * 8)
    assert [row["id"] for row in rows(home)] != [row["id"] for row in at_random]


def test_label__two_raters__are_shown_the_same_outputs(home: Path) -> None:
    for rater in ("ann", "bob"):
        mergefloor(home, "label", "--grader", "tone", "--rater", rater, keys="1010")
    by = {name: [r["id"] for r in rows(home) if r["rater"] == name] for name in ("ann", "bob")}
    assert by["ann"] == by["bob"]
    assert len(by["ann"]) == 4


def test_label__shows_nothing_of_judge_arm_or_model(home: Path) -> None:
    out = mergefloor(home, "label", keys="s" * 60).stdout
    for telling in ("answers/judge", "scripted", "base", "head", "legalese; the judge says", "draw"):
        screens = out.partition("\n0 new labels")[0]
        assert telling not in "\n".join(s for s in screens.split("\n") if not s.startswith("| "))
    assert "of 48" in out


def test_label__count__is_the_goal_with_what_is_in_the_file(home: Path) -> None:
    mergefloor(home, "label", "--grader", "tone", "--count", "3", keys="1111q")
    assert len(rows(home)) == 3
    out = mergefloor(home, "label", "--grader", "tone", "--count", "3", keys="1").stdout
    assert "Nothing is left to label" in out
    assert len(rows(home)) == 3
    mergefloor(home, "label", "--grader", "tone", "--count", "4", keys="1111q")
    assert len(rows(home)) == 4


def test_label__out__and_the_file_of_the_config(home: Path) -> None:
    mergefloor(home, "label", "--grader", "tone", "--out", str(home / "mine.jsonl"), keys="1")
    assert len((home / "mine.jsonl").read_text().splitlines()) == 1
    config = home / "repo/mergefloor.yml"
    config.write_text(config.read_text().replace("judge:\n", "judge:\n  calibration: labels/tone.jsonl\n"))
    mergefloor(home, "label", "--grader", "tone", "--ref", "WORKTREE", keys="0")
    assert [row["label"] for row in rows(home, "labels/tone.jsonl")] == [0]


def test_label__an_empty_cache__says_what_to_type(home: Path) -> None:
    shutil.rmtree(home / "cache")
    done = mergefloor(home, "label", codes=(3,))
    assert "holds no output that the checks tone, expected_behavior could judge" in done.stderr
    assert "type `mergefloor record` or `mergefloor gate` first" in done.stderr


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--grader", "nope"], "the judged checks are tone, expected_behavior"),
        (["--rater", " "], "' ' is no name of a rater"),
        (["--count", "0"], "'0' is no number of labels"),
        (["--out", "labels.csv"], "labels cannot be added to 'labels.csv'"),
        (["--ref", "HEAD", "--head", "HEAD"], "type one or the other"),
        (["--import", "x.csv", "--grader", "tone"], "leave out `--grader`"),
        (["--import", "x.csv"], "x.csv:1: the labels cannot be read"),
    ],
)
def test_label__a_wrong_option__says_what_to_type(home: Path, more: list[str], says: str) -> None:
    assert says in mergefloor(home, "label", *more, codes=(3,)).stderr


def test_label__a_file_with_classes__is_not_mixed_with_ones_and_zeros(home: Path) -> None:
    text = '{"id": "a", "input": "q", "output": "o", "label": "good", "grader": "tone"}\n'
    (home / "repo/evals/calibration.jsonl").write_text(text)
    done = mergefloor(home, "label", "--grader", "tone", keys="1", codes=(3,))
    assert "evals/calibration.jsonl:1: 'tone' is labelled with classes ('good')" in done.stderr
    assert "the keys write 1 and 0, which no class is" in done.stderr and "`--import`" in done.stderr
    assert (home / "repo/evals/calibration.jsonl").read_text() == text


def test_label__a_file_that_is_a_link__is_refused(home: Path) -> None:
    (home / "rc").write_text("mine\n")
    (home / "repo/evals/calibration.jsonl").symlink_to(home / "rc")
    assert "cannot be" in mergefloor(home, "label", keys="1", codes=(2,)).stderr
    assert (home / "rc").read_text() == "mine\n"


def test_label__a_folder_that_leads_out_of_the_repository__is_refused(home: Path) -> None:
    (home / "elsewhere").mkdir()
    shutil.rmtree(home / "repo/labels", ignore_errors=True)
    (home / "repo/labels").symlink_to(home / "elsewhere")
    config = home / "repo/mergefloor.yml"
    config.write_text(config.read_text().replace("judge:\n", "judge:\n  calibration: labels/tone.jsonl\n"))
    done = mergefloor(home, "label", "--ref", "WORKTREE", keys="1", codes=(3,))
    assert "leads out of the repository" in done.stderr
    assert list((home / "elsewhere").iterdir()) == []


TABLE = """\
id,input,output,label,grader,rater
a,Where?,"On its way, soon.",1,tone,ann
b,Where?,"Pursuant to clause 4
we regret.",0,tone,ann
c,Where?,Soon.,0.5,tone,
"""


def imported(home: Path, table: str, *more: str, codes: tuple[int, ...] = (0,)) -> Done:
    (home / "t.csv").write_text(table)
    return mergefloor(home, "label", "--import", str(home / "t.csv"), *more, codes=codes)


def test_import__of_a_table__appends_every_row_once(home: Path) -> None:
    done = imported(home, TABLE)
    assert (done.stdout, done.stderr) == ("3 labels added to evals/calibration.jsonl\n", "")
    clause = "Pursuant to clause 4\nwe regret."
    assert [tuple(row.values()) for row in rows(home)] == [
        ("a", "Where?", "On its way, soon.", 1, "tone", "ann"),
        ("b", "Where?", clause, 0, "tone", "ann"),
        ("c", "Where?", "Soon.", 0.5, "tone"),
    ]
    before = (home / "repo/evals/calibration.jsonl").read_bytes()
    done = imported(home, TABLE + "d,Where?,Now.,1,tone,bob\n")
    assert done.stdout == "1 label added to evals/calibration.jsonl, 3 were there already\n"
    assert (home / "repo/evals/calibration.jsonl").read_bytes().startswith(before)
    assert len(rows(home)) == 4


def test_import__without_a_column_of_raters__takes_the_named_one(home: Path) -> None:
    imported(home, "id,input,output,label,grader\na,Where?,Soon.,1,tone\n", "--rater", "eve")
    assert [row["rater"] for row in rows(home)] == ["eve"]


def test_import__of_a_bad_table__tells_every_row_and_adds_none(home: Path) -> None:
    bad = "e,Where?,x,7,tone,\nbad id!,Where?,x,1,tone,\na,Where?,other,1,tone,bob\n"
    err = imported(home, TABLE + bad, codes=(3,)).stderr
    for line in (6, 7, 8):
        assert f"t.csv:{line}: " in err
    assert rows(home) == []


def test_import__of_rows_that_contradict_the_file__names_both_places(home: Path) -> None:
    imported(home, TABLE)
    err = imported(home, TABLE.replace(",1,tone", ",0,tone").replace("Soon.", "Late."), codes=(3,)).stderr
    assert "t.csv:2: 'a' is labelled 1.0 for 'tone' already at evals/calibration.jsonl:1" in err
    assert "t.csv:5: the id 'c' has another input, output or reference at evals/calibration.jsonl:3" in err
    assert len(rows(home)) == 3


def test_import__of_what_was_labelled_here__leaves_it_out_of_the_queue(home: Path) -> None:
    mergefloor(home, "label", "--grader", "tone", keys="10")
    first = rows(home)[0]
    assert mergefloor(home, "label", "--grader", "tone").stdout.startswith("tone: 2 of 48")
    (home / "repo/evals/calibration.jsonl").unlink()
    table = f"id,input,output,label,grader\nmine,{json.dumps(first['input'])},{json.dumps(first['output'])},1,tone\n"
    imported(home, table)
    assert mergefloor(home, "label", "--grader", "tone").stdout.startswith("tone: 1 of 48, 0 failures")


@pytest.fixture(scope="module")
def gated(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a change on a branch, gated: its outputs are in the cache too."""
    home = tmp_path_factory.mktemp("gated") / "home"
    shutil.copytree(recorded, home, symlinks=True)
    repo = home / "repo"
    subprocess.run(["git", "checkout", "-qb", "change"], cwd=repo, check=True)
    shutil.copytree(EXAMPLE.parent / "02-respond-professionally", repo, dirs_exist_ok=True)
    for git in (["add", "-A"], [*IDENTITY, "commit", "-qm", "second"]):
        subprocess.run(["git", *git], cwd=repo, check=True, capture_output=True)
    mergefloor(home, "gate", "--base", "main", codes=(0, 1))
    return home


def test_label__outputs_of_base_and_change__are_both_there(gated: Path) -> None:
    said = {
        part: _total(mergefloor(gated, "label", "--grader", "tone", "--ref", part).stdout)
        for part in ("main", "HEAD")
    }
    both = _total(mergefloor(gated, "label", "--grader", "tone", "--base", "main").stdout)
    assert max(said.values()) < both <= sum(said.values())


class Deaf:
    """A cache without what the judge said."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def get(self, key: str) -> Stored | None:
        found = self._cache.get(key)
        return None if found is None or is_verdict(found.components) else found

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        return self._cache.history(subject)


def items_of(home: Path, *, deaf: bool) -> dict[str, Item]:
    with world(home / "repo", str(home / "cache"), environ(home)) as everything:
        standing = read_standing("HEAD", None, (), everything)
        before = sum(1 for _ in everything.cache.entries())
        cache = cast(Cache, Deaf(everything.cache)) if deaf else everything.cache
        found = stored_items([standing], cache, str)
        assert sum(1 for _ in everything.cache.entries()) == before, "nothing was asked"
    return {item.id: item for item in found if item.grader == "tone"}


def test_items__whatever_the_stored_judge_said__are_suspects_where_another_check_fails(gated: Path) -> None:
    heard, deaf = items_of(gated, deaf=False), items_of(gated, deaf=True)
    assert heard == deaf
    assert {item.suspect for item in deaf.values()} >= {True, False}


def test_items__early_ones__are_suspects_more_often_than_chance(gated: Path) -> None:
    items = items_of(gated, deaf=False)
    suspects = sum(bool(item.suspect) for item in items.values())
    assert suspects > 0
    queue = ordered(items.values())
    early = sum(bool(item.suspect) for item in queue[: 2 * min(suspects, len(items) - suspects)])
    assert early > 0.6 * min(suspects, len(items) - suspects)


def _total(out: str) -> int:
    first = out.split("\n", 1)[0]
    return int(first.split(" of ")[1].split(",")[0])

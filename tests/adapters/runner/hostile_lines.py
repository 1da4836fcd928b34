"""Lines that want to be obeyed by GitHub's runner: its grammar, mangled in every way that a model could write."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.fakes.runner_grammar import REGISTERED

NAMES = (*sorted(REGISTERED), "Set-Output", "ERROR", "no-such-command", "internal-set-repo-path", "")
BLANKS = (
    "",
    " ",
    "\t",
    "\u00a0",
    "\u3000",
    "\u2003",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\x00",
    "\x85",
    "\u180e",
    "\u115f",
)
BREAKS = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\u2028", "\u2029", "\x1c")
TEXT = (
    "ordinary words", "std::vector<int>", "a::b", "::", ":", "#", "##", "##[", "]", "%0A", "%0D%0A::error::x", "%25",
    "\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "\u202egnp.exe", "\U000e0041",
    "\ud800", "Traceback (most recent call last):", "| ", "\u00e9\u4e2d\U0001f600", "\x7f", "\x08\x08",
)  # fmt: skip


def lines(count: int, seed: int) -> Iterator[str]:
    """Texts that hold one wicked thing at least; the same ones for a seed."""
    random = Random(seed)
    for _ in range(count):
        yield "".join(_piece(random) for _ in range(random.randint(1, 4)))


def _piece(random: Random) -> str:
    kind = random.random()
    if kind < 0.45:
        return _command(random)
    if kind < 0.65:
        return random.choice(BREAKS) + _command(random)
    return random.choice((random.choice(TEXT), random.choice(BLANKS), random.choice(BREAKS)))


def _command(random: Random) -> str:
    name, blank = random.choice(NAMES), random.choice(BLANKS)
    if random.random() < 0.5:
        start = random.choice(("::", ":" + blank + ":", blank + "::", ":::"))
        return (
            f"{start}{name}{random.choice(('', ' name=x', ' file=a,line=1', blank))}::{random.choice(TEXT)}"
        )
    start = random.choice(("##[", "#" + blank + "#[", "##" + blank + "[", "###[", blank + "##["))
    return f"{random.choice(TEXT)}{start}{name}{random.choice(('', ' name=x', ' a=b;c=d'))}]{random.choice(TEXT)}"

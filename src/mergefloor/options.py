"""Options that several commands share."""

from __future__ import annotations

import argparse

MOST_DAYS = 36_500


def plain(sub: argparse.ArgumentParser) -> None:
    """Which repository, and tracebacks."""
    sub.add_argument("--repo", default=".", metavar="DIR", help="the repository (default: this folder)")
    sub.add_argument("--debug", action="store_true", help="show tracebacks")


def configured(sub: argparse.ArgumentParser) -> None:
    """The same, and which config."""
    plain(sub)
    sub.add_argument("--config", metavar="FILE", help="path of the config in the repository")


def cached(sub: argparse.ArgumentParser) -> None:
    """Where answers are kept."""
    sub.add_argument(
        "--cache", metavar="DIR", help="where answers are kept (default: the user's cache folder)"
    )


def reported(sub: argparse.ArgumentParser, written: str) -> None:
    """A folder for reports. `written`: what is put there."""
    plain(sub)
    sub.add_argument("--report", metavar="DIR", help=f"write {written} there")
    cached(sub)


def refs(sub: argparse.ArgumentParser) -> None:
    """Two sides of a change."""
    sub.add_argument(
        "--base", metavar="REF", help="the branch to merge into (default: origin's, else main or master)"
    )
    sub.add_argument(
        "--head", metavar="REF", default="HEAD", help="the change (default: HEAD); WORKTREE: uncommitted work"
    )
    cached(sub)
    sub.add_argument("--offline", action="store_true", help="use the cache alone: no call is made")


def positive(text: str) -> int:
    """A number of labels, 1 or more."""
    if not text.isascii() or not text.isdecimal() or int(text[:9]) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of labels")
    return int(text[:9])


def days(text: str) -> int:
    """A number of days, 0 or more: a negative one would forget answers that are still to be drawn."""
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days")
    return min(int(text[:9]), MOST_DAYS)

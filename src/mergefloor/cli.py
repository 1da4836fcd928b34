"""argv -> Invocation. No mode is imported here, so that `--help` stays quick."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from mergefloor import __version__
from mergefloor.errors import UsageError
from mergefloor.options import cached, configured, days, plain, positive, refs, reported

EPILOG = """\
exit codes: 0 pass, 1 the gate blocks, 2 could not decide, 3 usage or configuration error
keys come from OPENAI_API_KEY and ANTHROPIC_API_KEY, endpoints from OPENAI_BASE_URL and ANTHROPIC_BASE_URL
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Usage errors leave through the one error boundary, with exit code 3."""
        raise UsageError(message, f"type `{self.prog} --help`")


def parser() -> argparse.ArgumentParser:
    """The whole command line (CONTRACT 4)."""
    top = _Parser(
        prog="mergefloor",
        description="Stops a merge when a change makes an LLM application worse, and says why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"mergefloor {__version__}")
    modes = top.add_subparsers(dest="mode", metavar="COMMAND", required=True, parser_class=_Parser)
    _gate(modes.add_parser("gate", help="compare two commits and decide"))
    _explain(
        modes.add_parser("explain", help="one case in full: messages, outputs, grades, what the cache missed")
    )
    _record(modes.add_parser("record", help="draw and keep five runs a case, for gates to compare with"))
    _scheduled(
        modes.add_parser("scheduled", help="draw every case anew and look at the charts of the history")
    )
    week = modes.add_parser("weekly", help="sum up the week from the history: trends, changes, flaky cases")
    reported(week, "index.html, badge.svg, badge.json and weekly.md")
    _label(
        modes.add_parser("label", help="label stored outputs, so that the judge can be compared with people")
    )
    _calibrate(
        modes.add_parser("calibrate", help="compare the judge with people's labels: may its verdicts block?")
    )
    _model_update(
        modes.add_parser("model-update", help="try another model on every suite that asks the old one")
    )
    _queries(modes.add_parser("queries", help="compare what people ask with what they asked before"))
    _models(modes.add_parser("models", help="every model that is named: where, until when, who owns it"))
    _validate(modes.add_parser("validate", help="check config, prompts and golden sets; every error at once"))
    _init(modes.add_parser("init", help="find prompts and golden sets, write the config and the workflow"))
    _doctor(
        modes.add_parser(
            "doctor", help="find what makes the gate toothless: the workflow, the branch's rules"
        )
    )
    plain(modes.add_parser("schema", help="print the JSON schema of the config and of golden cases"))
    _demo(modes.add_parser("demo", help="gate an example repository: no key, no network"))
    _cache(modes.add_parser("cache", help="stats or prune"))
    _action(modes.add_parser("action", help="one run on GitHub's runner: the container's entry point"))
    return top


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The invocation. UsageError for anything the parser does not know."""
    return parser().parse_args(list(argv))


def _gate(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    refs(sub)
    sub.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)"
    )
    sub.add_argument(
        "--report", metavar="DIR", help="write report.html, comment.md, report.json and junit.xml there"
    )
    sub.add_argument("--json", metavar="FILE", help="write report.json to FILE")
    sub.add_argument("--comment", metavar="FILE", help="write the Markdown comment to FILE")


def _explain(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    refs(sub)
    sub.add_argument("case", metavar="CASE", help="the id of a golden case, or SUITE/CASE")


def _record(sub: argparse.ArgumentParser) -> None:
    _recorded(sub, "record", "record")


def _recorded(sub: argparse.ArgumentParser, verb: str, report: str) -> None:
    configured(sub)
    sub.add_argument("--ref", default="HEAD", metavar="REF", help=f"the commit to {verb} (default: HEAD)")
    sub.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)"
    )
    sub.add_argument("--report", metavar="DIR", help=f"write {report}.md and {report}.json there")
    cached(sub)


def _scheduled(sub: argparse.ArgumentParser) -> None:
    _recorded(sub, "measure", "scheduled")


def _label(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    sub.add_argument("--base", metavar="REF", help="the branch to merge into: outputs of it are labelled too")
    sub.add_argument("--head", metavar="REF", help="the change (default: HEAD)")
    sub.add_argument("--ref", metavar="REF", help="outputs of this commit alone")
    sub.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)"
    )
    sub.add_argument("--grader", metavar="NAME", help="only this judged check")
    sub.add_argument("--rater", metavar="NAME", help="who labels; two raters label the same outputs")
    sub.add_argument(
        "--count",
        type=positive,
        metavar="N",
        help="labels a check, those in the file included (default: 100)",
    )
    sub.add_argument(
        "--random", action="store_true", help="a random sample, with no more failures in it than there are"
    )
    sub.add_argument(
        "--out",
        metavar="FILE",
        help="the label file, JSON lines (default: `judge.calibration` of the config)",
    )
    sub.add_argument(
        "--import",
        dest="table",
        metavar="FILE",
        help="add the labels of a CSV file instead of asking for them",
    )
    cached(sub)


def _calibrate(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    sub.add_argument(
        "--ref", default="WORKTREE", metavar="REF", help="whose judge and labels (default: the work tree)"
    )
    sub.add_argument("--grader", metavar="NAME", help="only this judged check")
    sub.add_argument("--report", metavar="DIR", help="write calibration.html, .md and .json there")
    sub.add_argument("--json", metavar="FILE", help="write calibration.json to FILE")
    cached(sub)
    sub.add_argument("--offline", action="store_true", help="use the cache alone: no call is made")


def _model_update(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    sub.add_argument(
        "--from", dest="old", required=True, metavar="MODEL", help="the model that is pinned today"
    )
    sub.add_argument("--to", dest="new", required=True, metavar="MODEL", help="the model to move to")
    sub.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)"
    )
    sub.add_argument("--ref", default="HEAD", metavar="REF", help="whose pins (default: HEAD)")
    sub.add_argument("--report", metavar="DIR", help="write update.md, update.json and update.diff there")
    sub.add_argument("--write", action="store_true", help="write what was accepted to the work tree")
    cached(sub)
    sub.add_argument("--offline", action="store_true", help="use the cache alone: no call is made")


def _queries(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    sub.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)"
    )
    sub.add_argument("--ref", default="WORKTREE", metavar="REF", help="whose config (default: the work tree)")
    cached(sub)
    sub.add_argument("--offline", action="store_true", help="use the cache alone: no call is made")


def _models(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    sub.add_argument("--ref", default="WORKTREE", metavar="REF", help="whose pins (default: the work tree)")
    sub.add_argument(
        "--online", action="store_true", help="read the providers' own lists too, with your keys"
    )
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.add_argument(
        "--within",
        type=days,
        metavar="DAYS",
        help="exit code 1 if a pin in use has retired or will in DAYS days",
    )


def _validate(sub: argparse.ArgumentParser) -> None:
    configured(sub)
    sub.add_argument("--ref", default="WORKTREE", help="what to check (default: the work tree)")


def _init(sub: argparse.ArgumentParser) -> None:
    plain(sub)
    sub.add_argument("--force", action="store_true", help="write over files that are there")
    sub.add_argument("--forks", action="store_true", help="write the second workflow too: forks and commands")
    sub.add_argument("--schedule", action="store_true", help="write the workflow of scheduled runs too")
    sub.add_argument(
        "--action", metavar="OWNER/NAME@COMMIT", help="the action to run (default: that of this release)"
    )


def _doctor(sub: argparse.ArgumentParser) -> None:
    plain(sub)
    sub.add_argument(
        "--github", metavar="OWNER/NAME", help="the repository on GitHub (default: the remote origin)"
    )
    sub.add_argument("--json", action="store_true", help="print JSON")


def _demo(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--example",
        default="customer-support",
        metavar="NAME",
        help="customer-support (default), rag-bm25 or agent-tools",
    )
    sub.add_argument("--debug", action="store_true", help="show tracebacks")


def _cache(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("action", choices=("stats", "prune"))
    sub.add_argument(
        "--days",
        type=days,
        default=90,
        metavar="N",
        help="prune: drop answers older than N days (default: 90)",
    )
    sub.add_argument(
        "--cache", metavar="DIR", help="where answers are kept (default: the user's cache folder)"
    )
    sub.add_argument("--debug", action="store_true", help="show tracebacks")


def _action(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--finish", action="store_true", help="settle the status of a run that was killed (the step after it)"
    )
    sub.add_argument("--debug", action="store_true", help="show tracebacks")

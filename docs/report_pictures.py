"""The pictures of docs/report.md: comments as GitHub lays them out, report.html, light and dark, at two widths.

    python -m docs.report_pictures docs

Needs Chromium and the development dependencies. The example repository is gated (scripted answers, no network);
what it has no case for (forks, overrides, 5,000 cases) comes from the reports that the tests use.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from docs.github_page import Theme, page
from tests.e2e import chromium
from tests.unit.render import samples

from mergefloor.core import bulletin as told
from mergefloor.core.report import Override
from mergefloor.render import bulletin, html, markdown
from mergefloor.repo.example import build_example

EXAMPLE = Path(__file__).parent.parent / "examples" / "customer-support"
RUN = "https://github.com/mergefloor/mergefloor/actions/runs/1900000000/attempts/1"
HEAD = "b82a7c61d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: a page, how wide and high, and in which colours."""

    name: str
    page: str
    size: tuple[int, int]
    theme: Theme


def main() -> None:
    """Gate the example, then take every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shot in _shots(_reports(folder)):
            shown = folder / f"{shot.name}.html"
            shown.write_text(shot.page, encoding="utf-8")
            png, fragment = target / f"{shot.name}-{shot.theme}.png", f"#q=&theme={shot.theme}"
            chromium.picture(shown, folder / "profile", png, shot.size, fragment)


def _shots(reports: Path) -> Iterator[Shot]:
    comment = (reports / "comment.md").read_text(encoding="utf-8")
    report = (reports / "report.html").read_text(encoding="utf-8")
    many = replace(samples.many(5_000), url=RUN)
    fork = bulletin(
        told.waiting("fork", HEAD, suites=("customer-support",), findings=samples.eventful().tampering[-1:]),
        url=RUN,
    )
    yield _comment("comment-1000", comment, (910, 1000), "light")
    yield _comment("comment-360", comment, (360, 1250), "dark")
    yield _comment("comment-5000-cases", markdown(many, marker=None), (910, 1080), "dark")
    yield _comment("comment-fork", fork, (910, 400), "light")
    yield _comment("comment-let-in", markdown(_let_in(), marker=None), (910, 560), "dark")
    yield Shot(name="report-1400", page=report, size=(1400, 860), theme="light")
    yield Shot(name="report-360", page=report, size=(360, 1250), theme="dark")
    yield Shot(name="report-5000-cases", page=_table_alone(html(many)), size=(1400, 900), theme="light")


def _comment(name: str, text: str, size: tuple[int, int], theme: Theme) -> Shot:
    return Shot(name=name, page=page(text, theme), size=size, theme=theme)


def _let_in() -> samples.Report:
    reason = "the new tone is wanted, agreed with support"
    return replace(
        samples.block(),
        override=Override(by="ada", role="maintain", reason=reason, sha=HEAD, own=False),
        private=True,
        url=RUN,
    )


def _table_alone(report: str) -> str:
    """A page that shows the section of all cases: a picture is always of the top."""
    style = "<style>header,nav.contents,main>:not([aria-labelledby=cases]){display:none!important}</style>"
    return report.replace("Content-Security-Policy", "X-No-Policy", 1).replace(
        "</head>", f"{style}</head>", 1
    )


def _reports(folder: Path) -> Path:
    """The folder with the reports of the example."""
    repo = folder / "repo"
    repo.mkdir()
    build_example(EXAMPLE, repo, {"PATH": os.environ["PATH"]})
    gate = f"{sys.executable} -m mergefloor gate --base main --head change".split()
    more = ["--repo", str(repo), "--cache", str(folder / "cache"), "--report", str(folder / "out")]
    done = subprocess.run([*gate, *more], capture_output=True, text=True, check=False)
    if not (folder / "out" / "report.html").exists():
        raise SystemExit(done.stderr)
    return folder / "out"


if __name__ == "__main__":
    main()

"""The pictures of docs/weekly.md: the dashboard of three years of 50 suites that nobody measured.

    python -m docs.weekly_pictures docs

Needs Chromium. The history is that of bench/history/yearbook.py.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.history.yearbook import NOW, World, history
from tests.e2e import chromium

from mergefloor.core.weekly.board import board
from mergefloor.render.weekly import dashboard

# A picture is always of the top of a page: for the lines the table above them is left out.
LINES = "<style>section[aria-labelledby=suites],nav.contents{display:none}</style></head>"
SHOTS = (
    ("weekly-1400-light", False, (1400, 1000), "#suite=support&theme=light"),
    ("weekly-360-dark", False, (360, 1250), "#suite=support&theme=dark"),
    ("weekly-suite-dark", True, (1400, 900), "#suite=search&range=all&theme=dark"),
)


def main() -> None:
    """Draw the page once, then take every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target
    whole = dashboard(board(history(World()), NOW))
    lines = whole.replace("Content-Security-Policy", "X-No-Policy", 1).replace("</head>", LINES, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shot, alone, size, fragment in SHOTS:
            shown = folder / f"{shot}.html"
            shown.write_text(lines if alone else whole, encoding="utf-8")
            chromium.picture(shown, folder / "profile", target / f"{shot}.png", size, fragment)


if __name__ == "__main__":
    main()

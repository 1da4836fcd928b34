"""`python -m mergefloor` and the `mergefloor` command."""

from __future__ import annotations

import os
import sys


def run() -> None:
    """The process boundary: arguments and environment in, exit code out."""
    from mergefloor.main import main

    raise SystemExit(main(sys.argv[1:], os.environ))


if __name__ == "__main__":
    run()

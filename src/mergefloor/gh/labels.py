"""Labels of an issue or a pull request: added, never taken away, and nothing that a run fails over."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.repeat import post

REFUSED = (403, 404, 410, 422)


def label(client: Client, number: int, labels: Sequence[str]) -> str | None:
    """Add what is missing; GitHub makes a label that there is none of. A remark when it does not. HubError."""
    if not labels:
        return None
    try:
        rows = fields.rows(client.get(f"issues/{number}"), "labels")
        held = {fields.found(row, "name") if isinstance(row, dict) else row for row in rows}
        missing = [name for name in labels if name not in held]
        if missing:
            post(client, f"issues/{number}/labels", {"labels": [*missing]})
    except HubError as error:
        if error.status not in REFUSED:
            raise
        return f"#{number} was not labelled {', '.join(labels)}: {error}"
    return None

"""A write that may be done twice: sent again when its answer was lost."""

from __future__ import annotations

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh.client import Client

# Seconds before each repetition; five minutes in all. The client's own deadline mostly ends it earlier.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, *[30.0] * 9)


def post(client: Client, path: str, body: dict[str, Json]) -> Json:
    """POST until GitHub answers. For what changes nothing the second time; HubError when it cannot be done."""
    for pause in PAUSES:
        try:
            return client.send("POST", path, body)
        except HubError as error:
            if not error.ambiguous:
                raise
            client.pause(pause)
    return client.send("POST", path, body)

"""One file a mode: (request, world) -> Outcome."""

"""The gate's rule: from evidence to a verdict for every metric (docs/decision.md). Start at `decide`."""

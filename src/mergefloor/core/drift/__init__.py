"""Drift of a suite over time, and of its queries: control charts, where the change comes from, two-sample tests."""

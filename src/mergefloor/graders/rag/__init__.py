"""Measures of retrieval-augmented generation with the judge, after their published definitions (docs/rag_metrics.md)."""

"""Bytes -> plain data with line numbers, bounded. Only InputError leaves this room (R01)."""

from mergefloor.loading.csv_file import load_csv
from mergefloor.loading.document import Document
from mergefloor.loading.edit import entered, rewritten
from mergefloor.loading.front_matter import split_front_matter
from mergefloor.loading.json_file import load_json
from mergefloor.loading.json_lines import load_jsonl
from mergefloor.loading.limits import CONFIG, DATA, PROMPT, Limits
from mergefloor.loading.yaml_file import load_yaml

__all__ = [
    "CONFIG",
    "DATA",
    "PROMPT",
    "Document",
    "Limits",
    "entered",
    "load_csv",
    "load_json",
    "load_jsonl",
    "load_yaml",
    "rewritten",
    "split_front_matter",
]

"""mergefloor.yml -> Config; what is assumed without one; the globs and the JSON schema."""

from mergefloor.config.assume import assume_config
from mergefloor.config.globs import matches, select
from mergefloor.config.model_table import model_table
from mergefloor.config.paths import model_problem
from mergefloor.config.read import parse_config, read_config
from mergefloor.config.schema import json_schema
from mergefloor.config.starter import config_text

__all__ = [
    "assume_config",
    "config_text",
    "json_schema",
    "matches",
    "model_problem",
    "model_table",
    "parse_config",
    "read_config",
    "select",
]

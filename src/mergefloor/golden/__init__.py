"""Plain data -> Case and GraderSpec. Everything wrong with a file is told at once, each with its line."""

from mergefloor.golden.case_shape import CaseModel
from mergefloor.golden.cases import case_from, cases_from, has_check
from mergefloor.golden.files import read_golden
from mergefloor.golden.grader_shapes import GraderModel
from mergefloor.golden.labels import read_labels
from mergefloor.golden.problems import problems_of
from mergefloor.golden.query_log import read_queries
from mergefloor.golden.shape import FilledText, MetricName, Name, Shape, Share, told
from mergefloor.golden.shipped import LEAK, SHIPPED, is_shipped, read_shipped, shipped_sets
from mergefloor.golden.specs import concerns, default_name, resolved, spec_from, spec_of, specs_from
from mergefloor.golden.wording import nearest

__all__ = [
    "LEAK",
    "SHIPPED",
    "CaseModel",
    "FilledText",
    "GraderModel",
    "MetricName",
    "Name",
    "Shape",
    "Share",
    "case_from",
    "cases_from",
    "concerns",
    "default_name",
    "has_check",
    "is_shipped",
    "nearest",
    "problems_of",
    "read_golden",
    "read_labels",
    "read_queries",
    "read_shipped",
    "resolved",
    "shipped_sets",
    "spec_from",
    "spec_of",
    "specs_from",
    "told",
]

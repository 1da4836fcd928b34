"""A report as text: for the terminal, the pull request and machines. Every foreign string passes a filter."""

from mergefloor.render.comment import markdown
from mergefloor.render.explain import explanation
from mergefloor.render.html import html
from mergefloor.render.junit import junit
from mergefloor.render.machine import report_json, report_schema
from mergefloor.render.redact import Redactor
from mergefloor.render.terminal import console

__all__ = ["Redactor", "console", "explanation", "html", "junit", "markdown", "report_json", "report_schema"]

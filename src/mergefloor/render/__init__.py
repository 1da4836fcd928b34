"""A report as text: for the terminal, the pull request and machines. Every foreign string passes a filter."""

from mergefloor.render.bulletin import bulletin, bulletin_console
from mergefloor.render.calibration import calibration, calibration_console, calibration_json
from mergefloor.render.calibration_page import calibration_html
from mergefloor.render.comment import markdown, marker_line, summary
from mergefloor.render.explain import explanation
from mergefloor.render.html import html
from mergefloor.render.junit import junit
from mergefloor.render.machine import report_json, report_schema
from mergefloor.render.note import override_note
from mergefloor.render.recording import recording, recording_console, recording_json, recording_line
from mergefloor.render.redact import Redactor
from mergefloor.render.status import status_line
from mergefloor.render.suggestion import suggestion_text
from mergefloor.render.terminal import console

__all__ = [
    "Redactor",
    "bulletin",
    "bulletin_console",
    "calibration",
    "calibration_console",
    "calibration_html",
    "calibration_json",
    "console",
    "explanation",
    "html",
    "junit",
    "markdown",
    "marker_line",
    "override_note",
    "recording",
    "recording_console",
    "recording_json",
    "recording_line",
    "report_json",
    "report_schema",
    "status_line",
    "suggestion_text",
    "summary",
]

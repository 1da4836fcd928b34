"""report.json: the records of what was found beside the numbers: the version, the gate's own files, the models."""

from __future__ import annotations

from collections.abc import Callable

from mergefloor.core.excerpts import excerpt
from mergefloor.core.lifecycle import ModelNotice
from mergefloor.core.report import PinnedModel
from mergefloor.core.semver import VersionCheck
from mergefloor.core.tampering import Tampering
from mergefloor.core.types import Json, Place

Clean = Callable[[str], str]
Record = dict[str, Json]


def semver_record(check: VersionCheck | None, clean: Clean) -> Record | None:
    """The version check; `why` is one text, the most demanding fact first."""
    if check is None:
        return None
    mend = check.suggestion
    return {
        "before": _maybe(check.before, clean),
        "after": _maybe(check.after, clean),
        "declared": check.declared,
        "required": check.required,
        "wanted": _maybe(check.wanted, clean),
        "ok": check.ok,
        "why": "; ".join(clean(text) for text in check.why),
        "measured": check.measured,
        "suggestion": None
        if mend is None
        else {**place_record(mend.place, clean), "old": clean(mend.old), "new": clean(mend.new)},
    }


def tampering_record(found: Tampering, clean: Clean) -> Record:
    """One thing that the change did to its own gate."""
    return {
        "rule": found.rule,
        "subject": clean(found.subject),
        "suite": clean(found.suite),
        "action": found.action,
        "evidence": excerpt(found.evidence, clean),
    }


def notice_record(notice: ModelNotice, clean: Clean) -> Record:
    """One model name that moves or ends."""
    return {
        "name": clean(notice.name),
        **place_record(notice.place, clean),
        "floating": notice.floating,
        "used": notice.used,
        **model_dates(notice, clean),
        "replacement": _maybe(notice.replacement, clean),
    }


def model_dates(model: ModelNotice | PinnedModel, clean: Clean) -> Record:
    """What the model table knows of a name; null where it knows nothing."""
    return {
        "instead": _maybe(model.instead, clean),
        "retires": _maybe(model.retires, clean),
        "days_left": model.days_left,
    }


def place_record(place: Place, clean: Clean) -> Record:
    """Where something is written."""
    return {"path": clean(place.path), "line": place.line}


def _maybe(text: str | None, clean: Clean) -> str | None:
    return None if text is None else clean(text)

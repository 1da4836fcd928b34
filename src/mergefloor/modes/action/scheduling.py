"""`mode: scheduled`: the run on its page, its lines on the branch of data, and one issue for every alert."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.alarm.issues import marker
from mergefloor.core.effects import CloseIssue, CommentIssue, Effect, Outcome, UpsertIssue
from mergefloor.core.hub import Hub
from mergefloor.core.scheduled import Scheduled
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.tasks import ScheduledTask
from mergefloor.modes.query_alerts import query_alert
from mergefloor.modes.scheduled.run import ScheduledRequest, examine
from mergefloor.modes.scheduled.telling import effects
from mergefloor.modes.world import World
from mergefloor.render.alarm import alarm_body, alarm_call, alarm_title, closing_text
from mergefloor.render.filters import cell

LABELS = ("mergefloor", "drift")


def scheduled(task: ScheduledTask, place: Place, world: World, hub: Hub) -> Outcome:
    """Run all suites. The history goes first, then the issues, so that an issue never speaks of a run that is lost."""
    request = ScheduledRequest(
        ref=task.sha,
        stamp=place.stamp,
        name=task.name,
        suites=place.inputs.suites,
        config=place.inputs.config,
        place=cell(place.config),
    )
    found = examine(request, world, hub)
    history = () if found.append is None else (found.append,)
    return Outcome(
        exit_code=found.exit_code,
        effects=(*effects(found, place.inputs.report_path, place.redact), *history, *_issues(found, place)),
    )


def _issues(found: Scheduled, place: Place) -> Iterator[Effect]:
    """None of a run that was stopped or is not believed: its charts are those of the run before."""
    if found.ending in ("cancelled", "judge"):
        return
    for alarm in found.standing:
        yield from _standing(alarm, found, place)
    for drift in found.drifted:
        owners = found.owners.get(drift.suite, ())
        yield query_alert(drift, cell(place.config), place.stamp, place.redact, owners)
    for closing in found.closings:
        text = closing_text(closing, redact=place.redact)
        yield CloseIssue(marker=closing.marker, comment=text, stamp=place.stamp)


def _standing(alarm: Alarm, found: Scheduled, place: Place) -> Iterator[Effect]:
    alert = alarm.alert
    mark = marker(cell(place.config), alert.fingerprint)
    yield UpsertIssue(
        marker=mark,
        title=alarm_title(alarm, redact=place.redact),
        body=alarm_body(
            alarm, found.origins.get(alert.fingerprint), url=place.stamp.url, redact=place.redact
        ),
        stamp=place.stamp,
        labels=LABELS,
    )
    owners = found.owners.get(alarm.series.suite, ())
    if alert.confirmed is not None and owners:
        key = f"confirmed {alarm.series.runs[alert.confirmed].name}"
        yield CommentIssue(marker=mark, key=key, body=alarm_call(alarm, owners, redact=place.redact))

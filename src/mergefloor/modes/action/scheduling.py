"""`mode: scheduled`: the run on its page, its lines on the branch of data, and one issue for every alert."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.alarm.issues import marker, prefix
from mergefloor.core.effects import Annotate, CloseIssue, CommentIssue, Effect, Outcome, UpsertIssue
from mergefloor.core.hub import Hub
from mergefloor.core.scheduled import Scheduled
from mergefloor.errors import HubError
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
    shown = effects(found, place.inputs.report_path, place.redact)
    return Outcome(exit_code=found.exit_code, effects=(*shown, *history, *_issues(found, place, hub)))


def _issues(found: Scheduled, place: Place, hub: Hub) -> Iterator[Effect]:
    """None of a run that was stopped or is not believed: its charts are those of the run before. What a person has
    closed as not planned while the run went on stays closed, and the next run takes their word; where GitHub does not
    tell, nothing is opened over their heads."""
    if found.ending in ("cancelled", "judge"):
        return
    config = cell(place.config)
    try:
        issues = hub.issues(prefix(config))
    except HubError as error:
        text = f"no issue about drift was opened, updated or closed: {error}"
        yield Annotate(level="warning", message=place.redact(text), title="mergefloor")
        return
    for alarm in found.standing:
        mark = marker(config, alarm.alert.fingerprint)
        dismissed = any(issue.dismissed for issue in issues if issue.marker == mark)
        known = any(issue.open for issue in issues if issue.marker == mark)
        if not dismissed and (known or _worth_an_issue(alarm, found)):
            yield from _standing(alarm, found, place)
    for drift in found.drifted:
        owners = found.owners.get(drift.suite, ())
        yield query_alert(drift, config, place.stamp, place.redact, owners)
    for closing in found.closings:
        text = closing_text(closing, redact=place.redact)
        yield CloseIssue(marker=closing.marker, comment=text, stamp=place.stamp)


def _worth_an_issue(alarm: Alarm, found: Scheduled) -> bool:
    """What one chart suspects while the very same requests are answered as before waits for the second chart: most
    alarms without any drift end there."""
    origin = found.origins.get(alarm.alert.fingerprint)
    return alarm.alert.confirmed is not None or origin is None or origin.origin != "ours"


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

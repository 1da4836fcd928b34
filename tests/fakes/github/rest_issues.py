"""Issues: listed together with pull requests, as GitHub has it, opened, changed, labelled."""

from __future__ import annotations

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.rest_comments import checked
from tests.fakes.github.rest_pulls import issue_shape
from tests.fakes.github.wire import Refusal, Reply, invalid, not_found, page_of
from tests.fakes.github.world import Issue, Pull, World

TITLE, LABEL = 256, 50
DISABLED = "Issues has been disabled in this repository."


def listing(ask: Ask) -> Reply:
    """Issues and pull requests, newest first unless asked otherwise; `creator` knows no apps where the test says so."""
    world, query = ask.world, ask.request.query
    _enabled(world)
    state, creator = query.get("state", "open"), query.get("creator")
    found: list[Issue | Pull] = [*world.issues.values(), *world.pulls.values()]
    found = [one for one in found if state in ("all", one.state)]
    if creator is not None:
        blind = world.creator_knows_no_apps and shapes.is_bot(creator)
        found = [one for one in found if one.author == creator and not blind]
    found.sort(key=lambda one: one.number, reverse=query.get("direction", "desc") == "desc")
    here = f"{world.api}/repositories/{shapes.number_of(world.repository)}/issues"
    return page_of(ask.request, [issue_shape(world, one) for one in found], here)


def create(ask: Ask) -> Reply:
    """Open an issue. Labels of who may not push are dropped without a word."""
    world, body = ask.world, ask.body
    _enabled(world)
    issue = Issue(
        number=world.number(),
        title=_title(str(body["title"])),
        author=ask.token.viewer,
        created=world.tick(),
        body=_body(world, body.get("body")),
    )
    world.issues[issue.number] = issue
    if ask.token.member:
        _add(world, issue, body.get("labels", []))
    return good(issue_shape(world, issue), 201)


def update(ask: Ask) -> Reply:
    """Change title, text or state of an issue or a pull request."""
    world, body, found = ask.world, ask.body, _found(ask)
    if not ask.token.member and found.author != ask.token.viewer:
        raise Refusal(403, "Must have admin rights to Repository.")
    if "title" in body:
        found.title = _title(str(body["title"]))
    if "body" in body:
        found.rewrite(_body(world, body["body"]), ask.token.viewer, world.tick())
    if "state" in body:
        found.turn(body["state"], world.tick(), ask.token.viewer)
        if isinstance(found, Issue):
            found.reason = body.get("state_reason") if found.state == "closed" else "reopened"
    return good(issue_shape(world, found))


def add_labels(ask: Ask) -> Reply:
    """Add labels; one that there is none of is made. Answers with all of them."""
    world, found = ask.world, _found(ask)
    _add(world, found, ask.body["labels"])
    return good(issue_shape(world, found)["labels"])


def _add(world: World, found: Issue | Pull, labels: list[str]) -> None:
    if any(len(name) > LABEL for name in labels):
        raise invalid("Label", "name", "name is too long (maximum is 50 characters)")
    found.labels += [name for name in dict.fromkeys(labels) if name not in found.labels]


def _title(text: str) -> str:
    if not text.strip():
        raise invalid("Issue", "title", "title can't be blank", "missing_field")
    if len(text) > TITLE:
        raise invalid("Issue", "title", "title is too long (maximum is 256 characters)")
    return text


def _body(world: World, text: str | None) -> str:
    return checked(world, "Issue", text) if text else ""


def _found(ask: Ask) -> Issue | Pull:
    number = ask.number()
    found = ask.world.issues.get(number) or ask.world.pulls.get(number)
    if found is None:
        raise not_found()
    return found


def _enabled(world: World) -> None:
    if not world.has_issues:
        raise Refusal(410, DISABLED)

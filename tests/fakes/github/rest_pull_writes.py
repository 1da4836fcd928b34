"""Pull requests: listed, opened, changed and closed through the API."""

from __future__ import annotations

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.rest_comments import checked
from tests.fakes.github.rest_pulls import shape, short
from tests.fakes.github.wire import Refusal, Reply, invalid, page_of
from tests.fakes.github.world import Pull, World

NOT_PERMITTED = "GitHub Actions is not permitted to create or approve pull requests."


def listing(ask: Ask) -> Reply:
    """Pull requests, newest first; `head` is owner:branch."""
    world, query = ask.world, ask.request.query
    state, head = query.get("state", "open"), query.get("head")
    found = [pull for pull in world.pulls.values() if state in ("all", pull.state)]
    if head is not None:
        found = [
            pull for pull in found if head in (f"{(pull.head_repo or '').partition('/')[0]}:{pull.head_ref}",)
        ]
    found.sort(key=lambda pull: pull.number, reverse=query.get("direction", "desc") == "desc")
    here = f"{world.api}/repositories/{shapes.number_of(world.repository)}/pulls"
    return page_of(ask.request, [short(world, pull) for pull in found], here)


def create(ask: Ask) -> Reply:
    """Open a pull request from a branch of this repository; one for each pair of branches."""
    world, body = ask.world, ask.body
    if not world.actions_may_open_pulls and ask.token.viewer == "github-actions[bot]":
        raise Refusal(403, NOT_PERMITTED)
    head, base = _branch(world, body["head"], "head"), _branch(world, body["base"], "base")
    for pull in world.pulls_from(f"refs/heads/{body['head']}"):
        if pull.base_ref == body["base"]:
            what = f"A pull request already exists for {world.owner}:{body['head']}."
            raise _refused(what)
    if not world.git.between(base, head):
        raise _refused(f"No commits between {body['base']} and {body['head']}")
    number, at = world.number(), world.tick()
    text = checked(world, "PullRequest", body["body"]) if body.get("body") else None
    world.pulls[number] = Pull(
        number=number, title=body["title"], author=ask.token.viewer, head_ref=body["head"], head_sha=head,
        head_repo=world.repository, base_ref=body["base"], base_sha=base, created=at, updated=at, body=text,
    )  # fmt: skip
    world.git.set_ref(f"refs/pull/{number}/head", head)
    return good(shape(world, world.pulls[number]), 201)


def update(ask: Ask) -> Reply:
    """Change title, text, base or state. What was merged, or lost its branch, is not opened again."""
    world, body, pull = ask.world, ask.body, ask.pull()
    kept = world.git.resolve(f"refs/heads/{pull.head_ref}") == pull.head_sha and not pull.merged
    if body.get("state") == "open" and pull.state == "closed" and not kept:
        raise _refused("state cannot be changed. The branch was force-pushed or recreated.")
    if "title" in body:
        pull.title = body["title"]
    if "body" in body:
        text = checked(world, "PullRequest", body["body"]) if body["body"] else ""
        pull.rewrite(text, ask.token.viewer, world.tick())
    if "base" in body and body["base"] != pull.base_ref:
        pull.base_sha, pull.base_ref = _branch(world, body["base"], "base"), body["base"]
    if "state" in body:
        pull.turn(body["state"], world.tick(), ask.token.viewer)
    return good(shape(world, pull))


def _branch(world: World, name: str, field: str) -> str:
    sha = world.git.resolve(f"refs/heads/{name}")
    if sha is None:
        raise invalid("PullRequest", field, f"{field} is invalid", "invalid")
    return sha


def _refused(message: str) -> Refusal:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return Refusal(422, "Validation Failed", errors=[error])

"""Comments of issues and pull requests, and the reactions to them."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.wire import Refusal, Reply, invalid, not_found, page_of
from tests.fakes.github.world import Comment, World, iso


def listing(ask: Ask) -> Reply:
    """The comments of one issue or pull request, oldest first."""
    world, number = ask.world, ask.number()
    _thread(ask, number)
    rows = [shape(world, said) for said in world.comments.get(number, [])]
    here = f"{world.api}/repositories/{shapes.number_of(world.repository)}/issues/{number}/comments"
    return page_of(ask.request, rows, here)


def create(ask: Ask) -> Reply:
    """Write a comment."""
    world, number = ask.world, ask.number()
    thread = _thread(ask, number)
    if thread.locked and not ask.token.member:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    text = checked(world, "IssueComment", ask.body["body"])
    at, viewer = world.tick(), ask.token.viewer
    said = Comment(
        id=world.new_id(),
        number=number,
        author=viewer,
        body=text,
        created=at,
        updated=at,
        by_app=ask.token.kind == "installation",
    )
    world.comments[number].append(said)
    return good(shape(world, said), 201)


def one(ask: Ask) -> Reply:
    """One comment by its id."""
    return good(shape(ask.world, _found(ask)))


def edit(ask: Ask) -> Reply:
    """Change a comment's text. Members may edit anybody's, strangers only their own."""
    said = _found(ask)
    _mine(ask, said)
    said.rewrite(checked(ask.world, "IssueComment", ask.body["body"]), ask.token.viewer, ask.world.tick())
    return good(shape(ask.world, said))


def delete(ask: Ask) -> Reply:
    """Delete a comment."""
    said = _found(ask)
    _mine(ask, said)
    ask.world.comments[said.number].remove(said)
    return Reply(status=204)


def react(ask: Ask) -> Reply:
    """React to a comment; the same reaction twice stays one and answers 200."""
    world, said = ask.world, _found(ask)
    content, viewer = ask.body["content"], ask.token.viewer
    held = [row for row in world.reactions[said.id] if row[1:] == (viewer, content)]
    row = held[0] if held else (world.new_id(), viewer, content)
    if not held:
        world.reactions[said.id].append(row)
    return good(_reaction(world, row), 200 if held else 201)


def reactions(ask: Ask) -> Reply:
    """The reactions to a comment."""
    said = _found(ask)
    rows = [_reaction(ask.world, row) for row in ask.world.reactions.get(said.id, [])]
    return page_of(ask.request, rows, f"{ask.world.repo_url}/issues/comments/{said.id}/reactions")


def checked(world: World, resource: str, text: str) -> str:
    """A body that GitHub takes: not blank, at most 65,536 characters."""
    if not text.strip():
        raise invalid(resource, "body", "Body cannot be blank", "missing_field")
    if len(text) > world.limits.comment_chars:
        raise invalid(resource, "body", "Body is too long (maximum is 65536 characters)")
    return text


def shape(world: World, said: Comment) -> dict[str, Any]:
    """A comment's JSON."""
    url = f"{world.repo_url}/issues/comments/{said.id}"
    kind = "pull" if said.number in world.pulls else "issues"
    return {
        "id": said.id,
        "node_id": f"IC_{said.id}",
        "url": url,
        "html_url": f"{world.html}/{kind}/{said.number}#issuecomment-{said.id}",
        "issue_url": f"{world.repo_url}/issues/{said.number}",
        "body": said.body,
        "user": shapes.user(world, said.author),
        "created_at": iso(said.created),
        "updated_at": iso(said.updated),
        "author_association": shapes.association(world, said.author),
        "performed_via_github_app": shapes.app(world, said.author or "") if said.by_app else None,
        "reactions": shapes.rollup(url, [row[2] for row in world.reactions.get(said.id, [])]),
    }


def _thread(ask: Ask, number: int) -> Any:
    return ask.world.issues.get(number) or ask.pull()


def _found(ask: Ask) -> Comment:
    found = ask.world.found_comment(ask.number())
    if found is None:
        raise not_found()
    return found


def _mine(ask: Ask, said: Comment) -> None:
    if not ask.token.member and said.author != ask.token.viewer:
        raise Refusal(403, "Must have admin rights to Repository.")


def _reaction(world: World, row: tuple[int, str, str]) -> dict[str, Any]:
    number, login, content = row
    return {
        "id": number,
        "node_id": f"REA_{number}",
        "user": shapes.user(world, login),
        "content": content,
        "created_at": iso(1_700_000_000),
    }

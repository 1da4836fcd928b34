"""Reviews and the comments at lines of a diff."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.diff import Hunk, hunks, moved
from tests.fakes.github.rest_comments import checked
from tests.fakes.github.rest_pulls import changes
from tests.fakes.github.wire import Refusal, Reply, invalid, not_found, page_of
from tests.fakes.github.world import Pull, Review, ReviewComment, World, iso

THREAD = "pull_request_review_thread"
STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
    None: "PENDING",
}


def listing(ask: Ask) -> Reply:
    """The review comments of a pull request."""
    world, pull = ask.world, ask.pull()
    rows = [shape(world, said) for said in world.review_comments.get(pull.number, [])]
    here = f"{world.api}/repositories/{shapes.number_of(world.repository)}/pulls/{pull.number}/comments"
    return page_of(ask.request, rows, here)


def create(ask: Ask) -> Reply:
    """Comment at a line that is part of the diff, or in reply to such a comment."""
    pull, body = ask.pull(), ask.body
    said = _placed(ask, pull, body, review=0)
    review = _review(ask, pull, "", "COMMENTED", body["commit_id"])
    said.review = review.id
    ask.world.review_comments[pull.number].append(said)
    return good(shape(ask.world, said), 201)


def one(ask: Ask) -> Reply:
    """One review comment by its id."""
    return good(shape(ask.world, _found(ask)))


def edit(ask: Ask) -> Reply:
    """Change a review comment's text."""
    said = _found(ask)
    text = checked(ask.world, "PullRequestReviewComment", ask.body["body"])
    said.rewrite(text, ask.token.viewer, ask.world.tick())
    return good(shape(ask.world, said))


def delete(ask: Ask) -> Reply:
    """Delete a review comment."""
    said = _found(ask)
    ask.world.review_comments[said.number].remove(said)
    return Reply(status=204)


def reviews(ask: Ask) -> Reply:
    """The reviews of a pull request."""
    world, pull = ask.world, ask.pull()
    rows = [_review_shape(world, found) for found in world.reviews.get(pull.number, [])]
    return page_of(ask.request, rows, f"{world.repo_url}/pulls/{pull.number}/reviews")


def review(ask: Ask) -> Reply:
    """A review with any number of comments: all of them are placed, or nothing is written."""
    pull, body = ask.pull(), ask.body
    event, text = body.get("event"), body.get("body") or ""
    if event == "APPROVE" and pull.author == ask.token.viewer:
        raise Refusal(422, "Unprocessable Entity", errors=["Can not approve your own pull request"])
    if not text and not body.get("comments") and event in ("COMMENT", "REQUEST_CHANGES"):
        raise Refusal(
            422, "Unprocessable Entity", errors=["Could not create review without a body or comments"]
        )
    commit = body.get("commit_id") or pull.head_sha
    said = [_placed(ask, pull, row | {"commit_id": commit}, review=0) for row in body.get("comments") or []]
    done = _review(ask, pull, text, STATES[event], commit)
    for comment in said:
        comment.review = done.id
    ask.world.review_comments[pull.number].extend(said)
    return good(_review_shape(ask.world, done))


def current_line(world: World, said: ReviewComment) -> int | None:
    """Where the commented line is in the pull request's diff now; None when it is gone: the comment is outdated."""
    pull = world.pulls[said.number]
    if said.line is None:
        return None
    line: int | None = said.line
    if said.commit != pull.head_sha and said.side == "RIGHT":
        rows = {row.previous or row.path: row for row in world.git.changes(said.commit, pull.head_sha)}
        row = rows.get(said.path)
        line = said.line if row is None else None if row.status == "removed" else moved(row.patch, said.line)
    still = {row.path: row for row in changes(world, pull)}.get(said.path)
    if (
        line is None
        or still is None
        or not any(hunk.has(line, side(said.side)) for hunk in hunks(still.patch))
    ):
        return None
    return line


def side(text: str | None) -> Any:
    """LEFT or RIGHT; RIGHT when nothing was said."""
    return text or "RIGHT"


def shape(world: World, said: ReviewComment) -> dict[str, Any]:
    """A review comment's JSON."""
    url, pull_url = f"{world.repo_url}/pulls/comments/{said.id}", f"{world.repo_url}/pulls/{said.number}"
    html = f"{world.html}/pull/{said.number}#discussion_r{said.id}"
    line = current_line(world, said)
    shift = line - said.line if line is not None and said.line is not None else 0
    found = {
        "url": url,
        "pull_request_review_id": said.review,
        "id": said.id,
        "node_id": f"PRRC_{said.id}",
        "diff_hunk": said.hunk,
        "path": said.path,
        "commit_id": world.pulls[said.number].head_sha if line is not None else said.commit,
        "original_commit_id": said.commit,
        "user": shapes.user(world, said.author),
        "body": said.body,
        "created_at": iso(said.created),
        "updated_at": iso(said.updated),
        "html_url": html,
        "pull_request_url": pull_url,
        "author_association": shapes.association(world, said.author),
        "_links": {"self": {"href": url}, "html": {"href": html}, "pull_request": {"href": pull_url}},
        "line": line,
        "original_line": said.line,
        "side": said.side,
        "start_line": None if line is None or said.start is None else said.start + shift,
        "original_start_line": said.start,
        "start_side": said.start_side,
        "subject_type": said.subject,
        "reactions": shapes.rollup(url, []),
    }
    return found if said.thread == said.id else found | {"in_reply_to_id": said.thread}


def _placed(ask: Ask, pull: Pull, body: dict[str, Any], *, review: int) -> ReviewComment:
    world, text = ask.world, checked(ask.world, "PullRequestReviewComment", body["body"])
    new, at = world.new_id(), world.tick()
    who: dict[str, Any] = {"id": new, "number": pull.number, "author": ask.token.viewer, "body": text}
    when: dict[str, Any] = {"created": at, "updated": at, "review": review}
    if (parent_id := body.get("in_reply_to")) is not None:
        parent = world.found_review_comment(parent_id)
        if parent is None or parent.number != pull.number:
            raise invalid(
                "PullRequestReviewComment", "in_reply_to", "in_reply_to is not part of the pull request"
            )
        place: dict[str, Any] = {
            "path": parent.path,
            "commit": parent.commit,
            "line": parent.line,
            "side": parent.side,
        }
        return ReviewComment(**who, **when, **place, hunk=parent.hunk, thread=parent.thread)
    hunk = _hunk(world, pull, body)
    place = {
        "path": body["path"],
        "commit": body["commit_id"],
        "line": body["line"],
        "side": side(body.get("side")),
    }
    return ReviewComment(
        **who,
        **when,
        **place,
        hunk=hunk.until(body["line"], side(body.get("side"))),
        thread=new,
        start=body.get("start_line"),
        start_side=body.get("start_side") or (side(body.get("side")) if body.get("start_line") else None),
    )


def _hunk(world: World, pull: Pull, body: dict[str, Any]) -> Hunk:
    if body["commit_id"] not in world.git.between(pull.base_sha, pull.head_sha):
        raise invalid("PullRequestReviewComment", "commit_id", "commit_id is not part of the pull request")
    if body.get("line") is None:
        raise invalid(
            "PullRequestReviewComment",
            "line",
            "line is required: `position` and file comments are not built here",
        )
    rows = {row.path: row for row in changes(world, pull)}
    if body["path"] not in rows:
        raise invalid("PullRequestReviewComment", f"{THREAD}.path", f"{THREAD}.path is invalid")
    found = [h for h in hunks(rows[body["path"]].patch) if h.has(body["line"], side(body.get("side")))]
    if not found:
        what = f"{THREAD}.line must be part of the diff"
        raise invalid("PullRequestReviewComment", f"{THREAD}.line", what)
    start = body.get("start_line")
    if start is not None and start >= body["line"]:
        what = f"{THREAD}.start_line must precede the end line"
        raise invalid("PullRequestReviewComment", f"{THREAD}.start_line", what)
    if start is not None and not found[0].has(start, side(body.get("start_side") or body.get("side"))):
        what = f"{THREAD}.start_line must be part of the same hunk as the line."
        raise invalid("PullRequestReviewComment", f"{THREAD}.start_line", what)
    return found[0]


def _review(ask: Ask, pull: Pull, text: str, state: str, commit: str) -> Review:
    done = Review(
        id=ask.world.new_id(),
        number=pull.number,
        author=ask.token.viewer,
        body=text,
        state=state,
        commit=commit,
        submitted=ask.world.tick(),
    )
    ask.world.reviews[pull.number].append(done)
    return done


def _review_shape(world: World, found: Review) -> dict[str, Any]:
    html = f"{world.html}/pull/{found.number}#pullrequestreview-{found.id}"
    pull_url = f"{world.repo_url}/pulls/{found.number}"
    return {
        "id": found.id,
        "node_id": f"PRR_{found.id}",
        "user": shapes.user(world, found.author),
        "body": found.body,
        "state": found.state,
        "html_url": html,
        "pull_request_url": pull_url,
        "_links": {"html": {"href": html}, "pull_request": {"href": pull_url}},
        "submitted_at": iso(found.submitted),
        "commit_id": found.commit,
        "author_association": shapes.association(world, found.author),
    }


def _found(ask: Ask) -> ReviewComment:
    found = ask.world.found_review_comment(ask.number())
    if found is None:
        raise not_found()
    return found

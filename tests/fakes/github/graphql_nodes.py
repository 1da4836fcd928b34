"""The nodes of the GraphQL answers: the state as one viewer sees it. Fields with arguments are functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.access import Need, Token
from tests.fakes.github.graphql_objects import git_object, ref_node, refs
from tests.fakes.github.graphql_pages import GraphRefusal, connection
from tests.fakes.github.rest_reviews import current_line
from tests.fakes.github.world import Comment, Pull, ReviewComment, Thread, World, iso

__all__ = ["GraphRefusal", "Viewer"]
FORBIDDEN = "Resource not accessible by integration"


class Viewer:
    """The world as one token sees it."""

    def __init__(self, world: World, token: Token, rate: dict[str, str]) -> None:
        self.world, self.token, self.rate = world, token, rate

    def root(self) -> dict[str, Callable[..., Any]]:
        """The fields of Query and Mutation."""
        return {
            "repository": self._repository,
            "rateLimit": self._rate,
            "node": self._found,
            "viewer": lambda _: {**(self._actor(self.token.viewer) or {}), "login": self.token.viewer},
            "minimizeComment": self._minimize,
            "unminimizeComment": self._unminimize,
            "resolveReviewThread": partial(self._resolve, resolved=True),
            "unresolveReviewThread": partial(self._resolve, resolved=False),
        }

    def _need(self, need: Need, *, write: bool = False) -> None:
        stranger = write and not self.token.member
        if stranger or not self.token.permissions.allow(need, public=not self.world.private):
            raise GraphRefusal("FORBIDDEN", FORBIDDEN)

    def _repository(self, _: Any, owner: str, name: str, **__: Any) -> dict[str, Any]:
        world, full = self.world, f"{owner}/{name}"
        hidden = world.private and not self.token.member
        if full.lower() != world.repository.lower() or hidden:
            raise GraphRefusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{full}'.")
        return self._described(world.repository) | {
            "defaultBranchRef": lambda _: ref_node(world, f"refs/heads/{world.default_branch}"),
            "object": self._object,
            "pullRequest": self._pull,
            "issue": self._issue,
            "ref": lambda _, **args: ref_node(world, args["qualifiedName"]),
            "refs": self._refs,
        }

    def _described(self, full: str) -> dict[str, Any]:
        world = self.world
        number = shapes.number_of(full)
        return {
            "id": f"R_{number}", "databaseId": number, "name": full.partition("/")[2], "nameWithOwner": full,
            "isPrivate": world.private, "isFork": full != world.repository,
        }  # fmt: skip

    def _object(self, _: Any, oid: str | None = None, expression: str | None = None) -> dict[str, Any] | None:
        self._need((("contents", "read"),))
        return git_object(self.world, oid or expression or "")

    def _refs(self, _: Any, **args: Any) -> dict[str, Any]:
        self._need((("contents", "read"),))
        return refs(self.world, args)

    def _rate(self, _: Any, **__: Any) -> dict[str, Any]:
        names = ("limit", "remaining", "used")
        return {name: int(self.rate[f"x-ratelimit-{name}"]) for name in names} | {
            "cost": 1,
            "resetAt": iso(int(self.rate["x-ratelimit-reset"])),
        }

    def _pull(self, _: Any, number: int) -> dict[str, Any]:
        self._need((("pull_requests", "read"),))
        world = self.world
        found = world.pulls.get(number)
        if found is None:
            raise GraphRefusal(
                "NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}."
            )
        database = shapes.number_of(f"{world.repository}#{number}")
        return {
            "__typename": "PullRequest", "id": f"PR_{number}", "databaseId": database, "fullDatabaseId": str(database), "number": number,
            "title": found.title, "body": found.body or "", "url": f"{world.html}/pull/{number}",
            "state": "MERGED" if found.merged else found.state.upper(), "closed": found.state == "closed",
            "merged": found.merged, "locked": found.locked, "isDraft": found.draft,
            "isCrossRepository": found.head_repo != world.repository, "author": self._actor(found.author),
            "baseRefName": found.base_ref, "baseRefOid": found.base_sha,
            "headRefName": found.head_ref, "headRefOid": found.head_sha,
            "headRepository": self._described(found.head_repo) if found.head_repo else None,
            "createdAt": iso(found.created), "updatedAt": iso(found.updated),
            "reviewThreads": lambda _, **args: connection("reviewThreads", self._threads(found), args),
        } | self._text(found)  # fmt: skip

    def _issue(self, _: Any, number: int) -> dict[str, Any]:
        self._need((("issues", "read"),))
        found = self.world.issues.get(number)
        if found is None:
            raise GraphRefusal("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
        return {
            "__typename": "Issue", "id": f"I_{number}", "number": number, "title": found.title,
            "body": found.body or "", "state": found.state.upper(), "closed": found.state == "closed", "author": self._actor(found.author),
        } | self._text(found)  # fmt: skip

    def _text(self, found: Thread) -> dict[str, Any]:
        """Who wrote and edited it, and what was said below."""
        said = self.world.comments.get(found.number, [])
        return {
            "editor": self._actor(found.editor), "lastEditedAt": found.edited and iso(found.edited),
            "viewerDidAuthor": found.author == self.token.viewer,
            "userContentEdits": lambda _, **args: connection("userContentEdits", self._edits(found), args),
            "comments": lambda _, **args: connection("comments", [self._comment(c) for c in said], args),
        }  # fmt: skip

    def _actor(self, login: str | None) -> dict[str, Any] | None:
        if login is None:
            return None
        bot = shapes.is_bot(login)
        whole = shapes.user(self.world, login)
        return {
            "__typename": "Bot" if bot else "User",
            "login": login.removesuffix("[bot]"),  # REST keeps the suffix, GraphQL does not
            "url": whole["html_url"],
            "id": whole["node_id"],
            "databaseId": whole["id"],
        }

    def _comment(self, said: Comment) -> dict[str, Any]:
        mine = said.author == self.token.viewer
        return {
            "__typename": "IssueComment", "id": f"IC_{said.id}", "url": f"{self.world.html}/issues/{said.number}",
            "databaseId": said.id, "fullDatabaseId": str(said.id), "author": self._actor(said.author),
            "body": said.body, "createdAt": iso(said.created), "updatedAt": iso(said.updated),
            "publishedAt": iso(said.created), "lastEditedAt": said.edited and iso(said.edited),
            "includesCreatedEdit": said.edited is not None, "editor": self._actor(said.editor),
            "isMinimized": said.minimized is not None, "minimizedReason": said.minimized,
            "userContentEdits": lambda _, **args: connection("userContentEdits", self._edits(said), args),
            "viewerDidAuthor": mine, "viewerCanMinimize": self.token.member,
            "viewerCanUpdate": mine or self.token.member, "viewerCanDelete": mine or self.token.member,
        }  # fmt: skip

    def _edits(self, said: Comment | Thread) -> list[dict[str, Any]]:
        """Newest first, the creation last; none before the first edit. `diff` is the whole text (git-bug reads it so)."""
        now = (said.body or "", said.editor, said.edited or said.created)
        name = said.id if isinstance(said, Comment) else f"T{said.number}"
        texts = [*said.past, now] if said.past else []
        return [
            {
                "__typename": "UserContentEdit", "id": f"UCE_{name}_{at}", "diff": text, "deletedAt": None,
                "createdAt": iso(when), "editedAt": iso(when), "editor": self._actor(who),
            }
            for at, (text, who, when) in reversed(list(enumerate(texts)))
        ]  # fmt: skip

    def _threads(self, pull: Pull) -> list[dict[str, Any]]:
        said = self.world.review_comments.get(pull.number, [])
        heads = [
            comment for comment in said if comment.thread not in {c.id for c in said if c.id < comment.id}
        ]
        first = {comment.thread: comment for comment in reversed(heads)}
        return [
            self._thread(c, [x for x in said if x.thread == c.thread])
            for c in sorted(first.values(), key=_id)
        ]

    def _thread(self, head: ReviewComment, said: list[ReviewComment]) -> dict[str, Any]:
        line = current_line(self.world, head)
        resolved = head.thread in self.world.resolved
        by = self.world.resolvers.get(head.thread, "") if resolved else ""
        may = self.token.permissions.allow((("contents", "write"),), public=False)
        return {
            "id": f"PRRT_{head.thread}", "diffSide": head.side, "isCollapsed": resolved,
            "isOutdated": line is None, "isResolved": resolved, "line": line, "originalLine": head.line,
            "originalStartLine": head.start, "path": head.path, "startLine": head.start if line else None,
            # A User: GitHub has no room for a bot here.
            "resolvedBy": self._actor(by) if by and not shapes.is_bot(by) else None,
            "viewerCanReply": True, "viewerCanResolve": may and not resolved,
            "viewerCanUnresolve": may and resolved,
            "comments": lambda _, **args: connection("comments", [self._at_line(c) for c in said], args),
        }  # fmt: skip

    def _at_line(self, said: ReviewComment) -> dict[str, Any]:
        line = current_line(self.world, said)
        return self._comment(said) | {
            "__typename": "PullRequestReviewComment", "id": f"PRRC_{said.id}", "path": said.path, "line": line,
            "url": f"{self.world.html}/pull/{said.number}#discussion_r{said.id}", "diffHunk": said.hunk,
            "originalLine": said.line, "originalStartLine": said.start, "outdated": line is None,
            "startLine": said.start if line else None,
        }  # fmt: skip

    def _minimize(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        self._need((("pull_requests", "write"), ("issues", "write")), write=True)
        said = self._node(input["subjectId"])
        said.minimized = input["classifier"].lower().replace("_", "-")
        return {"clientMutationId": input.get("clientMutationId"), "minimizedComment": self._shown(said)}

    def _unminimize(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        self._need((("pull_requests", "write"), ("issues", "write")), write=True)
        said = self._node(input["subjectId"])
        said.minimized = None
        return {"clientMutationId": input.get("clientMutationId"), "unminimizedComment": self._shown(said)}

    def _resolve(self, _: Any, input: dict[str, Any], *, resolved: bool) -> dict[str, Any]:
        # The right to write pull requests is not enough: github/gh-aw#35726
        self._need((("contents", "write"),), write=True)
        self._need((("pull_requests", "write"),), write=True)
        number = _number(input["threadId"], "PRRT_")
        pull = next(
            (n for n, many in self.world.review_comments.items() if any(c.thread == number for c in many)),
            None,
        )
        if pull is None:
            raise _unresolved(input["threadId"])
        (self.world.resolved.add if resolved else self.world.resolved.discard)(number)
        self.world.resolvers[number] = self.token.viewer
        thread = next(t for t in self._threads(self.world.pulls[pull]) if t["id"] == input["threadId"])
        return {"clientMutationId": input.get("clientMutationId"), "thread": thread}

    def _found(self, _: Any, id: str) -> dict[str, Any]:
        """A comment, an issue or a pull request by its global id."""
        for prefix, many, shape in (
            ("I_", self.world.issues, self._issue),
            ("PR_", self.world.pulls, self._pull),
        ):
            if (number := _number(id, prefix)) >= 0:
                if number not in many:
                    raise _unresolved(id)
                return shape(None, number)
        return self._shown(self._node(id))

    def _node(self, node: str) -> Comment:
        found = self.world.found_comment(_number(node, "IC_")) or self.world.found_review_comment(
            _number(node, "PRRC_")
        )
        if found is None:
            raise _unresolved(node)
        return found

    def _shown(self, said: Comment) -> dict[str, Any]:
        return self._at_line(said) if isinstance(said, ReviewComment) else self._comment(said)


def _id(said: ReviewComment) -> int:
    return said.id


def _number(node: str, prefix: str) -> int:
    digits = node.removeprefix(prefix)
    return int(digits) if node.startswith(prefix) and digits.isdigit() else -1


def _unresolved(node: str) -> GraphRefusal:
    return GraphRefusal("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")

"""The endpoints there are: who answers, what they take and give, and which permission they need.

One row each, and one handler in a `rest_*` module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tests.fakes.github import (
    rest_comments,
    rest_contents,
    rest_git,
    rest_git_writes,
    rest_issues,
    rest_pull_writes,
    rest_pulls,
    rest_repo,
    rest_reviews,
    rest_statuses,
)
from tests.fakes.github.access import Need
from tests.fakes.github.ask import Handler

PAGES = ("per_page", "page")
ORDER = ("state", "sort", "direction")
META: Need = (("metadata", "read"),)
READ: Need = (("contents", "read"),)
WRITE: Need = (("contents", "write"),)
STATUSES: Need = (("statuses", "read"),)
PULLS: Need = (("pull_requests", "read"),)
WRITE_PULLS: Need = (("pull_requests", "write"),)
TALK: Need = (("issues", "read"), ("pull_requests", "read"))
WRITE_TALK: Need = (("issues", "write"), ("pull_requests", "write"))
WRITE_ISSUES: Need = (("issues", "write"),)
ACTIONS: Need = (("actions", "read"),)
ADMIN: Need = (("administration", "read"),)
RULES = tuple(f"RepositoryRuleDetailedOneof{n}" for n in range(25))


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. `pattern`: below /repos/{owner}/{repo} (or the root, with a leading slash); `[]` = a part of the
    path, `[+]` = the rest, slashes included. `takes`: model of the body; `gives`: models of the answer, or of each of its rows.

    `open`: what a stranger may write in a public repository too.
    """

    method: str
    pattern: str
    handler: Handler
    need: Need
    gives: tuple[str, ...] = ()
    takes: str | None = None
    queries: tuple[str, ...] = ()
    open: bool = False

    @property
    def regex(self) -> re.Pattern[str]:
        """The pattern compiled."""
        parts = re.split(r"(\[\+?\])", self.pattern)
        return re.compile("".join({"[]": "([^/]+)", "[+]": "(.+)"}.get(p) or re.escape(p) for p in parts))


def _get(pattern: str, handler: Handler, need: Need, *gives: str, queries: tuple[str, ...] = ()) -> Route:
    return Route("GET", pattern, handler, need, gives, queries=queries)


ROUTES = (
    _get("", rest_repo.repository, META, "FullRepository"),
    _get("branches/[+]/protection", rest_repo.protection, ADMIN, "BranchProtection"),
    _get("branches/[+]", rest_repo.branch, READ, "BranchWithProtection"),
    _get("rules/branches/[+]", rest_repo.rules, META, *RULES, queries=PAGES),
    _get("rulesets/[]", rest_repo.ruleset, META, "RepositoryRuleset", queries=("includes_parents",)),
    _get("actions/workflows/[]", rest_repo.workflow, ACTIONS, "Workflow"),
    _get("collaborators/[]/permission", rest_repo.role, META, "RepositoryCollaboratorPermission"),
    _get("compare/[+]...[+]", rest_repo.compare, READ, "CommitComparison", queries=PAGES),
    _get(
        "contents/[+]", rest_contents.contents, READ, "ContentFile", "ContentDirectoryItems", queries=("ref",)
    ),
    _get("/user", rest_repo.whoami, (), "PrivateUser"),
    _get("git/trees/[+]", rest_git.tree, READ, "GitTree", queries=("recursive",)),
    _get("git/blobs/[]", rest_git.blob, READ, "Blob"),
    _get("git/commits/[]", rest_git.git_commit, READ, "GitCommit"),
    _get("git/tags/[]", rest_git.git_tag, READ, "GitTag"),
    _get("git/ref/[+]", rest_git.ref, READ, "GitRef"),
    _get("git/refs/[+]", rest_git.ref, READ, "GitRef"),
    _get("git/matching-refs/[+]", rest_git.matching_refs, READ, "GitRef", queries=PAGES),
    Route(
        "POST",
        "git/blobs",
        rest_git_writes.create_blob,
        WRITE,
        ("ShortBlob",),
        "ReposOwnerRepoGitBlobsPostBody",
    ),
    Route(
        "POST",
        "git/trees",
        rest_git_writes.create_tree,
        WRITE,
        ("GitTree",),
        "ReposOwnerRepoGitTreesPostBody",
    ),
    Route(
        "POST",
        "git/commits",
        rest_git_writes.create_commit,
        WRITE,
        ("GitCommit",),
        "ReposOwnerRepoGitCommitsPostBody",
    ),
    Route(
        "POST", "git/refs", rest_git_writes.create_ref, WRITE, ("GitRef",), "ReposOwnerRepoGitRefsPostBody"
    ),
    Route(
        "PATCH",
        "git/refs/[+]",
        rest_git_writes.update_ref,
        WRITE,
        ("GitRef",),
        "ReposOwnerRepoGitRefsRefPatchBody",
    ),
    Route("DELETE", "git/refs/[+]", rest_git_writes.delete_ref, WRITE),
    _get("tags", rest_git.tags, READ, "Tag", queries=PAGES),
    _get("commits/[+]/statuses", rest_statuses.listing, STATUSES, "Status", queries=PAGES),
    _get("statuses/[]", rest_statuses.listing, STATUSES, "Status", queries=PAGES),  # the path PyGithub uses
    _get("commits/[+]/status", rest_statuses.combined, STATUSES, "CombinedCommitStatus", queries=PAGES),
    _get("commits/[+]", rest_repo.commit, READ, "Commit", queries=PAGES),
    Route(
        "POST",
        "statuses/[]",
        rest_statuses.create,
        (("statuses", "write"),),
        ("Status",),
        "ReposOwnerRepoStatusesShaPostBody",
    ),
    _get("pulls/[]", rest_pulls.pull, PULLS, "PullRequest"),
    _get("pulls/[]/files", rest_pulls.files, PULLS, "DiffEntry", queries=PAGES),
    _get("pulls/[]/commits", rest_pulls.commits, PULLS, "Commit", queries=PAGES),
    _get(
        "pulls",
        rest_pull_writes.listing,
        PULLS,
        "PullRequestSimple",
        queries=(*PAGES, *ORDER, "head", "base"),
    ),
    Route(
        "POST", "pulls", rest_pull_writes.create, WRITE_PULLS, ("PullRequest",), "ReposOwnerRepoPullsPostBody"
    ),
    Route(
        "PATCH",
        "pulls/[]",
        rest_pull_writes.update,
        WRITE_PULLS,
        ("PullRequest",),
        "ReposOwnerRepoPullsPullNumberPatchBody",
    ),
    _get(
        "issues", rest_issues.listing, TALK, "Issue", queries=(*PAGES, *ORDER, "creator", "labels", "since")
    ),
    Route("POST", "issues", rest_issues.create, WRITE_ISSUES, ("Issue",), "ReposOwnerRepoIssuesPostBody"),
    Route(
        "PATCH",
        "issues/[]",
        rest_issues.update,
        WRITE_TALK,
        ("Issue",),
        "ReposOwnerRepoIssuesIssueNumberPatchBody",
    ),
    Route(
        "POST",
        "issues/[]/labels",
        rest_issues.add_labels,
        WRITE_TALK,
        ("Label",),
        "ReposOwnerRepoIssuesIssueNumberLabelsPostBodyOneof0",
    ),
    _get("issues/[]", rest_pulls.issue, TALK, "Issue"),
    _get(
        "issues/[]/comments",
        rest_comments.listing,
        TALK,
        "IssueComment",
        queries=(*PAGES, "since"),
    ),
    Route(
        "POST",
        "issues/[]/comments",
        rest_comments.create,
        WRITE_TALK,
        ("IssueComment",),
        "ReposOwnerRepoIssuesIssueNumberCommentsPostBody",
        open=True,
    ),
    _get("issues/comments/[]", rest_comments.one, TALK, "IssueComment"),
    Route(
        "PATCH",
        "issues/comments/[]",
        rest_comments.edit,
        WRITE_TALK,
        ("IssueComment",),
        "ReposOwnerRepoIssuesCommentsCommentIdPatchBody",
        open=True,
    ),
    Route("DELETE", "issues/comments/[]", rest_comments.delete, WRITE_TALK, open=True),
    _get("issues/comments/[]/reactions", rest_comments.reactions, TALK, "Reaction", queries=PAGES),
    Route(
        "POST",
        "issues/comments/[]/reactions",
        rest_comments.react,
        WRITE_TALK,
        ("Reaction",),
        "ReposOwnerRepoIssuesCommentsCommentIdReactionsPostBody",
        open=True,
    ),
    _get(
        "pulls/[]/comments",
        rest_reviews.listing,
        PULLS,
        "PullRequestReviewComment",
        queries=PAGES,
    ),
    Route(
        "POST",
        "pulls/[]/comments",
        rest_reviews.create,
        WRITE_PULLS,
        ("PullRequestReviewComment",),
        "ReposOwnerRepoPullsPullNumberCommentsPostBody",
        open=True,
    ),
    _get("pulls/comments/[]", rest_reviews.one, PULLS, "PullRequestReviewComment"),
    Route(
        "PATCH",
        "pulls/comments/[]",
        rest_reviews.edit,
        WRITE_PULLS,
        ("PullRequestReviewComment",),
        "ReposOwnerRepoPullsCommentsCommentIdPatchBody",
        open=True,
    ),
    Route("DELETE", "pulls/comments/[]", rest_reviews.delete, WRITE_PULLS, open=True),
    _get("pulls/[]/reviews", rest_reviews.reviews, PULLS, "PullRequestReview", queries=PAGES),
    Route(
        "POST",
        "pulls/[]/reviews",
        rest_reviews.review,
        WRITE_PULLS,
        ("PullRequestReview",),
        "ReposOwnerRepoPullsPullNumberReviewsPostBody",
        open=True,
    ),
)
_COMPILED = [(route, route.regex) for route in ROUTES]


def find(method: str, path: str, prefix: str) -> tuple[Route, tuple[str, ...]] | None:
    """The endpoint behind a path and the unquoted parts of it. `prefix`: /repos/{owner}/{repo}."""
    inside = path == prefix or path.startswith(f"{prefix}/")
    rest = path[len(prefix) + 1 :] if inside else path
    for route, regex in _COMPILED:
        if route.method != method or route.pattern.startswith("/") is inside:
            continue
        if match := regex.fullmatch(rest):
            return route, tuple(unquote(part) for part in match.groups())
    return None

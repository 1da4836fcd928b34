"""GraphQL: the questions a client asks, and GitHub's ways of saying no."""

from __future__ import annotations

import pytest
from tests.fakes.github import Fault, Permissions

COMMENTS = """query($o: String!, $n: String!, $k: Int!, $before: String) {
  repository(owner: $o, name: $n) { pullRequest(number: $k) { comments(last: 100, before: $before) {
    nodes { id databaseId body viewerDidAuthor lastEditedAt createdAt author { login __typename } }
    pageInfo { startCursor hasPreviousPage } totalCount } } } }"""
ARGS = {"o": "acme", "n": "shop", "k": 1}


def _comments(site, token=None, **more):
    found = site.query(COMMENTS, token, **ARGS, **more)
    return found["data"]["repository"]["pullRequest"]["comments"]


def test_comments__over_pages_backwards__are_complete_while_others_write(site) -> None:
    for n in range(230):
        site.fake.comment(1, "ann", str(n))
    seen, cursor = [], None
    while True:
        page = _comments(site, before=cursor)
        seen = [c["body"] for c in page["nodes"]] + seen
        site.fake.comment(1, "eve", "meanwhile")
        cursor = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert seen == [str(n) for n in range(230)]


def test_comments__cursor_of_a_deleted_one__keeps_its_place(site) -> None:
    ids = [site.fake.comment(1, "ann", str(n)) for n in range(150)]
    cursor = _comments(site)["pageInfo"]["startCursor"]
    site.fake.delete_comment(ids[50])
    assert [c["body"] for c in _comments(site, before=cursor)["nodes"]] == [str(n) for n in range(50)]


def test_comment__authors__are_told_as_graphql_tells_them(site) -> None:
    ours = site.repo().get_pull(1).create_issue_comment("ours")
    site.fake.comment(1, "ann", "hers")
    site.fake.comment(1, None, "gone")
    site.fake.edit_comment(ours.id, "mallory", "forged")
    first, second, third = _comments(site)["nodes"]
    assert (first["author"], first["viewerDidAuthor"]) == (
        {"login": "github-actions", "__typename": "Bot"},
        True,
    )
    assert first["lastEditedAt"] is not None
    assert (second["author"], second["viewerDidAuthor"]) == ({"login": "ann", "__typename": "User"}, False)
    assert second["lastEditedAt"] is None
    assert third["author"] is None
    other = site.fake.add_token("eve", permissions=Permissions.read_only(), viewer="ann", kind="user")
    assert [c["viewerDidAuthor"] for c in _comments(site, other)["nodes"]] == [False, True, False]


def test_page__lost__is_empty_though_announced(site) -> None:
    for n in range(150):
        site.fake.comment(1, "ann", str(n))
    site.fake.faults = [Fault(kind="lost-page", path="/graphql")]
    first = _comments(site)
    second = _comments(site, before=first["pageInfo"]["startCursor"])
    assert (first["pageInfo"]["hasPreviousPage"], len(first["nodes"]), second["nodes"]) == (True, 100, [])


def test_objects__under_aliases__are_blobs_or_nothing(site) -> None:
    text, binary = site.git("rev-parse", "main:a.txt"), site.git("rev-parse", "main:image.bin")
    fields = "{ ... on Blob { oid text isBinary isTruncated byteSize } }"
    wanted = " ".join(
        f'{n}: object(oid: "{oid}") {fields}' for n, oid in zip("abc", (text, binary, "0" * 40), strict=True)
    )
    found = site.query(f'{{ repository(owner: "acme", name: "shop") {{ {wanted} }} }}')["data"]["repository"]
    assert found["a"]["text"] == (site.top / "a.txt").read_text().replace("twenty", "20")
    assert (found["a"]["isBinary"], found["b"]["text"], found["b"]["isBinary"], found["c"]) == (
        False,
        None,
        True,
        None,
    )


def test_text__longer_than_githubs_limit__is_truncated_and_says_so(site_with) -> None:
    site = site_with()
    site.fake.limits.graphql_text = 10
    oid = site.git("rev-parse", "main:a.txt")
    ask = f'{{ repository(owner: "acme", name: "shop") {{ object(oid: "{oid}") {{ ... on Blob {{ text isTruncated byteSize }} }} }} }}'
    blob = site.query(ask)["data"]["repository"]["object"]
    assert (blob["isTruncated"], len(blob["text"]), blob["byteSize"] > 10) == (True, 10, True)


def test_tags__newest_first__lead_to_their_commits(site) -> None:
    site.git("tag", "v2", "topic")
    ask = """{ repository(owner: "acme", name: "shop") { refs(refPrefix: "refs/tags/", first: 10,
      orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) { nodes { name target { oid __typename
      ... on Tag { target { oid } } } } } } }"""
    nodes = {node["name"]: node["target"] for node in site.query(ask)["data"]["repository"]["refs"]["nodes"]}
    assert nodes["v2"] == {"oid": site.head, "__typename": "Commit"}
    assert nodes["v1"]["target"]["oid"] == site.git("rev-parse", "main")


@pytest.mark.parametrize(
    ("ask", "kind", "word"),
    [
        ("comments(first: 101) { totalCount }", "EXCESSIVE_PAGINATION", "100 records"),
        ("comments { totalCount }", "MISSING_PAGINATION_BOUNDARIES", "`first` or `last`"),
        ('comments(first: 1, after: "nonsense!") { totalCount }', "INVALID_CURSOR_ARGUMENTS", "valid cursor"),
    ],
)
def test_connection__asked_wrongly__is_an_error(site, ask, kind, word) -> None:
    told = site.query(
        f'{{ repository(owner: "acme", name: "shop") {{ pullRequest(number: 1) {{ {ask} }} }} }}'
    )
    assert told["errors"][0]["type"] == kind
    assert word in told["errors"][0]["message"]


@pytest.mark.parametrize(
    ("ask", "word"),
    [
        (
            '{ repository(owner: "acme", name: "shop") { nickname } }',
            "Field 'nickname' doesn't exist on type 'Repository'",
        ),
        ("{ viewer { login }", "Syntax Error"),
        (
            'query($k: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $k) { id } } }',
            "$k",
        ),
    ],
)
def test_document__that_is_wrong__is_an_error_and_a_violation(site_with, ask, word) -> None:
    site = site_with()
    status, told, _ = site.ask("POST", "/graphql", {"query": ask})
    assert status == 200
    assert word in told["errors"][0]["message"]
    assert "data" not in told
    assert site.fake.violations


@pytest.mark.parametrize(
    ("inside", "path"),
    [('repository(owner: "acme", name: "gone") { id }', ["repository"]),
     ('repository(owner: "acme", name: "shop") { pullRequest(number: 9) { id } }', ["repository", "pullRequest"])],
)  # fmt: skip
def test_absent__is_null_with_not_found(site, inside, path) -> None:
    told = site.query(f"{{ {inside} }}")
    assert (told["errors"][0]["type"], told["errors"][0]["path"]) == ("NOT_FOUND", path)


def _thread(site) -> str:
    site.repo().get_pull(1).create_review_comment("here", site.repo().get_commit(site.head), "a.txt", 20)
    ask = """{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { reviewThreads(first: 100) {
      nodes { id isResolved isOutdated comments(first: 10) { nodes { databaseId body viewerDidAuthor path line } } } } } } }"""
    (node,) = site.query(ask)["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    assert (node["isResolved"], node["isOutdated"], node["comments"]["nodes"][0]["line"]) == (
        False,
        False,
        20,
    )
    return node["id"]


RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"


def test_thread__resolved_without_the_right_to_write_contents__is_forbidden(site) -> None:
    told = site.query(RESOLVE, id=_thread(site))
    assert (told["data"]["resolveReviewThread"], told["errors"][0]["type"]) == (None, "FORBIDDEN")
    assert told["errors"][0]["message"] == "Resource not accessible by integration"
    assert site.fake.resolved == set()


def test_thread__resolved_and_unresolved__with_the_right_to_write_contents(site) -> None:
    thread = _thread(site)
    token = site.fake.add_token("more", permissions=Permissions(contents="write"))
    assert (
        site.query(RESOLVE, token, id=thread)["data"]["resolveReviewThread"]["thread"]["isResolved"] is True
    )
    again = site.query(RESOLVE.replace("resolveR", "unresolveR"), token, id=thread)
    assert again["data"]["unresolveReviewThread"]["thread"]["isResolved"] is False


def test_minimize__by_a_read_only_token__is_forbidden(site) -> None:
    comment = site.fake.comment(1, "ann", "x")
    ask = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }"
    token = site.fake.add_token("fork", permissions=Permissions.read_only())
    assert site.query(ask, token, id=f"IC_{comment}")["errors"][0]["type"] == "FORBIDDEN"
    assert site.query(ask, id="IC_1")["errors"][0]["type"] == "NOT_FOUND"
    assert site.fake.comments[1][0].minimized is None

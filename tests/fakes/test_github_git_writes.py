"""The git database of the fake, written through plain requests: what git itself then says of it."""

from __future__ import annotations

import base64

import pytest
from tests.fakes.github import Permissions

WRITER = Permissions(contents="write")


def write(site, files: dict[str, str], parent: str, message: str = "m") -> str:
    base = site.ask("GET", f"git/commits/{parent}")[1]["tree"]["sha"]
    rows = [{"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in files.items()]
    status, tree, _ = site.ask("POST", "git/trees", {"base_tree": base, "tree": rows})
    assert status == 201
    body = {"message": message, "tree": tree["sha"], "parents": [parent]}
    return site.ask("POST", "git/commits", body)[1]["sha"]


@pytest.fixture
def writer(site_with):
    site = site_with(permissions=WRITER)
    yield site
    assert site.fake.violations == []


def test_git__commit_on_a_new_branch__is_what_git_says(writer) -> None:
    parent = writer.git("rev-parse", "main")
    sha = write(writer, {"a.txt": "new\n", "d/e.txt": "deep\n"}, parent, "two\nlines")
    assert writer.ask("POST", "git/refs", {"ref": "refs/heads/bot/x", "sha": sha})[0] == 201
    assert writer.git("show", "bot/x:a.txt") == "new"
    assert writer.git("show", "bot/x:d/e.txt") == "deep"
    assert writer.git("log", "-1", "--format=%P %an %cn %B", "bot/x") == (
        f"{parent} github-actions[bot] GitHub two\nlines"
    )
    assert writer.git("ls-tree", "bot/x", "link").startswith("120000")


def test_git__blob_in_base64_and_an_entry_without_sha__are_stored_and_taken_out(writer) -> None:
    parent = writer.git("rev-parse", "main")
    data = base64.b64encode(b"\0\xff").decode()
    blob = writer.ask("POST", "git/blobs", {"content": data, "encoding": "base64"})[1]["sha"]
    rows = [
        {"path": "new.bin", "mode": "100755", "type": "blob", "sha": blob},
        {"path": "a.txt", "mode": "100644", "type": "blob", "sha": None},
    ]
    base = writer.git("rev-parse", "main^{tree}")
    tree = writer.ask("POST", "git/trees", {"base_tree": base, "tree": rows})[1]["sha"]
    names = writer.git("ls-tree", "-r", "--name-only", tree).split("\n")
    assert "new.bin" in names and "a.txt" not in names
    assert writer.git("ls-tree", tree, "new.bin").startswith("100755")
    body = {"message": "m", "tree": tree, "parents": [parent], "author": {"name": "Ann", "email": "a@b.c"}}
    sha = writer.ask("POST", "git/commits", body)[1]["sha"]
    assert writer.git("log", "-1", "--format=%an <%ae>", sha) == "Ann <a@b.c>"


def test_git__ref__goes_forwards_alone_unless_forced(writer) -> None:
    parent = writer.git("rev-parse", "main")
    one, two = (write(writer, {"a.txt": text}, parent) for text in ("one\n", "two\n"))
    ref = {"ref": "refs/heads/x", "sha": one}
    assert writer.ask("POST", "git/refs", ref)[0] == 201
    assert writer.ask("POST", "git/refs", ref)[:2][1]["message"] == "Reference already exists"
    status, told, _ = writer.ask("PATCH", "git/refs/heads/x", {"sha": two})
    assert (status, told["message"]) == (422, "Update is not a fast forward")
    assert writer.ask("PATCH", "git/refs/heads/x", {"sha": two, "force": True})[0] == 200
    assert writer.git("rev-parse", "x") == two
    assert writer.ask("DELETE", "git/refs/heads/x")[0] == 204
    assert writer.ask("DELETE", "git/refs/heads/x")[1]["message"] == "Reference does not exist"
    assert writer.ask("PATCH", "git/refs/heads/x", {"sha": two})[1]["message"] == "Reference does not exist"


def test_git__branch_of_a_pull_request__moves_and_closes_it(writer) -> None:
    sha = write(writer, {"a.txt": "more\n"}, writer.head)
    writer.ask("PATCH", "git/refs/heads/topic", {"sha": sha})
    assert writer.fake.pulls[writer.number].head_sha == sha
    writer.ask("DELETE", "git/refs/heads/topic")
    assert writer.fake.pulls[writer.number].state == "closed"


@pytest.mark.parametrize("permissions", [WRITER, Permissions(contents="write", workflows="write")])
def test_git__workflow_file__needs_a_permission_that_no_workflow_grants(site_with, permissions) -> None:
    site = site_with(permissions=permissions)
    base = site.git("rev-parse", "main^{tree}")
    row = {"path": ".github/workflows/x.yml", "mode": "100644", "type": "blob", "content": "on: push\n"}
    status = site.ask("POST", "git/trees", {"base_tree": base, "tree": [row]})[0]
    assert status == (403 if permissions == WRITER else 201)


def test_git__guarded_branch_and_read_only_token__are_refused(site_with) -> None:
    site = site_with(permissions=WRITER)
    site.fake.guarded["main"] = (422, "Repository rule violations found")
    sha = write(site, {"a.txt": "x\n"}, site.git("rev-parse", "main"))
    assert site.ask("PATCH", "git/refs/heads/main", {"sha": sha})[0] == 422
    site.fake.add_token("reader", permissions=Permissions())
    assert site.ask("PATCH", "git/refs/heads/topic", {"sha": sha}, "reader")[0] == 403
    assert site.ask("POST", "git/blobs", {"content": "x"}, "reader")[0] == 403

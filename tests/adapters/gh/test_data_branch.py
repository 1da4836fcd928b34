"""The branch of data on the fake GitHub: many writers, lost answers, and people who do things to it meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.adapters.gh.hosted import Site, git, hosted
from tests.fakes.github import Fault, Permissions, Request

from mergefloor.core.effects import AppendHistory, PublishFiles
from mergefloor.core.history.branch import BRANCH
from mergefloor.core.history.seal import seal_from
from mergefloor.errors import HubError
from mergefloor.gh.wire import Clocks

MONTH = "history/v1/2026-11.jsonl"
SET = "sets/0011223344556677.json"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path, permissions=Permissions(contents="write")) as made:
        yield made


def lines(*names: str, path: str = MONTH) -> AppendHistory:
    rows = tuple((path, f'{{"v":1,"id":"{name}"}}') for name in names)
    return AppendHistory(branch=BRANCH, message="History", lines=rows)


def there(site: Site, path: str = MONTH) -> str:
    return git(site.top, "show", f"{BRANCH}:{path}")


def ids(site: Site) -> list[str]:
    return [line.split('"')[5] for line in there(site).splitlines()]


def by_hand(site: Site, path: str, text: str, *, parent: str = BRANCH) -> None:
    """Somebody commits a file to the branch; `parent` "" begins it anew."""
    blob = git(site.top, "hash-object", "-w", "--stdin", stdin=text)
    rows = git(site.top, "ls-tree", "-r", parent).splitlines() if parent else []
    kept = [row for row in rows if not row.endswith(f"\t{path}")]
    spec = "".join(f"M {r.split()[0]} {r.split()[2]} {r.partition(chr(9))[2]}\n" for r in kept)
    head = f"commit refs/heads/{BRANCH}\ncommitter p <p@example.org> 1795251600 +0000\ndata 4\nhand\n"
    start = f"from refs/heads/{parent}^0\n" if parent else ""
    stream = f"{head}{start}deleteall\n{spec}M 100644 {blob} {path}\n"
    git(site.top, "fast-import", "--quiet", "--force", stdin=stream)


def moves(site: Site) -> list[str]:
    return [line for line in site.asked("POST", "PATCH") if "/refs" in line]


def test_append__no_branch_yet__is_an_orphan_with_a_readme_and_a_seal(site: Site) -> None:
    assert site.hub().apply(lines("a", "b")) is None
    assert ids(site) == ["a", "b"]
    assert git(site.top, "rev-list", "--count", BRANCH) == "1"
    assert git(site.top, "ls-tree", "-r", "--name-only", BRANCH).split() == ["README.md", MONTH, "seal.json"]
    assert "Do not edit it" in there(site, "README.md")
    seal = seal_from(there(site, "seal.json"))
    assert seal is not None and seal.marks[MONTH].lines == 2


def test_append__a_second_run__grows_the_file_in_few_requests(site: Site) -> None:
    site.hub().apply(lines("a"))
    before = len(site.fake.requests)
    site.hub().apply(lines("b"))
    assert ids(site) == ["a", "b"]
    assert git(site.top, "rev-list", "--count", BRANCH) == "2"
    assert len(site.fake.requests) - before <= 8


def test_append__the_same_again__makes_no_commit(site: Site) -> None:
    site.hub().apply(lines("a", "b"))
    before = git(site.top, "rev-parse", BRANCH)
    assert site.hub().apply(lines("b", "a")) is None
    assert git(site.top, "rev-parse", BRANCH) == before


def test_append__nothing__makes_no_branch(site: Site) -> None:
    assert site.hub().apply(AppendHistory(branch=BRANCH, message="m", lines=())) is None
    assert site.asked("POST", "PATCH") == []


def test_append__a_case_set_that_is_there__is_known_by_its_id_and_not_read(site: Site) -> None:
    site.hub().apply(lines("set", path=SET))
    before = len(site.fake.requests)
    site.hub().apply(lines("set", path=SET))
    assert not [
        r for r in site.fake.requests[before:] if "/blobs/" in r.path and "seal" not in str(r.answer)
    ][1:]
    assert there(site, SET).count("\n") == 0


def test_append__twenty_writers_at_once__lose_nothing_and_double_nothing(site: Site) -> None:
    """Real threads, real HTTP, real (shortened) waits."""
    clocks = Clocks(sleep=lambda seconds: time.sleep(seconds / 10))
    hubs = [site.hub(clocks=clocks) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(lambda at: hubs[at].apply(lines(f"run-{at}")), range(20)))
    assert said == [None] * 20
    assert sorted(ids(site)) == sorted(f"run-{at}" for at in range(20))
    assert git(site.top, "rev-list", "--count", BRANCH) == "20"


STEPS = ("git/blobs", "git/trees", "git/commits", "git/refs", "git/refs/heads/*")


LOST = [
    *((step, started, "500") for step in STEPS for started in (False, True)),
    *((STEPS[3], False, kind) for kind in ("reset", "cut")),
    *((STEPS[4], True, kind) for kind in ("reset", "cut")),
]


@pytest.mark.parametrize(("step", "started", "kind"), LOST)
def test_append__done_but_the_answer_is_lost__is_there_once(
    site: Site, step: str, started: bool, kind: str
) -> None:
    if started:
        site.hub().apply(lines("first"))
    site.fake.faults = [Fault(kind=kind, path=f"/repos/*/{step}", after=True)]
    big = lines("a", "x" * 300_000)
    assert site.hub().apply(big) is None
    assert ids(site) == [*(["first"] if started else []), "a", "x" * 300_000]


def test_append__the_move_is_lost_while_another_writes__both_are_there_once(site: Site) -> None:
    site.hub().apply(lines("first"))
    other = site.hub()

    def meanwhile(request: Request) -> None:
        if request.method == "PATCH":
            site.fake.before = None
            other.apply(lines("other"))

    site.fake.before = meanwhile
    site.fake.faults = [Fault(kind="500", method="PATCH", nth=2, after=True)]
    site.hub().apply(lines("mine"))
    assert ids(site) == ["first", "other", "mine"]


def test_append__a_copy_that_is_behind_tells_the_old_tip__is_no_refusal(site: Site) -> None:
    site.hub().apply(lines("a"))
    old = site.hub()
    old.apply(lines("b"))
    tip = git(site.top, "rev-parse", BRANCH)
    behind = iter([git(site.top, "rev-parse", f"{BRANCH}^")] * 2)

    def stale(request: Request) -> None:
        """The next two looks at the branch see what was there before."""
        if request.method == "GET" and "/git/ref/" in request.path:
            git(site.top, "update-ref", f"refs/heads/{BRANCH}", next(behind, tip))
        elif request.method == "PATCH":
            git(site.top, "update-ref", f"refs/heads/{BRANCH}", tip)

    site.fake.before = stale
    assert site.hub().apply(lines("c")) is None
    assert ids(site) == ["a", "b", "c"]
    assert len(site.asked("PATCH")) == 1 + 3


def test_append__another_makes_the_branch_first__adds_to_it(site: Site) -> None:
    other = site.hub()

    def meanwhile(request: Request) -> None:
        if request.method == "POST" and request.path.endswith("git/refs"):
            site.fake.before = None
            other.apply(lines("other"))

    site.fake.before = meanwhile
    assert site.hub().apply(lines("mine")) is None
    assert ids(site) == ["other", "mine"]


def test_append__branch_deleted_between_look_and_move__is_made_again_whole(site: Site) -> None:
    site.hub().apply(lines("a", "b"))

    def meanwhile(request: Request) -> None:
        if request.method == "PATCH":
            site.fake.before = None
            git(site.top, "update-ref", "-d", f"refs/heads/{BRANCH}")

    site.fake.before = meanwhile
    said = site.hub().apply(lines("c"))
    assert ids(site) == ["a", "b", "c"]
    assert said is not None and "was deleted while this run wrote" in said


def test_append__branch_rewritten_between_look_and_move__adds_its_own_and_says_so(site: Site) -> None:
    site.hub().apply(lines("a"))
    site.hub().apply(lines("b"))
    whole = git(site.top, "rev-parse", BRANCH)

    def meanwhile(request: Request) -> None:
        if request.method == "PATCH":
            site.fake.before = None
            by_hand(site, MONTH, '{"v":1,"id":"a"}\n', parent="")

    site.fake.before = meanwhile
    said = site.hub().apply(lines("c"))
    assert ids(site) == ["a", "c"]
    assert said is not None and "holds 1 line where there were 2" in said and whole[:12] in said


def test_append__branch_set_back_between_look_and_move__is_whole_again(site: Site) -> None:
    site.hub().apply(lines("a"))
    first = git(site.top, "rev-parse", BRANCH)
    site.hub().apply(lines("b"))

    def meanwhile(request: Request) -> None:
        if request.method == "PATCH":
            site.fake.before = None
            git(site.top, "update-ref", f"refs/heads/{BRANCH}", first)

    site.fake.before = meanwhile
    site.hub().apply(lines("c"))
    assert ids(site) == ["a", "b", "c"]


def test_append__file_edited_by_hand__is_kept_and_told_until_the_seal_is_deleted(site: Site) -> None:
    site.hub().apply(lines("a", "b"))
    by_hand(site, MONTH, there(site).replace('"a"', '"A"'))
    for name in ("c", "d"):
        said = site.hub().apply(lines(name))
        assert said is not None and "was changed by hand" in said and "delete `seal.json`" in said
    assert ids(site) == ["A", "b", "c", "d"]
    by_hand(site, "seal.json", "{}")
    assert site.hub().apply(lines("e")) is None
    assert site.hub().apply(lines("f")) is None
    assert ids(site) == ["A", "b", "c", "d", "e", "f"]


def test_append__file_deleted_by_hand__is_told(site: Site) -> None:
    site.hub().apply(lines("old", path="history/v1/2026-10.jsonl"))
    site.hub().apply(lines("a"))
    seal = there(site, "seal.json")
    by_hand(site, "seal.json", seal, parent="")
    said = site.hub().apply(lines("b"))
    assert said is not None and "'history/v1/2026-10.jsonl' is gone, with 1 line" in said


def test_append__bytes_that_are_no_text_and_a_newer_version__stay_byte_for_byte(site: Site) -> None:
    site.hub().apply(lines("a"))
    odd = b'{"v": 99, "any":  "thing"}\r\n\xff\xfe broken\n\n  {"v":1'
    blob = git(site.top, "hash-object", "-w", "--stdin", stdin="")
    place = site.top / "odd"
    place.write_bytes(odd)
    blob = git(site.top, "hash-object", "-w", str(place))
    stream = (
        f"commit refs/heads/{BRANCH}\ncommitter p <p@example.org> 1795251600 +0000\ndata 4\nhand\n"
        f"from refs/heads/{BRANCH}^0\nM 100644 {blob} {MONTH}\n"
    )
    git(site.top, "fast-import", "--quiet", stdin=stream)
    site.hub().apply(lines("b"))
    sha = git(site.top, "rev-parse", f"{BRANCH}:{MONTH}")
    found = site.fake.world.git.object(sha)
    assert found is not None and found.data == odd + b'\n{"v":1,"id":"b"}\n'


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (422, "Repository rule violations found\n\nChanges must be made through a pull request."),
        (409, "Repository rule violations found"),
        (403, "Resource not accessible by integration"),
        (422, "Reference update failed"),
    ],
)
@pytest.mark.parametrize("started", [False, True])
def test_append__protected_branch__says_what_to_allow(
    site: Site, started: bool, status: int, words: str
) -> None:
    if started:
        site.hub().apply(lines("a"))
    site.fake.world.guarded[BRANCH] = (status, words)
    with pytest.raises(HubError) as caught:
        site.hub().apply(lines("b"))
    assert words.split("\n", maxsplit=1)[0] in caught.value.what
    assert "does not let this run write to the branch 'mergefloor-history'" in caught.value.what
    assert "Settings > Rules" in caught.value.fix
    assert len(moves(site)) <= 6


def test_append__token_that_may_only_read__says_which_permission(tmp_path: Path) -> None:
    with hosted(tmp_path) as site, pytest.raises(HubError, match="`permissions: contents: write`"):
        site.hub().apply(lines("a"))


def test_append__file_that_is_a_link__is_refused_in_words(site: Site) -> None:
    blob = git(site.top, "hash-object", "-w", "--stdin", stdin="../x")
    stream = (
        f"commit refs/heads/{BRANCH}\ncommitter p <p@example.org> 1795251600 +0000\ndata 4\nhand\n"
        f"M 120000 {blob} {MONTH}\n"
    )
    git(site.top, "fast-import", "--quiet", stdin=stream)
    with pytest.raises(HubError, match=r"on the branch of data .* is a symbolic link"):
        site.hub().apply(lines("a"))


def test_append__others_never_stop_writing__ends_with_a_reason(site: Site) -> None:
    site.hub().apply(lines("a"))
    count = iter(range(1000))

    def meanwhile(request: Request) -> None:
        if request.method == "PATCH":
            parent = git(site.top, "rev-parse", BRANCH)
            tree = git(site.top, "rev-parse", f"{BRANCH}^{{tree}}")
            sha = git(site.top, "commit-tree", tree, "-p", parent, "-m", f"n{next(count)}")
            git(site.top, "update-ref", f"refs/heads/{BRANCH}", sha)

    site.fake.before = meanwhile
    with pytest.raises(HubError) as caught:
        site.hub().apply(lines("b"))
    assert "did not finish" in caught.value.what or "kept writing" in caught.value.what
    assert sum(site.waited) <= 241


def test_publish__whole_files__replace_and_leave_the_rest(site: Site) -> None:
    site.hub().apply(lines("a"))
    pages = PublishFiles(branch=BRANCH, message="Pages", files=(("index.html", "one"), ("badge.json", "{}")))
    assert site.hub().apply(pages) is None
    before = git(site.top, "rev-parse", BRANCH)
    assert site.hub().apply(pages) is None
    assert git(site.top, "rev-parse", BRANCH) == before
    assert there(site, "index.html") == "one" and ids(site) == ["a"]


def test_publish__no_branch__makes_it(site: Site) -> None:
    site.hub().apply(PublishFiles(branch=BRANCH, message="Pages", files=(("index.html", "one"),)))
    assert there(site, "index.html") == "one"

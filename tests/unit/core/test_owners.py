"""Who owns a suite or a file: the config's word, else CODEOWNERS as GitHub documents it (T23)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.owners import covers, is_owner, mentions, owner_of, read_code_owners
from mergefloor.core.settings import Config, Suite

# docs.github.com, "About code owners", "Example of a CODEOWNERS file": each line and what it says of itself.
DOCUMENTED = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @logger
/apps/ @octocat
/apps/github
/apps/named @doctocat
"""


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*", ["a", "x/y/z.js"], []),
        ("*.yml", ["mergefloor.yml", ".github/workflows/a.yml"], ["a.yaml", "yml"]),
        ("/mergefloor.yml", ["mergefloor.yml"], ["sub/mergefloor.yml"]),
        ("mergefloor.yml", ["mergefloor.yml", "sub/mergefloor.yml"], ["xmergefloor.yml"]),
        ("/evals/", ["evals/a.yaml", "evals/b/c.yaml"], ["evals", "x/evals/a.yaml"]),
        ("evals/", ["evals/a.yaml", "x/evals/a.yaml"], ["evals"]),
        ("/evals", ["evals", "evals/a.yaml"], ["evals2/a.yaml"]),
        ("evals/*", ["evals/a.yaml"], ["evals/b/c.yaml", "x/evals/a.yaml"]),
        ("/*", ["a"], ["a/b"]),
        ("/evals/**", ["evals/a", "evals/b/c"], ["evals"]),
        ("**/workflows", ["workflows/a", ".github/workflows/a"], ["workflow/a"]),
        (".github/**/*.yml", [".github/a.yml", ".github/x/y/a.yml"], ["a.yml", ".github/a.yaml"]),
        ("**", ["a", "b/c"], []),
        ("/a?c/[x]", ["abc/[x]"], ["abc/x", "ac/[x]"]),
        ("/", [], ["a", "a/b"]),
    ],
)
def test_covers__as_gitignore_means_it(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes if not covers(pattern, path)] == []
    assert [path for path in no if covers(pattern, path)] == []


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("src/deep/a.js", ("@js-owner",)),
        ("cmd/main.go", ("docs@example.com",)),
        ("notes.txt", ("@octo-org/octocats",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("lib/docs/a.md", ("@global-owner1", "@global-owner2")),
        ("lib/apps/x.rb", ("@octocat",)),
        ("scripts/run", ("@doctocat", "@octocat")),
        ("build/logs/x", ("@logger",)),
        ("deeply/nested/logs/x", ("@logger",)),
        ("apps/github/x", ()),
        ("apps/named", ("@doctocat",)),
        ("apps/other", ("@octocat",)),
    ],
)
def test_code_owners__of_the_documented_file__last_match_wins(path: str, owners: tuple[str, ...]) -> None:
    assert read_code_owners(".github/CODEOWNERS", DOCUMENTED).of(path) == owners


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*.md bob", "a.md"),  # no owner's name: the line is skipped, and the one before it counts
        ("*.md @ok @", "a.md"),
        ("***/*.md @new", "a.md"),
        ("\\#a.md @new", "#a.md"),  # an escaped comment sign is no pattern
        ("!a.md @new", "a.md"),  # no negation
        ("[ab].md @new", "a.md"),  # no ranges
        ("A.MD @new", "a.md"),  # the case counts
        ("#a.md @new", "a.md"),
    ],
)
def test_code_owners__what_github_does_not_read__the_line_before_counts(line: str, path: str) -> None:
    assert read_code_owners("CODEOWNERS", f"* @old\n{line}\n").of(path) == ("@old",)


def test_code_owners__escaped_blank__is_part_of_the_path() -> None:
    owners = read_code_owners("CODEOWNERS", "/with\\ space/ @bo\n")
    assert owners.of("with space/a") == ("@bo",)
    assert read_code_owners("CODEOWNERS", "# nothing\n").of("a") == ()


def test_owner_of__the_nearest_word_counts() -> None:
    code = read_code_owners("CODEOWNERS", "*.yml @all\n/mergefloor.yml @gate\n/p.yml @prompts\n")
    plain, owned = Suite(name="a", prompt="p.yml"), Suite(name="b", prompt="p.yml", owner="@ada")
    config = Config(path="mergefloor.yml", suites=(plain, owned))
    named = Config(path="mergefloor.yml", suites=(plain, owned), owner="ai@acme.org")
    assert owner_of(owned, named, code) == ("@ada",)
    assert owner_of(plain, named, code) == ("ai@acme.org",)
    assert owner_of(plain, config, code) == ("@prompts",)
    assert owner_of(plain, config, code, "mergefloor.yml") == ("@gate",)
    assert owner_of(None, config, code) == ("@gate",)
    assert owner_of(Suite(name="c"), config, code) == ("@gate",)
    assert owner_of(None, Config(path=None, suites=()), code) == ()
    assert owner_of(plain, config, None) == ()


@pytest.mark.parametrize("text", ["@ada", "@acme/ai-team", "@a_company", "ai.team+gate@acme.co.uk", "@a"])
def test_is_owner__accounts_teams_and_addresses(text: str) -> None:
    assert is_owner(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "@",
            "ada",
            "@-a",
            "@a/",
            "@a/b/c",
            "@ada\n@all",
            "@ada @bo",
            "a@",
            "a@b@c",
            "@\u202eada",
            "a@-b",
        ),
        *("@ada](x)", "x`@ada`", "a@" + "b" * 300),
    ],
)
def test_is_owner__anything_else__is_none(text: str) -> None:
    assert not is_owner(text)


def test_mentions__leaves_out_whom_no_text_notifies() -> None:
    assert mentions(("@ada", "ada@acme.org", "@acme/ai", "nobody", "@x y")) == ("@ada", "@acme/ai")


def test_covers__hostile_pattern__no_backtracking() -> None:
    started = time.process_time()
    assert not covers("/".join(["**", "a*a*a*a*a*a*b"] * 200), "/".join(["a" * 200] * 100))
    assert time.process_time() - started < 5


@given(st.text(alphabet="a*?/[]\\. #@", max_size=20), st.text(alphabet="ab/.", min_size=1, max_size=12))
def test_read_code_owners__any_text__answers(line: str, path: str) -> None:
    assert all(map(is_owner, read_code_owners("CODEOWNERS", line).of(path)))

"""What decides and belongs to nobody (T23)."""

from __future__ import annotations

from mergefloor.core.doctor.owners import unowned
from mergefloor.core.owners import CodeOwners


def test_unowned__names_the_files_and_the_lines_to_write() -> None:
    watched = {"/mergefloor.yml": ["mergefloor.yml"], "/evals/": [f"evals/{n}.yaml" for n in range(5)]}
    (finding,) = unowned(None, watched)
    assert (finding.rule, finding.level) == ("no-code-owners", "warning")
    assert "mergefloor.yml, evals/0.yaml, evals/1.yaml and 3 more" in finding.what
    assert finding.fix.splitlines() == [
        "write in .github/CODEOWNERS",
        "/mergefloor.yml @OWNER",
        "/evals/ @OWNER",
    ]
    half = CodeOwners(path="CODEOWNERS", rules=(("/evals/", ("@ada",)),))
    (finding,) = unowned(half, watched)
    assert finding.fix.splitlines() == ["write in CODEOWNERS", "/mergefloor.yml @OWNER"]
    assert not list(unowned(CodeOwners(path="CODEOWNERS", rules=(("*", ("@ada",)),)), watched))

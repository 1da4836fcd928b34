from __future__ import annotations

from mergefloor.core import unseen


def test_unseen__sentences_count_and_name_what_they_speak_of() -> None:
    assert unseen.uncalibrated_judge("openai/x", 1).startswith(
        "The judge openai/x has not been compared with people: 1 judged check shown"
    )
    assert "(suites `a`, `b`): models favour" in unseen.own_judge(["a", "b"], "openai/x")
    assert "`e`, ...)" in unseen.own_judge(list("abcdefg"), "openai/x")
    assert unseen.uncovered(["a", "b"]) == "2 prompt files changed that no suite covers: `a`, `b`."
    assert unseen.uncovered([str(i) for i in range(7)]).endswith("`4` and 2 more.")
    assert "3 cases with the same request" in unseen.unmeasured("s", 3)
    missed = [("good", "no answer"), ("bad", "passed"), ("empty", "passed")]
    assert "planted answers (good answer: no answer; bad and empty answers: passed)" in unseen.canaries(
        missed
    )
    assert "passes no case" in unseen.hopeless_base("s")
    assert "`golden: evals/*` matches no file" in unseen.unmatched("s", "evals/*")
    assert unseen.unread_base("s", "x.yaml:1: y; z") == "Suite s: x.yaml:1: y; z"


def test_unconfirmed__verdicts_of_others__are_named_with_what_follows() -> None:
    kept = unseen.unconfirmed(["pull/1@a", ""], 5, dropped=False)
    assert "2 of 5 stored verdicts of the judge not confirmed by fresh calls" in kept
    assert "`pull/1@a`, `unknown`" in kept
    assert "all were asked for again" in unseen.unconfirmed(["x"], 25, dropped=True)

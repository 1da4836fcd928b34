"""What a version number promises, and whether the change keeps the promise (DECISION 7).

The nouns are here, because a report holds them. What works on them is in the modules: `static.static_change` and
`measured.measured` find facts, `outputs.evidence` counts what `measured` needs, `check.check` compares.
"""

from mergefloor.core.semver.nouns import Bump, Fact, Kind, RuleSet, Suggestion, VersionCheck

__all__ = ["Bump", "Fact", "Kind", "RuleSet", "Suggestion", "VersionCheck"]

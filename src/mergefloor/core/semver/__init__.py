"""What a version number promises, and whether the change keeps the promise (DECISION 7)."""

from mergefloor.core.semver.check import check, reason
from mergefloor.core.semver.lines import suggestion
from mergefloor.core.semver.measured import Evidence, measured
from mergefloor.core.semver.noise import limit
from mergefloor.core.semver.nouns import Bump, Fact, Kind, RuleSet, Suggestion, VersionCheck
from mergefloor.core.semver.rules import required
from mergefloor.core.semver.static import static_change
from mergefloor.core.semver.tags import tagged
from mergefloor.core.semver.version import Version, bump_between, parse_version

__all__ = [
    "Bump",
    "Evidence",
    "Fact",
    "Kind",
    "RuleSet",
    "Suggestion",
    "Version",
    "VersionCheck",
    "bump_between",
    "check",
    "limit",
    "measured",
    "parse_version",
    "reason",
    "required",
    "static_change",
    "suggestion",
    "tagged",
]

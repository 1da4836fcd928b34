"""Models behind the `Models` port. An SDK is imported on first use, never before."""

from mergefloor.providers.directory import PROVIDERS, Directory
from mergefloor.providers.parameters import defaults

__all__ = ["PROVIDERS", "Directory", "defaults"]

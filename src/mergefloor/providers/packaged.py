"""A model inside an installed package: its files are read as data, and only if they are the expected ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

from mergefloor.errors import ProviderError

EXTRA = "mergefloor[local]"
INSTALL = f"type `pip install '{EXTRA}'`; the action's image has no local models: name a provider's there"
AGAIN = f"type `pip install --force-reinstall '{EXTRA}'`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """`package`: its name for pip; `folder`: where in site-packages; `files`: name -> SHA-256 of its bytes."""

    package: str
    folder: str
    files: Mapping[str, str]

    def read(self) -> dict[str, bytes]:
        """Every file by name; nothing of the package is imported. ProviderError for one that is missing or other."""
        try:
            found = distribution(self.package)
        except PackageNotFoundError as error:
            raise not_installed(self.package) from error
        return {
            name: self._file(str(found.locate_file(f"{self.folder}/{name}")), name) for name in self.files
        }

    def _file(self, path: str, name: str) -> bytes:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - `locate_file` promises a path, not a `Path`
                data = file.read()
        except OSError as error:
            raise ProviderError(
                f"{name!r} of package {self.package!r} cannot be read: {error}", AGAIN
            ) from error
        if hashlib.sha256(data).hexdigest() != self.files[name]:
            what = f"{name!r} of package {self.package!r} is not the file that this release knows"
            raise ProviderError(what, AGAIN)
        return data


def not_installed(package: str) -> ProviderError:
    """What to do about a package of the extra that is not there."""
    return ProviderError(f"local models need the package {package!r}, which is not installed", INSTALL)

"""What a person labels with: the terminal and the label file."""

from mergefloor.desk.book import FileBook
from mergefloor.desk.terminal import opened

__all__ = ["FileBook", "opened"]

"""GitHub's API: one client, and what is read and written through it. The only room that knows PyGithub."""

from mergefloor.gh.client import Client
from mergefloor.gh.hub import GitHub
from mergefloor.gh.tree import ApiRepo
from mergefloor.gh.wire import Clocks

__all__ = ["ApiRepo", "Client", "Clocks", "GitHub"]

"""GitHub's API: one client, and what is read and written through it. The only room that knows PyGithub."""

from mergefloor.gh.client import Client
from mergefloor.gh.hub import GitHub
from mergefloor.gh.tree import ApiRepo

__all__ = ["ApiRepo", "Client", "GitHub"]

"""Targets: code of the repository in processes of its own, and deployments over HTTP, asked like models."""

from mergefloor.targets.isolation import Guarded as Guarded
from mergefloor.targets.isolation import users_here as users_here
from mergefloor.targets.order import Limits as Limits
from mergefloor.targets.targets import Targets as Targets

__all__ = ["Guarded", "Limits", "Targets", "users_here"]

"""What makes a gate toothless: rules over workflow files, code owners and the rules of a branch."""

from mergefloor.core.doctor.diagnose import diagnose
from mergefloor.core.doctor.finding import Diagnosis, Finding, Unchecked

__all__ = ["Diagnosis", "Finding", "Unchecked", "diagnose"]

"""The week as it was: what every suite measured, held against the week before, on one time axis (docs/weekly.md)."""

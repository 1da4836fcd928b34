"""What every run of every suite measured, kept for years as JSON Lines on a branch of data (docs/history.md)."""

"""Runs by the clock: every suite with new samples, a line of history each, and an alarm when nobody changed anything."""

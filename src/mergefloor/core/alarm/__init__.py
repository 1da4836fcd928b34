"""From the history to alarms, and from alarms to the one issue that each of them has."""

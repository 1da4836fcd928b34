"""What moving a model pin does: which pins there are, which may move, and what the new model did to each suite."""

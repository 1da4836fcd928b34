"""Model updates: which pins may move, measured as the pull request that would move them."""

"""Answers that were paid for: a hardened working store and the signed segments that travel.

`open_cache` is in `cache`, `stats` and `prune` in `upkeep`, the secrets in `keyring`.
"""

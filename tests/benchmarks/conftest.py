"""Kept out of the tests: a script that imports what it measures."""

collect_ignore = ["peer_ecod.py"]

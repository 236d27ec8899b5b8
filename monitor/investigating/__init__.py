"""The questions of a first investigation, answered from a working folder: figures, not yet in words or pictures."""

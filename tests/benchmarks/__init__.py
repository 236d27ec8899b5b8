"""How good and how fast lastday is beside others, measured anew by `make bench`: docs/evaluation.md, docs/speed.md."""

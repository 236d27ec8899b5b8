"""lastday: the insider-risk monitor for offboarding."""

__version__ = "0.1.0"

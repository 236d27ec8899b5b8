"""Decisions, pure: no clock, no store, no network."""

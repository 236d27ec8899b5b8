"""Shapes of organisations, as data: one module each."""

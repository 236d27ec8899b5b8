"""Detectors: arrays in, surprise out. They know no person, store or clock."""

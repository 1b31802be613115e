"""Bounds of errors, where a theorem with a known constant has its hypotheses proved."""

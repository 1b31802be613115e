"""Truncated Taylor series through layers: derivatives of any order in one forward pass."""

"""Jumps of what is given, and what the laws make of them."""

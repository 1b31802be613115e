"""Lints that follow from the type of the equations."""

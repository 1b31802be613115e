"""Conditions that a model meets whatever its parameters."""

"""Evolutions in two and more space coordinates."""

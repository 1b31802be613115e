"""Notebooks, and what writes them."""

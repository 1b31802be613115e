"""Bases on sets that are no boxes: polynomials, and columns for corners and holes."""

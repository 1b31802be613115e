"""Operators, symbols and their stages as text and as LaTeX."""

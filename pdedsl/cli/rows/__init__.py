"""Rows of the table of a result, one kind a file."""

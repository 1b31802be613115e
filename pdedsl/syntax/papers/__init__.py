"""Spellings of papers and of other languages, and what they are here."""

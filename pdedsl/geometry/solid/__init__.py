"""Sets in space."""

"""The search for a basis that resolves the solution."""

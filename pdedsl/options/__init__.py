"""The base of all classes of options."""

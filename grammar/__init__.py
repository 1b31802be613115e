"""The grammar of the `.pde` language and its messages, as package data."""

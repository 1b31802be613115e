"""Servers: the language server, one feature a file, and the tools of language models."""

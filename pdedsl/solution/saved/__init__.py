"""Runs in folders: what was asked for, where a training stands, and going on with it."""

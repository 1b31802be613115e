"""The training loop: starts, stages, windows of time, fresh points, and the ways to end."""

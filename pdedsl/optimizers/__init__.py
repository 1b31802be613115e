"""Optimizers: each makes one iteration at a time on a least-squares problem."""

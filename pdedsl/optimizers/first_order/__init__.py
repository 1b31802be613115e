"""Optimizers that move along the gradient, or the gradient times a fixed matrix."""

"""Optimizers that linearise the residual: damped, truncated, projected, sketched, factored."""

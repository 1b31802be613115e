"""Optimizers that build up, or multiply by, the Hessian of the loss."""

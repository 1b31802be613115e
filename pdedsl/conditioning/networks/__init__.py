"""Tangent kernels, Hessians and gradients of networks."""

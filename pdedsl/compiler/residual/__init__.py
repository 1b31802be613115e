"""The residual vector r(θ), its Jacobian and its gradients."""

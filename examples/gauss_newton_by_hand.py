"""The residual system: one vector function r(θ) for every optimizer, here a Gauss–Newton by hand.

The problem is compiled once; everything else sees ``residual``, ``jacobian`` and ``gram`` alone.
"""

from __future__ import annotations

import torch

import pdedsl

TEXT = """
problem "Poisson"
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let us = sin(pi*x)*sin(pi*y)
eq: -lap(u) = 2*pi^2*us
bc: u = 0  on boundary
exact u = us
"""


def main(steps: int = 40) -> float:
    """Minimise ‖r(θ)‖² with damped steps (JᵀJ + μI) δ = −Jᵀr; return the last loss."""
    problem = pdedsl.parse(TEXT)
    model = {"kind": "mlp", "width": 32, "depth": 1, "activation": "tanh"}
    system = pdedsl.compile(problem, model=model, points={"eq": 400, "bc": 120}, seed=0)
    theta, damping = system.theta0.clone(), 1e-2
    loss = float(system.loss(theta))
    print(f"{system.theta0.numel()} parameters, loss {loss:.2e}")
    for _ in range(steps):
        residual, jacobian = system.residual_and_jacobian(theta)
        matrix = jacobian.T @ jacobian + damping * torch.eye(theta.numel(), dtype=theta.dtype)
        step = torch.linalg.solve(matrix, -jacobian.T @ residual)
        trial = float(system.loss(theta + step))
        if trial < loss:
            theta, loss, damping = theta + step, trial, damping / 3
        else:
            damping *= 4
    print(f"loss {loss:.2e} after {steps} steps; rms by law {system.losses_by_law(theta)}")
    return loss


if __name__ == "__main__":
    main()

"""Small residual systems with known answers, with the methods that optimizers use."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace

import torch
from torch import Tensor

from pdedsl.linalg.layers import Factor, LinearLayer
from pdedsl.linalg.linearisation import PLAIN, Rows, Sketch, whole_rows
from pdedsl.models import MlpOptions
from pdedsl.optimizers.protocol import Optimizer, Step

Residual = Callable[[Tensor], Tensor]


class Small:
    """r(θ) from a torch function, J by forward differentiation."""

    def __init__(self, residual: Residual, start: Tensor, linear: bool = False) -> None:
        self.function = residual
        self.theta0 = start
        self.linear = linear
        self.seeds: list[int] = []
        self.given_layers: tuple[LinearLayer, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.function(self.theta0))

    @property
    def parameters(self) -> int:
        return len(self.theta0)

    def residual(self, theta: Tensor) -> Tensor:
        return self.function(theta).detach()

    def residual_and_jacobian(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        return self.residual(theta), torch.func.jacfwd(self.function)(theta)

    def linearise(self, theta: Tensor, normal: bool = False, sketch: Sketch = PLAIN) -> Rows:
        return whole_rows(*self.residual_and_jacobian(theta), self.residual, sketch)

    def linearise_sparsely(self, theta: Tensor) -> None:
        """No model here is mostly zero at a point."""

    @property
    def affine_parameters(self) -> None:
        """There are no layers."""

    def gram(self, theta: Tensor) -> Tensor:
        jacobian = self.residual_and_jacobian(theta)[1]
        return jacobian.T @ jacobian

    def kernel(self, theta: Tensor) -> Tensor:
        jacobian = self.residual_and_jacobian(theta)[1]
        return jacobian @ jacobian.T

    def total(self, function: Callable[..., list[Tensor]], *arguments: object) -> list[Tensor]:
        return function(self, *arguments)

    def jvp(self, theta: Tensor, v: Tensor) -> Tensor:
        return self.residual_and_jacobian(theta)[1] @ v

    def vjp(self, theta: Tensor, w: Tensor) -> Tensor:
        return self.residual_and_jacobian(theta)[1].T @ w

    def loss(self, theta: Tensor) -> Tensor:
        return self.residual(theta).square().sum()

    def losses(self, thetas: Tensor) -> Tensor:
        return torch.stack([self.loss(theta) for theta in thetas])

    def loss_and_grad(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        leaf = theta.detach().clone().requires_grad_(True)
        loss = self.function(leaf).square().sum()
        (gradient,) = torch.autograd.grad(loss, leaf)
        return loss.detach(), gradient

    def hvp(self, theta: Tensor, v: Tensor) -> Tensor:
        loss = lambda t: self.function(t).square().sum()  # noqa: E731
        return torch.func.jvp(torch.func.grad(loss), (theta,), (v,))[1]

    @property
    def layers(self) -> tuple[LinearLayer, ...]:
        return self.given_layers

    def layer_factors(
        self, theta: Tensor, residual: Tensor
    ) -> Iterator[tuple[SimpleNamespace, list[Factor]]]:
        values, jacobian = self.residual_and_jacobian(theta)
        residual.copy_(values)
        yield SimpleNamespace(label="eq", kind="eq"), [Factor(0, 0, jacobian.T, None)]

    @property
    def blocks(self) -> tuple[SimpleNamespace, ...]:
        return (SimpleNamespace(label="eq", kind="eq", weight=1.0),)

    def parts_by_law(self, theta: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        return {"eq": self.loss_and_grad(theta)}

    def losses_by_law(self, theta: Tensor) -> dict[str, float]:
        return {"eq": float(self.residual(theta).square().mean().sqrt())}

    def resample(self, seed: int, adaptive: object = None) -> None:
        self.seeds = [*self.seeds, seed]  # a copy of the system has its own

    def at_other_points(self, seed: int) -> Small:
        other = copy.copy(self)
        other.resample(seed)
        return other

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """There is one law."""

    def initial(self, seed: int, model: MlpOptions | None = None) -> Tensor:
        scale = 1.0 if model is None else model.bandwidth
        generator = torch.Generator().manual_seed(seed)
        return scale * torch.randn(self.theta0.shape, generator=generator, dtype=torch.float64)


def steps_of(optimizer: Optimizer, count: int) -> list[Step]:
    """So many steps, or up to the one that ends it."""
    steps: list[Step] = []
    while len(steps) < count and not (steps and steps[-1].ended):
        steps.append(optimizer.step())
    return steps


def vector(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def rosenbrock() -> Small:
    """Two valleys' worth of curvature; the minimum 0 is at (1, 1)."""
    return Small(lambda t: torch.stack((10 * (t[1] - t[0] ** 2), 1 - t[0])), vector(-1.2, 1.0))


def linear(rows: int = 12, columns: int = 5, seed: int = 0) -> tuple[Small, Tensor, Tensor]:
    """r = Aθ − b with A and b."""
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(rows, columns, dtype=torch.float64, generator=generator)
    right = torch.randn(rows, dtype=torch.float64, generator=generator)
    return (
        Small(lambda t: matrix @ t - right, torch.zeros(columns, dtype=torch.float64), linear=True),
        matrix,
        right,
    )


def bad() -> Small:
    """A logarithm that leaves its range: the residual is NaN at the start."""
    return Small(lambda t: torch.log(t - 2.0), vector(1.0, 1.0))


def shallow(width: int = 8) -> Small:
    """A network of one tanh layer fitted to sin(3x) at 40 points."""
    x = torch.linspace(-1, 1, 40, dtype=torch.float64)
    generator = torch.Generator().manual_seed(3)
    start = torch.randn(3 * width, dtype=torch.float64, generator=generator)

    def residual(theta: Tensor) -> Tensor:
        w, b, c = theta.chunk(3)
        return (torch.tanh(x[:, None] * w + b) @ c - torch.sin(3 * x)) / 40**0.5

    return Small(residual, start)


def stepped(optimizer, count):
    """The steps of an optimizer, at most so many, up to the one that ends it."""
    steps = []
    for _ in range(count):
        steps.append(optimizer.step())
        if steps[-1].ended:
            break
    return steps

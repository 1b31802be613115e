r"""What optimizers see of a problem: a residual r(θ), whose square they lower, and its derivatives.

`ResidualSystem` is one; small systems with known answers are others in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, Self

from torch import Tensor

from pdedsl.linalg.layers import Factor, LinearLayer
from pdedsl.linalg.linearisation import PLAIN, Linearisation, Sketch, SparseOrder


class Law(Protocol):
    """What is known of the law to which rows belong."""

    @property
    def label(self) -> str:
        """Its name."""

    @property
    def kind(self) -> str:
        """``eq`` for laws inside domains, else ``bc``, ``ic`` or ``fit``."""

    @property
    def weight(self) -> float:
        """Its w in the loss Σ w mean r²."""


class LeastSquaresProblem(Protocol):
    """r(θ) of shape (N,) for θ of shape (P,); the loss is ‖r‖², weights and means are in r.

    Attributes:
        theta0: the first parameters, shape (P,).
    """

    theta0: Tensor

    @property
    def rows(self) -> int:
        """N."""

    @property
    def parameters(self) -> int:
        """P."""

    @property
    def linear(self) -> bool:
        """Whether r is affine in θ."""

    @property
    def affine_parameters(self) -> Tensor | None:
        """Indices of the last layers, in which r is affine; None where there are none or no others.

        See `variable_projection`.
        """

    @property
    def blocks(self) -> Sequence[Law]:
        """The laws that have rows, with their present weights."""

    @property
    def equations(self) -> Sequence[str]:
        """Labels of those that hold at the points of a domain; the others are conditions."""

    @property
    def layers(self) -> Sequence[LinearLayer]:
        """The linear maps inside the networks, in the order of θ."""

    def residual(self, theta: Tensor) -> Tensor:
        """r, shape (N,)."""

    def residual_and_jacobian(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """R and J = ∂r/∂θ, shape (N, P)."""

    def linearise(
        self, theta: Tensor, normal: bool = False, sketch: Sketch = PLAIN
    ) -> Linearisation:
        """The residual r and J at a state, in coordinates that keep lengths.

        Where ``normal`` is true these may be sums, else they are rows; see `linalg.linearisation`.
        """

    def linearise_sparsely(self, theta: Tensor) -> SparseOrder | None:
        """The residual r and J by rows of few entries; None where they have many."""

    def layer_factors(
        self, theta: Tensor, residual: Tensor
    ) -> Iterator[tuple[Law, Sequence[Factor]]]:
        """The factors of J by layers, some rows at a time, each with its law.

        ``residual``, shape (N,), is filled in: the rows of a part before its factors come.
        """

    def total(self, function: Callable[..., Sequence[Tensor]], *arguments: Any) -> list[Tensor]:
        """The sums over all rows that a function of this problem and the arguments gives.

        Where processes share the rows, each gives the sums over its own, and these are added up.
        """

    def jvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """J v, shape (N,)."""

    def vjp(self, theta: Tensor, w: Tensor) -> Tensor:
        """Jᵀ w, shape (P,)."""

    def gram(self, theta: Tensor) -> Tensor:
        """JᵀJ, shape (P, P)."""

    def kernel(self, theta: Tensor) -> Tensor:
        """JJᵀ, shape (N, N)."""

    def hvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """The Hessian of the loss times v, shape (P,)."""

    def loss(self, theta: Tensor) -> Tensor:
        """‖r‖²."""

    def losses(self, thetas: Tensor) -> Tensor:
        """The loss of several states, shape (k, P) to (k,)."""

    def loss_and_grad(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """‖r‖² and its gradient 2 Jᵀr."""

    def parts_by_law(self, theta: Tensor) -> Mapping[str, tuple[Tensor, Tensor]]:
        """The part of each law in the loss, w mean r², and its gradient, shape (P,).

        They are known already at the state whose gradient was asked for last.
        """

    def traces_by_law(self, theta: Tensor) -> Mapping[str, float]:
        """The mean over the rows of each law of ‖∇r‖², without its weight."""

    def point_losses(self, theta: Tensor) -> Mapping[str, Tensor]:
        """By label the part of each point in the loss, without its weight: shape (n,)."""

    def losses_by_law(self, theta: Tensor) -> Mapping[str, float]:
        """Root mean square of the residual of each law, without weight."""

    def initial(self, seed: int, model: Any = None) -> Tensor:
        """Other first parameters, perhaps by other options of the model."""

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights of laws, by label or kind."""

    def set_point_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Give the points of laws weights by label, shape (n,); those of other laws have none."""

    @property
    def seed(self) -> int:
        """Of the draw of the points."""

    @property
    def times(self) -> Mapping[str, Tensor]:
        """By label the times of the points of equations, shape (n,); empty without time."""

    def resample(self, seed: int, adaptive: Any = None) -> None:
        """Draw other points, in place."""

    def at_other_points(self, seed: int) -> Self:
        """The same problem on another draw of as many points."""

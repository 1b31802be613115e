"""What the DeepXDE problems are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Peer:
    """A problem of the gallery as a user of DeepXDE sets it up.

    Args:
        data: a ``dde.data.PDE`` or ``TimePDE``: laws, conditions, points.
        hidden: widths of the hidden layers.
        inputs: number of inputs, time the last one.
        outputs: the spec's names of the network's outputs.
        activation: of the hidden layers.
        weights: of the losses, laws first; None for ones.
        transform: of inputs and outputs, for conditions that hold exactly; or None.
    """

    data: Any
    hidden: list[int]
    inputs: int = 2
    outputs: tuple[str, ...] = ("u",)
    activation: str = "tanh"
    weights: list[float] | None = None
    transform: Callable[[Tensor, Tensor], Tensor] | None = None


Setup = Callable[[Any], Peer]  # of the library


def everywhere(_: Any, on: bool) -> bool:
    """The whole boundary, or the whole initial time."""
    return on


def second(dde: Any, y: Tensor, x: Tensor, axis: int, component: int = 0) -> Tensor:
    """∂²y_component/∂x_axis², shape (n, 1)."""
    return dde.grad.hessian(y, x, component=component, i=axis, j=axis)


def strip(dde: Any, left: float, right: float, end: float = 1.0) -> Any:
    """[left, right] × [0, end] of x and t."""
    interval = dde.geometry.Interval(left, right)
    return dde.geometry.GeometryXTime(interval, dde.geometry.TimeDomain(0, end))


def slope_at_start(dde: Any, geometry: Any) -> Any:
    """u_t = 0 at t = 0."""
    return dde.icbc.OperatorBC(
        geometry,
        lambda x, y, _: dde.grad.jacobian(y, x, i=0, j=1),
        lambda x, _: dde.utils.isclose(x[1], 0),
    )


def periodic(dde: Any, geometry: Any, orders: int) -> list[Any]:
    """u and its derivatives in x below an order (1, 2 or 3) agree at both ends."""
    found = [
        dde.icbc.PeriodicBC(geometry, 0, everywhere, derivative_order=order)
        for order in range(min(orders, 2))
    ]

    class PeriodicCurvature(dde.icbc.PeriodicBC):  # type: ignore[misc,name-defined]
        """Order 2, which the class of DeepXDE does not have."""

        def error(
            self, X: Any, inputs: Tensor, outputs: Tensor, beg: int, end: int, aux: Any = None
        ) -> Tensor:
            middle = beg + (end - beg) // 2
            values = second(dde, outputs, inputs, 0)
            return values[beg:middle] - values[middle:end]

    return [*found, PeriodicCurvature(geometry, 0, everywhere)] if orders > 2 else found

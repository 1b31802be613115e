r"""Jets of any function that torch can differentiate, by repeated differentiation in reverse mode.

.. math:: D^{α + e_i} u_c(x_n) = \frac{∂}{∂x_{ni}} \sum_m D^α u_c(x_m)

holds where row n of the result depends on point n alone. One pass gives the derivatives along
all axes. Passes grow with the derivative, so that jets by rules (see `jet_table`) are quicker.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd import forward_ad

from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import MultiIndex, factorial_of


def module_jet(
    function: Callable[[Tensor], Tensor], points: Tensor, table: JetTable, anchor: Tensor
) -> Tensor:
    """The jet of a function.

    Args:
        function: from points (n, d) to values (n, outputs), row by row.
        points: shape (n, d).
        table: the channels.
        anchor: parameters of the function. The result hangs on them even where its values do
            not, as every jet of a model does.

    Returns:
        Shape (channels, n, outputs).
    """
    rows = table.taylor_rows()
    indices = list(dict.fromkeys(alpha for row in rows for alpha in row))
    with torch.enable_grad():
        leaf = points.detach().requires_grad_()
        columns = []
        for column in function(leaf).unbind(-1):
            found = _Derivatives(column, leaf)
            columns.append(torch.stack([found(alpha) / factorial_of(alpha) for alpha in indices]))
        values = torch.stack(columns, dim=-1) + 0 * anchor.sum()
        place = {alpha: i for i, alpha in enumerate(indices)}
        jet = torch.stack([
            torch.stack([w * values[place[a]] for a, w in row.items()]).sum(dim=0) for row in rows
        ])  # fmt: skip
    followed = torch.is_grad_enabled() and anchor.requires_grad
    dual = forward_ad.unpack_dual(anchor).tangent is not None  # detached, it would be lost
    return jet if followed or dual else jet.detach()


class _Derivatives:
    """Derivatives of one output, each from that of one order less."""

    def __init__(self, value: Tensor, points: Tensor) -> None:
        self._points = points
        self._values: dict[MultiIndex, Tensor] = {(0,) * points.shape[1]: value}
        self._slopes: dict[MultiIndex, Tensor] = {}

    def __call__(self, index: MultiIndex) -> Tensor:
        if index not in self._values:
            axis = max(i for i, order in enumerate(index) if order)
            below = (*index[:axis], index[axis] - 1, *index[axis + 1 :])
            self._values[index] = self._slope(below)[:, axis]
        return self._values[index]

    def _slope(self, index: MultiIndex) -> Tensor:
        if index not in self._slopes:
            value = self(index)
            slope = None
            if value.requires_grad:
                (slope,) = torch.autograd.grad(
                    value.sum(), self._points, create_graph=True, allow_unused=True
                )
            self._slopes[index] = torch.zeros_like(self._points) if slope is None else slope
        return self._slopes[index]

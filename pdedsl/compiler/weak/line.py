r"""Test functions along one axis, on elements: their values at nodes, and their jumps at edges.

On an axis with edges e_0 < … < e_m the functions V_i are those of `test_functions` on each element,
and hats at edges. With nodes x_q and weights ω_q of a quadrature on every element,

.. math:: W^{(b)}_{iq} = ω_q V_i^{(b)}(x_q), \qquad
          E^{(b)}_{ik} = V_i^{(b)}(e_k^-) - V_i^{(b)}(e_k^+),

where V_i is 0 outside: E is what integration by parts on all elements leaves at the edges, of a
flux that is continuous.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import line_rule, lobatto_rule

from .test_functions import bubbles, hat

_ENDS = np.array([-1.0, 1.0])


@dataclass(frozen=True)
class Line:
    """One axis; see the module docstring.

    Args:
        edges: e_0 < … < e_m.
        kind: of the functions that vanish at the ends of an element.
        count: number of these for an element.
        hats: numbers of the edges with a hat.
        periodic: whether the hat at the last edge is that at the first, and goes on there.
        nodes: number of nodes of an element.
        lobatto: whether ends of elements are nodes.
    """

    edges: tuple[float, ...]
    kind: str
    count: int
    hats: tuple[int, ...]
    periodic: bool
    nodes: int
    lobatto: bool = False

    @property
    def elements(self) -> int:
        """M."""
        return len(self.edges) - 1

    @property
    def functions(self) -> int:
        """Number of functions V_i: those of the first element first, the hats last."""
        return self.elements * self.count + len(self.hats)

    @cached_property
    def rule(self) -> tuple[Array, Array]:
        """Nodes x_q, those of the first element first, and weights ω_q, both of shape (m·n,)."""
        lengths = np.diff(self.edges)
        unit, weights = self._unit
        x = np.asarray(self.edges[:-1])[:, None] + lengths[:, None] * unit
        if self.lobatto:
            # A coefficient that jumps at an edge has the value of the element at its nodes.
            x[1:, 0] = np.nextafter(x[1:, 0], x[1:, 1])
            x[:-1, -1] = np.nextafter(x[:-1, -1], x[:-1, 0])
        return x.ravel(), np.outer(lengths, weights).ravel()

    def norms(self, order: int) -> Array:
        """‖V_i^(order)‖ in L² of all elements, shape (functions,)."""
        exact = Line(self.edges, self.kind, self.count, self.hats, self.periodic, self.count + 20)
        _, weights = exact.rule
        values = exact.values(order)
        return np.sqrt(np.asarray((values.multiply(values)) @ weights).ravel())

    def values(self, order: int) -> sparse.csr_matrix:
        """V_i^(order) at the nodes, shape (functions, m·n)."""
        n = self.nodes
        return self._matrix(2 * self._unit[0] - 1, order, self.elements * n, n)

    def table(self, order: int) -> sparse.csr_matrix:
        """W, shape (functions, m·n)."""
        return self.values(order).multiply(self.rule[1]).tocsr()

    def jumps(self, order: int) -> sparse.csr_matrix:
        """E, shape (functions, m + 1), without entries that are rounding."""
        found = self._matrix(_ENDS, order, self.elements + 1, 1, outward=True)
        scale = abs(self.values(order)).max()
        found.data[abs(found.data) < 1e-12 * scale] = 0.0
        found.eliminate_zeros()
        return found

    @property
    def _unit(self) -> tuple[Array, Array]:
        return lobatto_rule(self.nodes) if self.lobatto else line_rule(self.nodes, False)

    def _matrix(
        self, xi: Array, order: int, columns: int, stride: int, outward: bool = False
    ) -> sparse.csr_matrix:
        """Derivatives at points ξ of every element, whose columns begin ``stride`` apart."""
        signs = _ENDS if outward else np.ones_like(xi)
        out = np.zeros((self.functions, columns))
        for element, rows, values in self._pieces(xi, order):
            for row, value in zip(rows, values, strict=True):
                at = slice(element * stride, element * stride + len(xi))
                out[row, at] += signs * value
        return sparse.csr_matrix(out)

    def _pieces(self, xi: Array, order: int) -> Iterator[tuple[int, list[int], Array]]:
        """For each element the functions that live on it, and their derivatives at ξ."""
        own = bubbles(self.kind, self.count, xi, order) if self.count else np.empty((0, len(xi)))
        for element, length in enumerate(np.diff(self.edges)):
            rows = [element * self.count + k for k in range(self.count)]
            found = [*own]
            for number, edge in enumerate(self.hats, start=self.elements * self.count):
                for side in self._sides(edge, element):
                    rows.append(number)
                    found.append(hat(side, xi, order))
            yield element, rows, (2 / length) ** order * np.array(found).reshape(-1, len(xi))

    def _sides(self, edge: int, element: int) -> Sequence[int]:
        """Where the edge lies on an element: 1 for its upper end, −1 for its lower one."""
        last = self.periodic and edge == 0 and element == self.elements - 1
        upper = [1] if edge == element + 1 or last else []
        return upper + ([-1] if edge == element else [])

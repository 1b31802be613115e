r"""Laws as integrals against products of test functions on elements.

With the test functions :math:`v_i = \prod_j V_{i_j}(x_j)` of a product of `Line`, and the weak form
of `transforms.weak`, a residual R has the rows

.. math:: r_i = \sqrt{N/|Ω|}\; \frac{1}{‖v_i‖} \Bigl( \sum_β \int ρ_β\, ∂^β v_i
          + \sum_{j,β} \sum_{e} \int_{x_j = e} σ_{jβ}\, [∂^β v_i]_e \Bigr),

with integrals by the quadrature of the lines, the jumps [·] at edges e of elements, where a flux is
that of the model, or that of the spec on the boundary. Divided by their norms in L² the v_i make
r_i √(|Ω|/N) the coefficients of R, so that the mean of r² is about that of R²: weights mean the
same as for points, and rows of all elements have a comparable size.

Where a flux jumps, R of a model without a kink there is no function, and has no norm in L²: more
functions would keep the flux from jumping rather than find u (for −(a u')' = 1 with a jump of a
from 1 to 10, u at the jump was wrong by 51, 68 and 80 % with polynomials of degree 10, 20 and 40).
The norm of the v_i then holds their derivatives that the form has too, which measures R in a dual
space such as H⁻¹ (39, 28 and 22 %).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import prod, sqrt

import numpy as np
import sympy as sp
from scipy import sparse

from pdedsl.calculus.operator import MultiIndex
from pdedsl.compiler.residual.law_integrals import LawIntegrals
from pdedsl.geometry import place_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import product_rule
from pdedsl.ir import Law, Problem, kinks_of
from pdedsl.models import MisfitError
from pdedsl.sema.jumps.unseen_fluxes import unseen_fluxes
from pdedsl.transforms.weak.orders import order_of
from pdedsl.transforms.weak.weak_form import WeakRow

from .elements import edges_of
from .line import Line
from .options import FormOptions

LARGEST = 30_000_000
"""Entries of the matrix of a law; beyond that it is refused."""


def law_integrals(
    problem: Problem,
    law: Law,
    rows: Sequence[WeakRow],
    options: FormOptions,
    breaks: Mapping[str, Sequence[float]],
    needed: Mapping[str, int],
) -> LawIntegrals:
    """The integrals of one law; see the module docstring.

    Args:
        problem: with the law.
        law: the law.
        rows: its weak form.
        options: the elements and test functions.
        breaks: name of an input to further edges along it.
        needed: name of an input to the number of functions that the model has along it.

    Raises:
        MisfitError: there is no test function, or there are too many, or edges lie outside.
    """
    bounds = place_bounds(problem, law.place)
    kinks = kinks_of(problem, [row.residual for row in rows], bounds)
    edges = [
        edges_of(options, s.name, bounds[s], [*kinks[s], *breaks.get(s.name, ())]) for s in bounds
    ]
    volume = prod(upper - lower for lower, upper in bounds.values())
    circles = _periodic(problem, law)
    grid, parts = None, []
    for row in rows:
        lines = [
            _line(options, row, axis, own, axis in circles, needed.get(axis.name, 0))
            for axis, own in zip(bounds, edges, strict=True)
        ]
        _check(lines, row)
        grid = grid or _Grid(lines)
        parts.append(_row_matrices(problem, lines, row, grid))
    assert grid is not None
    count = sum(prod(line.functions for line in part.lines) for part in parts)
    rough = any(flux.law.label == law.label for flux in unseen_fluxes(problem))
    made = [
        part.scaled(sqrt(count / volume), [*row.form.interior] if rough else [])
        for part, row in zip(parts, rows, strict=True)
    ]
    integrands = tuple(dict.fromkeys(e for part in made for e in part))
    blocks = [[part.get(e) for e in integrands] for part in made]
    return _by_elements(integrands, grid, blocks)


def _periodic(problem: Problem, law: Law) -> set[sp.Symbol]:
    """The inputs in which all fields of a law are periodic."""
    used = {a.func for r in law.residuals for a in r.atoms(sp.core.function.AppliedUndef)}
    fields = [c for c in problem.components if c.func in used]
    return set.intersection(*(set(problem.periodic_axes(c)) for c in fields))


def _line(
    options: FormOptions,
    row: WeakRow,
    axis: sp.Symbol,
    edges: tuple[float, ...],
    periodic: bool,
    needed: int,
) -> Line:
    """The test functions of a residual along an axis.

    Raises:
        MisfitError: there is none, or there are fewer than the model needs.
    """
    elements = len(edges) - 1
    hats = _hats(options, row, axis, elements, periodic)
    # Without the hats of fluxes, so that all residuals of a law have the same nodes.
    inner = elements - (not periodic) if options.crosses else 0
    least = -(-(needed - inner) // elements)
    tests = options.tests_of(axis.name, least)
    line = Line(
        edges, options.functions, tests, hats, periodic, options.nodes_of(axis.name, tests),
        options.quadrature == "lobatto",
    )  # fmt: skip
    # Conditions at the ends make up for as many functions as the order says.
    conditions = max(order_of(row.residual, axis), 0)
    if line.functions and line.functions + conditions >= needed:
        return line
    mend = f"form.per_element = {least}"
    if options.functions == "hat":
        mend = f"form.elements = {max(needed, 2)}"
    raise MisfitError(
        f"form: {line.functions} test functions along {axis} leave some of {max(needed, 1)} "
        f"functions of the model free; write {mend} or more"
    )


def _hats(
    options: FormOptions, row: WeakRow, axis: sp.Symbol, last: int, periodic: bool
) -> tuple[int, ...]:
    """Numbers of the edges of an axis that have a hat."""
    hats = set(range(0 if periodic else 1, last) if options.crosses else ())
    hats |= {0 if f.face.side < 0 else last for f in row.fluxes if f.face.axis == axis}
    return tuple(sorted(hats))


def _check(lines: list[Line], row: WeakRow) -> None:
    """Refuse a matrix that would be too large."""
    each = prod((line.count + 2) * line.nodes * line.elements for line in lines)
    terms = len(row.form.interior) + len(row.form.boundary)
    if each * terms > LARGEST:
        raise MisfitError(
            f"form: {prod(line.functions for line in lines):,} test functions and "
            f"{prod(line.nodes * line.elements for line in lines):,} nodes of {row.label} are too "
            f"many; {_mend(lines, terms)}"
        )


def _mend(lines: list[Line], terms: int) -> str:
    """Options of a matrix that is small enough."""
    d = len(lines)
    for tests in range(max(line.count for line in lines), 0, -1):
        if ((tests + 2) * (tests + 2)) ** d * terms <= LARGEST:
            return (
                f"write form.elements = 1, form.per_element = {tests} and form.nodes = {tests + 2}"
            )
    return "write form.kind = strong"


class _Grid:
    """The points of a product of lines: its nodes, then the faces x_j = e for each axis j.

    Attributes:
        points: shape (n, inputs).
        sizes: number of nodes, and of points of the faces of each axis.
        element: the number of the element that a node lies in; one number more for all faces.
    """

    def __init__(self, lines: list[Line]) -> None:
        rules = [line.rule for line in lines]
        blocks = [product_rule(rules)[0]]
        for j, line in enumerate(lines):
            ends = np.asarray(line.edges)
            on_face = [*rules[:j], (ends, np.ones_like(ends)), *rules[j + 1 :]]
            blocks.append(product_rule(on_face)[0])
        self.points = np.concatenate(blocks)
        self.sizes = [len(block) for block in blocks]
        inside = np.zeros((), dtype=np.int64)
        for line in lines:
            own = np.arange(line.elements * line.nodes) // line.nodes
            inside = np.add.outer(inside * line.elements, own)
        last = prod(line.elements for line in lines)
        faces = np.full(sum(self.sizes[1:]), last)
        self.element = np.concatenate([inside.ravel(), faces])

    def spread(self, block: int, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """A matrix on one block of points as one on all of them."""
        before, after = sum(self.sizes[:block]), sum(self.sizes[block + 1 :])
        sides = [sparse.csr_matrix((matrix.shape[0], n)) for n in (before, after)]
        return sparse.hstack([sides[0], matrix, sides[1]], format="csr")


@dataclass
class _RowMatrices:
    """Integrand to its matrix on all points, for one residual."""

    lines: list[Line]
    found: dict[sp.Expr, sparse.csr_matrix] = field(default_factory=dict)

    def add(self, integrand: sp.Expr, matrix: sparse.csr_matrix) -> None:
        if integrand == 0 or not matrix.nnz:
            return
        sign = -1 if integrand.could_extract_minus_sign() else 1
        integrand, matrix = sign * integrand, sign * matrix
        known = self.found.get(integrand)
        self.found[integrand] = matrix if known is None else known + matrix

    def scaled(
        self, factor: float, derivatives: Sequence[MultiIndex]
    ) -> dict[sp.Expr, sparse.csr_matrix]:
        """All of it for test functions of the norm 1, times a factor.

        Args:
            factor: of all rows.
            derivatives: those that the norm holds beside the function itself.
        """
        values = (0,) * len(self.lines)
        norms = sum(self._norms(beta) ** 2 for beta in {values, *derivatives}) ** 0.5
        scale = sparse.diags(factor / norms)
        return {e: (scale @ matrix).tocsr() for e, matrix in self.found.items()}

    def _norms(self, beta: MultiIndex) -> Array:
        """‖∂^β v_i‖ in L² of all elements, shape (functions,)."""
        lines = zip(self.lines, beta, strict=True)
        return reduce(lambda a, b: np.outer(a, b).ravel(), [x.norms(b) for x, b in lines])


def _row_matrices(problem: Problem, lines: list[Line], row: WeakRow, grid: _Grid) -> _RowMatrices:
    out = _RowMatrices(lines)
    for beta, expression in row.form.interior.items():
        tables = [line.table(b) for line, b in zip(lines, beta, strict=True)]
        out.add(problem.substitute(expression), grid.spread(0, _product(tables)))
    for (axis, beta), expression in row.form.boundary.items():
        given = [f for f in row.fluxes if f.axis == axis and not any(beta)]
        jumps = lines[axis].jumps(beta[axis]).tolil()
        for flux in given:
            end = 0 if flux.face.side < 0 else lines[axis].elements
            column = sparse.lil_matrix(jumps.shape)
            column[:, end] = flux.face.side * jumps[:, end]
            jumps[:, end] = 0
            on_face = _on_face(lines, axis, beta, column)
            out.add(problem.substitute(flux.flux), grid.spread(1 + axis, on_face))
        on_face = _on_face(lines, axis, beta, jumps)
        out.add(problem.substitute(expression), grid.spread(1 + axis, on_face))
    return out


def _on_face(
    lines: list[Line], axis: int, beta: MultiIndex, jumps: sparse.lil_matrix
) -> sparse.csr_matrix:
    tables = [line.table(b) for line, b in zip(lines, beta, strict=True)]
    return _product([*tables[:axis], jumps.tocsr(), *tables[axis + 1 :]])


def _product(tables: list[sparse.csr_matrix]) -> sparse.csr_matrix:
    return reduce(lambda a, b: sparse.kron(a, b, format="csr"), tables)


def _by_elements(
    integrands: tuple[sp.Expr, ...], grid: _Grid, blocks: list[list[sparse.csr_matrix | None]]
) -> LawIntegrals:
    """The integrals at the points at which some integrand has a weight, element by element."""
    matrix = sparse.bmat(blocks, format="csc")
    busy = np.flatnonzero(np.diff(matrix.indptr).reshape(len(integrands), -1).sum(axis=0))
    busy = busy[np.argsort(grid.element[busy], kind="stable")]
    columns = (np.arange(len(integrands))[:, None] * len(grid.points) + busy).ravel()
    ends = np.flatnonzero(np.diff(grid.element[busy])) + 1
    groups = (*map(int, ends), len(busy))
    return LawIntegrals(integrands, grid.points[busy], matrix[:, columns].tocsr(), groups)

r"""Linear systems of ordinary differential equations u' = M u + f with a constant matrix.

With the one-sided Lipschitz constant ω = λ_max((M + Mᵀ)/2), d/dt |e| ≤ ω |e| + |r|, so that

.. math:: |e(t)| ≤ e^{ωt} |e(0)| + ∫_0^t e^{ω(t-s)} |r(s)| ds

(Dahlquist 1958), and over all times the same as of `parabolic` with μ = −ω. The bound is of the
square root of the sum of the squares of all fields, and so of each of them.
"""

from __future__ import annotations

import math

import numpy as np
import sympy as sp

from pdedsl.estimates.bounds.approximation import Approximation, Misfit
from pdedsl.estimates.bounds.bound import UnprovedError
from pdedsl.estimates.bounds.linear_laws import constant as number
from pdedsl.estimates.bounds.linear_laws import linear_terms
from pdedsl.estimates.bounds.norms_above import Norm, l2_norm
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem, Slice

from .parabolic import check_growth, of_source, of_start
from .proof import Proof

_ROUNDING = 1e-14  # of the entries of M, that its eigenvalues are known to


def linear_system(problem: Problem, solution: Approximation) -> Proof:
    """The bound of fields of time alone; see the module docstring.

    Raises:
        UnprovedError: a hypothesis is not met, or not known to be.
    """
    if problem.time is None or problem.domains:
        raise UnprovedError("the fields do not depend on time alone")
    matrix, residuals = _first_order(problem)
    ((low, high),) = hull_bounds(problem).values()
    growth, duration = _one_sided(matrix), high - low
    check_growth(growth * duration)
    residual = _together([l2_norm(solution, own) for own in residuals])
    first = _together([l2_norm(solution, own) for own in _initial(problem)])
    constant, of_first = of_source(-growth, duration), of_start(-growth, duration)
    text = (
        f"‖e‖ ≤ κ ‖r‖ + ν |e(0)|, κ = {constant:.4g}, ν = {of_first:.4g}, "
        f"growth ω = λ_max((M + Mᵀ)/2) = {growth:.4g}"
    )
    of_conditions = of_first * first.upper
    return Proof("linear system", text, constant, residual, of_conditions, first.proved)


def _first_order(problem: Problem) -> tuple[sp.Matrix, list[Misfit]]:
    """M, and the residuals of u' − M u − f, from equations E u' + N u + g = 0."""
    laws = [law for law in problem.laws if law.kind == "eq"]
    if not all(isinstance(law.place, Interior) for law in laws):
        raise UnprovedError("a condition holds elsewhere than at the first time")
    rows = [linear_terms(problem, residual) for law in laws for residual in law.residuals]
    fields = problem.components
    if len(rows) != len(fields) or any(a.keys() - {(0,), (1,)} for row, _ in rows for a in row):
        raise UnprovedError("the equations are not a system of first order in time")
    parts = [sp.Matrix([[a.get((k,), 0) for a in row] for row, _ in rows]) for k in (1, 0)]
    if any(part.free_symbols for part in parts) or parts[0].det() == 0:
        raise UnprovedError("the coefficients of the system are not constant")
    inverse = parts[0].inv()
    matrix = -inverse * parts[1]
    known = inverse * sp.Matrix([g for _, g in rows])
    box = hull_bounds(problem)
    return matrix, [
        Misfit(
            {(u, (1,)): sp.S.One} | {
                (v, (0,)): -matrix[i, j] for j, v in enumerate(fields) if matrix[i, j] != 0
            },
            known[i], box,
        ) for i, u in enumerate(fields)
    ]  # fmt: skip


def _initial(problem: Problem) -> list[Misfit]:
    """Misfits of all fields at the first time."""
    assert problem.time is not None
    start = problem.number(problem.time.lower)
    found: dict[sp.Expr, Misfit] = {}
    for law in problem.laws:
        if law.kind == "eq":
            continue
        if not isinstance(law.place, Slice) or problem.number(law.place.fixed[0][1]) != start:
            raise UnprovedError("a condition holds elsewhere than at the first time")
        for residual in law.residuals:
            row, known = linear_terms(problem, residual)
            used = [(u, a) for u, a in zip(problem.components, row, strict=True) if a]
            if len(used) != 1 or used[0][1].keys() != {(0,)}:
                raise UnprovedError("an initial condition is not about one field")
            ((u, own),) = used
            data = known / number(own[0,])
            box = {problem.time.symbol: (start, start)}
            found[u] = Misfit({(u, (0,)): sp.S.One}, data, box)
    if found.keys() != set(problem.components):
        raise UnprovedError("a field has no initial value")
    return list(found.values())


def _one_sided(matrix: sp.Matrix) -> float:
    """At least the largest eigenvalue of the symmetric part."""
    values = np.array(matrix.tolist(), dtype=np.float64)
    size = float(np.abs(values).sum())
    return float(np.linalg.eigvalsh((values + values.T) / 2)[-1]) + _ROUNDING * size


def _together(norms: list[Norm]) -> Norm:
    """The norm of a vector from those of its components."""
    value = math.hypot(*(own.value for own in norms))
    upper = math.hypot(*(own.upper for own in norms))
    return Norm(value, upper - value, all(own.proved for own in norms))

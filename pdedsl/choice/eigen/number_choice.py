r"""A basis for laws with an unknown number and no data, such as an eigenvalue and its function.

With the number E at its guess the laws are linear in the fields. Those that hold for u = 0 are a
homogeneous system :math:`A(E) u = 0`, which has solutions for eigenvalues alone. Where A is affine
in one number they are found together (`pencil`), and the next one to the guess is taken; else the
singular vector of A(E) with the least singular value is near its function (one step of inverse
iteration; Golub and Van Loan, Matrix Computations, 2013, 7.6). It is scaled to what the other laws
ask for, such as :math:`\int u^2 = 1`. Without such laws, or where they are linear, the fields are
those of least squares at the guess. From there all laws are solved for fields and number together
by Newton's method, in larger and larger bases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.basis.row_levels import worst_row_level
from pdedsl.choice.basis.trial_method import basis_method, functions_of
from pdedsl.choice.choice import Choice
from pdedsl.choice.growing import best_of_growing, degrees
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.diagnostics import Diagnostic, UserError
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from pdedsl.linalg.least_squares import least_squares
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.settings.method import Method

from .independent import independent_parts, joint_state
from .pencil import Eigenpair, eigenpairs
from .tuning import EIGEN

_MOST_INPUTS = 2  # for a dense matrix of singular values
_SAME = 1e-6  # 1 − cosine of the coefficients of two functions that are one, a choice
_RANK = 1e-10  # singular values of conditions that are zero, over the largest


def cannot_pair(problem: Problem) -> str | None:
    """Why no basis is tried for the unknown numbers of a problem, or None where it can be."""
    if not problem.numbers:
        return "no number is unknown"
    if any(law.kind == "fit" for law in problem.laws):
        return "numbers are fitted to data"
    if problem.time is not None or len(problem.domains) != 1:
        return "the problem is not steady on one domain"
    if len(problem.inputs) > _MOST_INPUTS:
        return "there are too many inputs"
    return None


def refuse_modes(problem: Problem, how: str) -> None:
    """Refuse further eigenpairs (E901) for a method that would find any, or one twice.

    Args:
        problem: whose modes are not found.
        how: why not, and what to do.
    """
    number = next((number for number in problem.numbers if number.modes > 1), None)
    if number is not None:
        message = f"the {number.modes} modes of {number.symbol.name} are not found"
        raise UserError([Diagnostic("E901", message, number.span, how)], problem.source)


def number_choice(
    lowered: LoweredProblem,
    weights: Mapping[str, float],
    allowance: Allowance,
    notify: Callable[[str], None] | None = None,
) -> Choice | None:
    """A basis with its coefficients and numbers, or None where none resolves the solution.

    Args:
        lowered: a problem of which `cannot_pair` says nothing.
        weights: of the conditions in the loss.
        allowance: of all trials.
        notify: called with a text about every trial.
    """
    problem = lowered.problem
    parts = [lower(part) for part in independent_parts(problem)]

    def solve(degree: int, _best: _Pair | None) -> _Pair:
        pairs = []
        for part in parts:
            allowance.check()
            pairs.append(_try(part, (degree,) * len(problem.inputs), weights))
        pair = pairs[0] if len(pairs) == 1 else _together(lowered, pairs, weights)
        if notify is not None:
            notify(f"a basis of {pair.size} functions leaves a residual of {pair.level:.0e}")
        return pair

    def functions(degree: int) -> int:
        modes = (degree,) * len(problem.inputs)
        return max(functions_of(part.problem, modes) for part in parts)

    sizes = degrees(EIGEN.first_degree, EIGEN.growth, functions, EIGEN.most_functions)
    best = best_of_growing(sizes, solve, EIGEN.fall, EIGEN.patience, EIGEN.rounding, again=1)
    if best is None or not best.level <= EIGEN.resolved:
        return None
    numbers = ", ".join(n.symbol.name for n in problem.numbers)
    left = "only rounding" if best.level <= EIGEN.rounding else f"{best.level:.0e}"
    why = (
        f"an unknown number without data: {best.size} polynomials leave {left} of the residual "
        f"after steps of Newton's method for the fields together with {numbers}, from the guess"
    )
    if best.others:
        next_ones = ", ".join(f"{value:.6g}" for value in best.others)
        nearest = "it is the" if len(parts) == 1 else f"they are the {len(parts)}"
        why += f"; of the eigenvalues {nearest} nearest to the guess, the next ones are {next_ones}"
    return Choice(best.method, why, best.theta)


@dataclass(frozen=True)
class _Pair:
    """Fields and numbers in one basis.

    Args:
        method: the basis.
        system: the laws in it.
        size: functions of all components.
        theta: coefficients and raw numbers.
        level: part of the residual of u = 0 that is left; infinite where no pair is resolved.
        others: the next eigenvalues, where they were found together.
    """

    method: Method
    system: ResidualSystem
    size: int
    theta: Tensor
    level: float
    others: tuple[float, ...] = ()


def _try(lowered: LoweredProblem, modes: tuple[int, ...], weights: Mapping[str, float]) -> _Pair:
    method = basis_method(lowered.problem, modes, weights)
    system = _system(lowered, method, method.sampling.kind, {})
    start, others = _start(system)
    size = functions_of(lowered.problem, modes)
    if start is None:
        return _Pair(method, system, size, system.theta0, math.inf)
    method = method.model_copy(update={"weights": _balanced(system, start) | dict(weights)})
    system = _system(lowered, method, method.sampling.kind, {})
    zero = _zero(system)
    first = float(system.loss(zero))
    steps = Limits(EIGEN.steps, EIGEN.rounding**2 * first, progress=EIGEN.progress)
    newton = Descent(LeastSquares(system, LstsqOptions(), start), steps).run()
    points = dict.fromkeys(method.sampling.points, EIGEN.check_points)
    elsewhere = _system(lowered, method, "sobol", points)
    left = math.sqrt(newton.loss / first) if first else math.inf
    level = max(left, worst_row_level(elsewhere, newton.theta))
    return _Pair(method, system, size, newton.theta, level, others)


def _together(
    lowered: LoweredProblem, pairs: Sequence[_Pair], weights: Mapping[str, float]
) -> _Pair:
    """The pairs of independent parts as one of the whole problem, in the same basis."""
    own = {label: weight for pair in pairs for label, weight in pair.method.weights.items()}
    method = pairs[0].method.model_copy(update={"weights": own | dict(weights)})
    system = _system(lowered, method, method.sampling.kind, {})
    theta = joint_state(system, [(pair.system, pair.theta) for pair in pairs])
    level = math.inf if _are_one(pairs) else max(pair.level for pair in pairs)
    size = sum(pair.size for pair in pairs)
    return _Pair(method, system, size, theta, level, pairs[-1].others)


def _are_one(pairs: Sequence[_Pair]) -> bool:
    """Whether Newton's method came to one function, of either sign, from two starts."""
    fields = [pair.theta[: pair.system.ansatz.numbers_at] for pair in pairs]
    return any(
        float((one @ other).abs()) > (1 - _SAME) * float(one.norm() * other.norm())
        for one, other in combinations(fields, 2)
    )


def _system(
    lowered: LoweredProblem, method: Method, kind: str, points: Mapping[str, int]
) -> ResidualSystem:
    return build(lowered, method.model, points or method.sampling.points, kind, method.weights)


def _zero(system: ResidualSystem) -> Tensor:
    """Fields that are zero, and the guesses of the numbers."""
    zero = system.theta0.clone()
    zero[: system.ansatz.numbers_at] = 0
    return zero


def _balanced(system: ResidualSystem, theta: Tensor) -> dict[str, float]:
    """Label to the weight with which all laws have rows of one length, whatever their units are."""
    _, jacobian = system.residual_and_jacobian(theta)
    fields = jacobian[:, : system.ansatz.numbers_at]
    sizes = {b.label: float(fields[b.rows].square().sum()) / b.weight for b in system.blocks}
    return {label: 1 / size for label, size in sizes.items() if 0 < size < math.inf}


def _start(system: ResidualSystem) -> tuple[Tensor | None, tuple[float, ...]]:
    """Fields and numbers to begin with, see the module docstring, and the next eigenvalues.

    None where eigenvalues are found together and the basis resolves none.
    """
    theta, count = _zero(system), system.ansatz.numbers_at
    residual, jacobian = system.residual_and_jacobian(theta)
    fields = jacobian[:, :count]
    homogeneous = [b for b in system.blocks if not residual[b.rows].any()]
    others = [b.rows for b in system.blocks if residual[b.rows].any()]
    asked = max((number.modes for number in system.problem.numbers), default=1)
    if asked == 1 and any(fields[rows].any() for rows in others):
        theta[:count] = least_squares(fields, -residual)
        return theta, ()
    outside = [fields[b.rows] for b in homogeneous if b.kind != "eq"]
    free = _null_space(torch.cat(outside) if outside else fields[:0])
    labels = {b.label for b in homogeneous if b.kind == "eq" and fields[b.rows].any()}
    pairs = _pairs(system, theta, labels, free)
    mode = max((number.mode for number in system.problem.numbers), default=1)
    if len(pairs or []) < mode and (pairs is not None or asked > 1):
        return None, ()
    if pairs:
        theta = _with_number(system, theta, pairs[mode - 1].number)
        theta[:count] = torch.as_tensor(pairs[mode - 1].fields)
    else:
        _, _, vectors = torch.linalg.svd(_inside(system, theta, labels) @ free, full_matrices=False)
        theta[:count] = free @ vectors[-1]
    others_found = tuple(pair.number for pair in (pairs or [])[mode : mode + EIGEN.named])
    return _scaled(system, theta, others), others_found


def _inside(system: ResidualSystem, theta: Tensor, labels: set[str]) -> Tensor:
    """The rows of some laws for the fields, at the numbers of θ."""
    _, jacobian = system.residual_and_jacobian(theta)
    fields = jacobian[:, : system.ansatz.numbers_at]
    return torch.cat([fields[b.rows] for b in system.blocks if b.label in labels])


def _pairs(
    system: ResidualSystem, theta: Tensor, labels: set[str], free: Tensor
) -> list[Eigenpair] | None:
    """Eigenpairs that the basis resolves, the next one to the guess first.

    None where there are several numbers, or the laws are not affine in the one.
    """
    if len(system.ansatz.numbers) != 1:
        return None

    def matrix(value: float) -> Array:
        found: Array = _inside(system, _with_number(system, theta, value), labels).numpy()
        return found

    (number,) = system.ansatz.numbers
    low = -math.inf if number.lower is None else number.lower
    high = math.inf if number.upper is None else number.upper
    guess = number.guess
    apart = min(abs(guess) or 1.0, guess - low, high - guess) / 2
    if not apart > 0:
        return None
    found = eigenpairs(matrix, free.numpy(), guess, apart, high - guess, EIGEN.pair)
    return None if found is None else [pair for pair in found if low < pair.number < high]


def _with_number(system: ResidualSystem, theta: Tensor, value: float) -> Tensor:
    out = theta.clone()
    out[-1] = replace(system.ansatz.numbers[0], guess=value).raw()
    return out


def _scaled(system: ResidualSystem, theta: Tensor, rows: list[slice]) -> Tensor:
    """The multiple of the fields, of all sizes on a grid, that fits best to some rows.

    Of two signs that fit alike it is that of a positive mean, or of the first coefficient that is
    not zero.
    """
    count = system.ansatz.numbers_at
    own = theta[:count]
    sign = float(own[own.abs() > EIGEN.zero * own.abs().max()][0].sign())

    def loss(factor: float) -> float:
        tried = theta.clone()
        tried[:count] *= factor
        residual = system.residual(tried)
        return sum(float(residual[r].square().sum()) for r in rows)

    steps = EIGEN.decades * EIGEN.per_decade
    sizes = [10 ** (k / EIGEN.per_decade) for k in range(-steps, steps + 1)]
    best = min((sign * size for size in sizes), key=loss)
    if not loss(best) <= (1 + EIGEN.zero) * loss(-best):
        best = min((-sign * size for size in sizes), key=loss)
    theta = theta.clone()
    theta[:count] *= best
    return theta


def _null_space(matrix: Tensor) -> Tensor:
    """Orthonormal columns of what a matrix maps to zero, shape (columns, ·)."""
    _, sizes, vectors = torch.linalg.svd(matrix, full_matrices=True)
    rank = int((sizes > _RANK * sizes.max()).sum()) if len(sizes) else 0
    return vectors[rank:].T

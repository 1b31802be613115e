r"""A basis for unknown numbers that data, or more conditions than the fields need, fix.

Numbers are looked for over decades in a small basis (`decades`). From there all laws are solved for
fields and numbers by Newton's method (`number_steps`), in larger and larger bases, until the laws
hold. The rows of data weigh little beside those of laws, so that fields satisfy these and come as
near to the data as they can: with noise the numbers are those of nonlinear regression. They weigh
as much as it takes that what functions leave of the laws does not move the numbers.

Beside hard laws the misfit of data has many minima where fields oscillate. From the guesses data
therefore weigh as much as laws first, so that fields keep to them, and then less and less (Ramsay,
Hooker, Campbell and Cao, J. Royal Statistical Society B 69, 2007).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance, SpentError
from pdedsl.choice.basis.axis_degrees import refined_degrees
from pdedsl.choice.basis.known_degrees import known_degrees
from pdedsl.choice.basis.row_levels import worst_row_level
from pdedsl.choice.basis.trial_method import basis_method, functions_of
from pdedsl.choice.choice import Choice
from pdedsl.choice.eigen.tuning import EIGEN
from pdedsl.choice.growing import best_of_growing
from pdedsl.compiler.evaluation.evaluation import evaluate
from pdedsl.compiler.evaluation.point_batch import PointBatch
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.lowering.planner import plan
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.ir import Problem
from pdedsl.settings.method import Method

from .decades import fields_at, fields_of_data, search_decades
from .law_sizes import of_one_size, sizes_at_guesses, smaller
from .noise_weights import weights_by_noise
from .number_steps import descend, follow
from .resonance import is_resonant
from .trial_values import decades_apart
from .tuning import FITTING

_MOST_INPUTS = len(FITTING.first_degree)  # for dense matrices in every trial of numbers


def cannot_fit(problem: Problem) -> str | None:
    """Why no basis is tried for the numbers of a problem, or None where it can be."""
    if not problem.numbers:
        return "no number is unknown"
    if len(problem.domains) > 1 or any(not d.is_box for d in problem.domains):
        return "the problem is not on one box"
    if len(problem.inputs) > _MOST_INPUTS:
        return "there are too many inputs"
    least, most = FITTING.first_degree[len(problem.inputs) - 1], _most_functions(problem)
    if functions_of(problem, (least,) * len(problem.inputs)) > FITTING.least_part * most:
        return "its fields need too many functions"
    return None


def _most_functions(problem: Problem) -> int:
    return FITTING.most_functions[len(problem.inputs) - 1]


def fit_choice(
    lowered: LoweredProblem,
    weights: Mapping[str, float],
    allowance: Allowance,
    notify: Callable[[str], None] | None = None,
) -> Choice | None:
    """A basis with its coefficients and numbers, or None where none resolves the solution.

    None, too, where all laws that hold for fields of zero leave them free, as for an eigenvalue.
    Arguments as for `choice.eigen.number_choice`.
    """
    fits: list[_Fit] = []

    def solve(modes: tuple[int, ...], best: _Fit | None) -> _Fit:
        allowance.check()
        fit = _try(lowered, modes, weights, best, allowance)
        if notify is not None:
            named = ", ".join(f"{name} = {value:.4g}" for name, value in fit.numbers.items())
            notify(f"a basis of {fit.size} functions with {named} leaves {fit.left:.0e}")
        fits.append(fit)
        return fit

    sizes = _growing(lowered.problem, fits)
    best = best_of_growing(sizes, solve, FITTING.fall, FITTING.patience, EIGEN.rounding)
    unlike = [fit for fit in fits if not fit.explains]
    if best is None and _agree(unlike):
        best = unlike[-1]  # the best that the laws allow, however far from the data
    if best is None or not best.left <= FITTING.resolved:
        return None
    numbers = " and ".join(best.numbers)
    left = "only rounding" if best.left <= EIGEN.rounding else f"{best.left:.0e}"
    why = (
        f"unknown numbers: {numbers} looked for over decades; {best.size} polynomials leave {left} "
        "of the laws after steps of Newton's method for the fields and numbers together"
    )
    return Choice(best.method, why, best.theta)


@dataclass(frozen=True)
class _Fit:
    """Fields and numbers in one basis; see `choice.eigen.number_choice`.

    ``left`` is what is left of the laws that are no data, and ``loss`` that of all; ``explains``
    says whether the fields come nearer to the data than their mean does, ``settled`` whether more
    functions would change nothing beside the noise of the data; see `resonance` for ``resonant``.
    """

    method: Method
    size: int
    theta: Tensor
    left: float
    loss: float
    numbers: dict[str, float]
    explains: bool
    settled: bool
    resonant: bool

    @property
    def level(self) -> float:
        """What is left; laws that hold for constants once all numbers are 0 resolve nothing."""
        return self.left if self.explains else math.inf


def _growing(problem: Problem, fits: Sequence[_Fit]) -> Iterator[tuple[int, ...]]:
    """Degrees of bases, after those of the fits so far, as long as there are not too many.

    Axes grow whose last coefficients are not small; all of them where this is not known, and none
    any more once fits that explain no data agree on the numbers.
    """
    waves = [axis.period is not None for axis in component_axes(problem)[0]]
    alike = all(field.arguments == problem.inputs for field in problem.fields)
    modes, most = _first(problem), _most_functions(problem)
    while functions_of(problem, modes) <= most:
        yield modes
        last = fits[-1]
        if last.settled or _agree([fit for fit in fits if not fit.explains]):
            return
        found = None
        if alike and last.explains:
            fields = last.theta[: len(last.theta) - len(last.numbers)]
            found = refined_degrees(fields, modes, waves, FITTING.growth)
        modes = found or tuple(math.ceil(FITTING.growth * degree) for degree in modes)


def _first(problem: Problem) -> tuple[int, ...]:
    """Degrees that resolve most of the known terms, if they have not too many functions."""
    count = len(problem.inputs)
    least, most = FITTING.first_degree[count - 1], _most_functions(problem)
    try:
        known = known_degrees(problem)
    except ValueError:  # a known term is not smooth
        known = (0,) * count
    modes = tuple(max(least, math.ceil(FITTING.known * degree)) for degree in known)
    return modes if functions_of(problem, modes) <= most else (least,) * count


def _agree(fits: Sequence[_Fit]) -> bool:
    """Whether the last two have the same numbers."""
    if len(fits) < 2:
        return False
    one, other = (np.array(list(fit.numbers.values())) for fit in fits[-2:])
    sizes = np.maximum(np.abs(one), np.abs(other))
    return bool((np.abs(one - other) <= FITTING.alike * sizes).all() and sizes.any())


def _try(
    lowered: LoweredProblem,
    modes: tuple[int, ...],
    weights: Mapping[str, float],
    before: _Fit | None,
    allowance: Allowance,
) -> _Fit:
    method = _with_rows(basis_method(lowered.problem, modes, weights), FITTING.rows_in_search)
    system = _system(lowered, method, method.sampling.kind, {})
    if _fields_are_free(system):
        raise ValueError("the laws leave fields of zero free")
    starts: list[tuple[Tensor, tuple[float, ...]]] = []
    if before is None or before.level > FITTING.again:
        part = allowance.until(FITTING.search)

        def descent(theta: Tensor) -> Tensor:
            own = _balanced(system, theta, FITTING.more_data[-1]) | dict(weights)
            made = method.model_copy(update={"weights": own})
            return descend(_system(lowered, made, made.sampling.kind, {}), theta, part)

        searched = search_decades(system, part, descent)
        starts.append((searched, FITTING.data))
        starts.append((_along_data(system), FITTING.more_data + FITTING.data))
    if before is not None:
        starts.append((_with_numbers(system, before), FITTING.data))
    fits: list[_Fit] = []
    for start, data in starts:
        try:
            fits.append(_solved(lowered, modes, method, start, weights, system, data, allowance))
        except SpentError:
            if not fits:
                raise
    return _best(system, fits)


def _best(system: ResidualSystem, fits: Sequence[_Fit]) -> _Fit:
    """The fit of the least loss, or one that does as well without a resonance, near the guesses."""
    least = min(fits, key=lambda fit: (not fit.explains, fit.loss))
    near = [
        fit for fit in fits
        if fit.explains == least.explains and fit.loss <= FITTING.comparable * least.loss
    ]  # fmt: skip
    calm = [fit for fit in near if not fit.resonant] or near
    most = FITTING.as_well * min(fit.loss for fit in calm)
    alike = [fit for fit in calm if fit.loss <= most]
    return min(alike or [least], key=lambda fit: _from_guesses(system, fit.numbers))


def _from_guesses(system: ResidualSystem, numbers: Mapping[str, float]) -> float:
    """Decades from the guesses: rounding chooses among numbers that do as well."""
    own = system.ansatz.numbers
    return decades_apart(own, list(numbers.values()), [number.guess for number in own])


def _with_rows(method: Method, rows: int) -> Method:
    """The method with so many rows of data, or all, however few points its functions need."""
    points = method.sampling.points | {"fit": rows}
    return method.model_copy(
        update={"sampling": method.sampling.model_copy(update={"points": points})}
    )


def _solved(
    lowered: LoweredProblem,
    modes: tuple[int, ...],
    method: Method,
    start: Tensor,
    given: Mapping[str, float],
    system: ResidualSystem,
    data: Sequence[float],
    allowance: Allowance,
) -> _Fit:
    """Newton's method for fields and numbers, with weights by the terms of each result.

    ``data`` are weights of data beside laws, one after another, as far as the functions satisfy the
    laws: beyond, numbers with which a law is small, such as a rate of 0, would be better. Then the
    weight falls until what is left of the laws would move the numbers.
    """
    theta, laws, misfit, weights = start, 0.0, math.inf, list(data)
    method = _with_rows(method, FITTING.most_rows)
    while weights and laws <= weights[0]:
        weight = weights.pop(0)
        own = _balanced(system, theta, weight)
        method = method.model_copy(update={"weights": own | dict(given)})
        system = _system(lowered, method, method.sampling.kind, {})
        theta = descend(system, theta, allowance)
        for _ in range(FITTING.reweighted if len(weights) == 0 else 0):
            if not (by_noise := weights_by_noise(system, theta)):
                break
            own |= by_noise
            method = method.model_copy(update={"weights": own | dict(given)})
            system = _system(lowered, method, method.sampling.kind, {})
            theta = descend(system, theta, allowance)
        laws, misfit = _parts_of_loss(system, theta)
        misfit /= weight
        if not math.isfinite(laws):
            break
        if not weights and weight > FITTING.hardest:
            floor = _floor(lowered, method, theta, weight)
            least = max(FITTING.softest * floor / max(misfit, 1e-300), FITTING.hardest)
            weights = [least] if least < weight / 2 else []
    kinds = {b.kind for b in system.blocks if b.kind != "fit"}
    elsewhere = _system(lowered, method, "sobol", dict.fromkeys(kinds, EIGEN.check_points))
    numbers = {name: float(value) for name, value in system.numbers(theta).items()}
    level = worst_row_level(elsewhere, theta, kinds, _at_guesses(system, theta))
    loss = laws + FITTING.beside**2 * misfit
    if not math.isfinite(loss):
        level = math.inf
    size = functions_of(lowered.problem, modes)
    explains = _explains(system, theta)
    small = FITTING.softest * max(laws, level**2) <= FITTING.hardest * misfit
    settled = explains and small and level <= FITTING.resolved
    resonant = explains and math.isfinite(loss) and is_resonant(system, theta)
    return _Fit(method, size, theta, level, loss, numbers, explains, settled, resonant)


def _at_guesses(system: ResidualSystem, theta: Tensor) -> Tensor:
    """The fields of θ with the guesses of the numbers, by which laws have another size."""
    count = system.ansatz.numbers_at
    return torch.cat([theta[:count], system.theta0[count:]])


def _floor(lowered: LoweredProblem, method: Method, theta: Tensor, weight: float) -> float:
    """What the functions leave of the laws with these numbers, once data do not pull at them."""
    fits = {law.label for law in lowered.problem.laws if law.kind == "fit"}
    part = FITTING.hardest / weight
    own = {label: w * (part if label in fits else 1.0) for label, w in method.weights.items()}
    hard = method.model_copy(update={"weights": own})
    system = _system(lowered, hard, method.sampling.kind, {})
    return _parts_of_loss(system, follow(system, theta))[0]


def _parts_of_loss(system: ResidualSystem, theta: Tensor) -> tuple[float, float]:
    """The part of the laws, and that of the data."""
    residual, parts = system.residual(theta), {True: 0.0, False: 0.0}
    for block in system.blocks:
        parts[block.kind == "fit"] += float(residual[block.rows].square().sum())
    return parts[False], parts[True]


def _system(
    lowered: LoweredProblem, method: Method, kind: str, points: Mapping[str, int]
) -> ResidualSystem:
    return build(lowered, method.model, points or method.sampling.points, kind, method.weights)


def _explains(system: ResidualSystem, theta: Tensor) -> bool:
    """Whether fields come nearer to the data than their mean does."""
    residual, values = system.residual(theta), system.residual(_without_fields(system, theta))
    parts = []
    for block in system.blocks:
        own, unit = values[block.rows], _unit_rows(system, block)
        variation = float((own - unit * (unit @ own) / (unit @ unit)).square().sum())
        if block.kind == "fit" and variation > FITTING.constant * float(own.square().sum()):
            parts.append(float(residual[block.rows].square().sum()) / variation)
    return sum(parts) <= len(parts)


def _unit_rows(system: ResidualSystem, block: Block) -> Tensor:
    """The rows of a fit for data of 1, but for their size: 1/σ where they state their noise."""
    law, data = system.problem.law(block.label), block.data
    if not law.sigma:
        return system.theta0.new_ones(block.map.rows)
    groups = system.sampler.lowered.groups
    wanted = [system.problem.substitute(1 / sigma) for sigma in law.sigma]
    made = plan(system.problem, groups, "noise", wanted)
    batch = PointBatch(data.points, data.normals, data.columns)
    rows = torch.cat(evaluate(system.ansatz, system.theta0, made, batch))
    return rows / rows.abs().max()


def _without_fields(system: ResidualSystem, theta: Tensor) -> Tensor:
    zero = theta.clone()
    zero[: system.ansatz.numbers_at] = 0
    return zero


def _fields_are_free(system: ResidualSystem) -> bool:
    """Whether the laws with fields to first order hold for fields of zero, as for an eigenvalue."""
    zero = _without_fields(system, system.theta0)
    residual, jacobian = system.residual_and_jacobian(zero)
    fields = jacobian[:, : system.ansatz.numbers_at]
    return not any(residual[b.rows].any() and fields[b.rows].any() for b in system.blocks)


def _with_numbers(system: ResidualSystem, before: _Fit) -> Tensor:
    """The numbers of a smaller basis, and the fields that belong to them in this one."""
    theta, count = _without_fields(system, system.theta0), system.ansatz.numbers_at
    theta[count:] = before.theta[-(len(theta) - count) :]
    reference = fields_of_data(system)
    theta[:count] = reference
    guessed = sizes_at_guesses(system, reference)
    return fields_at(system, theta, FITTING.steps, reference, guessed)[0]


def _along_data(system: ResidualSystem) -> Tensor:
    """The guesses, and fields that meet data and conditions alone."""
    theta = system.theta0.clone()
    theta[: system.ansatz.numbers_at] = fields_of_data(system)
    return theta


def _balanced(system: ResidualSystem, theta: Tensor, data: float) -> dict[str, float]:
    """Weights with which the terms of all laws are of one size, and data of a part of it.

    Fits that state their noise have one weight together, as their rows are in units of it.
    Terms are those of the fields, not of all functions: beside the fourth power of a degree in the
    rows of an equation what it says of smooth fields would be little, too.
    """
    jacobian, count = system.jacobian(theta), system.ansatz.numbers_at
    terms = jacobian[:, :count].abs() @ theta[:count].abs()
    sizes = {b.label: float(terms[b.rows].norm()) for b in system.blocks}
    sizes = smaller(sizes, sizes_at_guesses(system, theta[:count]))
    squares = {b.label: sizes[b.label] ** 2 / b.weight for b in system.blocks}
    squares |= of_one_size(system, squares)
    return {
        block.label: (data if block.kind == "fit" else 1.0) / squares[block.label]
        for block in system.blocks
        if 0 < squares[block.label] < math.inf
    }

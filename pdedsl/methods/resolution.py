r"""How many functions of a basis the solution of a problem needs.

For a ladder of sizes P the residual of all laws is minimised over the span of a basis, plane
waves in the periodic axes and Legendre polynomials in the others, of total degree K. The part of
the residual of u = 0 that is left,

.. math:: ρ(K) = \Bigl(\min_θ ‖r(θ)‖² \Big/ ‖r(0)‖²\Bigr)^{1/2},

falls like e^{−cK} for a solution that is analytic (Canuto, Hussaini, Quarteroni and Zang,
Spectral Methods, 2006, chapter 5) once K has reached its wave number, down to rounding. A ladder
ends there, or where ρ no longer falls. These limits are sizes and counts, so that the same problem
has the same ladder on every machine but for rounding; an `Allowance` of time bounds what is dear
at any size, such as an integral over a domain for every value of a parameter.

A nonlinear problem has minima of ‖r‖ that are no solutions; a small ρ is one that is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from torch.linalg import LinAlgError

from pdedsl.compiler.points import circles, fixed_inputs
from pdedsl.compiler.system import ResidualSystem, build
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.diagnostics import UserError
from pdedsl.geometry import box_of
from pdedsl.ir import Boundary, Law, Problem, TooLargeError
from pdedsl.models.bases import BasisOptions, basis_size

from .allowance import Allowance
from .lm import LevenbergMarquardt
from .lstsq import LeastSquares
from .model_sections import BasisModel
from .optimizer_options import LmOptions, LstsqOptions
from .spec import Method, Sampling
from .step import Optimizer, Step, advance

ROUNDING = 1e-14
"""ρ at or below this is the level of rounding."""

_FIRST = 10  # functions
_GROWTH = 1.4  # of the size from rung to rung
_LAST_GROWTH = 1.15
_FALL = 0.15  # ρ above this part of that two rungs before has stopped falling
# Sizes from which that counts: K may have to reach the wave number first, which costs little
# where a rung is one least-squares problem.
_PATIENT = {True: 350, False: 120}
_STEPS = {True: 4, False: 12}
_PROGRESS = {True: 0.25, False: 0.98}  # of the loss in a step
_FAR = 1e-6  # ρ of a linear problem that a second step, which mends rounding, cannot lower
_MOST_NUMBERS = 2**23  # of the Jacobian
_TENSOR_INPUTS = 3


@dataclass(frozen=True)
class Rung:
    """One size.

    Args:
        modes: K.
        size: functions of all components together.
        residual: ρ.
        loss: the loss that is left.
        check: ρ at other points, those of a Sobol sequence.
    """

    modes: int
    size: int
    residual: float
    loss: float
    check: float


@dataclass(frozen=True)
class Resolution:
    """The rungs that were tried, and why there are no more, in words.

    Args:
        rungs: in ascending order.
        end: the reason.
        cut: whether the time was spent, so that larger bases may do what these do not.
    """

    rungs: tuple[Rung, ...]
    end: str
    cut: bool = False

    @property
    def best(self) -> Rung | None:
        """The first rung with ρ within a factor 2 of the least, or at rounding level."""
        least = min((r.residual for r in self.rungs), default=math.inf)
        return next((r for r in self.rungs if r.residual <= max(ROUNDING, 2 * least)), None)


class _SpentError(Exception):
    """The time is spent."""


def resolve(
    problem: Problem,
    linear: bool,
    weights: Mapping[str, float],
    most: int = 800,
    seconds: float | None = None,
    told: Callable[[Rung], None] | None = None,
) -> Resolution:
    """Climb the ladder.

    Args:
        problem: all its domains are boxes.
        linear: whether all laws are.
        weights: of the loss.
        most: functions of all components together.
        seconds: of computing; a rung that would take longer than what is left of them is not
            begun, and one that does is given up. None for no bound.
        told: called with every rung.
    """
    if problem.numbers or any(law.kind == "fit" for law in problem.laws):
        return Resolution((), "numbers or data are to be fitted")
    rungs: list[Rung] = []
    allowance = Allowance(seconds)
    work = _Work(allowance)
    try:
        for modes, size in ladder(problem, most):
            rung = _rung(problem, modes, size, linear, weights, work)
            if rung is None:
                return Resolution(tuple(rungs), "more points would be needed")
            rungs.append(rung)
            if told is not None:
                told(rung)
            if end := _end(rungs, linear):
                return Resolution(tuple(rungs), end)
    except _SpentError:
        end = f"the {allowance.seconds:.2g} s for them are spent"
        return Resolution(tuple(rungs), end, cut=True)
    except (UserError, ValueError, TooLargeError, LinAlgError) as error:
        return Resolution(tuple(rungs), str(error))
    return Resolution(tuple(rungs), f"larger ones have more than {most} functions")


def basis_method(
    problem: Problem, modes: int, linear: bool, weights: Mapping[str, float], tolerance: float = 0.0
) -> Method:
    """The basis with its points and optimizer.

    Up to three inputs the points are the nodes of a tensor quadrature fine enough to keep the
    products of the functions apart; beyond, a Sobol sequence with several points a function.

    Args:
        problem: all its domains are boxes.
        modes: K.
        linear: then by least squares, whose first step is the last but for rounding.
        weights: of the loss.
        tolerance: the loss at which the run ends.
    """
    tensor = len(problem.inputs) <= _TENSOR_INPUTS
    return Method(
        model=BasisModel(family="mixed", modes=modes, index="total"),
        optimizer=_optimizer(linear, tolerance),
        weights=dict(weights),
        sampling=Sampling(kind="gauss" if tensor else "sobol", points=_points(problem, modes)),
    )


def _optimizer(linear: bool, tolerance: float = 0.0) -> LmOptions | LstsqOptions:
    if linear:
        return LstsqOptions(tolerance=tolerance)
    return LmOptions(tolerance=tolerance, patience=30)


def ladder(problem: Problem, most: int) -> Iterator[tuple[int, int]]:
    """K and the number of functions of all components, from rung to rung."""
    axes = component_axes(problem)

    def size(modes: int) -> int:
        options = BasisOptions(family="mixed", modes=modes, index="total")
        return sum(basis_size(options, own) for own in axes)

    modes, last = 1, 0
    while size(modes) <= most:
        enough = size(modes) >= max(_FIRST, _GROWTH * last)
        final = size(modes + 1) > most and size(modes) >= _LAST_GROWTH * last
        if enough or final:
            last = size(modes)
            yield modes, last
        modes += 1


def _end(rungs: list[Rung], linear: bool) -> str | None:
    rung = rungs[-1]
    if not math.isfinite(rung.residual):
        return "the residual is not a finite number"
    if rung.residual <= ROUNDING:
        return "the residual is at the level of rounding"
    before = rungs[-3].residual if len(rungs) > 2 else math.inf
    if rung.size >= _PATIENT[linear] and rung.residual > _FALL * before:
        return "the residual no longer falls"
    return None


class _Work:
    """What rungs cost, from which the cost of the next one is foreseen.

    Args:
        allowance: the time for all of them.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._entries, self._seconds, self._began = 0, 0.0, 0.0

    def begin(self, entries: int) -> None:
        """Begin a rung with so many entries of the Jacobian, to which its cost is proportional.

        Raises:
            _SpentError: the time that is left is too short for it.
        """
        growth = entries / self._entries if self._entries else 0.0
        if not self._allowance.covers(growth * self._seconds):
            raise _SpentError
        self._entries, self._began = entries, self._allowance.used

    def check(self) -> None:
        """Between two parts of a rung.

        Raises:
            _SpentError: the time is spent.
        """
        if not self._allowance.covers():
            raise _SpentError

    def end(self) -> None:
        """The rung is done."""
        self._seconds = self._allowance.used - self._began


def _rung(
    problem: Problem,
    modes: int,
    size: int,
    linear: bool,
    weights: Mapping[str, float],
    work: _Work,
) -> Rung | None:
    """None where the Jacobian would be too large."""
    method = basis_method(problem, modes, linear, weights)
    system = _system(problem, method, method.sampling.kind, 0)
    if system.rows * size > _MOST_NUMBERS:
        return None
    work.begin(system.rows * size)
    first = float(system.loss(system.theta0))
    if first == 0:
        return Rung(modes, size, 0.0, 0.0, 0.0)
    step = _descended(system, first, linear, work)
    other = _system(problem, method, "sobol", 1)
    check = float(other.loss(step.theta) / other.loss(other.theta0))
    work.end()
    return Rung(modes, size, math.sqrt(step.loss / first), step.loss, math.sqrt(check))


def _system(problem: Problem, method: Method, kind: str, seed: int) -> ResidualSystem:
    return build(
        problem, method.model.options(), method.sampling.points, kind, method.weights, seed=seed
    )


def _descended(system: ResidualSystem, first: float, linear: bool, work: _Work) -> Step:
    """The last of a few steps from zero."""
    work.check()
    options = _optimizer(linear)
    optimizer: Optimizer
    if isinstance(options, LstsqOptions):
        optimizer = LeastSquares(system, options, system.theta0)
    else:
        optimizer = LevenbergMarquardt(system, options, system.theta0)
    step = Step(system.theta0, first)
    for _ in range(_STEPS[linear]):
        before, step = step.loss, advance(optimizer, 1)
        work.check()
        residual = math.sqrt(step.loss / first)
        flat = not step.loss < _PROGRESS[linear] * before
        if step.ended is not None or flat or residual <= ROUNDING or (linear and residual > _FAR):
            break
    return step


def _points(problem: Problem, modes: int) -> dict[str, int]:
    """Points by kind of law, enough for the law of that kind that needs the most."""
    counts: dict[str, int] = {}
    for law in problem.laws:
        counts[law.kind] = max(counts.get(law.kind, 1), _count(problem, law, modes))
    return counts


def _count(problem: Problem, law: Law, modes: int) -> int:
    free = len(problem.inputs) - len(fixed_inputs(problem, law))
    if len(problem.inputs) > _TENSOR_INPUTS:
        options = BasisOptions(family="mixed", modes=modes, index="total")
        return 3 * max(basis_size(options, own) for own in component_axes(problem))
    # Products of waves up to K have wave numbers up to 2K, those of polynomials degree 2K, for
    # which K + 1 Gauss nodes are enough; coefficients and nonlinear terms want more.
    growth = 1.3 if len(problem.inputs) < 3 else 1.0
    side = max(2 * modes + 3 if c else math.ceil(growth * modes) + 4 for c in circles(problem))
    if not isinstance(law.place, Boundary):
        return int(side**free)
    # Faces share the points by area: the smallest has to get enough.
    box = box_of(problem, problem.domain(law.place.domain))
    areas = [box.face_area(problem.inputs.index(face.axis)) for face in law.place.faces]
    return math.ceil(side ** (free - 1) * sum(areas) / min(areas))

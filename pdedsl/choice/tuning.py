"""The constants of `auto` and of methods that leave numbers to the analysis.

Each says what it bounds and the measurement that set it. Where no measurement is recorded it is a
choice, not measured, marked †. ρ is the residual level of a trial (`basis.trial`). In a linear
problem, whose laws are all affine in the unknowns, a trial is one least-squares problem.
"""

from __future__ import annotations

from dataclasses import dataclass

CONDITIONS_WEIGHT = 100.0
"""Weight of conditions in the loss where no analysis gives one; equations have 1. Networks of
linear problems have it too: the weight with the least condition number in a basis, some 300 to 900,
leaves wave at 5e-5 in place of 1e-15, helmholtz as it is, and advection better or worse by a factor
of two or three as seeds and iterations go. The error of a solution that a basis resolves hardly
depends on it, so that a round number does."""


@dataclass(frozen=True)
class Budget:
    """Seconds of the user's clock, and shares of the budget in seconds of computing."""

    default: float = 50.0  # seconds where neither a budget nor iterations are given †
    short: float = 10.0  # seconds below which bases are smaller and starts shorter †
    search: float = 0.2  # for trials of bases; the rest is for what comes after †
    promising: float = 0.7  # the same once a trial is promising: few more will resolve it †
    before_march: float = 0.06  # the same where a march can resolve what a basis does not †
    # Seconds for trials whatever the budget. Solves of the gallery that end with a basis in one or
    # two inputs take 0.2 to 0.9 s in all, wave 2.8 s and helmholtz_6_6 4 s (README).
    least_search: float = 2.0
    by_axis: float = 0.6  # of the search, for a degree for each axis; the rest for total degrees †
    choice: float = 0.75  # of the clock, for trials; the rest is for the training †
    march: float = 0.85  # for marches at finer and finer tolerances, which are not trained after †
    march_growth: float = 1.5  # a march takes at least so many times as long as the one before †


@dataclass(frozen=True)
class ByLinearity:
    """What differs between linear problems and others."""

    most_functions: int  # of a total degree †
    steps: int  # of the optimizer in a trial †
    progress: float  # part of the loss that a step must remain below for another one †
    patience: int  # functions from which ρ has to fall as the total degree grows †
    patience_by_axis: int  # the same for degrees by axis: nothing may be known of an axis †
    # What a basis has to leave of the residual to be preferred to a network. Networks of linear
    # problems come to 1e-15 where waves fit the solution and stay at 1e-8 where not (helmholtz,
    # heat); those of nonlinear ones come to 1e-5 or so within the default budget.
    resolved: float


LINEAR = ByLinearity(
    most_functions=1_500, steps=4, progress=0.25, patience=350, patience_by_axis=1_000,
    resolved=1e-12,
)  # fmt: skip
NONLINEAR = ByLinearity(
    most_functions=800, steps=12, progress=0.98, patience=120, patience_by_axis=350, resolved=1e-7
)


def by_linearity(linear: bool) -> ByLinearity:
    """The constants of linear problems, or of the others."""
    return LINEAR if linear else NONLINEAR


@dataclass(frozen=True)
class Search:
    """Trials of bases, one after another."""

    most_by_axis: int = 2_500  # functions with a degree for each axis †
    most_by_axis_in_short: int = 1_500  # the same for a short budget †
    most_in_short: int = 400  # functions of a total degree for a short budget †
    most_entries: int = 2**24  # of the Jacobian of a trial, 128 MiB †
    rounding: float = 1e-14  # ρ of a trial that only rounding is left of
    fine: float = 1e-13  # ρ that is low enough for at least `dear` functions by axis †
    dear: int = 350
    promising: float = 1e-4  # ρ from which the next trials are likely to resolve the solution †
    # ρ above this part of that two trials before has stopped falling. Total degrees of heat,
    # heat_quarter, poisson_2d, pendulum, burgers, kdv and lotka_volterra have the same trials with
    # 0.05, 0.15 and 0.5.
    fall: float = 0.15
    first_size: int = 10  # functions of the first total degree †
    # Of the number of functions from one total degree to the next: 1.2, 1.4 and 1.8 take 2.7, 1.7
    # and 1.2 s for these problems together, and 1.8 ends with up to 1.4 times the functions.
    growth: float = 1.4
    last_growth: float = 1.15  # the same for the largest one †
    damped: float = 0.1  # ρ of Newton's method above which damped steps are tried after it †
    linear_step: float = 1e-6  # ρ above which a linear problem has no second step: no rounding
    check_points: float = 0.25  # points on which ρ is checked, as a part of those of the fit †
    least_check_points: int = 1_000  # the same, at least †
    points_per_function: int = 3  # of Sobol sequences, beyond three inputs †


@dataclass(frozen=True)
class Axes:
    """Degrees by axis; the tail of an axis is the part of its last functions in all squares."""

    least_degree: int = 4  # of polynomials, in the first trial †
    # Of a degree that is refined: 1.15, 1.3 and 1.6 take 2.0, 1.4 and 1.1 s for wave, advection,
    # klein_gordon, heat_quarter and pendulum together; 1.6 ends with 1.75 times the functions.
    growth: float = 1.3
    tail_degrees: int = 2  # degrees in the tail of polynomials: even functions lack every second
    tail_waves: int = 2  # wave numbers in the tail of waves, at least, and
    tail_share: float = 1 / 3  # as part of all: symmetric waves lack every second or third
    # Part of the largest tail from which an axis is refined as well; the problems above have the
    # same trials with 0.003 to 0.3.
    near: float = 0.03
    resolved: float = 1e-14  # tail of an axis that is resolved, to rounding of the coefficients
    zero: float = 1e-24  # square sum of a component that is rounding, as part of the largest


@dataclass(frozen=True)
class Acceptance:
    """Which trial becomes the method."""

    resolved_in_short: float = 1e-9  # ρ that does for linear problems with a short budget †
    # ρ that does where a network comes after and larger bases gain little or have no time: on a
    # square with singular corners 961 functions leave 3e-5 and have an error of 7e-6, a network in
    # ten seconds one of 5e-4.
    good: float = 1e-4
    few_inputs: int = 2  # most inputs of a linear problem for which `good` does †
    # Level of a row of a law by its own terms, where a march can follow. Bases of the gallery that
    # leave only rounding have at most 7e-13; y' = y z from 1e-6 beside z = 1, taken for constant,
    # has 1.4 and leaves 4e-8 of all residuals together.
    every_row: float = 1e-10
    check: float = 100.0  # the most that ρ at other points may exceed ρ, †
    check_floor: float = 1e-13  # where that is above this †
    only_rounding: float = 1e-12  # ρ whose digits, different on each machine, are not printed
    ends_at: float = 4.0  # times the loss of the trial: where a run with its basis ends †


@dataclass(frozen=True)
class Analysis:
    """Weights, and bases of methods with ``analysed = true``."""

    small_basis: int = 50  # functions on which weights of the conditions are found †
    least_weight: float = 1.0  # of a condition †
    most_weight: float = 1e4  # of a condition †
    waves: int = 10  # modes of plane waves over the box, †
    most_waves: int = 500  # where they are at most so many functions †
    box_inputs: int = 3  # most inputs with all products of them; a total degree beyond †
    functions: int = 150  # on which γ and λ are found: κ with the symbol hardly depends on it
    most_kappa: float = 2e3  # with the symbol, above which A^{−1/2} is taken †


@dataclass(frozen=True)
class MarchTuning:
    """Windows of time and their elements; τ is the tolerance."""

    # One after another. The first is soon there, for budgets that have no time for the second:
    # 1.2 s and 10.6 s for these two on kdv, 0.7 and 1.1 s on burgers (1e-3 takes 5.8 s on kdv).
    tolerances: tuple[float, ...] = (1e-2, 1e-5, 1e-7, 1e-9, 1e-10)
    growth: float = 1.3  # power of the functions with which the seconds of a window grow †
    first: float = 0.02  # length of the first window, as a part of the interval †
    shortest: float = 1e-9  # window, as a part of the interval †
    least_share: float = 1e-2  # of the interval, in what a short window may leave in space †
    elements: int = 8  # of the first window †
    trials: int = 80  # of a window, at most †
    most_functions: int = 20_000  # of a window †
    newton: int = 8  # steps in a window, at most †
    solved: float = 1e-3  # of the tolerance, which Newton's method may leave †
    stalled: float = 0.8  # part of the loss that a step must remain below for another one †
    unsolved: float = 0.03  # of the residual, from which Newton's method has not converged †
    shorter: float = 0.25  # factor of the length of a window that is not solved †
    aim: float = 0.2  # part of τ that the next window aims at, within `change` of its length †
    change: tuple[float, float] = (0.5, 2.0)
    aim_after_failure: float = 0.3  # the same after a window that leaves too much †
    change_after_failure: tuple[float, float] = (0.2, 0.8)
    merged: float = 0.25  # of its part of τ, which two halves may leave when they are merged †
    hold: int = 5  # windows without merging after one that failed †
    no_digit: float = 1e-14  # of all fields, an error that is rounding †
    from_zero: float = 0.01  # of h T, which a field that begins at zero is compared with †
    compared: int = 2_000  # points at which two marches are compared †


@dataclass(frozen=True)
class ElementsTuning:
    """Splines on elements of a line."""

    share: float = 0.4  # of the budget †
    first: int = 8  # elements, before features are met †
    degree: int = 8  # above the smoothness †
    trials: int = 25  # of finer and finer elements, at most †
    fall: float = 0.9  # of the least residual, below which a trial is progress †
    patience: int = 3  # trials without progress that end it †
    most_functions: int = 8_000  # †
    narrowest: float = 1e-10  # element, as a part of the line: rounding of its ends is 1e-6 of it
    tolerance: float = 1e-11  # of the residual, at which no element is halved †
    near: float = 0.1  # of the largest share of an element, from which others are halved too †
    resolved: float = 1e-4  # what they may leave of the residual, as for bases (`ACCEPTANCE.good`)


@dataclass(frozen=True)
class Networks:
    """Which network a problem gets."""

    sharp: float = 5e-3  # stiffness of a nonlinear equation below which it forms fronts †
    many_inputs: int = 4  # from which points are drawn anew in every step †
    long_travel: float = 2.0  # domain lengths that a wave travels †
    fewest_points: int = 200  # of a law, however many laws there are †
    iterations: int = 8  # of each start †
    iterations_in_short: int = 4  # the same for a short budget †


BUDGET = Budget()
SEARCH = Search()
AXES = Axes()
ACCEPTANCE = Acceptance()
ANALYSIS = Analysis()
MARCH = MarchTuning()
ELEMENTS = ElementsTuning()
NETWORKS = Networks()

"""The constants of `auto` and of methods that leave numbers to the analysis.

Each says what it bounds and the measurement that set it. Where no measurement is recorded it is a
choice, not measured, marked †. ρ is the residual level of a trial (`basis.trial`). In a linear
problem, whose laws are all affine in the unknowns, a trial is one least-squares problem. Those of
unknown numbers stand beside their algorithms, in `eigen.tuning` and `fitting.tuning`.
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
    # The same on shapes. Waves on a triangle take 5 s of trials until ρ is 2e-6, where the solution
    # is right to 1e-6; a network is wrong by its size after a minute.
    on_shapes: float = 0.6
    promising: float = 0.7  # the same once a trial is promising: few more will resolve it †
    before_march: float = 0.06  # the same where a march can resolve what a basis does not †
    # Seconds for trials whatever the budget. Solves of the gallery that end with a basis in one or
    # two inputs take 0.2 to 0.9 s in all, wave 2.8 s and helmholtz_6_6 4 s (README).
    least_search: float = 2.0
    by_axis: float = 0.6  # of the search, for a degree for each axis; the rest for total degrees †
    choice: float = 0.75  # of the clock, for trials; the rest is for the training †
    march: float = 0.85  # for marches at finer and finer tolerances, which are not trained after †
    numbers: float = 0.4  # for bases with unknown numbers †
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
    # Of the Jacobian of a trial, 256 MiB: heat in a ball of five dimensions has 3e-4 with the 924
    # functions that half of it allows, 6e-5 with 1,716.
    most_entries: int = 2**25
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
class Shapes:
    """Trials of total degrees on sets that are no boxes; times are of one core.

    A trial is dear there: its columns and points follow curves. A disk with 861 functions takes
    0.5 s and one with 1,225 a second.
    """

    first_degree: int = 6  # †
    growth: float = 1.6  # of the number of functions from one trial to the next †
    last_growth: float = 1.15  # the same for the largest one †
    most_linear: int = 2_200  # functions: waves with κ = 30 on a disk are resolved by 2,000
    most_nonlinear: int = 1_300  # †
    of_wave: float = 1.4  # degrees for each κ, and
    beyond_wave: float = 8.0  # beside these, from which on ρ has to fall †
    # Functions from which on ρ has to fall, and the part of that two trials before: behind bays of
    # a smooth boundary singularities are near, and ρ falls by e^−0.17 for each degree.
    patience: int = 450
    fall: float = 0.4
    # ρ from which on rounding may be all that is left, and the last trials are the dearest: four
    # holes and the L-shape end after 13 and 10 s in place of 29 s, with the same trial as the best.
    settled: float = 1e-10
    # ρ that is low enough for `dear` functions: errors are 1e-13 then.
    fine: float = 2e-14
    dear: int = 150
    # Singular values that count as zero. Negative powers around holes and polynomials are nearly
    # dependent: for an annulus with variable coefficients the rounding unit times the number of
    # rows leaves an error of 5e-12, this one 6e-14.
    cutoff: float = 1e-14


@dataclass(frozen=True)
class Axes:
    """Degrees by axis; the tail of an axis is the part of its last functions in all squares."""

    least_degree: int = 4  # of polynomials, in the first trial †
    # Of the most functions, those of the first trial where the degrees of the known terms have too
    # many, and the factor by which these shrink: one trial with 1.3 times the degrees follows. †
    first_share: float = 0.5
    shrink: float = 0.95
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
    # ρ that does for linear problems in more inputs where the time for larger bases is spent: their
    # networks stay at 1e-8 where waves do not fit, with more time. On a busy machine a plate with
    # a heat source had 1,457 functions that left 2e-9, and a network that was wrong by 0.1.
    good_out_of_time: float = 1e-7
    # ρ up to which a basis that does not resolve the solution is taken on shapes all the same: the
    # networks of auto come to 0.1 and more there in a minute (L-shape, waves on a triangle).
    on_shapes: float = 1e-2
    # The same beside a constant that makes up all but this part of the residual of zero, in any
    # number of inputs: a spot of 0.05 K in a cube of 3 cm at 293 K has an error of 1e-5 K with
    # 2,197 functions that leave 1e-3, and a network is wrong by 200 K after a minute.
    good_beside_offset: float = 2e-3
    offset: float = 1e-2
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
    shorter: float = 0.25  # factor of the length of a window that is not solved, or †
    # where halved elements leave more than this part of what they left before: fluxes that begin in
    # a moment leave 0.97 to 1, a front in one element up to 0.8. †
    refined: float = 0.9
    aim: float = 0.2  # part of τ that the next window aims at, within `change` of its length †
    change: tuple[float, float] = (0.5, 2.0)
    aim_after_failure: float = 0.3  # the same after a window that leaves too much †
    change_after_failure: tuple[float, float] = (0.2, 0.8)
    near: float = 0.03  # of the largest share of an element, from which others are halved too †
    merged: float = 0.25  # of its part of τ, which two halves may leave when they are merged †
    hold: int = 5  # windows without merging after one that failed †
    no_digit: float = 1e-14  # of all fields, an error that is rounding †
    from_zero: float = 0.01  # of h T, which a field that begins at zero is compared with †
    compared: int = 2_000  # points at which two marches are compared †
    # The moment after which a march starts whose initial values jump at an end, over τ^{4/3} of the
    # time or of that of diffusion: 1e-4 of it at τ = 1e-2 and 1e-8 at 1e-5, where a rod that is put
    # to 100 at one end is right to 1e-5 from a thousandth of the time on.
    moment: float = 0.05
    # Of the time of diffusion over the distance of two places that are smoothed, or of one from an
    # end, but at least that part of the interval: at τ = 1e-2 both are 6 lengths apart then.
    of_apart: float = 64.0
    apart: float = 0.01
    least_smoothed: float = 1e-7  # the least τ then, for which elements are 1e-6 of the domain
    after_moment: float = 1e3  # of such moments, from which on two marches are compared †
    first_of_moment: float = 0.1  # the first window, over that moment †
    shortest_of_moment: float = 1e-3  # the shortest one, over it †
    rounding: float = 1e-11  # such a moment, over the time at the start †


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
class EvolutionTuning:
    """Polynomials on windows of time, in two and more space coordinates."""

    share: float = 0.4  # of the budget †
    # Shares of the time at which windows end. A block in the wind is right to 1e-6 with these and
    # degree 5, and to 1e-3 with one window for all of time.
    edges: tuple[float, ...] = (0.0, 0.01, 0.04, 0.15, 0.5, 1.0)
    first_degree: int = 4  # †
    most_functions: int = 800  # of a window †
    dearer: float = 2.0  # times the seconds of a degree that the next one takes †
    points: int = 3  # of each law, over the functions †
    least_points: int = 500  # the same, at least †
    check_points: int = 1_000  # of each law at which the level is measured †
    steps: int = 2  # of least squares in a window: the second removes rounding
    growth: float = 1.25  # of the degree from one trial to the next †
    fall: float = 0.8  # of the level, below which a trial is progress †
    patience: int = 2  # trials without progress that end it †
    resolved: float = 3e-3  # level that is taken; networks have a hundred times as much there
    # Weights where laws have one size: the block has errors of 2e-5 K to 1e-3 K with 1e-2 and 10,
    # 7e-3 K with a hundred times as much of the start.
    initial: float = 1e-2
    boundary: float = 10.0


@dataclass(frozen=True)
class SeparableTuning:
    """Marches of linear evolutions with a separable operator."""

    # Of the laws, what a march may leave for no other functions to be tried: a second is enough for
    # that where bases for all of time take ten.
    resolved: float = 1e-6
    # Error that is foretold by marches, up to which one is kept though it leaves more of the laws:
    # a network was wrong by 0.09 where a march of Gray and Scott's equations was by 0.02.
    kept: float = 0.02
    degree: int = 10  # of each axis at first †
    waves: int = 6  # of a periodic axis at first †
    windows: int = 2  # at first †
    stages: int = 7  # of a window, fewer where it has many nodes †
    # With 3 of them the tails of Allen and Cahn's equation are 2e-5 where 7 leave 2e-6, in windows
    # of a quarter of the length.
    fewest_stages: int = 5
    # Growth of the modes of an axis that limits the march, the largest for which there is room. †
    growths: tuple[float, ...] = (1.4, 1.15, 1.0)
    near: float = 0.03  # part of the largest tail, from which on an axis or a window limits, too †
    falls: float = 1e-2  # tail in time below which it is taken for one that falls with the length †
    pieces: int = 4  # that a window is cut into at once, at most †
    fall: float = 0.7  # of the largest tail, below which a march is progress †
    patience: int = 3  # marches without progress that end it: axes take turns †
    dearer: float = 2.0  # times the seconds of a march that the next one takes †
    rounding: float = 2e-12  # tail that is enough: rounding leaves 1e-12 of a drum
    most_functions: int = 60_000  # of a window: a basis has no more
    most_coefficients: int = 3_000_000  # of all windows: 24 MB †
    # Seconds that it takes to look at a solution, by window and mode of an axis: 10 s were seen for
    # 160 windows with 66 modes along both axes. They have as much room as the marches.
    looks: float = 4e-4
    # Where Newton's method solves the windows: its tolerance beside the tails of the march before,
    newton: float = 1e-6  # †
    coarse: float = 0.03  # tail of an axis from which on a march says nothing †
    most_windows: int = 2_000  # †
    first: float = 0.3  # of the time for all marches, in which one has to come to the end †
    shortest: float = 2e-4  # part of the time that a window has, at least †


@dataclass(frozen=True)
class Networks:
    """Which network a problem gets."""

    sharp: float = 5e-3  # stiffness of a nonlinear equation below which it forms fronts †
    many_inputs: int = 4  # from which points are drawn anew in every step †
    long_travel: float = 2.0  # domain lengths that a wave travels †
    fewest_points: int = 200  # of a law, however many laws there are †
    # A plane integral for each value of a parameter: one step of a network with 3,000 points takes
    # 20 s, with 300 points 2 s.
    fewer_with_integrals: int = 10
    iterations: int = 8  # of each start †
    iterations_in_short: int = 4  # the same for a short budget †


BUDGET = Budget()
SEARCH = Search()
SHAPES = Shapes()
AXES = Axes()
ACCEPTANCE = Acceptance()
ANALYSIS = Analysis()
MARCH = MarchTuning()
ELEMENTS = ElementsTuning()
EVOLUTIONS = EvolutionTuning()
SEPARABLE = SeparableTuning()
NETWORKS = Networks()

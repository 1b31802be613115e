"""The constants of fits in bases.

Each says what it bounds and the measurement that set it; † marks a choice, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FittingTuning:
    """Bases for unknown numbers that data or conditions fix."""

    # Of each axis, by the number of inputs: two rates of 2000 and 5 on [0, 1/2] are told apart by
    # polynomials of degree 36, not by those of degree 12.
    first_degree: tuple[int, ...] = (36, 12, 6)
    known: float = 0.6  # of the degrees that resolve known terms to rounding, in the first trial †
    search: float = 0.4  # of the time that is left, for the search over decades in one basis †
    growth: float = 1.5  # of it from one trial to the next †
    # Of all components, likewise: steps of 1,500 functions take two seconds.
    most_functions: tuple[int, ...] = (1500, 1200, 1500)  # †
    # Of these, those of the least basis: a flow in a plane has 1,029, and needs ten times as many.
    least_part: float = 0.6
    most_trials: int = 400  # of numbers in one search †
    decades: int = 12  # either way from a guess: rates in SI lie 1e-5 to 1e9 from 1
    near: float = 2.0  # of these, where more than two numbers are tried together †
    same_sign: float = 0.75  # part of the trials there with the signs of the guesses †
    trials: float = 0.4  # of the time of the search, for these values; then the best are refined †
    # Of Newton's method for more than two numbers, and how far they are from each other: of 14 for
    # the three rates of an epidemic one to three end at the truth, in one case the thirteenth, the
    # others where a rate is infinite. They end before once some agree.
    starts: int = 24
    apart: float = 0.7  # decades †
    agreeing: int = 3  # †
    as_well: float = 1.01  # times the least J: Newton's method goes on from there †
    same: float = 1e-2  # decades between numbers that agree †
    per_decade: int = 2  # values of a number, at most †
    steps: int = 3  # of Newton's method for the fields at one set of numbers †
    # Rows of a table, of more some at random: steps in 700 functions take half a second then. For
    # the search a part of them serves as well: 5,000 rows in two numbers took 30 s, and 500 take 5.
    most_rows: int = 5000  # †
    rows_in_search: int = 500  # †
    first_step: float = 0.5  # decades, of the refinement of the best numbers of a grid †
    refinements: int = 40  # trials of it for each number †
    fine: float = 1e-4  # decades at which it ends: Newton's method goes on from there †
    again: float = 0.1  # level of the laws above which numbers are looked for again †
    # Of functions of which derivatives are small, over the largest, where data alone tell fields.
    least_price: float = 1e-3  # †
    smoothing: tuple[int, ...] = (-8, -7, -6, -5, -4, -3, -2, -1)  # exponents of λ there †
    fall: float = 0.5  # of the level, below which a trial is progress †
    patience: int = 3  # trials without progress that end it †
    resolved: float = 1e-5  # level that is taken: accepted results have 1e-3
    # Weight of data beside laws in the search: with 1 the speed of a wave was 5 % off.
    beside: float = 1e-2
    # The same in Newton's method, of squares. Numbers have the deviations of nonlinear regression
    # as long as what is left of the laws is small beside the weighted misfit of the data: with
    # 1e-8, laws that a basis left 8e-6 of moved a diffusivity by 3.6 deviations where data of 2 %
    # noise were missed.
    data: tuple[float, ...] = (1e-4,)
    hardest: float = 1e-8  # weight below which nothing changes
    softest: float = 100.0  # weighted misfit over what is left of the laws, at least
    more_data: tuple[float, ...] = (1, 1e-2)  # before, from the guesses †
    alike: float = 1e-3  # numbers of two bases that explain no data, and are taken all the same †
    constant: float = 1e-12  # square of the variation of data over theirs, which is rounding †
    parts: tuple[float, ...] = (1, 0.5, 0.25, 0.1, 0.03)  # of a step of the numbers †
    nearer: float = 0.1  # of the distance from a bound, where a step would go beyond it †
    progress: float = 1 - 1e-6  # of the loss, above which no step is taken †
    reweighted: int = 2  # times that fits are weighed by the noise they show: 1:100 settles in 2
    comparable: float = 2.0  # times the least loss, without a resonance that follows noise †
    followed: float = 1e-2  # data that fields follow more at a resonance; 1 at one, 1e-7 elsewhere
    loose: float = 10.0  # sizes of numbers, or of guesses, up to which data know what they fix †
    settled: float = 1e-9  # relative change of the numbers that ends it †
    farthest: float = 14  # raw value of a number between two bounds: 1e-6 of the way from one †


FITTING = FittingTuning()

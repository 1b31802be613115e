"""Which network a problem gets, by its traits."""

from __future__ import annotations

from collections.abc import Callable

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.models import MlpOptions
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.settings.method import Method, Sampling, Schedule, Starts
from pdedsl.transforms.time_windows import window_obstacle

from .basis.condition_weights import sized_weights
from .choice import Choice
from .traits import Traits
from .tuning import CONDITIONS_WEIGHT, NETWORKS


def network_choice(lowered: LoweredProblem, facts: Traits, short: bool) -> Choice:
    """The network of the first rule that holds; in short time each start has fewer iterations.

    Where the units make one law hide another, the weights are those of the sizes of the laws.
    """
    rules: tuple[tuple[Callable[[Traits], bool], Callable[[Traits], Choice]], ...] = (
        (lambda t: t.inputs >= NETWORKS.many_inputs, _many_inputs),
        (lambda t: not t.linear and t.stiffness < NETWORKS.sharp, _sharp),
        (lambda t: t.inputs == 1, _one_input),
        (lambda t: _pointwise_in_windows(lowered, t), _pointwise),
        (lambda t: t.travel > NETWORKS.long_travel, _travelling),
        (lambda t: t.linear and t.time_order == 1, _diffusing),
        (lambda t: True, _smooth),
    )
    choice = next(make(facts) for holds, make in rules if holds(facts))
    weights = choice.method.weights | sized_weights(lowered)
    choice = Choice(choice.method.model_copy(update={"weights": weights}), choice.why)
    starts = choice.method.schedule.starts
    if not short or starts is None:
        return choice
    fewer = starts.model_copy(update={"iterations": NETWORKS.iterations_in_short})
    schedule = choice.method.schedule.model_copy(update={"starts": fewer})
    return Choice(choice.method.model_copy(update={"schedule": schedule}), choice.why)


def _pointwise_in_windows(lowered: LoweredProblem, facts: Traits) -> bool:
    """Whether each point has a nonlinear evolution of its own, which windows of time can have."""
    problem = lowered.problem
    if facts.linear or not facts.time_order or facts.space_orders or problem.time is None:
        return False
    last = all(field.arguments[-1] == problem.time.symbol for field in problem.fields)
    return last and window_obstacle(problem) is None


def _points(facts: Traits, eq: int, conditions: int) -> dict[str, int]:
    """Points of each law from the rows of all equations, and of all conditions, together.

    Each point of an equation with such an integral takes as many as a quadrature has.
    """
    eq = eq // NETWORKS.fewer_with_integrals if facts.integrals else eq
    each = max(NETWORKS.fewest_points, eq // max(facts.equations, 1))
    few = min(conditions, max(NETWORKS.fewest_points // 2, conditions // max(facts.conditions, 1)))
    return {"eq": each, "bc": few, "ic": few}


def _many_inputs(facts: Traits) -> Choice:
    why = f"{facts.inputs} inputs: one layer of low bandwidth, fresh points in every step"
    model = MlpOptions(width=64, depth=1, activation="sin", bandwidth=0.5)
    points = _points(facts, 3000, 1000)
    return _choice(why, model, points, resample=1)


def _sharp(facts: Traits) -> Choice:
    why = (
        f"nonlinear with a leading coefficient {facts.stiffness:.1g} times the others: fronts are "
        "expected, so a deep narrow network and fresh points in every step"
    )
    model = MlpOptions(width=20, depth=3, activation="tanh")
    points = _points(facts, 4000, 400)
    return _choice(why, model, points, weight=10.0, resample=1)


def _one_input(facts: Traits) -> Choice:
    model = MlpOptions(width=50, depth=1, activation="sin")
    why = "one input: one layer of sines, its bandwidth found by short starts"
    if facts.linear:
        return _choice(why, model, {"eq": 400}, bandwidths=_around(4.0, facts))
    # A nonlinear equation in time has minima that are no solutions, such as a jump to a fixed
    # point just after the start, so more starts are worth their time; a heavy weight at the
    # start makes the jump cheaper.
    why += ", over several seeds since it is nonlinear"
    bands = (8.0, 16.0, 32.0)
    model = MlpOptions(width=80, depth=1, activation="sin")
    return _choice(why, model, {"eq": 600}, weight=1.0, bandwidths=bands, seeds=4)


def _travelling(facts: Traits) -> Choice:
    why = (
        f"a wave that moves through {facts.travel:.2g} domain lengths: one wide layer of sines, "
        "its high bandwidth found by short starts"
    )
    model = MlpOptions(width=100, depth=1, activation="sin")
    least = 2.0 ** round(facts.travel).bit_length() / 2
    bandwidths = (least, 2 * least, 4 * least)
    return _choice(why, model, _points(facts, 2000, 400), bandwidths=bandwidths)


def _pointwise(facts: Traits) -> Choice:
    why = (
        "nonlinear, without derivatives in space: errors of the start may grow, so a deep narrow "
        "network for each of five windows of time"
    )
    piece = MlpOptions(width=20, depth=3, activation="tanh")
    choice = _choice(why, piece, _points(facts, 1000, 300))
    windows = WindowsOptions(count=5, pieces=(piece,))
    return Choice(choice.method.model_copy(update={"model": windows}), why)


def _diffusing(facts: Traits) -> Choice:
    """Variable projection gains four digits on heat equations; on waves it loses all."""
    choice = _smooth(facts)
    assert isinstance(choice.method.model, MlpOptions)
    model = choice.method.model.model_copy(update={"width": 200})
    optimizer = choice.method.optimizer.model_copy(update={"projection": True})
    why = choice.why.replace("layer of sines", "layer of sines at its least-squares optimum")
    changes = {"model": model, "optimizer": optimizer}
    return Choice(choice.method.model_copy(update=changes), why)


def _smooth(facts: Traits) -> Choice:
    kind = "linear" if facts.linear else "mildly nonlinear"
    why = f"{kind}, no fronts are expected: one wide layer of sines, its bandwidth found by "
    width = 100 if facts.components == 1 else 120
    model = MlpOptions(width=width, depth=1, activation="sin")
    points = _points(facts, 1500 if width == 100 and facts.inputs == 2 else 3000, 600)
    bandwidths = _around(2.0, facts)
    return _choice(why + "short starts", model, points, bandwidths=bandwidths)


def _around(least: float, facts: Traits) -> tuple[float, ...]:
    """Bandwidths to be tried, the likeliest first, in case there is no time for all.

    A wave number k in d inputs is likeliest among frequencies drawn from N(0, σ²) for σ = k/√d, for
    two and three inputs some two thirds of k. The solution may be smoother than the known terms,
    of which k is the largest, so that k/3 comes next; where they are smooth too, it comes first.
    """
    third = facts.wavenumber / 3
    factors = (2.0, 1.0, 0.5, 4.0) if third > least else (1.0, 2.0, 0.5, 4.0)
    return tuple(round(factor * max(least, third), 3) for factor in factors)


def _choice(
    why: str,
    model: MlpOptions,
    points: dict[str, int],
    *,
    weight: float = CONDITIONS_WEIGHT,
    resample: int = 0,
    bandwidths: tuple[float, ...] = (),
    seeds: int = 1,
) -> Choice:
    starts = Starts(bandwidths=bandwidths, seeds=seeds, iterations=NETWORKS.iterations)
    method = Method(
        model=model,
        optimizer=LmOptions(patience=500),
        weights={"bc": weight, "ic": weight, "fit": weight},
        sampling=Sampling(points=points, resample=resample),
        schedule=Schedule(starts=starts if bandwidths else None),
    )
    return Choice(method, why)

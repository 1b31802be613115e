"""Rates of reactions and epidemics from guesses ten times off and more, beside SciPy's regression.

Beside rates of 10¹² the derivatives of the fields were rounding, so that all laws seemed to hold
there for any data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

import pdedsl
from pdedsl.choice.fitting.trial_values import decades_apart, line, trial_values
from pdedsl.compiler.lowering.held_rows import held_rows
from pdedsl.compiler.lowering.numbers import Bounded

Rates = tuple[float, ...]


@dataclass(frozen=True)
class Reaction:
    """Laws of the fields with rates, of which some are measured.

    Args:
        laws: their text.
        slopes: the same as a function of fields and rates.
        start: by field its first value.
        truth: by number its true value.
        seen: fields that are measured.
        end: of time.
        noise: of the data.
    """

    laws: str
    slopes: Callable[..., list[float]]
    start: dict[str, float]
    truth: dict[str, float]
    seen: tuple[str, ...]
    end: float
    noise: float

    def at(self, t: np.ndarray, rates: Rates) -> np.ndarray:
        """The fields that are seen, shape (seen, n)."""
        found = solve_ivp(
            lambda _, y: self.slopes(y, rates), (0, self.end), list(self.start.values()),
            t_eval=t, rtol=1e-10, atol=1e-12,
        )  # fmt: skip
        return np.asarray(found.y)[[list(self.start).index(name) for name in self.seen]]

    def text(self, factors: Rates) -> str:
        pairs = zip(self.truth.items(), factors, strict=True)
        guesses = ", ".join(f"{name} > 0 guess {v * factor:.6g}" for (name, v), factor in pairs)
        return f"""time t in [0, {self.end}]
unknown {", ".join(f"{name}(t)" for name in self.start)}
unknown {guesses}
data probe(t, {", ".join(self.seen)}) from "probe.csv"
eq: {self.laws}
ic: {", ".join(f"{name} = {value}" for name, value in self.start.items())}  at t = 0
fit: {", ".join(f"{name} = probe.{name}" for name in self.seen)}  on probe
"""


SIRS = Reaction(
    "S_t = -b*S*I + w*R,  I_t = b*S*I - g*I,  R_t = g*I - w*R",
    lambda y, p: [
        -p[0] * y[0] * y[1] + p[1] * y[2], p[0] * y[0] * y[1] - p[2] * y[1],
        p[2] * y[1] - p[1] * y[2],
    ],
    {"S": 0.99, "I": 0.01, "R": 0}, {"b": 1.2, "w": 0.15, "g": 0.4}, ("I",), 40, 0.007,
)  # fmt: skip
SEIR = Reaction(
    "S_t = -b*S*I + w*R,  E_t = b*S*I - s*E,  I_t = s*E - g*I,  R_t = g*I - w*R",
    lambda y, p: [
        -p[0] * y[0] * y[2] + p[3] * y[3], p[0] * y[0] * y[2] - p[1] * y[1],
        p[1] * y[1] - p[2] * y[2], p[2] * y[2] - p[3] * y[3],
    ],
    {"S": 0.98, "E": 0.01, "I": 0.01, "R": 0}, {"b": 1.5, "s": 0.5, "g": 0.3, "w": 0.05},
    ("E", "I"), 30, 0.005,
)  # fmt: skip
PREDATORS = Reaction(
    "p_t = a*p - b*p*q,  q_t = c*p*q - d*q",
    lambda y, p: [p[0] * y[0] - p[1] * y[0] * y[1], p[2] * y[0] * y[1] - p[3] * y[1]],
    {"p": 10, "q": 5}, {"a": 1.1, "b": 0.4, "c": 0.1, "d": 0.4}, ("p", "q"), 20, 0.3,
)  # fmt: skip
ENZYME = Reaction(
    "S_t = -V*S/(K + S)", lambda y, p: [-p[0] * y[0] / (p[1] + y[0])],
    {"S": 2}, {"V": 1.5, "K": 0.4}, ("S",), 3, 0.01,
)  # fmt: skip
DIMER = Reaction(
    "A_t = -f*A*B + r*D,  B_t = -f*A*B + r*D,  D_t = f*A*B - r*D",
    lambda y, p: [s * (p[0] * y[0] * y[1] - p[1] * y[2]) for s in (-1, -1, 1)],
    {"A": 1, "B": 0.6, "D": 0}, {"f": 2, "r": 0.5}, ("D",), 4, 0.01,
)  # fmt: skip


@pytest.mark.parametrize(("reaction", "factors", "seed"), [
    (SIRS, (10, 10, 10), 1), (SIRS, (7.43, 1.78, 0.283), 10), (SEIR, (0.1, 0.1, 0.1, 0.1), 1),
    (PREDATORS, (0.1, 0.1, 0.1, 0.1), 1), (ENZYME, (1 / 30, 1 / 30), 1), (ENZYME, (30, 1 / 30), 2),
    (DIMER, (30, 30), 1),
], ids=[
    "sirs", "sirs both ways", "seir", "predators", "enzyme", "enzyme both ways", "dimer",
])  # fmt: skip
def test_distant_guesses_end_at_the_numbers_of_regression(
    tmp_path: Path, reaction: Reaction, factors: Rates, seed: int
) -> None:
    t = np.linspace(0, reaction.end, 61 if seed == 10 else 51)[1:]
    truth = tuple(reaction.truth.values())
    values = reaction.at(t, truth)
    values = values + reaction.noise * np.random.default_rng(seed).standard_normal(values.shape)
    table = np.column_stack([t, *values])
    heads = ",".join(["t", *reaction.seen])
    np.savetxt(tmp_path / "probe.csv", table, "%.17g", ",", header=heads, comments="")
    (tmp_path / "fit.pde").write_text(reaction.text(factors), encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=60)
    assert solution.finding is None
    own = np.setdiff1d(np.arange(len(t)), held_rows(len(t)))  # what was fitted
    expected = least_squares(
        lambda p: (reaction.at(t, p) - values)[:, own].ravel(), truth, x_scale=truth, xtol=1e-12
    )
    variance = 2 * expected.cost / (values[:, own].size - len(truth))
    deviations = np.sqrt(variance * np.diag(np.linalg.inv(expected.jac.T @ expected.jac)))
    for name, value, deviation in zip(reaction.truth, expected.x, deviations, strict=True):
        assert abs(solution.numbers[name] - value) < 0.05 * deviation
        assert solution.number_deviations[name] == pytest.approx(deviation, rel=0.05)


RATE = Bounded("k", 0.0, None, 2.0)
SLOPE = Bounded("v", None, None, -3.0)
PART = Bounded("s", 0.0, 1.0, 0.25)


def test_three_numbers_are_tried_around_their_guesses_within_bounds() -> None:
    found = np.array(list(trial_values([RATE, SLOPE, PART])))
    assert found[0].tolist() == [2.0, -3.0, 0.25]
    decades = np.log10(np.abs(found[:, :2]) / [2.0, 3.0])
    assert np.abs(decades).max() <= 2.001 and decades.min() < -1.9 and decades.max() > 1.9
    assert (found[:, 0] > 0).all() and found[:, 2].min() > 0 and found[:, 2].max() < 1
    assert 0.6 < (found[:, 1] < 0).mean() < 0.9  # mostly with the sign of the guess


def test_a_grid_of_two_numbers_goes_from_near_to_far() -> None:
    found = list(trial_values([RATE, Bounded("q", 0.0, None, 1.0)]))
    assert decades_apart([RATE], found[1][:1], [2.0]) < 1
    assert decades_apart([RATE], found[-1][:1], [2.0]) == pytest.approx(12)
    assert len(line(RATE)) == 49 and max(line(RATE)) == pytest.approx(2e12)


@pytest.mark.parametrize(("number", "one", "other", "expected"), [
    (RATE, 20.0, 2.0, 1.0), (SLOPE, -3.0, 3.0, np.inf), (SLOPE, 0.0, 0.0, 0.0),
    (Bounded("b", None, 5.0, 4.0), 4.9, 4.0, 1.0),
])  # fmt: skip
def test_distances_are_counted_from_the_bound(
    number: Bounded, one: float, other: float, expected: float
) -> None:
    assert decades_apart([number], [one], [other]) == pytest.approx(expected)

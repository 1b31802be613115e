"""What is known of a solution: its values at points, and how good they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.conftest import ROOT

Array = NDArray[np.float64]
SPECS = Path(ROOT) / "specs" / "pinnacle"
CACHE = Path(ROOT) / "build" / "pinnacle"
"""Git ignores it."""


@dataclass(frozen=True)
class Truth:
    """Values of a solution.

    Args:
        points: a row a point, a column a coordinate of space and of time, in the order of the spec.
        weights: of a quadrature over these points.
        values: of the fields, components as ``v[1]``.
        accuracy: relative L2 distance from a coarser solution; 0 for a closed form.
    """

    points: Array
    weights: Array
    values: Mapping[str, Array]
    accuracy: float = 0.0

    def error(self, values: Mapping[str, Array]) -> float:
        """Relative L2 error of all fields together, as it was published.

        (Σ_f ‖u_f - v_f‖²)^{1/2}/(Σ_f ‖v_f‖²)^{1/2}.
        """
        apart = sum(self.weights @ (values[f] - own) ** 2 for f, own in self.values.items())
        size = sum(self.weights @ own**2 for own in self.values.values())
        return float(np.sqrt(apart / size))


def kept(name: str, make: Callable[[], Truth]) -> Truth:
    """A truth that is made once and read from then on."""
    file = CACHE / f"{name}.npz"
    if not file.exists():
        made = make()
        CACHE.mkdir(parents=True, exist_ok=True)
        np.savez(file, points=made.points, weights=made.weights, accuracy=made.accuracy,
                 **{f"field {f}": v for f, v in made.values.items()})  # fmt: skip
    with np.load(file) as found:
        values = {key[6:]: found[key] for key in found.files if key.startswith("field ")}
        return Truth(found["points"], found["weights"], values, float(found["accuracy"]))


def relative(coarse: Array, fine: Array, weights: Array | float = 1.0) -> float:
    """‖coarse - fine‖/‖fine‖."""
    return float(np.sqrt(np.sum(weights * (coarse - fine) ** 2) / np.sum(weights * fine**2)))


def over_time(points: Array, weights: Array, times: Array) -> tuple[Array, Array]:
    """Points of space at each of equidistant times, the times slowest."""
    stacked = np.column_stack([np.tile(points, (len(times), 1)), np.repeat(times, len(points))])
    return stacked, np.tile(weights, len(times))


def numbers(spec: str, name: str) -> Array:
    """The value of a parameter in the text of a spec."""
    text = (SPECS / f"{spec}.pde").read_text(encoding="utf-8")
    pattern = rf"(?:param|,)\s+{name} = (\(\(.*?\)\)|\([^)]*\)|[^,\s]+)"
    found = re.search(pattern, text, re.DOTALL)
    assert found, name
    return np.array(ast.literal_eval(" ".join(found[1].split())), float)

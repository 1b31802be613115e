r"""A function in words of the language: ``1``, ``x - 0.5*y``, ``sin(2.0288*x)``.

A product of waves satisfies :math:`∂_i^2 w = -k_i^2 w` along every axis, which gives the wave
numbers; the amplitudes of the products of sin k_i x_i and cos k_i x_i follow by least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from pdedsl.conditioning.arrays import Array

from .trial_space import PartGrid

_FITS = 1e-5
"""Of a function, what its text may leave: null functions are known to 1e-7 or better."""

_HALVES = 1e-4
"""Of half waves of a unit length, to which a wave number is written as a multiple of pi."""


@dataclass(frozen=True)
class FunctionText:
    """A function as a factor times its text.

    Args:
        text: its largest term has the factor 1 or -1.
        factor: of the text.
    """

    text: str
    factor: float


def function_text(grid: PartGrid, theta: Array, fits: float = _FITS) -> FunctionText | None:
    """The text of Σ θ_j φ_j; None where none fits.

    Args:
        grid: of the component.
        theta: shape (size,).
        fits: part of the function that the text may leave.
    """
    values = grid.values() @ theta
    if not np.abs(values).max() > 0:
        return None
    columns = np.column_stack((np.ones(len(values)), grid.nodes))
    linear = _fit(grid, columns, linear_names(grid), values, fits)
    return linear or _waves(grid, theta, values, fits)


def linear_names(grid: PartGrid) -> list[str]:
    """``1`` and the names of the arguments."""
    return ["1", *(str(s) for s in grid.part.arguments)]


def terms_text(amplitudes: Array, names: list[str], least: float = _FITS) -> str:
    """``x - 0.5*y`` for amplitudes by name; the largest becomes 1, those below ``least`` vanish."""
    largest = leading(amplitudes)
    text = ""
    for amplitude, name in zip(amplitudes / largest, names, strict=True):
        if abs(amplitude) < least:
            continue
        size = f"{abs(amplitude):.5g}"
        term = size if name == "1" else name if size == "1" else f"{size}*{name}"
        sign = "-" if amplitude < 0 else "+"
        text += f" {sign} {term}" if text else term if sign == "+" else f"-{term}"
    return text


def leading(amplitudes: Array) -> float:
    """The first of the amplitudes that are the largest but for rounding."""
    sizes = np.abs(amplitudes)
    return float(amplitudes[int(np.argmax(sizes >= (1 - _FITS) * sizes.max()))])


def _waves(grid: PartGrid, theta: Array, values: Array, fits: float) -> FunctionText | None:
    factors: list[list[tuple[str, Array]]] = []
    for axis, symbol in enumerate(grid.part.arguments):
        second = grid.values(_second(grid, axis)) @ theta
        square = -float(grid.weights @ (second * values)) / float(grid.weights @ values**2)
        length = float(np.ptp(grid.nodes[:, axis]))
        if square * length**2 < fits:
            if not np.abs(second).max() * length**2 < fits * np.abs(values).max():
                return None
            factors.append([("", np.ones(len(values)))])
            continue
        number = square**0.5
        at = number * grid.nodes[:, axis]
        name = f"({_number_text(number)}*{symbol})"
        factors.append([(f"sin{name}", np.sin(at)), (f"cos{name}", np.cos(at))])
    products = list(product(*factors))
    columns = np.column_stack([np.prod([v for _, v in own], axis=0) for own in products])
    names = ["*".join(n for n, _ in own if n) or "1" for own in products]
    return _fit(grid, columns, names, values, fits)


def _number_text(number: float) -> str:
    halves = round(2 * number / np.pi)
    if halves == 0 or abs(2 * number / np.pi - halves) > _HALVES:
        return f"{number:.5g}"
    factor = f"{halves / 2:g}"
    return "pi" if factor == "1" else f"{factor}*pi"


def _second(grid: PartGrid, axis: int) -> tuple[int, ...]:
    return tuple(2 * (i == axis) for i in range(grid.nodes.shape[1]))


def _fit(
    grid: PartGrid, columns: Array, names: list[str], values: Array, fits: float
) -> FunctionText | None:
    roots = np.sqrt(grid.weights)
    found = np.linalg.lstsq(roots[:, None] * columns, roots * values, rcond=None)[0]
    left = np.linalg.norm(roots * (values - columns @ found))
    if not left <= fits * np.linalg.norm(roots * values):
        return None
    amplitudes = np.asarray(found, dtype=np.float64)
    return FunctionText(terms_text(amplitudes, names, fits), leading(amplitudes))

"""Null functions in words: what may be added to which component, and what would fix it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdedsl.conditioning.arrays import Array
from pdedsl.ir import Problem

from .function_text import function_text, leading, linear_names, terms_text
from .null_functions import Spectrum
from .trial_space import PartGrid

_PARALLEL = 1e-10
"""One minus the cosine of an angle below which directions count as the same."""


@dataclass(frozen=True)
class NullWords:
    """One null function.

    Args:
        terms: component to the text of what can be added to it.
        peak: where the terms are not in words, a condition that fixes the function at its peak.
    """

    terms: tuple[tuple[str, str], ...]
    peak: str = ""

    def added(self, letter: str) -> str:
        """``u + c*x``, for all components that change."""
        return " with ".join(f"{name} + {_times(letter, text)}" for name, text in self.terms)

    def gauge(self, domain: str) -> str:
        """A law that fixes it, as the language has it."""
        parts = [n if t == "1" else f"{n}*({t})" for n, t in self.terms]
        return self.peak or f"integral({' + '.join(parts)}, {domain}) = 0"


def _times(letter: str, text: str) -> str:
    if text == "1":
        return letter
    plain = " " not in text and not text.startswith("-")
    return f"{letter}*{text}" if plain else f"{letter}*({text})"


def null_words(problem: Problem, fine: Spectrum, count: int) -> list[NullWords]:
    """A basis of the null functions, those with words first.

    Args:
        problem: names the inputs.
        fine: singular vectors, the first ``count`` of which are null functions.
        count: at least 1.
    """
    grids = fine.system.trial.grids
    roots = [np.sqrt(grid.weights) for grid in grids]
    theta = fine.vectors[:count].T / fine.system.columns[:, None]
    stacked = np.concatenate([
        r[:, None] * (g.values() @ theta[g.part.place]) for g, r in zip(grids, roots, strict=True)
    ])  # fmt: skip
    scale, turn = np.linalg.qr(stacked)
    theta = theta @ np.linalg.inv(turn)
    linear = _linears(grids, roots)
    base, triangle = np.linalg.qr(linear)
    left, cosines, right = np.linalg.svd(base.T @ scale)
    shared = int((1 - cosines < _PARALLEL).sum())
    amplitudes = _reduced(np.linalg.solve(triangle, left[:, :shared]).T)
    found = [_linear_words(grids, row) for row in amplitudes]
    rest = theta @ right[shared:].T
    return found + [_one(problem, grids, column) for column in _separated(grids, rest).T]


def _linears(grids: tuple[PartGrid, ...], roots: list[Array]) -> Array:
    """1 and the coordinates in each component, weighted: shape (all nodes, functions)."""
    blocks = [
        r[:, None] * np.column_stack((np.ones(len(r)), g.nodes))
        for g, r in zip(grids, roots, strict=True)
    ]
    rows, columns = (sum(b.shape[i] for b in blocks) for i in (0, 1))
    out = np.zeros((rows, columns))
    row = column = 0
    for block in blocks:
        out[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return out


def _reduced(rows: Array) -> Array:
    """The row echelon form, which has one function where a basis may have mixtures of several."""
    out, done = rows.copy(), 0
    for column in range(out.shape[1]):
        if done == len(out):
            break
        pivot = done + int(np.argmax(np.abs(out[done:, column])))
        if abs(out[pivot, column]) < 1e-6 * np.abs(out[done:]).max():
            continue
        out[[done, pivot]] = out[[pivot, done]]
        out[done] /= out[done, column]
        for other in range(len(out)):
            if other != done:
                out[other] -= out[other, column] * out[done]
        done += 1
    return out


def _linear_words(grids: tuple[PartGrid, ...], row: Array) -> NullWords:
    size, terms, at = np.abs(row).max(), [], 0
    for grid in grids:
        names = linear_names(grid)
        own = row[at : at + len(names)]
        at += len(names)
        if np.abs(own).max() > 1e-6 * size:
            text, factor = terms_text(own, names), leading(own) / leading(row)
            terms.append(
                (grid.part.name, text if abs(factor - 1) < 1e-6 else _scaled(factor, text))
            )
    return NullWords(tuple(terms))


def _scaled(factor: float, text: str) -> str:
    inner = f"({text})" if " " in text else text
    return f"-{inner}" if abs(factor + 1) < 1e-6 else f"{factor:.5g}*{inner}"


def _separated(grids: tuple[PartGrid, ...], theta: Array) -> Array:
    """Combinations that are products, where several functions of one component are free."""
    if theta.shape[1] < 2 or len(grids) > 1:
        return theta
    (grid,) = grids
    inputs = grid.nodes.shape[1]
    values = np.sqrt(grid.weights)[:, None] * (grid.values() @ theta)
    turned = np.zeros((theta.shape[1], theta.shape[1]))
    for axis in range(inputs):
        index = tuple(2 * (i == axis) for i in range(inputs))
        second = np.sqrt(grid.weights)[:, None] * (grid.values(index) @ theta)
        # Factors without a common measure keep apart what one of them alone would join.
        turned += 1 / (1 + np.sqrt(2) * axis) * np.linalg.lstsq(values, second, rcond=None)[0]
    rates, vectors = np.linalg.eig(turned)
    # Sorted, since the order in which they are found depends on rounding, that is on the machine.
    return theta @ vectors[:, np.argsort(rates)] if np.isrealobj(vectors) else theta


def _one(problem: Problem, grids: tuple[PartGrid, ...], theta: Array) -> NullWords:
    peaks = [float(np.abs(g.values() @ theta[g.part.place]).max()) for g in grids]
    active = [g for g, p in zip(grids, peaks, strict=True) if p > 1e-6 * max(peaks)]
    text = function_text(active[0], theta[active[0].part.place]) if len(active) == 1 else None
    if text is not None:
        return NullWords(((active[0].part.name, text.text),))
    return NullWords(tuple((g.part.name, "w") for g in active), _peak(active, theta))


def _peak(active: list[PartGrid], theta: Array) -> str:
    grid = active[0]
    values = np.abs(grid.values() @ theta[grid.part.place])
    at = grid.nodes[int(np.argmax(values))]
    names = ", ".join(str(s) for s in grid.part.arguments)
    place = ", ".join(f"{x:.4g}" for x in at)
    many = len(at) > 1
    return f"{grid.part.name} = 0 at {f'({names}) = ({place})' if many else f'{names} = {place}'}"

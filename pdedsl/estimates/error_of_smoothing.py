r"""The error of an evolution whose start is smoothed, see `pdedsl.transforms.smooth_starts`.

Near a place where the start jumps nothing but diffusion counts at first. With the Fourier transform
ĝ of what is taken from the start the error is :math:`\hat g\, e^{-αk^2t}`, and

.. math:: \|e\|^2 = \frac1{2π} \int |\hat g|^2\, \frac{1 - e^{-2αk^2T}}{2αk^2}\, dk,

T being the time. With q = αk²τ that of a step J and a bend D inside of the interval is

.. math:: |\hat g|^2 = \Bigl(\frac{J^2}{k^2} + \frac{D^2}{k^4}\Bigr)
          \bigl(1 - (1 + q) e^{-q}\bigr)^2.

At an end the field goes on as an odd function where its value is given, with 2J, as an even one
where its slope is, with 2D, and one half of the line counts. A value that begins to rise has

.. math:: |\hat g| = \frac{2Rτ}{k} \Bigl|e^{-q} - \frac{1 - e^{-q}}q\Bigr|.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from pdedsl.transforms.inner_starts import InnerJump
from pdedsl.transforms.smooth_starts import Jump

_LOG_Q = np.linspace(math.log(1e-14), math.log(1e4), 4_001)
"""log q at the nodes of the trapezoidal rule, with an integrand near zero at both ends."""


def smoothing_squares(jumps: Iterable[Jump], moment: float, duration: float) -> dict[str, float]:
    """Component name to the integral of the square of the error over space and time.

    Args:
        jumps: of the start.
        moment: τ.
        duration: T.
    """
    out: dict[str, float] = {}
    for jump in jumps:
        name = jump.component.func.__name__
        out[name] = out.get(name, 0.0) + _square(jump, moment, duration)
    return out


def moves_others(problem: Problem, jumps: Iterable[Jump]) -> str:
    """A component that jumps and by which another one diffuses, so that more than it is wrong.

    Empty where there is none.

    Args:
        problem: each of its laws is one scalar equation.
        jumps: of its start.
    """
    assert problem.time is not None
    for jump in jumps:
        second = sp.Derivative(jump.component, (jump.space, 2))
        own = sp.Derivative(jump.component, jump.time)
        for law in problem.laws:
            residual = law.residuals[0]
            if law.kind == "eq" and residual.has(second) and not residual.has(own):
                return str(jump.component.func)
    return ""


def value_square(height: float, alpha: float, moment: float, duration: float) -> float:
    """The same of a side that is put to a value in a moment, for each unit of its area.

    Args:
        height: J.
        alpha: α.
        moment: τ.
        duration: T.
    """
    q = np.exp(_LOG_Q)
    k = np.sqrt(q / (alpha * moment))
    return _integral(2 * height**2 * _taken(q) / k**2, k, q, alpha, duration / moment)


def _square(jump: Jump, moment: float, duration: float) -> float:
    q = np.exp(_LOG_Q)
    k = np.sqrt(q / (jump.diffusivity * moment))
    return _integral(_spectrum(jump, moment, k, q), k, q, jump.diffusivity, duration / moment)


def _integral(spectrum: Array, k: Array, q: Array, alpha: float, moments: float) -> float:
    """∫ |ĝ|² (1 − exp(−2αk²T))/(2αk²) dk/2π, with so many τ in T."""
    decay = -np.expm1(-2 * q * moments) / (2 * alpha * k**2)
    # On both halves of k, with dk = k/2 d log q.
    return float(np.trapezoid(spectrum * decay * k, _LOG_Q) / (2 * math.pi))


def _taken(q: Array) -> Array:
    """(1 − (1 + q) exp(−q))²."""
    whole = (-np.expm1(-q) - q * np.exp(-q)) ** 2
    return np.where(q < 1e-4, q**4 / 4, whole)


def _spectrum(jump: Jump, moment: float, k: Array, q: Array) -> Array:
    """|ĝ|² of the line; at an end half of it."""
    taken = _taken(q)
    if isinstance(jump, InnerJump):
        return np.asarray((jump.height**2 / k**2 + _bend(jump) ** 2 / k**4) * taken)
    if jump.rate:
        begun = np.exp(-q) + np.expm1(-q) / q
        begun = np.where(q < 1e-4, -q / 2, begun)
        return np.asarray(2 * (jump.height * moment * begun) ** 2 / k**2)
    return np.asarray(2 * jump.height**2 * taken / k ** (4 if jump.slope else 2))


def _bend(jump: InnerJump) -> float:
    """By how much the slope jumps."""
    return float(sp.diff(jump.right - jump.left, jump.space).subs(jump.space, jump.end))

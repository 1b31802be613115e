r"""Type of an evolution operator of any order, after Petrovskii.

With u = exp(λt + i k·x) the determinant p(λ, ik) = 0 gives the rates λ_j(k). As |k| → ∞ along
every direction:

* parabolic: Re λ_j → −∞ to leading order, for all j;
* hyperbolic: λ_j imaginary to leading order, of order |k| at most;
* dispersive: λ_j imaginary to leading order, some of higher order than |k|;
* none of them (degenerate): rates of several sorts, or Re λ_j → +∞ for some j, which makes the
  initial value problem ill-posed. Where all rates grow, as for the backward heat equation,
  the equation is parabolic with time reversed, and is called parabolic and backward in time.

Lower orders count where the leading one is imaginary, but for growth alone.

Source: I. G. Petrovskii, Bull. Univ. Moscou A 1(7) (1938); J. Lorenz and H.-O. Kreiss,
Initial-Boundary Value Problems and the Navier–Stokes Equations (1989), chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .determinant import CANCELLED, PointSymbol
from .local_type import (
    BACKWARD,
    BACKWARD_REASON,
    DEGENERATE,
    DISPERSIVE,
    HYPERBOLIC,
    PARABOLIC,
    LocalType,
)
from .points import directions
from .puiseux import Exponent, Mode, modes, sum_of

_WORDS = {
    "decaying": "are damped ever faster",
    "dispersive": "travel faster the shorter they are",
    "travelling": "travel at bounded speed",
    "bounded": "do not depend on their length to leading order",
}


def evolution_type(symbol: PointSymbol, names: Sequence[str], time: int) -> LocalType:
    """Type of a polynomial as an evolution in one of its coordinates; see the module.

    Args:
        symbol: coefficients at a point, of any degree.
        names: of the coordinates.
        time: which of them λ belongs to.
    """
    found = [mode for own in short_waves(symbol, len(names), time) for mode in own]
    sorts = [s for s in ("growing", *_WORDS) if any(_sort(m) == s for m in found)]
    t = names[time]
    if "growing" in sorts:
        return _growing(found, t)
    if sorts == ["decaying"]:
        return LocalType(PARABOLIC, f"as an evolution in {t} all short waves are damped")
    if "decaying" in sorts:
        several = ", others ".join(_WORDS[s] for s in sorts)
        return LocalType(DEGENERATE, f"as an evolution in {t} some short waves {several}")
    if "dispersive" in sorts:
        return LocalType(DISPERSIVE, f"as an evolution in {t} short waves {_WORDS['dispersive']}")
    if "travelling" in sorts:
        reason = f"as an evolution in {t} all short waves {_WORDS['travelling']}"
        return LocalType(HYPERBOLIC, reason)
    return LocalType(DEGENERATE, f"as an evolution in {t} the rates of short waves stay bounded")


def short_waves(symbol: PointSymbol, dimension: int, time: int) -> list[list[Mode]]:
    """The rates λ(r ω) as r → ∞ for several directions ω, one list for each.

    Args:
        symbol: coefficients at a point, of any degree.
        dimension: number of coordinates, two at least.
        time: which of them λ belongs to.
    """
    waves = directions(dimension - 1, 0 if dimension == 2 else 6)
    return [modes(_restrict(symbol, time, wave)) for wave in waves]


def _growing(found: Sequence[Mode], time: str) -> LocalType:
    if all(mode.leading and mode.growth > 0 for mode in found):
        return LocalType(PARABOLIC, BACKWARD_REASON, BACKWARD)
    reason = (
        f"ill-posed as an evolution in {time}: some short waves grow without bound, so values at "
        "the start determine no stable solution"
    )
    return LocalType(DEGENERATE, reason)


def _sort(mode: Mode) -> str:
    if mode.growth > 0:
        return "growing"
    if mode.leading:
        return "decaying"
    if mode.order > 1:
        return "dispersive"
    return "travelling" if mode.order > 0 else "bounded"


def _restrict(
    symbol: PointSymbol, time: int, direction: np.ndarray
) -> dict[tuple[int, Exponent], complex]:
    """Coefficients of p(λ, i r ω) in λ and r."""
    orders = np.array(list(symbol))
    space = np.delete(orders, time, axis=1)
    sizes = np.prod(direction**space, axis=1) * np.array(list(symbol.values()))
    columns = (orders[:, time].tolist(), space.sum(axis=1).tolist(), sizes.tolist())
    parts = (((j, power), size * 1j**power) for j, power, size in zip(*columns, strict=True))
    return sum_of(parts, CANCELLED)

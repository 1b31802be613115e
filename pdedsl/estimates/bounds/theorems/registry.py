"""The theorems, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable

from pdedsl.estimates.bounds.approximation import Approximation
from pdedsl.estimates.bounds.standard_form import StandardForm

from .coercive import coercive
from .parabolic import parabolic
from .proof import Proof
from .self_adjoint import self_adjoint
from .transport import transport
from .wave import wave

Theorem = Callable[[StandardForm, Approximation], Proof]

THEOREMS: dict[int, tuple[Theorem, ...]] = {
    0: (self_adjoint, coercive),
    1: (parabolic, transport),
    2: (wave,),
}
"""Order in time of the equation to what is known of it; it raises `UnprovedError` where a
hypothesis is not met."""

r"""Derivatives of activation functions of any order, in closed form, up to constant factors.

Every function here gives a list of pairs (τ_k, f_k) with σ^{(k)} = f_k τ_k: whoever multiplies
by σ^{(k)} can mostly take the factor along for nothing.

- ``tanh``: σ′ = p = 1 − s² with s = tanh z; σ^{(k)} is p q_k(p) for odd and s p q_k(p) for even
  k, where q_1 = 1, and from p′ = −2 s p and s′ = p: q_{k+1} = −2 (p q_k)′ after odd k and
  q_{k+1} = p q_k − 2 (1 − p)(p q_k)′ after even k (primes on p q_k: derivatives in p);
- ``sin``: σ^{(k)}(z) = sin(z + kπ/2), from one sine and one cosine;
- ``softplus``, log(1 + e^z): σ′ is the logistic function s, and s^{(k)} = q_k(s) s(1 − s) with
  q_1 = 1, q_{k+1}(s) = (s(1 − s) q_k(s))′;
- ``silu``, z s(z): σ^{(k)} = z s^{(k)} + k s^{(k−1)};
- ``gelu``, z Φ(z) with the normal distribution Φ: σ^{(k)} = z Φ^{(k)} + k Φ^{(k−1)}, and
  Φ^{(k+1)}(z) = (−1)^k He_k(z) φ(z) with the Hermite polynomials He_{k+1} = z He_k − k He_{k−1}
  (Hendrycks and Gimpel, arXiv 1606.08415, for the function).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import pi, sqrt

import numpy as np
import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import is_closed, result

from .differentiation import is_ordinary

Scaled = list[tuple[Tensor, float]]


def tanh_polynomial(order: int) -> tuple[int, ...]:
    """Coefficients of q_k, lowest power of p first, k ≥ 1."""
    return _tanh_polynomials(order)


@cache
def _tanh_polynomials(order: int) -> tuple[int, ...]:
    if order == 1:
        return (1,)
    q = _tanh_polynomials(order - 1)
    slope = [(power + 1) * c for power, c in enumerate(q)]  # (p q)′
    if order % 2 == 0:
        return tuple(-2 * c for c in slope)
    out = [-2 * c for c in slope] + [0]
    for power, c in enumerate(q):
        out[power + 1] += c + 2 * slope[power]
    return tuple(out)


def tanh_derivatives(z: Tensor, order: int) -> Scaled:
    """Tanh and its derivatives up to an order."""
    return tanh_from_value(result(torch.tanh, z), order)


def tanh_from_value(s: Tensor, order: int) -> Scaled:
    """Tanh and its derivatives up to an order, from its value s."""
    out = [(s, 1.0)]
    if order == 0:
        return out
    one = torch.ones((), dtype=s.dtype, device=s.device)
    p = result(torch.addcmul, one, s, s, value=-1, like=s)
    odd, even = p, result(torch.mul, s, p) if order > 1 else p
    for k in range(1, order + 1):
        base = odd if k % 2 else even
        *lower, highest = tanh_polynomial(k)
        # The factor takes the highest coefficient; the rest is Horner's rule.
        value: Tensor | None = None
        for c in reversed(lower):
            shift = c / highest
            value = result(torch.add, p, shift) if value is None else value.mul_(p).add_(shift)
        out.append((base if value is None else value.mul_(base), float(highest)))
    return out


def sin_derivatives(z: Tensor, order: int) -> Scaled:
    """Sin and its derivatives up to an order."""
    s, c = result(torch.sin, z), result(torch.cos, z) if order else z
    cycle = [(s, 1.0), (c, 1.0), (s, -1.0), (c, -1.0)]
    return [cycle[k % 4] for k in range(order + 1)]


@cache
def _logistic_polynomial(order: int) -> tuple[int, ...]:
    """Coefficients of q_k, lowest power first, where s^{(k)} = s(1 − s) q_k(s), k ≥ 1."""
    if order == 1:
        return (1,)
    q = _logistic_polynomial(order - 1)
    product = [0] * (len(q) + 2)
    for power, c in enumerate(q):
        product[power + 1] += c
        product[power + 2] -= c
    return tuple(power * c for power, c in enumerate(product))[1:]


def _logistic(z: Tensor, order: int) -> list[Tensor]:
    """The logistic function 1/(1 + e^(−z)) and its derivatives up to an order."""
    s = torch.sigmoid(z)
    # Not 1 − s, which loses all digits for large z.
    slope = s * torch.sigmoid(-z)
    out = [s]
    for k in range(1, order + 1):
        value: Tensor | None = None
        for c in reversed(_logistic_polynomial(k)[:-1]):
            highest = _logistic_polynomial(k)[-1]
            value = highest * s + c if value is None else value.mul_(s).add_(c)
        out.append(slope if value is None else value.mul_(slope))
    return out


def softplus_derivatives(z: Tensor, order: int) -> Scaled:
    """Softplus and its derivatives up to an order."""
    head = torch.logaddexp(z, torch.zeros_like(z))
    return _unscaled([head, *_logistic(z, order - 1)] if order else [head])


def silu_derivatives(z: Tensor, order: int) -> Scaled:
    """SiLU and its derivatives up to an order."""
    return _times_argument(z, _logistic(z, order))


def gelu_derivatives(z: Tensor, order: int) -> Scaled:
    """GELU and its derivatives up to an order."""
    phi = torch.exp(-z * z / 2) / sqrt(2 * pi)
    normal = [0.5 * torch.erfc(-z / sqrt(2))]
    before, hermite = torch.zeros_like(z), torch.ones_like(z)
    for k in range(order):
        normal.append(hermite * phi if k % 2 == 0 else -hermite * phi)
        before, hermite = hermite, z * hermite - k * before
    return _times_argument(z, normal)


def _times_argument(z: Tensor, values: list[Tensor]) -> Scaled:
    """Derivatives of z f(z) from those of f: z f^{(k)} + k f^{(k−1)}."""
    return _unscaled(
        [z * f if k == 0 else torch.addcmul(k * values[k - 1], z, f) for k, f in enumerate(values)]
    )


def _unscaled(values: list[Tensor]) -> Scaled:
    return [(value, 1.0) for value in values]


@dataclass(frozen=True)
class FromValue:
    """A function whose derivatives follow from its value.

    Args:
        apply: replaces z by σ(z) in its place.
        derivatives: as the function's own, from σ(z).
    """

    apply: Callable[[Tensor], Tensor]
    derivatives: Callable[[Tensor, int], Scaled]


def tanh_in_place(z: Tensor) -> Tensor:
    """Replace z by tanh z, by numpy, which is three times as fast as torch on the CPU.

    A replay (see `runtime.replay`) does not see numpy's operations, and takes them itself.
    """
    if z.device.type != "cpu" or z.dtype not in NUMPY_TANH or is_closed() or not is_ordinary(z):
        return z.tanh_()
    place = z.numpy()
    np.tanh(place, out=place)
    return z


NUMPY_TANH = (torch.float64, torch.float32)
"""Precisions in which numpy has a tanh in vector instructions."""

FROM_VALUE: dict[Callable[[Tensor, int], Scaled], FromValue] = {
    tanh_derivatives: FromValue(tanh_in_place, tanh_from_value)
}

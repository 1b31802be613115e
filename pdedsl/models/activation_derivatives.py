r"""Derivatives of activation functions of any order, in closed form.

- ``tanh``: σ^{(k)} = p_k(tanh z) with p_0(s) = s, p_{k+1}(s) = p_k′(s)(1 − s²);
- ``sin``: σ^{(k)}(z) = sin(z + kπ/2), from one sine and one cosine;
- ``softplus``, log(1 + e^z): σ′ is the logistic function s, and s^{(k)} = q_k(s) s(1 − s) with
  q_1 = 1, q_{k+1}(s) = (s(1 − s) q_k(s))′;
- ``silu``, z s(z): σ^{(k)} = z s^{(k)} + k s^{(k−1)};
- ``gelu``, z Φ(z) with the normal distribution Φ: σ^{(k)} = z Φ^{(k)} + k Φ^{(k−1)}, and
  Φ^{(k+1)}(z) = (−1)^k He_k(z) φ(z) with the Hermite polynomials He_{k+1} = z He_k − k He_{k−1}
  (Hendrycks and Gimpel, arXiv 1606.08415, for the function).
"""

from __future__ import annotations

from functools import cache
from math import pi, sqrt

import torch
from torch import Tensor


@cache
def _tanh_polynomial(order: int) -> tuple[int, ...]:
    """Coefficients of q_k, lowest power first, where p_k(s) = (1 − s²) q_k(s), k ≥ 1.

    From p_{k+1} = p_k′(1 − s²): q_{k+1} = p_k′ = (1 − s²) q_k′ − 2 s q_k.
    """
    if order == 1:
        return (1,)
    q = _tanh_polynomial(order - 1)
    out = [0] * (len(q) + 1)
    for power, c in enumerate(q):
        if power:
            out[power - 1] += power * c
        out[power + 1] -= (power + 2) * c
    return tuple(out)


def tanh_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """Tanh and its derivatives up to an order."""
    s = torch.tanh(z)
    square = s * s
    slope = 1 - square
    out = [s, slope]
    for k in range(2, order + 1):
        q = _tanh_polynomial(k)
        # Odd or even polynomial: Horner in s².
        start = len(q) - 1
        value: Tensor | int = q[start]
        for power in range(start - 2, -1, -2):
            value = value * square + q[power]
        out.append(value * slope if start % 2 == 0 else value * (s * slope))
    return out[: order + 1]


def sin_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """Sin and its derivatives up to an order."""
    s, c = torch.sin(z), torch.cos(z)
    cycle = [s, c, -s, -c]
    # Each derivative is a tensor of its own: automatic differentiation tells them apart by it.
    return [cycle[k] if k < 4 else cycle[k % 4].clone() for k in range(order + 1)]


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
        value: Tensor | int = 0
        for c in reversed(_logistic_polynomial(k)):
            value = value * s + c
        out.append(value * slope)
    return out


def softplus_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """Softplus and its derivatives up to an order."""
    head = torch.logaddexp(z, torch.zeros_like(z))
    return [head, *_logistic(z, order - 1)] if order else [head]


def silu_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """SiLU and its derivatives up to an order."""
    return _times_argument(z, _logistic(z, order))


def gelu_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """GELU and its derivatives up to an order."""
    phi = torch.exp(-z * z / 2) / sqrt(2 * pi)
    normal = [0.5 * torch.erfc(-z / sqrt(2))]
    before, hermite = torch.zeros_like(z), torch.ones_like(z)
    for k in range(order):
        normal.append(hermite * phi if k % 2 == 0 else -hermite * phi)
        before, hermite = hermite, z * hermite - k * before
    return _times_argument(z, normal)


def _times_argument(z: Tensor, values: list[Tensor]) -> list[Tensor]:
    """Derivatives of z f(z) from those of f: z f^{(k)} + k f^{(k−1)}."""
    return [z * f if k == 0 else z * f + k * values[k - 1] for k, f in enumerate(values)]

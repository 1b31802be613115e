r"""Kronecker factors of JᵀJ for the layers of networks in differential equations.

For a layer with the input jet Z and δ = ∂r/∂Y of a law with N points and S channels of the jet
(quadrature nodes and repeated uses of the layer count as channels),

.. math:: A = \frac{1}{N S} \sum_{n,c} Z_{nc} Z_{nc}^T, \qquad B = \sum_{n,c} δ_{nc} δ_{nc}^T,
          \qquad J^T J ≈ \sum_{\text{laws}} B ⊗ A

(Dangel, Müller and Zeinhofer, arXiv 2405.15603, equation 11). The factor 1/N of B is in δ, as the
rows are scaled by √(w/N). A bias belongs to its layer, with a 1 for the value in Z. The laws of
the interior are merged into one pair, and so are all others. Parameters of no layer, such as
unknown numbers, have their own block of JᵀJ exactly, or its diagonal where it is large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.linalg.kronecker import Pair, SumInverse, merged
from pdedsl.linalg.layers import Factor, LinearLayer
from pdedsl.optimizers.problem import Law
from pdedsl.optimizers.state import kept

_DENSE = 1_000  # parameters of no layer whose block is kept whole
_INTERIOR = "eq"  # the kind of laws inside domains
kept(LinearLayer)
kept(Pair)


@dataclass
class _Sums:
    """Σ Z Zᵀ, Σ δ δᵀ and the number of Z, a scalar tensor, for a layer and a law."""

    inner: Tensor
    outer: Tensor
    count: Tensor


class Curvature:
    """The factors at one state, added up chunk by chunk.

    Args:
        layers: of the networks.
        laws: that have rows.
        theta: the state, shape (P,).
    """

    def __init__(self, layers: Sequence[LinearLayer], laws: Sequence[Law], theta: Tensor) -> None:
        size = len(theta)
        self._layers = {layer.weight: layer for layer in layers}
        self._sums = {
            (layer.weight, law.label, law.kind == _INTERIOR): _no_sums(layer, theta)
            for layer in layers
            for law in laws
        }
        owned = torch.zeros(size, dtype=torch.bool)
        for layer in layers:
            owned[layer.weight : layer.weight + layer.out * layer.width] = True
            if layer.bias is not None:
                owned[layer.bias : layer.bias + layer.out] = True
        self.free = (~owned).nonzero().squeeze(1)
        self._place = torch.cumsum(~owned, 0) - 1
        self._owned = owned
        free = len(self.free)
        self._rest = theta.new_zeros((free, free) if free <= _DENSE else (free,))

    @property
    def tensors(self) -> list[Tensor]:
        """All sums, in an order that depends on layers and laws alone."""
        sums = self._sums.values()
        return [self._rest, *(t for own in sums for t in (own.inner, own.outer, own.count))]

    def take(self, tensors: Sequence[Tensor]) -> None:
        """Put other sums in place of these, in the order of `tensors`."""
        self._rest, *others = tensors
        triples = zip(*[iter(others)] * 3, strict=True)
        self._sums = dict(zip(self._sums, (_Sums(*triple) for triple in triples), strict=True))

    def add(self, law: Law, factors: Sequence[Factor]) -> None:
        """Add a chunk of a law.

        Raises:
            ValueError: rows of the law mix points, so that layers have no Kronecker factors there.
        """
        for factor in factors:
            if factor.jet is None and factor.column in self._layers:
                raise ValueError(
                    f"kfac: {law.label} is imposed by integrals, whose rows have no Kronecker "
                    "factors; take another optimizer, such as lm"
                )
            if factor.jet is not None:
                self._add_layer(law, factor, factor.jet)
        free = [f for f in factors if f.jet is None and not bool(self._owned[f.column])]
        for row in sorted({f.row for f in free}):
            self._add_free([f for f in free if f.row == row])

    def _add_layer(self, law: Law, factor: Factor, jet: Tensor) -> None:
        layer = self._layers[factor.column]
        sums = self._sums[layer.weight, law.label, law.kind == _INTERIOR]
        flat, delta = jet.flatten(1), factor.delta.flatten(1)
        sums.inner[: layer.width, : layer.width].addmm_(flat, flat.T)
        if layer.bias is not None:
            first = jet[:, 0].flatten(1).sum(dim=1)
            sums.inner[-1, :-1] += first
            sums.inner[:-1, -1] += first
            sums.inner[-1, -1] += jet[0, 0].numel()
        sums.outer.addmm_(delta, delta.T)
        sums.count += flat.shape[1]

    def _add_free(self, factors: Sequence[Factor]) -> None:
        """Rows of the parameters of no layer; the factors have the same rows."""
        size, like = len(self.free), factors[0].delta
        rows = like.new_zeros(size, factors[0].rows)
        for factor in factors:
            start = int(self._place[factor.column])
            rows[start : start + len(factor.delta)] += factor.delta
        self._rest += rows @ rows.T if size <= _DENSE else rows.square().sum(dim=1)

    def done(self) -> Factors:
        """The factors of all laws: for each layer, those of the interior and the others."""
        found: dict[int, tuple[list[Pair], list[Pair]]] = {w: ([], []) for w in self._layers}
        for (weight, _, interior), sums in self._sums.items():
            if bool(sums.count):
                pair = Pair(sums.inner / sums.count, sums.outer)
                found[weight][0 if interior else 1].append(pair)
        pairs = {
            weight: tuple(merged(group) for group in groups if group)
            for weight, groups in found.items()
        }
        return Factors(self._layers, pairs, self.free, self._rest if len(self.free) else None)


def _no_sums(layer: LinearLayer, like: Tensor) -> _Sums:
    width = layer.width + (layer.bias is not None)
    sides = like.new_zeros(width, width), like.new_zeros(layer.out, layer.out)
    return _Sums(*sides, like.new_zeros(()))


@kept
@dataclass(frozen=True)
class Factors:
    """The approximation of JᵀJ.

    Args:
        layers: by the places of their weights.
        pairs: by the same, one pair or two.
        free: indices of the parameters of no layer.
        rest: their block of JᵀJ, or its diagonal, or None where there are none.
    """

    layers: Mapping[int, LinearLayer]
    pairs: Mapping[int, tuple[Pair, ...]]
    free: Tensor
    rest: Tensor | None

    def averaged(self, old: Factors | None, part: float) -> Factors:
        """The moving average with the factors before, which count ``part``."""
        if old is None or part == 0:
            return self
        pairs = {
            weight: tuple(
                Pair(torch.lerp(a.inner, b.inner, part), torch.lerp(a.outer, b.outer, part))
                for a, b in zip(new, old.pairs[weight], strict=True)
            )
            for weight, new in self.pairs.items()
        }
        rest = self.rest
        if rest is not None and old.rest is not None:
            rest = torch.lerp(rest, old.rest, part)
        return Factors(self.layers, pairs, self.free, rest)

    def largest(self) -> float:
        """The largest trace of a block: an upper bound of its eigenvalues."""
        traces = [sum(p.largest() for p in pairs) for pairs in self.pairs.values()]
        if self.rest is not None:
            traces.append(float(self.rest.trace() if self.rest.ndim == 2 else self.rest.sum()))
        return max(traces, default=0.0)

    def solve(self, gradient: Tensor, damping: float) -> Tensor:
        """(G + λ)⁻¹ g, both of shape (P,), λ > 0 and G the approximation.

        Raises:
            torch.linalg.LinAlgError: the damping is too small for the rounding.
        """
        out = torch.zeros_like(gradient)
        for weight, pairs in self.pairs.items():
            if pairs:
                inverse = SumInverse([pair.damped(damping) for pair in pairs])
                layer = self.layers[weight]
                layer.put(inverse.times(layer.joined(gradient)), out)
        if self.rest is not None:
            free = self.free.to(gradient.device)
            out[free] = _solve_rest(self.rest, gradient[free], damping)
        return out


def _solve_rest(rest: Tensor, right: Tensor, damping: float) -> Tensor:
    # Here λ is not halved into two roots, and may be far below rounding.
    damping = max(damping, len(right) * torch.finfo(rest.dtype).eps * float(rest.max()))
    if rest.ndim == 1:
        return right / (rest + damping)
    shifted = rest + damping * torch.eye(len(rest), dtype=rest.dtype, device=rest.device)
    factor = torch.linalg.cholesky(shifted)
    return torch.cholesky_solve(right.unsqueeze(1), factor).squeeze(1)

r"""Functions of the distance and angle from a point of the plane, which polynomials do not have.

With z = F (x − c)/s as a complex number, where F is a matrix, r = |z| and θ = arg z ∈ (κ, κ + 2π),
the functions are the real and imaginary parts of

.. math:: r^p e^{iqθ} (\log z)^j (\log r)^l, \qquad r^p e^{iqθ} = z^{(p+q)/2} \bar z^{(p-q)/2}.

These are what solutions behave like at corners (p = kπ/ω), around holes (p < 0), and where a
condition changes (p = k − ½). The ray of the angle κ from c must lie outside the set unless q is a
whole number and j = 0. Where no ray does, as at the corner of a hole, the cut ends at a point e:
with ζ = F (x − e)/s and the part f of q beside a whole number, the functions

.. math:: r^p e^{iqθ} ζ^{-f} (\log (z/ζ))^j (\log r)^l

jump across the segment from c to e alone. Derivatives are exact: s ∂_{x_k} = φ_k ∂_z + φ̄_k ∂_z̄ with
φ_k = F_{1k} + i F_{2k}, which maps the span of such functions to itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import comb

import torch
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.model import MisfitError

from .index_sets import full_grid
from .polar_columns import Frame, PolarColumns, PolarTerm
from .polynomials import legendre_line

_PLANE = 2
_LEAST_RADIUS = 1e-300  # a point at c itself has r = 0, whose logarithm is not finite


def polar_count(columns: PolarColumns, inputs: int) -> int:
    """Number of functions on so many inputs."""
    return len(columns.terms) * int((columns.degree + 1) ** (inputs - _PLANE))


class PolarFunctions:
    """The functions of `PolarColumns` on some axes, two of which are the plane.

    Raises:
        MisfitError: there are less axes than the plane asks for, or one of its own is periodic.
    """

    def __init__(self, columns: PolarColumns, axes: tuple[Axis, ...]) -> None:
        places = columns.plane
        if len(axes) <= max(places) or any(axes[i].period is not None for i in places):
            raise MisfitError("basis: columns need two coordinates that are not periodic")
        self._columns = columns
        self._rest = [i for i in range(len(axes)) if i not in places]
        self._groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, term in enumerate(columns.terms):
            self._groups[term.log_z, term.log_r].append(place)
        self._order = [place for group in self._groups.values() for place in group]
        self._others = [legendre_line(axes[i], columns.degree) for i in self._rest]
        self._products = full_grid([columns.degree + 1] * len(self._others))
        self.size = polar_count(columns, len(axes))
        self.labels = tuple(
            _label(columns, term, dict(zip(self._rest, place, strict=True)))
            for place in self._products
            for term in columns.terms
        )

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """Derivatives ∂^α φ_j at points of shape (n, d): (len(indices), n, size)."""
        x, y = self._columns.plane
        pairs = [(alpha[x], alpha[y]) for alpha in indices]
        different = list(dict.fromkeys(pairs))
        plane = dict(zip(different, self._plane(points[:, [x, y]], different), strict=True))
        values = torch.stack([plane[pair] for pair in pairs])
        if not self._others:
            return values
        tables = [
            line.table(points[:, i], max(alpha[i] for alpha in indices))
            for i, line in zip(self._rest, self._others, strict=True)
        ]
        parts = []
        for place in self._products:
            factor = torch.ones_like(values[..., :1])
            for i, table, degree in zip(self._rest, tables, place, strict=True):
                own = torch.stack([table[alpha[i]][:, degree] for alpha in indices])
                factor = factor * own[..., None]
            parts.append(values * factor)
        return torch.cat(parts, dim=-1)

    def _plane(self, points: Tensor, indices: Sequence[MultiIndex]) -> list[Tensor]:
        """Derivatives in the plane, each of shape (n, terms)."""
        columns = self._columns
        frame = points.new_tensor(columns.frame)
        offset = (points - points.new_tensor(columns.centre)) / columns.scale @ frame.T
        radius = torch.hypot(offset[:, 0], offset[:, 1]).clamp(min=_LEAST_RADIUS)
        angle = torch.remainder(torch.atan2(offset[:, 1], offset[:, 0]) - columns.cut, 2 * torch.pi)
        log_z = torch.complex(radius.log(), angle + columns.cut)
        ratio = None if columns.end is None else self._ratio(log_z, points)
        wanted = {alpha: _wirtinger(columns.frame, *alpha) for alpha in indices}
        found = {alpha: [] for alpha in indices}  # type: dict[MultiIndex, list[Tensor]]
        for logs, places in self._groups.items():
            terms = [columns.terms[place] for place in places]
            power = points.new_tensor([term.power for term in terms])
            wave = points.new_tensor([term.wave for term in terms])
            pairs = {pair for own in wanted.values() for pair in own}
            values = {p: _differentiated(log_z, ratio, power, wave, logs, *p) for p in pairs}
            sine = torch.tensor([t.part == "sin" for t in terms], device=points.device)
            for alpha, own in wanted.items():
                total = sum(values[pair] * factor for pair, factor in own.items())
                assert isinstance(total, Tensor)
                found[alpha].append(torch.where(sine, total.imag, total.real))
        back = torch.tensor(self._order, device=points.device).argsort()
        return [
            torch.cat(found[alpha], dim=1)[:, back] / columns.scale ** sum(alpha)
            for alpha in indices
        ]

    def _ratio(self, log_z: Tensor, points: Tensor) -> Tensor:
        """The logarithm of z/ζ that jumps between the ends of the cut alone, shape (n,)."""
        columns = self._columns
        frame = points.new_tensor(columns.frame)
        offset = (points - points.new_tensor(columns.end)) / columns.scale @ frame.T
        radius = torch.hypot(offset[:, 0], offset[:, 1]).clamp(min=_LEAST_RADIUS)
        turn = log_z.imag - torch.atan2(offset[:, 1], offset[:, 0])
        angle = torch.remainder(turn + torch.pi, 2 * torch.pi) - torch.pi
        return torch.complex(log_z.real - radius.log(), angle)


@lru_cache(maxsize=256)
def _wirtinger(frame: Frame, m: int, n: int) -> dict[tuple[int, int], complex]:
    """∂_x^m ∂_y^n as a sum of factors times ∂_z^a ∂_z̄^b, by (a, b)."""
    x, y = (complex(*column) for column in zip(*frame, strict=True))
    out: dict[tuple[int, int], complex] = defaultdict(complex)
    for j in range(m + 1):
        for k in range(n + 1):
            powers = x ** (m - j) * x.conjugate() ** j * y ** (n - k) * y.conjugate() ** k
            out[m - j + n - k, j + k] += comb(m, j) * comb(n, k) * powers
    return {pair: factor for pair, factor in out.items() if factor}


Powers = tuple[int, int, int]
"""Those of log z, or of log z/ζ, of log r and of z/ζ."""


def _differentiated(
    log_z: Tensor,
    ratio: Tensor | None,
    power: Tensor,
    wave: Tensor,
    logs: tuple[int, int],
    a: int,
    b: int,
) -> Tensor:
    """∂_z^a ∂_z̄^b of functions with one (j, l) and many p, q: complex, shape (n, functions)."""
    of_z, of_conjugate = (power + wave) / 2, (power - wave) / 2
    beside = torch.zeros_like(wave) if ratio is None else wave - wave.round()
    factors: dict[Powers, Tensor] = {(*logs, 0): torch.ones_like(power)}
    for step in range(a):
        factors = _lowered_in_z(factors, of_z - step, beside, ratio is not None)
    for step in range(b):
        factors = _lowered_in_conjugate(factors, of_conjugate - step)
    whole = wave - beside
    exponent = log_z.real[:, None] * (power - (a + b) - beside)
    value = torch.exp(exponent + 1j * log_z.imag[:, None] * (whole - (a - b)))
    if ratio is not None:
        value = value * torch.exp(ratio[:, None] * beside)
    base = log_z if ratio is None else ratio
    over = torch.ones_like(base) if ratio is None else ratio.exp()
    terms = [
        (base**j * log_z.real**k * over**m)[:, None] * factor
        for (j, k, m), factor in factors.items()
    ]
    return value * torch.stack(terms).sum(0)


def _lowered_in_z(
    factors: dict[Powers, Tensor], exponent: Tensor, beside: Tensor, ends: bool
) -> dict[Powers, Tensor]:
    """One derivative by z of the factors, which takes z⁻¹ out of them.

    That of :math:`z^A ζ^{-f} (z/ζ)^m L^j`, with L the logarithm of z/ζ, is z⁻¹ times
    :math:`(A + m) - (f + m) z/ζ` of it, and :math:`j (1 - z/ζ)` of it with one power of L less.
    """
    out: dict[Powers, Tensor] = {}
    for (j, k, m), factor in factors.items():
        _add(out, (j, k, m), (exponent + m) * factor)
        if ends:
            _add(out, (j, k, m + 1), -(beside + m) * factor)
        if j:
            _add(out, (j - 1, k, m), j * factor)
        if j and ends:
            _add(out, (j - 1, k, m + 1), -j * factor)
        if k:
            _add(out, (j, k - 1, m), k / 2 * factor)
    return out


def _lowered_in_conjugate(factors: dict[Powers, Tensor], exponent: Tensor) -> dict[Powers, Tensor]:
    """One derivative by z̄, on which only the power of z̄ and log r depend."""
    out: dict[Powers, Tensor] = {}
    for (j, k, m), factor in factors.items():
        _add(out, (j, k, m), exponent * factor)
        if k:
            _add(out, (j, k - 1, m), k / 2 * factor)
    return out


def _add(out: dict[Powers, Tensor], key: Powers, value: Tensor) -> None:
    out[key] = out[key] + value if key in out else value


def _label(columns: PolarColumns, term: PolarTerm, degrees: Mapping[int, int]) -> str:
    """``r^0.5 sin(0.5θ) at (0, 0)``; ``degrees`` of the polynomials in the other inputs."""
    point = ", ".join(f"{v:g}" for v in columns.centre)
    parts = [f"r^{term.power:g}"] if term.power else []
    parts += [f"{term.part}({term.wave:g}θ)"] if term.wave else []
    parts += [f"log(z)^{term.log_z}"] if term.log_z else []
    parts += [f"log(r)^{term.log_r}"] if term.log_r else []
    others = [f"P{degree}(ξ{axis + 1})" for axis, degree in degrees.items() if degree]
    return " ".join([*parts, *others, f"at ({point})"])

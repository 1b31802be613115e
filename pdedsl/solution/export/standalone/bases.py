"""A basis at its coefficients as nested calls of the functions of stand-alone files.

The cases are those of `pdedsl.models.bases.build.build_family`.
"""

from __future__ import annotations

from math import prod

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.models.bases.basis import BasisOptions
from pdedsl.models.bases.build import build_family
from pdedsl.models.bases.plane_waves import PlaneWaves, periods
from pdedsl.models.bases.products import TensorProduct
from pdedsl.models.bases.random_features import RandomFeatures
from pdedsl.models.inputs import Axis

from .calls import Arrays, Call, Name, call


def basis_call(options: BasisOptions, axes: tuple[Axis, ...], rows: Array, arrays: Arrays) -> Call:
    """The functions of a family, without further columns.

    Args:
        options: of the basis.
        axes: the inputs.
        rows: coefficients, (outputs, functions).
        arrays: where numbers go.
    """
    basis = build_family(options, axes)
    middle = [float((axis.lower + axis.upper) / 2) for axis in axes]
    if isinstance(basis, PlaneWaves):
        volume = float(prod(periods(axes, options.extension)))
        vectors = arrays.add(basis.vectors)
        return call("_waves", arrays.add(middle), vectors, volume, arrays.add(rows))
    if isinstance(basis, RandomFeatures):
        f = Name("np.sin" if options.family == "random_fourier" else "np.tanh")
        own = basis.weights.double().numpy(), basis.offsets.double().numpy()
        given = [arrays.add(values) for values in (middle, *own)]
        return call("_ridges", f, *given, float(basis.scale), arrays.add(rows))
    assert isinstance(basis, TensorProduct)
    lines = [_line(options, axis, place) for place, axis in enumerate(axes)]
    counts = basis.counts
    if options.by_axis:
        return call("_product", lines, arrays.add(rows.reshape(len(rows), *counts)))
    places = basis.positions.numpy()
    if len(places) < prod(counts):
        return call("_chosen", lines, arrays.add(places), arrays.add(rows))
    full = np.empty((len(rows), *counts))
    full[:, *places.T] = rows  # those of an index set lie in another order
    return call("_product", lines, arrays.add(full))


def _line(options: BasisOptions, axis: Axis, place: int) -> Call:
    modes, breaks = options.modes_of(place), options.breaks_of(place)
    lower, upper = float(axis.lower), float(axis.upper)
    if breaks:
        inner = list(map(float, breaks))
        return call("_splines", lower, upper, axis.period, inner, modes, options.smoothness)
    if options.family == "mixed" and axis.period is not None:
        return call("_fourier", (lower + upper) / 2, float(axis.period), modes)
    names = {"sine": "_sines", "cosine": "_cosines", "chebyshev": "_chebyshev"}
    return call(names.get(options.family, "_legendre"), lower, upper, modes)

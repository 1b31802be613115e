r"""A basis with coefficients: a model that is linear in its parameters.

.. math:: u_c(x) = \sum_j φ_j(x)\, (T θ)_{cj}

θ has the shape (outputs · size,), index c · size + j. T is a preconditioner (De Ryck, Bonnet,
Mishra and de Bezenac, arXiv 2310.05801), the identity by default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from pydantic import Field
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.channels import scatter
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.model import MisfitError
from pdedsl.models.parameters import Affine, Reader, Tape

from .basis import BasisOptions
from .basis_jets import JetCache, basis_jet
from .build import build_basis
from .products import TensorProduct

_FEW = 2**20  # numbers that are remembered of local functions


class BasisModel:
    """The model; see the module docstring.

    Args:
        options: of the basis.
        axes: the inputs.
        outputs: number of components.
        transform: T, its diagonal (P,) or the whole (P, P); None for the identity.

    Raises:
        MisfitError: no such basis for these axes, or a transform of another size.
        ValueError: a transform that is no vector or matrix of finite numbers.
    """

    linear = True

    def __init__(
        self,
        options: BasisOptions,
        axes: tuple[Axis, ...],
        outputs: int,
        transform: ArrayLike | None = None,
    ) -> None:
        self.options = options
        self.outputs = outputs
        self.basis = build_basis(options, axes)
        self.size = outputs * self.basis.size
        self.parts: Mapping[str, slice] = {"coefficients": slice(0, self.size)}
        self._transform = self._checked(transform)
        local = None if self._transform is not None else getattr(self.basis, "local_size", None)
        self.local = local is not None
        self.width = local or self.basis.size
        plain = self._transform is None and not self.local
        self.width_of_sums = self.width
        if plain and isinstance(self.basis, TensorProduct) and self.basis.sums_by_axis:
            self.width_of_sums = self.basis.widest_axis
        # Few functions are quick to evaluate again, and a model of windows has many bases.
        self._jets = JetCache(self._nearby, _FEW) if self.local else JetCache(self._transformed)

    def initial(self, generator: torch.Generator) -> Tensor:
        """First coefficients, shape (size,), float64 on the CPU: zero, which is as good as any."""
        return torch.zeros(self.size, dtype=torch.float64)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs); see `Model`."""
        return scatter(self._wanted(reader, points, table), table.wanted, table.channels)

    def coefficients(self, theta: Tensor) -> Tensor:
        """T θ for parameters of shape (size,): a row for each component, (outputs, functions)."""
        if self._transform is not None:
            transform = self._transform.to(theta)
            theta = transform * theta if transform.ndim == 1 else transform @ theta
        return theta.reshape(self.outputs, self.basis.size)

    def _wanted(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """The channels that are read, shape (len(table.wanted), n, outputs)."""
        basis = self.basis
        plain = self._transform is None and not (self.local or isinstance(reader, Tape))
        if plain and isinstance(basis, TensorProduct) and basis.sums_by_axis:
            rows = reader.matrix(Affine(self.outputs, 0), basis.size)
            sums = partial(basis.combined, rows)
            return basis_jet(sums, points, table, table.wanted)
        jets = self._jets(points, table)
        if self.local:
            jet, numbers = jets
            return reader.local(jet, numbers, 0, self.basis.size, self.outputs)
        if self._transform is None:
            return reader.linear(jets[0], Affine(self.outputs, 0))[0]
        # One map for each component: (T θ)_c needs its own rows of T.
        step = self.basis.size if self._transform.ndim == 1 else 0
        parts = [reader.linear(jet, Affine(1, c * step))[0] for c, jet in enumerate(jets)]
        return torch.cat(parts, dim=-1)

    def _nearby(self, points: Tensor, table: JetTable) -> tuple[Tensor, ...]:
        """The jet of the functions that are not zero at a point, and their numbers."""
        assert isinstance(self.basis, TensorProduct)
        local, places = self.basis.local, []

        def derivatives(points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
            values, numbers = local(points, indices)
            places.append(numbers)
            return values

        return basis_jet(derivatives, points, table, table.wanted), places[0]

    def _checked(self, transform: ArrayLike | None) -> Tensor | None:
        if transform is None:
            return None
        made = torch.as_tensor(np.asarray(transform, dtype=np.float64))
        if made.ndim not in (1, 2):
            raise ValueError(
                f"basis: transform must be a vector or a matrix, got shape {tuple(made.shape)}"
            )
        if any(length != self.size for length in made.shape):
            raise MisfitError(
                f"basis: transform has shape {tuple(made.shape)}, but there are {self.size} "
                f"coefficients, {self.basis.size} for each of {self.outputs} components"
            )
        if not bool(torch.isfinite(made).all()):
            raise ValueError("basis: transform has entries that are not finite")
        return made

    def _transformed(self, points: Tensor, table: JetTable) -> tuple[Tensor, ...]:
        """For each component the jet that its coefficients multiply; one for all without T."""
        jet = basis_jet(self.basis.derivatives, points, table, table.wanted)
        if self._transform is None:
            return (jet,)
        blocks = self._transform.to(jet).split(self.basis.size)
        if self._transform.ndim == 1:
            return tuple(jet * block for block in blocks)
        return tuple(jet @ block for block in blocks)


class TransformedBasisOptions(BasisOptions):
    """Options with a preconditioner worked out for a problem; no method file has them.

    Args:
        transform: T, its diagonal (P,) or the whole (P, P).
    """

    transform: Annotated[Any, Field(repr=False)]

    def build(self, axes: tuple[Axis, ...], outputs: int) -> BasisModel:
        """See `ModelOptions.build`."""
        return BasisModel(self, axes, outputs, self.transform)

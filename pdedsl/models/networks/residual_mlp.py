r"""Residual blocks with gates and trainable skip coefficients.

This is PirateNet (Wang, Li, Chen and Perdikaris, arXiv 2402.00326, section 4), except for the
layer before the blocks. With U = σ(W_U φ + b_U), V = σ(W_V φ + b_V) and a = σ(W_1 φ + b_1), which
has the width that blocks need, each of ``depth`` blocks does

.. math:: f = σ(W_1 a + b_1),\quad z_1 = f ⊙ U + (1 - f) ⊙ V,

.. math:: g = σ(W_2 z_1 + b_2),\quad z_2 = g ⊙ U + (1 - g) ⊙ V,

.. math:: h = σ(W_3 z_2 + b_3),\quad a ← α h + (1 - α)\, a,

with weights and a number α of its own, and u = W a + b. At α = 0, where training starts by
default, the network is shallow, and training makes it as deep as the problem wants.

Without ``gated``, a block is the plain residual one of two layers (He, Zhang, Ren and Sun,
CVPR 2016), a ← a + σ(W_2 σ(W_1 a + b_1) + b_2), and there is no α.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.models.inputs import Axis, Features
from pdedsl.models.jets.channels import gather
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.products import multiply_add
from pdedsl.models.jets.ridge import AffineFeatures
from pdedsl.models.parameters import Reader
from pdedsl.options.section import Flag, fault_of

from .fourier_features import GatedOptions
from .layered import Layered


class ResidualMlpOptions(GatedOptions):
    """Residual blocks with gates and skip coefficients; see `residual_mlp`.

    Args:
        depth: number of blocks.
        gated: whether the blocks have gates and a skip coefficient α each, or are plain.
        alpha: α of all gated blocks at the start.
    """

    kind: Literal["residual_mlp"] = "residual_mlp"
    gated: Flag = True
    alpha: Annotated[float, Field(strict=True)] = 0.0

    @model_validator(mode="after")
    def _alpha_of_gated_blocks(self) -> ResidualMlpOptions:
        if self.alpha and not self.gated:
            raise fault_of(
                "alpha belongs to gated blocks; leave it out, or set gated = true", "alpha"
            )
        return self

    def build(self, axes: tuple[Axis, ...], outputs: int) -> ResidualMLP:
        """See `ModelOptions.build`."""
        return ResidualMLP(self, self.inputs(axes), outputs)


class ResidualMLP(Layered):
    """The network; see the module docstring, and `Layered` for the arguments."""

    def __init__(self, options: ResidualMlpOptions, embedding: Features, outputs: int) -> None:
        self._gated = options.gated
        before = ["gate U", "gate V", "layer 1"] if options.gated else ["layer 1"]
        inside = 3 if options.gated else 2
        shapes = [(name, embedding.features, options.width, True) for name in before]
        for block in range(1, options.depth + 1):
            names = [f"block {block} layer {k}" for k in range(1, inside + 1)]
            shapes += [(name, options.width, options.width, False) for name in names]
        super().__init__(options, embedding, outputs, shapes)
        inner = self.layers[len(before) : -1]
        self.blocks = [inner[k : k + inside] for k in range(0, len(inner), inside)]
        if options.gated:
            skips = slice(self.size, self.size + options.depth)
            self.parts, self.size = {**self.parts, "alpha": skips}, skips.stop
        self._alpha = options.alpha

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""
        layers = super().initial(generator)
        skips = layers.new_full((self.size - len(layers),), self._alpha)
        return torch.cat((layers, skips))

    def hidden(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        """See `Layered.hidden`."""
        return (self._with_gates if self._gated else self._plain)(reader, features, table, rows)

    def _with_gates(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        u, v, state = (self.neurons(reader, features, layer, table) for layer in self.layers[:3])
        across = u - v
        skips = reader.spread(self.parts["alpha"].start, len(self.blocks), state.shape[1])
        alphas = skips.split(1, dim=1)
        for number, ((first, second, third), alpha) in enumerate(
            zip(self.blocks, alphas, strict=True), start=1
        ):
            inner = state
            for layer in (first, second):
                inner = multiply_add(v, self.neurons(reader, inner, layer, table), across, table)
            chosen = rows if number == len(self.blocks) else table.every
            inner, state = (
                self.neurons(reader, inner, third, table, chosen),
                gather(state, chosen),
            )
            state = state + alpha * (inner - state)
        return state

    def _plain(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        state = self.neurons(reader, features, self.layers[0], table)
        for number, (first, second) in enumerate(self.blocks, start=1):
            inner = self.neurons(reader, state, first, table)
            chosen = rows if number == len(self.blocks) else table.every
            state = gather(state, chosen) + self.neurons(reader, inner, second, table, chosen)
        return state

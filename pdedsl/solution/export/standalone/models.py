"""A model at its parameters as nested calls of the functions of stand-alone files."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor

from pdedsl.models import Model, Reader
from pdedsl.models.bases.basis import BasisOptions
from pdedsl.models.bases.model import BasisModel
from pdedsl.models.corrected import Corrected
from pdedsl.models.inputs import Embedding
from pdedsl.models.networks.fourier_features import FourierFeatures
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.layered import Layered
from pdedsl.models.networks.mlp import MLP
from pdedsl.models.networks.modified_mlp import ModifiedMLP
from pdedsl.models.networks.module import ModuleModel
from pdedsl.models.networks.multiscale_fourier import MultiscaleFourier, MultiscaleFourierOptions
from pdedsl.models.networks.residual_mlp import ResidualMLP
from pdedsl.models.partition import Partition
from pdedsl.models.windows import Windows

from .bases import basis_call
from .calls import Arrays, Call, Name, call
from .expressions import fixed_call
from .refusal import refuse

_ACTIVATIONS = {
    "tanh": "torch.tanh",
    "sin": "torch.sin",
    "gelu": "torch.nn.functional.gelu",
    "silu": "torch.nn.functional.silu",
    "softplus": "_softplus",
}


@dataclass(frozen=True)
class Writer:
    """Writes models.

    Args:
        arrays: where their numbers go.
        ending: of the file, for refusals.
    """

    arrays: Arrays
    ending: str

    def model(self, model: Model, theta: Tensor) -> Call:
        """A function of arrays of NumPy.

        Args:
            model: any.
            theta: its parameters, shape (model.size,).

        Raises:
            UserError: E803, there is no way to write it.
        """
        if isinstance(model, BasisModel):
            return self._basis(model, theta)
        if isinstance(model, Corrected):
            parts = [self.model(model.fixed, model.state), self.model(model.correction, theta)]
            return call("_sum", parts)
        if isinstance(model, Windows):
            edges = list(map(float, model.edges))
            return call("_windows", model.axis, edges, self._pieces(model, theta))
        if isinstance(model, Partition):
            lines = [
                call("_window_line", w.kind, float(w.lower), float(w.upper), w.count, w.width)
                for w in model.lines
            ]
            places = [list(place) for place in model.places]
            return call("_blend", lines, places, self._pieces(model, theta))
        if isinstance(model, HardConditions):
            fixed = [fixed_call(own, self.ending) for own in (model.lift, model.factor)]
            return call("_exact", *fixed, self.model(model.model, theta))
        return call("_evaluated", self.network(model, theta))

    def network(self, model: Model, theta: Tensor) -> Call:
        """A module of torch.

        Raises:
            UserError: E803, it is no network of layers of ours.
        """
        if isinstance(model, ModuleModel):
            refuse(
                self.ending, "its network is a module of your own, whose text is not known",
                "write a program of torch (.pt2) or a model of ONNX (.onnx), which hold it",
            )  # fmt: skip
        if not isinstance(model, Layered):
            refuse(self.ending, f"there is no form for a model of the kind {type(model).__name__}")
        features = self.features(model.embedding)
        activation = Name(_ACTIVATIONS[model.options.activation])
        shared = features, activation, self._layers(model, theta)
        if isinstance(model, MLP):
            return call("_Mlp", *shared)
        if isinstance(model, ModifiedMLP):
            return call("_ModifiedMlp", *shared)
        if isinstance(model, ResidualMLP):
            alphas = theta[model.parts["alpha"]] if "alpha" in model.parts else None
            own = None if alphas is None else self._array(alphas)
            return call("_ResidualMlp", *shared, own)
        assert isinstance(model, MultiscaleFourier)
        options = model.options
        assert isinstance(options, MultiscaleFourierOptions)
        apart = None if options.last_bandwidths is None else len(options.bandwidths)
        return call("_MultiscaleFourier", *shared, 2 * options.features, apart)

    def _basis(self, model: BasisModel, theta: Tensor) -> Call:
        rows = model.coefficients(theta).detach().cpu().double()
        options, axes, smooth = model.options, model.basis.axes, model.basis.size
        columns = list(options.columns)
        counts = [
            len(c.terms) * (c.degree + 1) ** (len(axes) - 2) for c in columns
        ]  # one for each term and product of polynomials in the other inputs
        parts = rows.split([smooth - sum(counts), *counts], dim=1)
        found = [basis_call(options, axes, parts[0].numpy(), self.arrays)]
        found += [self._polar(options, place, axes, part) for place, part in enumerate(parts[1:])]
        return found[0] if len(found) == 1 else call("_sum", found)

    def _polar(self, options: BasisOptions, place: int, axes: Any, rows: Tensor) -> Call:
        own = options.columns[place]
        rest = [i for i in range(len(axes)) if i not in own.plane]
        lines = [
            (i, call("_legendre", float(axes[i].lower), float(axes[i].upper), own.degree))
            for i in rest
        ]
        shape = [len(rows), *[own.degree + 1] * len(rest), len(own.terms)]
        terms = [[t.power, t.wave, t.log_z, t.log_r, t.part == "sin"] for t in own.terms]
        assert prod(shape) == rows.numel()
        return call(
            "_polar", own.plane, own.centre, own.scale, own.frame, own.cut, own.end,
            self.arrays.add(terms), lines, self.arrays.add(rows.reshape(shape).numpy()),
        )  # fmt: skip

    def _pieces(self, model: Windows | Partition, theta: Tensor) -> list[Call]:
        places = zip(model.pieces, model.offsets, strict=False)
        return [self.model(piece, theta[start : start + piece.size]) for piece, start in places]

    def features(self, embedding: Any) -> Call:
        """The functions of the inputs that a network sees."""
        if isinstance(embedding, Embedding):
            axes = [(float(a.lower), float(a.upper), a.period) for a in embedding.axes]
            return call("_Scaled", axes, embedding.harmonics)
        assert isinstance(embedding, FourierFeatures)
        middle = [float((a.lower + a.upper) / 2) for a in embedding.axes]
        arrays = self.arrays.add(embedding.vectors), self.arrays.add(embedding.scales)
        return call("_Waves", middle, *arrays)

    def _layers(self, model: Layered, theta: Tensor) -> list[tuple[Name, Name]]:
        """W and b of each layer, constant factors multiplied in."""
        reader, found = Reader(theta), []
        for layer in model.layers:
            weight = reader.matrix(layer, layer.width)
            zero = weight.new_zeros(1, 1, layer.width)
            _, bias = reader.linear(zero, layer)
            assert bias is not None
            found.append((self._array(weight), self._array(bias)))
        return found

    def _array(self, values: Tensor) -> Name:
        return self.arrays.add(values.detach().to("cpu", torch.float64).numpy())

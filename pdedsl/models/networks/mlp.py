r"""Multilayer perceptron.

.. math:: a_0 = φ(x),\quad a_l = σ(W_l a_{l-1} + b_l),\ l = 1 … \text{depth},\quad
          u = W a_{\text{depth}} + b

with φ the embedding of `inputs` (affine to [−1, 1], circle for periodic axes).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from pdedsl.models.checks import check_integer
from pdedsl.models.inputs import Axis, Embedding, Features
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.ridge import AffineFeatures
from pdedsl.models.parameters import Reader

from .layered import Layered, chain
from .layers import LayerOptions


@dataclass(frozen=True)
class MLPOptions(LayerOptions):
    """Options of ``kind = "mlp"``: those of the layers, and these.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    harmonics: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.kind, "harmonics", self.harmonics, 1)


class MLP(Layered):
    """The network; see the module docstring.

    Args:
        options: see `LayerOptions`.
        embedding: the features of the inputs, φ.
        outputs: number of components.
    """

    def __init__(self, options: LayerOptions, embedding: Features, outputs: int) -> None:
        super().__init__(options, embedding, outputs, chain(embedding.features, options))

    def hidden(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        """See `Layered.hidden`."""
        state, (*inner, last) = features, self.layers[:-1]
        for layer in inner:
            state = self.neurons(reader, state, layer, table)
        return self.neurons(reader, state, last, table, rows)


def build(options: dict[str, object], axes: tuple[Axis, ...], outputs: int) -> MLP:
    """The network of a set of options, for the registry."""
    made = MLPOptions(**options)  # type: ignore[arg-type]
    return MLP(made, Embedding(axes, made.harmonics), outputs)

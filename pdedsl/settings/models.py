"""The section ``[model]`` of a method: the options of each model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from pdedsl.options.section import Count, Extension, Modes, Positive, Section, Tally

_ONE: TypeAdapter[int] = TypeAdapter(Modes)
_EACH: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[Modes, ...])


def _modes(value: Any, _: Any) -> int | tuple[int, ...]:
    """A number or a list, so that a fault is told of the one that was meant."""
    return (_EACH if isinstance(value, list | tuple) else _ONE).validate_python(value)


AxisModes = Annotated[int | tuple[int, ...], WrapValidator(_modes)]
Breaks = tuple[tuple[Annotated[float, Field(strict=True)], ...], ...]


class ModelSection(Section):
    """Base of the models."""

    kind: str

    def options(self) -> dict[str, Any]:
        """Keys and values as `pdedsl.compiler.residual.system.build` takes them.

        The preconditioner is left out: it depends on the problem, and whoever builds the system
        makes numbers of it (``transform``, ``feature_scales``).
        """
        return self.model_dump(exclude_none=True, exclude={"preconditioner", "gamma", "analysed"})


class LayersModel(ModelSection):
    """Layers of neurons; the meaning of the options is in `pdedsl.models.networks.layers`.

    Args:
        hard: build into the network the conditions that it can meet exactly; the others stay
            laws, see `pdedsl.compiler.exact_conditions.hard_conditions`.
    """

    width: Count = 30
    depth: Count = 3
    activation: Literal["tanh", "sin", "gelu", "silu", "softplus"] = "tanh"
    init: Literal["glorot", "normal"] = "glorot"
    scale: Positive = 0.1
    bandwidth: Positive | None = None
    hard: bool = False


class MlpModel(LayersModel):
    """Multilayer perceptron.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    kind: Literal["mlp"] = "mlp"
    harmonics: Count = 1


class ModifiedMlpModel(LayersModel):
    """Multilayer perceptron with two gates; see `pdedsl.models.networks.modified_mlp`.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    kind: Literal["modified_mlp"] = "modified_mlp"
    harmonics: Count = 1


class ResidualMlpModel(LayersModel):
    """Residual blocks with gates and skip coefficients; see `pdedsl.models.networks.residual_mlp`.

    Args:
        depth: number of blocks.
        harmonics: number of harmonics of a periodic axis.
        gated: whether the blocks have gates and a skip coefficient α each.
        alpha: α of all blocks at the start.
    """

    kind: Literal["residual_mlp"] = "residual_mlp"
    harmonics: Count = 1
    gated: bool = True
    alpha: Annotated[float, Field(strict=True)] = 0.0

    @model_validator(mode="after")
    def _alpha_of_gated_blocks(self) -> ResidualMlpModel:
        if self.alpha and not self.gated:
            raise ValueError("alpha belongs to gated blocks; leave it out, or set gated = true")
        return self


class FourierModel(LayersModel):
    """Multilayer perceptron of Fourier features; see `pdedsl.models.networks.fourier`.

    Args:
        modes: K of the lattice of wave vectors.
        index: ``box`` or ``total``.
        features: number of random wave vectors in place of the lattice.
        bandwidth_features: their deviation.
        seed: of the random wave vectors.
        extension: period in an axis that is not periodic, as a multiple of its length.
        preconditioner: ``symbol`` scales every feature by the symbol of the operator.
        gamma: γ, the scale of features that the operator maps to zero.
    """

    kind: Literal["fourier"] = "fourier"
    modes: Modes = 3
    index: Literal["box", "total"] = "total"
    features: Modes | None = None
    bandwidth_features: Positive = 2.0
    seed: Tally = 0
    extension: Extension = 2.0
    preconditioner: Literal["none", "symbol"] = "none"
    gamma: Positive = 10.0


class BasisModel(ModelSection):
    """A basis with coefficients; see `pdedsl.models.bases.build`.

    Args:
        family: the functions.
        modes: K, the highest wave number or degree, or a list of one for each input.
        index: ``box`` or ``total``.
        features: number of random features.
        bandwidth: deviation of their frequencies.
        seed: of the random features.
        extension: period of plane waves in an axis that is not periodic, as a multiple of its
            length.
        breaks: for each input a list of inner break points; one that is not empty puts splines
            of the degree ``modes`` in place of the functions of the family ``mixed``.
        smoothness: s, splines are C^s.
        preconditioner: ``symbol`` scales every function by the symbol of the operator, ``full``
            takes the inverse root of the whole matrix of the loss, ``auto`` the one of them that
            the analysis of the problem is for.
        gamma: γ, the scale of functions that the operator maps to zero.
        analysed: take the functions, γ and the weights of the loss from an analysis of the
            problem where they are not given; see `pdedsl.choice.analysed_basis`.
    """

    kind: Literal["basis"] = "basis"
    family: Literal[
        "mixed",
        "fourier",
        "sine",
        "cosine",
        "legendre",
        "chebyshev",
        "random_fourier",
        "random_tanh",
    ] = "mixed"
    modes: AxisModes = 10
    index: Literal["box", "total"] = "box"
    features: Modes = 100
    bandwidth: Positive = 2.0
    seed: Tally = 0
    extension: Extension = 1.0
    breaks: Breaks = ()
    smoothness: Tally = 2
    preconditioner: Literal["none", "symbol", "full", "auto"] = "none"
    gamma: Positive = 10.0
    analysed: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _auto_is_analysed(self) -> BasisModel:
        if self.preconditioner == "auto" and not self.analysed:
            raise PydanticCustomError(
                "at_place",
                "the preconditioner auto comes from the analysis; set analysed = true, or write "
                "symbol or full",
                {"place": ("model", "preconditioner")},
            )
        return self

    @model_validator(mode="after")
    def _functions_of_each_axis(self) -> BasisModel:
        if isinstance(self.modes, int) and not self.breaks:
            return self
        from pdedsl.models.bases import BasisOptions  # PyTorch takes a second to load

        place = ("model", "breaks" if self.breaks else "modes")
        try:
            made = BasisOptions(**{k: v for k, v in self.options().items() if k != "kind"})
        except ValueError as error:
            text = str(error).removeprefix("basis: ")
            raise PydanticCustomError(
                "at_place", "{text}", {"place": place, "text": text}
            ) from None
        if made.by_axis and (self.analysed or self.preconditioner != "none"):
            raise PydanticCustomError(
                "at_place",
                "the analysis and the preconditioners are for one number of modes and without "
                'breaks; set analysed = false and preconditioner = "none"',
                {"place": place},
            )
        return self


PieceModel = Annotated[
    MlpModel | ModifiedMlpModel | ResidualMlpModel | FourierModel | BasisModel,
    Field(discriminator="kind"),
]


class WindowsModel(ModelSection):
    """A model for each window of time; see `pdedsl.models.windows`.

    Args:
        edges: of the windows, the first and the last time among them; empty for equal ones.
        count: number of equal windows.
        pieces: the model of each window, or one for all.
        axis: place of time among the inputs of a field, from the end where negative.
    """

    kind: Literal["windows"] = "windows"
    edges: tuple[float, ...] = ()
    count: Count = 1
    pieces: tuple[PieceModel, ...] = (MlpModel(),)
    axis: Annotated[int, Field(strict=True)] = -1

    @model_validator(mode="after")
    def _plain_pieces(self) -> WindowsModel:
        for piece in self.pieces:
            for key in ("hard", "analysed"):
                if getattr(piece, key, False):
                    raise PydanticCustomError(
                        "at_place",
                        "a piece of windows has no {key} = true; leave it out",
                        {"place": ("model", "pieces"), "key": key},
                    )
        return self

    def options(self) -> dict[str, Any]:
        """See `ModelSection.options`."""
        out = super().options()
        if not self.edges:
            del out["edges"]
        return out | {"pieces": tuple(piece.options() for piece in self.pieces)}


MODELS: dict[str, type[ModelSection]] = {
    "mlp": MlpModel,
    "modified_mlp": ModifiedMlpModel,
    "residual_mlp": ResidualMlpModel,
    "fourier": FourierModel,
    "basis": BasisModel,
    "windows": WindowsModel,
}
AnyModel = Annotated[
    MlpModel | ModifiedMlpModel | ResidualMlpModel | FourierModel | BasisModel | WindowsModel,
    Field(discriminator="kind"),
]

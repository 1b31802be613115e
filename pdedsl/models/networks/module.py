r"""A module of torch as a model: u = m(φ(x)), with φ the embedding of `inputs`.

The module sees what every network sees: one column for each input in order, scaled to [−1, 1];
for a periodic input L two columns in its place, cos(2πx/L) and sin(2πx/L), so that the model has
the period. It maps a tensor (n, columns) to (n, components), row by row.

A ``Sequential`` of layers that have a rule (``Linear``, ``Tanh``, ``SiLU``, exact ``GELU``,
``Softplus`` of β = 1, taken without its threshold, ``Identity``), or of such ``Sequential``, has
jets as our networks have; any other module is differentiated by torch, see `module_jets`.

The parameters are those of the module that require a gradient, in its own order, so that
``torch.nn.utils.vector_to_parameters(θ, module.parameters())`` puts a state back when all do.
The model starts from the values that they have when it is built, whatever the seed. The module
itself is not changed, and its precision and device do not matter. Where a problem needs several
networks, each of them is the module with parameters of its own.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import accumulate

import torch
from torch import Tensor, nn

from pdedsl.models.inputs import Axis, Embedding
from pdedsl.models.jets.channels import gather
from pdedsl.models.jets.compose import add_bias, compose
from pdedsl.models.jets.jet_table import JetTable, jet_table
from pdedsl.models.jets.ridge import AffineFeatures, first_layer
from pdedsl.models.jets.ridge_plan import ridge_plan
from pdedsl.models.parameters import Affine, Reader, Tape

from .layered import features_of, outputs_of
from .module_jets import module_jet
from .module_layers import NoRule, Step, steps_of


@dataclass(frozen=True)
class ModuleSpec:
    """A module in the place of a kind of model and its options.

    Warns:
        UserWarning: a layer has no rule; the message names it.

    Raises:
        ValueError: the module has no parameters to be trained, or some without a shape.
    """

    module: nn.Module
    steps: tuple[Step, ...] | NoRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        trained = trained_parameters(self.module)
        if any(isinstance(p, nn.parameter.UninitializedParameter) for p in trained.values()):
            raise ValueError("model: the module has lazy layers; call it once before")
        if not trained or not all(p.is_floating_point() for p in trained.values()):
            raise ValueError("model: expected a module with real parameters that require gradients")
        starts = accumulate((p.numel() for p in trained.values()), initial=0)
        steps = steps_of(self.module, dict(zip(trained.values(), starts, strict=False)))
        if isinstance(steps, NoRule):
            warnings.warn(
                f"no derivative rule for {steps.what}: derivatives of this model go through "
                "torch.autograd, which is slower",
                stacklevel=6,  # where pdedsl.compile was called
            )
        object.__setattr__(self, "steps", steps)

    def build(self, axes: tuple[Axis, ...], outputs: int) -> ModuleModel:
        """The model for these inputs and this number of components.

        Raises:
            ValueError: the module takes or gives tensors of another shape, or its values at a
                point depend on more than the point.
        """
        if isinstance(self.steps, NoRule):
            return AnyModule(self.module, Embedding(axes), outputs)
        return SequentialModule(self.module, Embedding(axes), outputs, self.steps)


def trained_parameters(module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that require a gradient, by name."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


class ModuleModel(ABC):
    """What models made of a module have in common.

    Args:
        module: the module, with parameters to be trained.
        embedding: the features of the inputs, φ.
        outputs: number of components.

    Raises:
        ValueError: see `ModuleSpec.build`.
    """

    linear = False

    def __init__(self, module: nn.Module, embedding: Embedding, outputs: int) -> None:
        check_rows(module, embedding, outputs)
        self.module, self.embedding, self.outputs = module, embedding, outputs
        self._trained = trained_parameters(module)
        given = [p.detach().flatten() for p in self._trained.values()]
        self._given = torch.cat([p.to("cpu", torch.float64) for p in given])
        self.size = len(self._given)
        self.width = max(max(p.shape, default=1) for p in self._trained.values())
        self.parts: Mapping[str, slice] = parts_of(self._trained)

    def initial(self, generator: torch.Generator) -> Tensor:
        """The parameters that the module had, shape (size,), float64 on the CPU."""
        return self._given.clone()

    def at(self, theta: Tensor) -> nn.Module:
        """A copy of the module with these parameters, in double precision on the CPU.

        It takes the features of the inputs, shape (n, features), and gives (n, outputs).

        Args:
            theta: shape (size,).
        """
        made = deepcopy(self.module).to("cpu", torch.float64)
        own = list(trained_parameters(made).values())
        with torch.no_grad():
            parts = theta.detach().to("cpu", torch.float64).split([p.numel() for p in own])
            for parameter, part in zip(own, parts, strict=True):
                parameter.copy_(part.view(parameter.shape))
        return made

    @abstractmethod
    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""


class SequentialModule(ModuleModel):
    """A module whose layers have rules, as ``steps``."""

    def __init__(
        self, module: nn.Module, embedding: Embedding, outputs: int, steps: Sequence[Step]
    ) -> None:
        super().__init__(module, embedding, outputs)
        self._steps = steps

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs); see `Model`."""
        layer = [isinstance(step, Affine) for step in self._steps[:2]] == [True, False]
        features = (
            features_of(self.embedding, reader, points, table)
            if layer else self.embedding.jet(points, table)
        )  # fmt: skip
        return self.through(reader, features, table)

    def through(self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable) -> Tensor:
        """The jet of the outputs from that of the features; see `lines`."""
        rows, steps, bias = reader.last(table), self._steps, None
        curved = [number for number, step in enumerate(steps) if not isinstance(step, Affine)]
        last, start = curved[-1] if curved else -1, 0
        if isinstance(features, AffineFeatures):
            (affine, tower), start = steps[:2], 2
            assert isinstance(affine, Affine) and not isinstance(tower, Affine)
            plan = ridge_plan(table, rows if last == 1 else table.every)
            jet = first_layer(tower, reader, features, affine, plan)
        else:
            jet = features if curved else gather(features, rows)
        for number, step in enumerate(steps[start:], start):
            if not isinstance(step, Affine):
                chosen = rows if number == last else None
                jet, bias = compose(step, jet, bias, table, reader.compiled, chosen), None
                continue
            jet, bias = reader.linear(add_bias(jet, bias), step)
            bias = bias if rows.value or number < last else None
        return outputs_of(jet, bias, rows, table)


class AnyModule(ModuleModel):
    """A module that torch differentiates.

    Its derivatives in the parameters come from θ repeated for every point, so that its width, which
    says how many numbers a point takes, is at least the number of parameters.
    """

    def __init__(self, module: nn.Module, embedding: Embedding, outputs: int) -> None:
        super().__init__(module, embedding, outputs)
        self.width = max(self.width, self.size)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        value = jet_table(points.shape[1], frozenset())
        if not isinstance(reader, Tape):
            (theta,) = reader.spread(0, self.size, 1)
            return module_jet(
                lambda x: self._values(theta, self.embedding.jet(x, value)[0]), points, table, theta
            )
        rows = reader.spread(0, self.size, len(points))
        each = torch.func.vmap(lambda theta, row: self._values(theta, row[None])[0])
        return module_jet(
            lambda x: each(rows, self.embedding.jet(x, value)[0]), points, table, rows
        )

    def _values(self, theta: Tensor, rows: Tensor) -> Tensor:
        own = list(self._trained.values())
        parts = theta.split([p.numel() for p in own])
        values = {p: part.view(p.shape) for p, part in zip(own, parts, strict=True)}
        return call_module(self.module, values, rows)


def call_module(
    module: nn.Module, parameters: Mapping[nn.Parameter, Tensor], rows: Tensor
) -> Tensor:
    """A module at rows, in their precision and on their device, with other parameters.

    Buffers are copied, because some modules write to them.
    Every tensor of every submodule is replaced once: where a submodule occurs twice,
    `functional_call` would do it twice by itself, and then put back what it replaced first.
    """
    tensors: dict[str, Tensor] = {}
    for path, part in module.named_modules():
        for own, copied in ((part.named_parameters, False), (part.named_buffers, True)):
            for name, tensor in own(path, recurse=False, remove_duplicate=False):
                kind = rows.dtype if tensor.is_floating_point() else tensor.dtype
                fixed = tensor.detach().to(rows.device, kind, copy=copied)
                tensors[name] = parameters.get(tensor, fixed)
    values: Tensor = torch.func.functional_call(module, tensors, (rows,), tie_weights=False)
    return values


def check_rows(module: nn.Module, embedding: Embedding, outputs: int) -> None:
    """Try a module out on three rows; see `ModuleSpec.build`."""
    width = embedding.features
    wanted = f"model: expected a module from tensors (n, {width}) to (n, {outputs})"
    if width > len(embedding.axes):
        wanted += ", a periodic input being two columns, a cosine and a sine"
    generator = torch.Generator().manual_seed(0)
    rows = 2 * torch.rand(3, width, dtype=torch.float64, generator=generator) - 1
    with torch.no_grad():
        try:
            values, fewer = (call_module(module, {}, part) for part in (rows, rows[:2]))
        except Exception as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ValueError(f"{wanted}; it fails: {reason}") from error
    if not isinstance(values, Tensor) or values.shape != (3, outputs):
        got = tuple(values.shape) if isinstance(values, Tensor) else type(values).__name__
        raise ValueError(f"{wanted}; it maps (3, {width}) to {got}")
    if not torch.allclose(values[:2], fewer, rtol=1e-9, atol=1e-12, equal_nan=True):
        raise ValueError(
            "model: the values of the module at a point depend on other points or on chance; "
            "module.eval() fixes dropout and batch normalisation"
        )


def parts_of(parameters: Mapping[str, nn.Parameter]) -> dict[str, slice]:
    """Places in θ by the path of the layer inside the module, such as ``0`` or ``body.2``."""
    parts: dict[str, slice] = {}
    end = 0
    for name, parameter in parameters.items():
        owner = name.rpartition(".")[0] or "module"
        start = parts[owner].start if owner in parts else end
        end += parameter.numel()
        parts[owner] = slice(start, end)
    return parts

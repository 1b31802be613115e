"""What stand-alone files consist of: networks in PyTorch; see `numpy_parts` for the rules.

Each is a module from points (n, inputs) to (n, features) or (n, outputs), in double precision.
A layer is given as its matrix (out, in) and its bias (out,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from .numpy_parts import Array, Model

Layers = Sequence[tuple[Array, Array]]
Activation = Callable[[Tensor], Tensor]


def _evaluated(module: nn.Module) -> Model:
    """A module as a function of arrays of NumPy."""

    def values(x: Array) -> Array:
        with torch.no_grad():
            found: Array = module(torch.from_numpy(np.ascontiguousarray(x))).numpy()
        return found

    return values


def _tensor(values: object) -> Tensor:
    """Numbers of double precision."""
    return torch.tensor(np.asarray(values, dtype=float), dtype=torch.float64)


def _softplus(z: Tensor) -> Tensor:
    """The function log(1 + e^z), without the threshold of torch's own."""
    return torch.relu(z) + torch.log1p(torch.exp(-torch.abs(z)))


def _linear(layers: Layers) -> nn.ModuleList:
    """Affine maps with these matrices and biases."""
    made = nn.ModuleList()
    for weight, bias in layers:
        layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(_tensor(weight))
            layer.bias.copy_(_tensor(bias))
        made.append(layer)
    return made


class _Scaled(nn.Module):
    """Each input scaled to [-1, 1]; of a periodic one cosines and sines in its place.

    Args:
        axes: lower end, upper end, and period or None.
        harmonics: of periodic inputs.
    """

    middles: Tensor
    rates: Tensor
    numbers: Tensor

    def __init__(self, axes: Sequence[tuple[float, float, float | None]], harmonics: int) -> None:
        super().__init__()
        self.periodic = [period is not None for _, _, period in axes]
        middles = [(upper + lower) / 2 if period is None else 0.0 for lower, upper, period in axes]
        rates = [2 / (b - a) if period is None else 2 * np.pi / period for a, b, period in axes]
        # Tensors, as numbers of Python become single precision in ONNX.
        self.register_buffer("middles", _tensor(middles))
        self.register_buffer("rates", _tensor(rates))
        self.register_buffer("numbers", _tensor(range(1, harmonics + 1)))

    def forward(self, x: Tensor) -> Tensor:
        scaled, columns = (x - self.middles) * self.rates, []
        for i, periodic in enumerate(self.periodic):
            own = scaled[:, i : i + 1]
            if periodic:
                phase = own * self.numbers
                own = torch.stack((phase.cos(), phase.sin()), dim=2).flatten(1)
            columns.append(own)
        return torch.cat(columns, dim=1)


class _Waves(nn.Module):
    """Features s cos k·(x - c) and s sin k·(x - c), in pairs."""

    middle: Tensor
    vectors: Tensor
    scales: Tensor

    def __init__(self, middle: Sequence[float], vectors: Array, scales: Array) -> None:
        super().__init__()
        self.register_buffer("middle", _tensor(middle))
        self.register_buffer("vectors", _tensor(vectors))
        self.register_buffer("scales", _tensor(scales))

    def forward(self, x: Tensor) -> Tensor:
        phase = (x - self.middle) @ self.vectors.T
        return (self.scales[:, None] * torch.stack((phase.cos(), phase.sin()), dim=2)).flatten(1)


class _Mlp(nn.Module):
    """Layers one after another, the last one affine."""

    def __init__(self, features: nn.Module, activation: Activation, layers: Layers) -> None:
        super().__init__()
        self.features, self.activation = features, activation
        self.layers = _linear(layers)

    def forward(self, x: Tensor) -> Tensor:
        state = self.features(x)
        for layer in self.layers[:-1]:
            state = self.activation(layer(state))
        return self.layers[-1](state)


class _ModifiedMlp(_Mlp):
    """Layers between two gates, the first two of them."""

    def forward(self, x: Tensor) -> Tensor:
        features = self.features(x)
        u, v, state = (self.activation(layer(features)) for layer in self.layers[:3])
        for layer in self.layers[3:-1]:
            state = u + self.activation(layer(state)) * (v - u)
        return self.layers[-1](state)


class _ResidualMlp(_Mlp):
    """Residual blocks: of three layers with gates and skip coefficients, or of two."""

    def __init__(
        self, features: nn.Module, activation: Activation, layers: Layers, alphas: Array | None
    ) -> None:
        super().__init__(features, activation, layers)
        self.alphas = None if alphas is None else nn.Parameter(_tensor(alphas))

    def forward(self, x: Tensor) -> Tensor:
        features, act = self.features(x), self.activation
        if self.alphas is None:
            state, inner = act(self.layers[0](features)), self.layers[1:-1]
            for k in range(0, len(inner), 2):
                state = state + act(inner[k + 1](act(inner[k](state))))
            return self.layers[-1](state)
        u, v, state = (act(layer(features)) for layer in self.layers[:3])
        inner = self.layers[3:-1]
        for k in range(0, len(inner), 3):
            found = state
            for layer in inner[k : k + 2]:
                found = v + act(layer(found)) * (u - v)
            state = state + self.alphas[k // 3] * (act(inner[k + 2](found)) - state)
        return self.layers[-1](state)


class _MultiscaleFourier(_Mlp):
    """Features of several scales through the same layers; ``apart``: how many are of the others.

    With scales of the last input apart from the others, the last layer sees all products of both.
    """

    def __init__(
        self,
        features: nn.Module,
        activation: Activation,
        layers: Layers,
        width: int,
        apart: int | None,
    ) -> None:
        super().__init__(features, activation, layers)
        self.width, self.apart = width, apart

    def forward(self, x: Tensor) -> Tensor:
        states = []
        for own in self.features(x).split(self.width, dim=1):
            state = own
            for layer in self.layers[:-1]:
                state = self.activation(layer(state))
            states.append(state)
        if self.apart is not None:
            first, last = states[: self.apart], states[self.apart :]
            states = [a * b for a in first for b in last]
        return self.layers[-1](torch.cat(states, dim=1))


class _Columns(nn.Module):
    """Several networks of some inputs each, their outputs side by side in an order."""

    def __init__(
        self, networks: Sequence[tuple[nn.Module, Sequence[int]]], order: Sequence[int]
    ) -> None:
        super().__init__()
        self.networks = nn.ModuleList([module for module, _ in networks])
        self.inputs, self.order = [list(inputs) for _, inputs in networks], list(order)

    def forward(self, x: Tensor) -> Tensor:
        found = [net(x[:, own]) for net, own in zip(self.networks, self.inputs, strict=True)]
        return torch.cat(found, dim=1)[:, self.order]

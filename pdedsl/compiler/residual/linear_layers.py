"""The linear maps inside the networks."""

from __future__ import annotations

from torch import Tensor

from pdedsl.linalg.layers import LinearLayer
from pdedsl.models import Tape, jet_table

from .program import Setting


def layers_of(setting: Setting, like: Tensor) -> tuple[LinearLayer, ...]:
    """Every linear map of the networks, once, in the order of θ.

    Args:
        setting: the models; each is recorded at one point.
        like: a tensor of the precision, on the device.
    """
    theta = like.new_zeros(setting.size)
    found: dict[int, LinearLayer] = {}
    for network in setting.networks:
        inputs = len(network.group.arguments)
        tape = Tape(theta, network.offset)
        network.model.jet(tape, like.new_zeros(1, inputs), jet_table(inputs, frozenset()))
        for tap in tape.taps:
            out, width = tap.outputs.shape[-1], tap.inputs.shape[-1]
            found[tap.weight] = LinearLayer(tap.weight, tap.bias, out, width)
    return tuple(found[place] for place in sorted(found))

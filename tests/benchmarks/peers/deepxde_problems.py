"""All problems of the gallery that are written for DeepXDE, by the name of the spec."""

from __future__ import annotations

from . import deepxde_evolution, deepxde_flows, deepxde_stationary
from .deepxde_setup import Setup

PROBLEMS: dict[str, Setup] = {
    **deepxde_stationary.PROBLEMS,
    **deepxde_evolution.PROBLEMS,
    **deepxde_flows.PROBLEMS,
}

"""What is wrong with the options of a solve, as far as it can be said before a method is chosen."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdedsl.diagnostics import UserError
from pdedsl.solution.building import check_device, check_dtype

from .errors import refuse_option

if TYPE_CHECKING:
    from pdedsl.compiler.lowering.lower import LoweredProblem
    from pdedsl.settings.method import Method

_COPIES = 4  # θ, a gradient, a step and the best state: what every training holds at least
_BYTES = 8
_GIB = 2**30


def check_budget(budget: object) -> None:
    """Refuse a budget that is no number of seconds above 0.

    Raises:
        ValueError: it is none.
    """
    if budget is None:
        return
    if isinstance(budget, (int, float)) and not isinstance(budget, bool) and budget > 0:
        return  # not-a-number, which would never be spent, is not above 0
    shown = f"{budget:g}" if isinstance(budget, (int, float)) else repr(budget)
    raise ValueError(f"budget: expected seconds above 0, or None, got {shown}")


def check_whole(name: str, value: object, least: int) -> None:
    """Refuse what is no whole number, or below the least.

    Raises:
        ValueError: with the name and what came.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name}: expected a whole number from {least} on, got {value!r}")


def check_options(
    lowered: LoweredProblem,
    method: str | Path | Method,
    sets: Mapping[str, Any],
    dtype: str | None,
    device: str | None,
) -> None:
    """Refuse what no choice of a method can mend.

    Args:
        lowered: the problem.
        method: as it was asked for.
        sets: changes of it.
        dtype: precision asked for, None for that of the method.
        device: asked for, None for that of the method.

    Raises:
        UserError: an unknown precision, device or option, or a network that does not fit into
            memory (E801, E802, E803).
    """
    if dtype is not None:
        check_dtype(dtype)
    if device is not None:
        check_device(device)
    found = _foreseen(method, sets)
    if found is None:
        return
    check_dtype(dtype or found.precision.dtype)
    check_device(device or found.precision.device)
    _check_memory(lowered, found)


def _foreseen(method: str | Path | Method, sets: Mapping[str, Any]) -> Method | None:
    """The method as far as it is known; None where ``auto`` is to choose the model."""
    from pdedsl.choice.auto import means_network
    from pdedsl.settings.load import load_method, override
    from pdedsl.settings.method import Method

    if isinstance(method, (str, Path)) and str(method) != "auto":
        return load_method(str(method), dict(sets))[0]
    given = method if isinstance(method, Method) else Method()
    if not sets:
        return method if isinstance(method, Method) else None
    plain = given.model_dump(mode="json", exclude_none=True)
    try:
        found = override(plain, sets)
    except UserError:
        if isinstance(method, Method) or "model.kind" in sets:
            raise
        _check_with_basis(plain, sets)
        return None
    return found if isinstance(method, Method) or means_network(sets) else None


def _check_with_basis(plain: dict[str, Any], sets: Mapping[str, Any]) -> None:
    """Refuse changes that fit neither a network nor a basis, with the fault of the former."""
    from pdedsl.settings.load import override

    try:
        override(plain, {"model.kind": "basis", **sets})
    except UserError:
        override(plain, sets)


def _check_memory(lowered: LoweredProblem, method: Method) -> None:
    """Refuse a model whose parameters alone fill the memory of the machine."""
    from pdedsl.compiler.lowering.groups import networks_of
    from pdedsl.models import MisfitError, ModelOptions, model_options

    available = _available(method.precision.device)
    options = model_options(method.model)
    if available is None or not isinstance(options, ModelOptions) or options.kind == "basis":
        return
    try:
        networks = networks_of(lowered.problem, lowered.groups, options)
    except MisfitError:
        return  # the system says it
    size = sum(network.model.size for network in networks)
    needed = _COPIES * _BYTES * size
    if needed > available:
        message = f"the network has {size:,} parameters, whose training takes "
        message += f"{math.ceil(needed / _GIB)} GiB at least, and {available / _GIB:.0f} are free"
        refuse_option(message, "take a smaller model, such as --with model.width=64")


def _available(device: str) -> int | None:
    """Bytes of free memory; None where that is not known."""
    if device != "cpu":
        return None
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            found = dict(line.split(":", 1) for line in lines)
        return int(found["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None

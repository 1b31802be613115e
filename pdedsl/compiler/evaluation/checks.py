"""Checks of what comes in at the door of a system."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real

import torch
from torch import Tensor

from pdedsl.ir import Problem

KINDS = ("eq", "bc", "ic", "fit")
_DTYPES = {"float64": torch.float64, "float32": torch.float32}


def checked_dtype(dtype: str | torch.dtype) -> torch.dtype:
    """A precision by name or as torch's own.

    Raises:
        ValueError: neither float64 nor float32.
    """
    for name, known in _DTYPES.items():
        if dtype in (name, known):
            return known
    raise ValueError(f"dtype: expected float64 or float32, got {dtype!r}")


def check_points(problem: Problem, points: Mapping[str, int]) -> None:
    """Numbers of points by label or kind of law.

    Raises:
        ValueError: an unknown key, or a value that is not a positive integer.
    """
    for key, value in points.items():
        _check_key(problem, "points", key)
        if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
            raise ValueError(f"points: expected an integer of at least 1 for {key}, got {value!r}")


def check_weights(problem: Problem, weights: Mapping[str, float]) -> None:
    """Weights by label or kind of law.

    Raises:
        ValueError: an unknown key, or a value that is negative or not finite.
    """
    for key, value in weights.items():
        _check_key(problem, "weights", key)
        if not isinstance(value, Real) or not 0 <= value < float("inf"):
            raise ValueError(f"weights: expected a number of at least 0 for {key}, got {value!r}")


def check_point_weights(sizes: Mapping[str, int], weights: Mapping[str, Tensor]) -> None:
    """Weights of points by label, of which ``sizes`` says the numbers.

    Raises:
        ValueError: another label or shape, or a weight that is negative or not finite.
    """
    for label, given in weights.items():
        if label not in sizes:
            raise ValueError(
                f"point weights: expected a law with rows ({', '.join(sizes)}), got {label!r}"
            )
        if not isinstance(given, Tensor) or given.shape != (sizes[label],):
            raise ValueError(
                f"point weights: expected shape ({sizes[label]},) for {label}, got "
                f"{describe(given)}"
            )
        if not bool(((given >= 0) & torch.isfinite(given)).all()):
            raise ValueError(f"point weights: expected finite numbers of at least 0 for {label}")


def _check_key(problem: Problem, what: str, key: str) -> None:
    known = dict.fromkeys([*KINDS, *(law.label for law in problem.laws)])
    if key not in known:
        raise ValueError(
            f"{what}: expected a kind or label of a law ({', '.join(known)}), got {key!r}"
        )


def checked_vector(name: str, value: object, size: int, like: Tensor) -> Tensor:
    """A flat tensor of a size, in the precision and on the device of ``like``, detached.

    Raises:
        ValueError: it is not; the message says what came.
    """
    if (
        not isinstance(value, Tensor)
        or value.shape != (size,)
        or value.dtype != like.dtype
        or value.device.type != like.device.type
    ):
        raise ValueError(
            f"{name}: expected a tensor of shape ({size},), {like.dtype}, on {like.device}; "
            f"got {describe(value)}"
        )
    if not value.is_inference():
        return value.detach()
    with torch.inference_mode(False):
        return value.clone()


def checked_points(points: object, width: int, like: Tensor) -> Tensor:
    """Points of shape (n, width), moved to the precision and device of ``like``.

    Raises:
        ValueError: they have another shape.
    """
    if not isinstance(points, Tensor) or points.ndim != 2 or points.shape[1] != width:
        raise ValueError(f"points: expected a tensor of shape (n, {width}), got {describe(points)}")
    return points.detach().to(like)


def describe(value: object) -> str:
    """What came, in words."""
    if isinstance(value, Tensor):
        return f"shape {tuple(value.shape)}, {value.dtype}, on {value.device}"
    return f"an object of type {type(value).__name__}"

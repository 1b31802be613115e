"""The residual system of a problem, after every reason not to build it has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pdedsl.diagnostics import did_you_mean
from pdedsl.ir import Problem
from pdedsl.ranks.sharing import are_shared, shared

from .options.errors import refuse_option
from .parts.division import divided
from .preconditioning import with_preconditioner

if TYPE_CHECKING:
    from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
    from pdedsl.compiler.lowering.lower import LoweredProblem
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.compiler.weak.options import FormOptions
    from pdedsl.settings.method import Method

_DTYPES = ("float64", "float32")


def system_of(
    problem: Problem | LoweredProblem,
    model: Any,
    points: Mapping[str, int] | None,
    sampling: str,
    weights: Mapping[str, float] | None,
    dtype: str,
    device: str,
    seed: int,
    derivatives: DerivativeOptions | Mapping[str, Any] | None = None,
    form: FormOptions | None = None,
) -> ResidualSystem:
    """Build a residual system; see `pdedsl.api.compile`.

    Where the model has a ``preconditioner``, its numbers are worked out; see `preconditioning`.
    """
    check_dtype(dtype)
    check_device(device)
    from pdedsl.compiler.lowering.lower import LoweredProblem, lower
    from pdedsl.compiler.residual.build import build
    from pdedsl.compiler.weak.options import FormOptions
    from pdedsl.compiler.weak.weak_system import weak_system
    from pdedsl.models import MisfitError, ModelOptions, model_options
    from pdedsl.training.windows.window_system import windows_of

    lowered = problem if isinstance(problem, LoweredProblem) else lower(problem)
    options = model_options(model)
    try:
        if isinstance(options, ModelOptions):
            options = with_preconditioner(lowered.problem, options, weights or {})
        weak = weak_system(lowered.problem, form or FormOptions(), options)
        system = build(
            lowered,
            model=options,
            points=points,
            sampling=sampling,
            weights={**weak.unweighted, **(weights or {})},
            dtype=dtype,
            device=device,
            seed=seed,
            derivatives=derivatives,
            integrals=weak.integrals,
        )
        windows_of(system)
    except MisfitError as error:
        refuse_option(str(error), None)
    _check_hard(system)
    arguments = (lowered.problem, model, points, sampling, weights, dtype, device, seed)
    system.recipe = system_of, (*arguments, derivatives, form)
    return system


def _check_hard(system: ResidualSystem) -> None:
    """Refuse hard conditions where the network can meet none of them."""
    from pdedsl.models.networks.hard import HardConditions

    if not system.soft_laws or any(isinstance(n.model, HardConditions) for n in system.networks):
        return
    reasons = "; ".join(f"{label}: {reason}" for label, reason in system.soft_laws.items())
    message = f"no condition can be built into the network with hard = true ({reasons})"
    refuse_option(message, "write hard = false, and the conditions are trained")


def build_system(problem: Problem | LoweredProblem, method: Method, seed: int) -> ResidualSystem:
    """The system that a method describes; of a problem in parts where it splits the domain.

    Its rows are shared by the processes of `pdedsl.ranks`, where there are several.

    Raises:
        UserError: an option does not fit the problem (E803).
    """
    from pdedsl.compiler.lowering.lower import LoweredProblem, lower
    from pdedsl.models import MisfitError
    from pdedsl.training.last_layer import check_last_layer

    lowered = problem if isinstance(problem, LoweredProblem) else lower(problem)
    recipe = build_system, (lowered.problem, method, seed)
    lowered, method = divided(lowered, method)
    system = system_of(
        lowered,
        model=method.model,
        points=method.sampling.points,
        sampling=method.sampling.kind,
        weights=method.weights,
        dtype=method.precision.dtype,
        device=method.precision.device,
        seed=seed,
        derivatives=method.derivatives,
        form=method.form,
    )
    try:
        for rule in method.schedule.rules:
            rule.check(system)
        if method.schedule.last_layer is not None:
            check_last_layer(system)
    except MisfitError as error:
        refuse_option(str(error), None)
    system.recipe = recipe
    if are_shared() and system.device.type != "cpu":
        refuse_option(
            "several processes share the points on processors, and a device is used by one",
            "leave --processes out, or take the device cpu",
        )
    return shared(system)


def check_dtype(dtype: str) -> None:
    """Refuse an unknown precision.

    Raises:
        UserError: E803.
    """
    if dtype not in _DTYPES:
        mend = did_you_mean(dtype, _DTYPES) or f"one of {', '.join(_DTYPES)}"
        refuse_option(f"{dtype!r} is not a precision", mend)


def check_device(device: str) -> None:
    """Refuse a device that this machine or this torch does not have.

    Raises:
        UserError: E803.
    """
    if device == "cpu":
        return
    import torch

    try:
        kind = torch.device(device).type
    except RuntimeError:
        refuse_option(f"{device!r} is not a device", "cpu or cuda")
    if kind == "cuda" and not torch.cuda.is_available():
        why = "torch finds no usable NVIDIA GPU or driver"
        if torch.version.cuda is None:
            why = "this torch was built without CUDA"
        refuse_option(f"the device {device} is not there: {why}", "use the device cpu")
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, NotImplementedError, AssertionError) as error:
        refuse_option(
            f"the device {device} cannot be used: {str(error).splitlines()[0]}", "use cpu"
        )

"""Modules of torch as models: by rules, by automatic differentiation, and refused."""

from __future__ import annotations

import warnings
from itertools import product

import pytest
import torch
from torch import Tensor, nn

import pdedsl
from pdedsl.compiler.evaluation.chunk_sizes import points_at_once
from pdedsl.models import Axis, Model, Reader, jet_table, model_options
from pdedsl.models.jets.lines import has_lines
from pdedsl.models.jets.multiindices import factorial_of
from pdedsl.models.networks.module import AnyModule, SequentialModule
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.settings.method import Method
from pdedsl.training.train import train
from tests import small

F = torch.float64
AXES = (Axis(-1.0, 1.5), Axis(0.0, 2.0, 2.0))
TABLE = jet_table(2, frozenset({(2, 1), (1, 0)}), ((((0, 4), 1.0), ((4, 0), 1.0)),)).whole
LAYERS = [nn.Tanh, nn.SiLU, nn.GELU, nn.Softplus, nn.Identity]


class Opaque(nn.Module):
    """A module around another, whose inside is not looked at."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


def sequence(activation: nn.Module | None = None, inputs: int = 3, outputs: int = 2) -> nn.Module:
    torch.manual_seed(4)
    inside = nn.Sequential(nn.Linear(5, 4, bias=False), activation or nn.Tanh())
    return nn.Sequential(nn.Linear(inputs, 5), nn.Tanh(), inside, nn.Linear(4, outputs)).double()


def model(module: nn.Module, axes: tuple[Axis, ...] = AXES, outputs: int = 2) -> Model:
    return model_options(module).build(axes, outputs)


def plain(module: nn.Module, x: Tensor) -> Tensor:
    """The module at what it is given: an interval scaled, a circle."""
    angle = torch.pi * x[:, 1]
    return module(torch.stack(((2 * x[:, 0] - 0.5) / 2.5, angle.cos(), angle.sin()), dim=1))


def points(n: int = 4) -> Tensor:
    return torch.rand(n, 2, dtype=F, generator=torch.Generator().manual_seed(0))


def nested(value: Tensor, at: Tensor, index: tuple[int, ...]) -> Tensor:
    for axis, order in enumerate(index):
        for _ in range(order):
            (slope,) = torch.autograd.grad(value.sum(), at, create_graph=True)
            value = slope[:, axis]
    return value


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_layers_with_rules_have_the_jets_of_the_module(layer: type[nn.Module]) -> None:
    module = sequence(layer())
    made = model(module)
    assert isinstance(made, SequentialModule)
    assert has_lines(made)
    at = points().requires_grad_()
    jet = made.jet(Reader(made.initial(torch.Generator())), at.detach(), TABLE)
    for output, index in product((0, 1), [(0, 0), (1, 0), (2, 1), (0, 2)]):
        want = nested(plain(module, at)[:, output], at, index)
        got = jet[TABLE.channel(index)][:, output] * factorial_of(index)
        assert (got - want).abs().max() <= 1e-13 + 1e-12 * want.abs().max(), index


def opaque(module: nn.Module) -> Model:
    with pytest.warns(UserWarning, match="no derivative rule for the module Opaque"):
        return model(Opaque(module))


def test_automatic_differentiation_gives_the_jets_of_the_rules() -> None:
    module = sequence()
    ours, theirs = model(module), opaque(module)
    assert isinstance(theirs, AnyModule)
    assert not has_lines(theirs)
    theta = ours.initial(torch.Generator())
    assert torch.equal(theirs.initial(torch.Generator()), theta)
    one, two = (m.jet(Reader(theta), points(), TABLE) for m in (ours, theirs))
    assert not two.requires_grad
    assert torch.allclose(one, two, rtol=1e-12, atol=1e-12)


def system(module: nn.Module, text: str = small.PLANE, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return pdedsl.compile(
            pdedsl.parse(text), model=module, points={"eq": 15, "bc": 8}, **options
        )


BIHARMONIC = small.PLANE.replace("lap(u) = 4", "lap(lap(u)) + u*u_x = 0")
WITH_INTEGRAL = small.PLANE.replace("lap(u) = 4", "lap(u) + integral(u^2, Omega) = 4")


@pytest.mark.parametrize("text", [small.PLANE, BIHARMONIC, WITH_INTEGRAL])
def test_systems_of_both_kinds_are_the_same(text: str) -> None:
    module = sequence(inputs=2, outputs=1)
    ours, theirs = system(module, text), system(Opaque(module), text)
    theta = ours.theta0
    assert torch.equal(theirs.theta0, theta)
    generator = torch.Generator().manual_seed(1)
    v = torch.randn(len(theta), dtype=F, generator=generator)
    w = torch.randn(ours.rows, dtype=F, generator=generator)

    def close(name: str, *arguments: Tensor) -> None:
        want = getattr(ours, name)(theta, *arguments)
        got = getattr(theirs, name)(theta, *arguments)
        assert (got - want).abs().max() <= 1e-12 * want.abs().max(), name

    for name in ("residual", "jacobian", "loss", "gram", "kernel"):
        close(name)
    for name in ("jvp", "hvp"):
        close(name, v)
    with torch.no_grad():
        close("jvp", v)
    close("vjp", w)


def test_a_law_that_does_not_see_the_parameters() -> None:
    class Cubic(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.shift = nn.Parameter(torch.tensor(0.5))

        def forward(self, x: Tensor) -> Tensor:
            return x**3 + self.shift

    s = system(Cubic(), small.LINE)
    loss, gradient = s.loss_and_grad(s.theta0)
    assert loss > 0
    jacobian = s.jacobian(s.theta0)
    assert not jacobian[s.blocks[0].rows].any()
    want = 2 * jacobian.T @ s.residual(s.theta0)
    assert torch.allclose(gradient, want, rtol=1e-13)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.ReLU6(), r"layer 4 \(ReLU6\)"),
        (nn.GELU(approximate="tanh"), r"layer 4 \(GELU\(approximate='tanh'\)\)"),
        (nn.Softplus(beta=2), r"layer 4 \(Softplus\(beta=2.*\)"),
        (Opaque(nn.Tanh()), r"layer 4 \(Opaque\)"),
    ],
)
def test_the_layer_without_a_rule_is_named_where_it_was_asked_for(layer, words: str) -> None:
    problem = pdedsl.parse(small.PLANE)
    with pytest.warns(UserWarning, match=f"no derivative rule for {words}: ") as caught:
        pdedsl.compile(problem, model=sequence(layer, inputs=2, outputs=1))
    (warning,) = [w for w in caught if w.category is UserWarning]
    assert warning.filename == __file__


def test_hooks_and_fixed_parameters_have_no_rules() -> None:
    hooked, fixed = sequence(), sequence()
    hooked[0].register_forward_hook(lambda layer, inputs, output: 2 * output)
    fixed[0].requires_grad_(False)
    at = points()
    for module, words in ((hooked, "with hooks"), (fixed, "with fixed parameters")):
        with pytest.warns(UserWarning, match=words):
            made = model(module)
        jet = made.jet(Reader(made.initial(torch.Generator())), at, TABLE)
        assert torch.allclose(jet[0], plain(module, at), rtol=1e-13)
    assert made.size == sum(p.numel() for p in sequence()[2:].parameters())
    assert list(made.parts) == ["2.0", "3"]


def test_a_layer_that_occurs_twice_has_its_parameters_once() -> None:
    shared = nn.Linear(4, 4)
    layers = (nn.Linear(2, 4), nn.Tanh(), shared, nn.Tanh(), shared, nn.Linear(4, 1))
    module = nn.Sequential(*layers).double()
    before = list(module.parameters())
    s, o = system(module), system(Opaque(module))
    assert s.parameters == o.parameters == sum(p.numel() for p in before)
    assert torch.allclose(s.jacobian(s.theta0), o.jacobian(o.theta0), rtol=1e-11, atol=1e-12)
    assert all(one is two for one, two in zip(module.parameters(), before, strict=True))


def test_layers_that_share_a_parameter() -> None:
    torch.manual_seed(2)
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.weight = first.weight
    module = nn.Sequential(first, nn.Tanh(), second, nn.Tanh(), nn.Linear(2, 1)).double()
    s, o = system(module), system(Opaque(module))
    assert s.parameters == o.parameters == 4 + 2 + 2 + 3
    assert torch.allclose(s.jacobian(s.theta0), o.jacobian(o.theta0), rtol=1e-11, atol=1e-12)
    assert second.weight is first.weight


def test_precision_follows_the_system_and_the_module_stays_as_it_was() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = sequence(inputs=2, outputs=1).float()
            self.register_buffer("factor", torch.tensor(1.5))

        def forward(self, x: Tensor) -> Tensor:
            return self.factor * self.inner(x)

    module = Scaled()
    before = {name: t.clone() for name, t in module.state_dict().items()}
    for dtype in ("float32", "float64"):
        s = system(module, dtype=dtype)
        assert (
            str(s.residual(s.theta0).dtype) == str(s.jacobian(s.theta0).dtype) == f"torch.{dtype}"
        )
    assert all(torch.equal(t, before[name]) for name, t in module.state_dict().items())
    assert all(t.dtype == torch.float32 for t in module.state_dict().values())


def test_the_start_is_that_of_the_module_for_every_seed() -> None:
    module = sequence(inputs=2, outputs=1)
    s = system(module)
    given = torch.nn.utils.parameters_to_vector(module.parameters()).detach()
    assert torch.equal(s.initial(0), given)
    assert torch.equal(s.initial(7), given)
    with torch.no_grad():
        module[0].weight += 1
    assert torch.equal(s.initial(0), given)


def test_a_trained_state_goes_back_into_the_module() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))
    s = system(module, small.LINE)
    outcome = train(s, Method(optimizer=LmOptions(iterations=30)))
    nn.utils.vector_to_parameters(outcome.theta, module.parameters())
    x = torch.linspace(0, 1, 20, dtype=F)[:, None]
    assert (module(2 * x - 1) - torch.sin(2 * x)).abs().max() < 1e-5


def test_several_networks_are_copies_with_parameters_of_their_own() -> None:
    text = (
        'problem "two"\ndomain Omega: (x, y) in [0, 1]^2\nunknown u(x), v(y)\n'
        "eq: u_xx = 0\neq: v_yy = 0\nbc: u = 1 on x = 0, x = 1\nbc: v = 2 on y = 0, y = 1\n"
    )
    s = system(sequence(inputs=1, outputs=1), text)
    half = s.parameters // 2
    assert next(iter(s.parts)).startswith("u: ")
    assert torch.equal(s.theta0[:half], s.theta0[half:])


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (
            nn.Linear(2, 2),
            r"\(n, 3\) to \(n, 2\), a periodic input being two columns.*it fails: mat",
        ),
        (nn.Linear(3, 1), r"it maps \(3, 3\) to \(3, 1\)"),
        (nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), r"module\.eval\(\)"),
        (nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5)), r"module\.eval\(\)"),
        (nn.LazyLinear(2), "lazy layers"),
        (nn.Tanh(), "parameters that require gradients"),
    ],
)
@pytest.mark.filterwarnings("ignore:no derivative rule")
def test_modules_that_are_refused(module: nn.Module, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model(module)


@pytest.mark.filterwarnings("ignore:no derivative rule")
def test_buffers_that_a_module_writes_to_stay_as_they_were() -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(2, 1)
            self.register_buffer("calls", torch.tensor(0))
            self.register_buffer("largest", torch.zeros(()))

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            self.largest.copy_(x.detach().abs().max())
            return self.inner(x).sin()

    counting = Counting().double()
    s = system(counting)
    s.residual(s.theta0)
    s.loss_and_grad(s.theta0)
    assert counting.calls == counting.largest == 0
    for dtype in (torch.float32, torch.float64):
        normalised = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).to(dtype)
        before = {name: t.clone() for name, t in normalised.state_dict().items()}
        with pytest.raises(ValueError, match="batch normalisation"):
            model(normalised)
        assert all(torch.equal(t, before[name]) for name, t in normalised.state_dict().items())


def test_the_parameters_repeated_for_every_point_count_as_memory() -> None:
    module = nn.Sequential(nn.Linear(2, 500), nn.Tanh(), nn.Linear(500, 500), nn.Tanh())
    module.append(nn.Linear(500, 1))
    ours, theirs = system(module), system(Opaque(module))

    def numbers(s) -> int:
        n = points_at_once(s.blocks[0].plan, s.ansatz, s.theta0)
        return n * s.parameters

    assert numbers(ours) * 8 > 2**30
    assert numbers(theirs) * 8 <= 2**30
    # Few parameters leave long chunks.
    slight = system(Opaque(sequence(inputs=2, outputs=1)))
    assert points_at_once(slight.blocks[0].plan, slight.ansatz, slight.theta0) > 1000


@pytest.mark.filterwarnings("ignore:no derivative rule")
def test_normalisation_by_fixed_numbers_is_accepted() -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).eval().double()
    made = model(module)
    jet = made.jet(Reader(made.initial(torch.Generator())), points(), TABLE)
    assert torch.allclose(jet[0], plain(module, points()), rtol=1e-12)

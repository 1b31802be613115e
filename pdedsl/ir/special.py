"""Special functions of real numbers, beyond those of sympy that are used as they are.

sympy's own classes rewrite themselves by rules of complex analysis, J_ν(-z) as
(-z)^ν z^(-ν) J_ν(z), and lose real values by it; these stay as they are written. Formulas: NIST
Digital Library of Mathematical Functions, sections 5, 6, 7, 9, 10, 19.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import mpmath
import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef, ArgumentIndexError

Values = Callable[..., Any]


class Special(sp.Function):
    """Base: a real function f(x) or f(order, x), whose order is a constant."""

    signature: ClassVar[str] = "x"
    """Names of the arguments, for messages."""

    @classmethod
    def values(cls, *arguments: Any) -> Any:
        """Values at arrays, in double precision; nan where there is no real one."""
        raise NotImplementedError

    @classmethod
    def _exact(cls, *arguments: Any) -> Any:
        """The value in the precision of mpmath."""
        raise NotImplementedError

    def _slope(self) -> sp.Expr:
        """Derivative in the last argument."""
        raise NotImplementedError

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Derivative in one argument; there is none in the order."""
        if argindex != len(self.args):
            raise ArgumentIndexError(self, argindex)
        return self._slope()

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        with mpmath.workprec(prec + 10):
            try:
                arguments = [a._to_mpmath(prec + 10) for a in self.args]
            except (TypeError, ValueError, AttributeError):
                return None
            try:
                found = self._exact(*arguments)
            except (ValueError, ZeroDivisionError):
                return sp.nan
            if isinstance(found, mpmath.mpc):
                found = found.real if found.imag == 0 else mpmath.nan
            return sp.Expr._from_mpmath(found, prec)


def _scipy(name: str) -> Values:
    def values(*arguments: Any) -> Any:
        from scipy import special

        return getattr(special, name)(*arguments)

    return values


def _special(
    name: str, signature: str, values: Values, exact: Values, slope: Callable[..., sp.Expr],
    latex: str | None = None, fold: Values | None = None,
) -> type[Special]:  # fmt: skip
    """A class; ``slope`` takes the arguments and gives the derivative in the last one.

    What ``fold`` makes of the arguments stands for the function, unless that is None.
    """
    body: dict[str, Any] = {
        "__module__": __name__,
        "nargs": (signature.count(",") + 1,),
        "signature": signature,
        "values": staticmethod(values),
        "_exact": staticmethod(exact),
        "_slope": lambda self: slope(*self.args),
    }
    if fold is not None:
        body["eval"] = classmethod(lambda cls, *arguments: fold(*arguments))
    if latex is not None:

        def _latex(self: sp.Function, printer: Any, exp: str | None = None) -> str:
            parts = [printer._print(a) for a in self.args]
            power = "" if exp is None else f"^{{{exp}}}"
            order = "" if len(parts) == 1 else f"_{{{parts[0]}}}"
            return rf"{latex}{order}{power}\left({parts[-1]}\right)"

        body["_latex"] = _latex
    return type(name, (Special,), body)


def _bessel(name: str, sign: int, latex: str) -> type[Special]:
    """Bessel functions: 2 C' = C_(ν-1) ∓ C_(ν+1), for K with the other sign before all."""

    def slope(order: sp.Expr, x: sp.Expr) -> sp.Expr:
        kind = SPECIAL_FUNCTIONS[name]
        if order == 0:
            return -sign * kind(1, x) if name != "besselk" else -kind(1, x)
        whole = -1 if name == "besselk" else 1
        return whole * (kind(order - 1, x) - sign * kind(order + 1, x)) / 2

    scipy = {"besselj": "jv", "bessely": "yv", "besseli": "iv", "besselk": "kv"}[name]
    return _special(name, "nu, x", _scipy(scipy), getattr(mpmath, name), slope, latex)


def _airy(name: str, place: int, slope: Callable[[sp.Expr], sp.Expr], latex: str) -> type[Special]:
    def values(x: Any) -> Any:
        return _scipy("airy")(x)[place]

    exact = mpmath.airyai if name.startswith("airyai") else mpmath.airybi
    order = 1 if name.endswith("prime") else 0
    return _special(name, "x", values, lambda x: exact(x, derivative=order), slope, latex)


def _d(n: Any, m: Any) -> Any:
    """The n-th derivative of D = (K - E)/m, which has no cancellation: π/4 F(3/2, 1/2; 2; m)."""
    m = np.where(np.asarray(m) < 1, m, np.nan)
    if np.all(n == 0):
        return _scipy("elliprd")(0.0, 1 - m, 1.0) / 3
    factor = np.pi / 4 * _scipy("poch")(1.5, n) * _scipy("poch")(0.5, n) / _scipy("poch")(2.0, n)
    # Euler's transformation: what is left is bounded by a logarithm at m = 1.
    return factor * (1 - m) ** (-n) * _scipy("hyp2f1")(0.5, 1.5, 2.0 + n, m)


def _exact_d(n: Any, m: Any) -> Any:
    return mpmath.pi / 4 * mpmath.diff(lambda s: mpmath.hyp2f1(1.5, 0.5, 2, s), m, int(n))


def _real(function: Values) -> Values:
    """A function of scipy that has complex values, or none, where the argument is negative."""
    return lambda x: np.where(np.asarray(x) > 0, function(np.abs(x)), np.nan)


gamma: type[Special] = _special(
    "gamma", "x", _scipy("gamma"), mpmath.gamma, lambda x: gamma(x) * polygamma(0, x), r"\Gamma"
)
loggamma: type[Special] = _special(
    "loggamma", "x", _real(_scipy("gammaln")), mpmath.loggamma, lambda x: polygamma(0, x),
    r"\log\Gamma",
)  # fmt: skip
polygamma: type[Special] = _special(
    "polygamma", "n, x",
    lambda n, x: _scipy("digamma")(x) if np.all(n == 0) else _scipy("polygamma")(n, x),
    lambda n, x: mpmath.polygamma(int(n), x), lambda n, x: polygamma(n + 1, x), r"\psi",
)  # fmt: skip
besselj: type[Special] = _bessel("besselj", 1, "J")
bessely: type[Special] = _bessel("bessely", 1, "Y")
besseli: type[Special] = _bessel("besseli", -1, "I")
besselk: type[Special] = _bessel("besselk", -1, "K")
erfc: type[Special] = _special(
    "erfc", "x", _scipy("erfc"), mpmath.erfc, lambda x: -2 / sp.sqrt(sp.pi) * sp.exp(-(x**2)),
    r"\operatorname{erfc}",
)  # fmt: skip
erfi: type[Special] = _special(
    "erfi", "x", _scipy("erfi"), mpmath.erfi, lambda x: 2 / sp.sqrt(sp.pi) * sp.exp(x**2),
    r"\operatorname{erfi}",
)  # fmt: skip
Ei: type[Special] = _special(
    "Ei", "x", _scipy("expi"), mpmath.ei, lambda x: sp.exp(x) / x, r"\operatorname{Ei}"
)
E1: type[Special] = _special(
    "E1", "x", _real(_scipy("exp1")), mpmath.e1, lambda x: -sp.exp(-x) / x, r"\operatorname{E}_1"
)
ellipk: type[Special] = _special(
    "ellipk", "m", _scipy("ellipk"), mpmath.ellipk,
    lambda m: (ellipk(m) - ellipd(0, m)) / (2 * (1 - m)), "K",
)  # fmt: skip
ellipe: type[Special] = _special(
    "ellipe", "m", _scipy("ellipe"), mpmath.ellipe, lambda m: -ellipd(0, m) / 2, "E"
)
ellipd: type[Special] = _special(
    "ellipd", "n, m", _d, _exact_d, lambda n, m: ellipd(n + 1, m), "D"
)  # fmt: skip
airyai: type[Special] = _airy("airyai", 0, lambda x: airyaiprime(x), r"\operatorname{Ai}")
airyaiprime: type[Special] = _airy("airyaiprime", 1, lambda x: x * airyai(x), r"\operatorname{Ai}'")
airybi: type[Special] = _airy("airybi", 2, lambda x: airybiprime(x), r"\operatorname{Bi}")
airybiprime: type[Special] = _airy("airybiprime", 3, lambda x: x * airybi(x), r"\operatorname{Bi}'")


def _jumps(x: sp.Expr) -> sp.Expr:
    """Slope of floor(x): zero beside the jumps of a known x, Σ δ(x - n) of an unknown one."""
    if not x.has(AppliedUndef):
        return sp.S.Zero
    return sp.pi * sp.DiracDelta(sp.sin(sp.pi * x))


def _whole(x: sp.Expr) -> sp.Expr | None:
    """Floor of a number, which is a whole one; None of all else."""
    if not (x.is_number and x.is_real):
        return None
    found = sp.floor(x)
    return found if found.is_Integer else None


floor: type[Special] = _special(
    "floor", "x", np.floor, mpmath.floor, _jumps, r"\operatorname{floor}", fold=_whole
)

SPECIAL_FUNCTIONS: dict[str, type[Special]] = {
    kind.__name__: kind
    for kind in (
        gamma, loggamma, polygamma, besselj, bessely, besseli, besselk, erfc, erfi, Ei, E1,
        ellipk, ellipe, ellipd, airyai, airyaiprime, airybi, airybiprime, floor,
    )
}  # fmt: skip
"""Name in the language to the function."""


def mod(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """What remains of a by b, with the sign of b."""
    return a - b * floor(a / b)

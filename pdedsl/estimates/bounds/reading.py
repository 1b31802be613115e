"""Problems brought to the standard form."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from pdedsl.calculus import MultiIndex
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Boundary, Interior, Law, Problem, Slice
from pdedsl.ir.expressions import normal

from .approximation import Misfit
from .bound import UnprovedError
from .enclosure import Box, range_of
from .linear_laws import Coefficients, constant, linear_terms
from .standard_form import Condition, StandardForm


def standard_form(problem: Problem, exact_laws: tuple[str, ...]) -> StandardForm:
    """The problem in the standard form.

    Args:
        problem: as it is solved.
        exact_laws: labels of the laws that hold whatever the parameters are.

    Raises:
        UnprovedError: it is not of this form.
    """
    return _Reader(problem, exact_laws).read()


class _Reader:
    """One reading of a problem with one field on one box."""

    def __init__(self, problem: Problem, exact_laws: tuple[str, ...]) -> None:
        if len(problem.components) != 1 or len(problem.domains) != 1:
            raise UnprovedError("no theorem is known for systems of fields")
        if not problem.domains[0].is_box:
            raise UnprovedError("the domain is no box")
        self._problem, self._exact = problem, exact_laws
        (self._u,), (self._domain,) = problem.components, problem.domains
        if set(self._u.args) != set(problem.inputs):
            raise UnprovedError("the field does not depend on all inputs")
        self._box: Box = hull_bounds(problem)
        self._space = self._domain.coordinates
        self._time = None if problem.time is None else problem.time.symbol
        self._periods = problem.periodic_axes(self._u)

    def read(self) -> StandardForm:
        """See `standard_form`."""
        (equation, *more) = [law for law in self._problem.laws if law.kind == "eq"]
        if more or len(equation.residuals) != 1 or not isinstance(equation.place, Interior):
            raise UnprovedError("there is more than one equation")
        (terms,), known = linear_terms(self._problem, equation.residuals[0])
        order = self._order_in_time(terms)
        scale = self._scale(terms, order)
        scaled = {alpha: a * scale for alpha, a in terms.items()}
        principal = self._principal(scaled)
        drift = tuple(
            scaled.get(self._index(axis), sp.S.Zero)
            + sp.Add(*(sp.diff(a, other) for a, other in zip(row, self._space, strict=True)))
            for axis, row in zip(self._space, principal, strict=True)
        )
        self._check_periods([a for row in (*principal, drift) for a in row])
        time = None if self._time is None else (self._time, *self._box[self._time])
        return StandardForm(
            self._u, {s: self._box[s] for s in self._space}, time, order, principal, drift,
            scaled.get(self._index(), sp.S.Zero),
            self._misfit(scaled, known * scale, self._box), self._faces(),
            frozenset(self._periods), self._initial(order),
        )  # fmt: skip

    def _misfit(self, terms: Coefficients, known: sp.Expr, box: Box) -> Misfit:
        return Misfit({(self._u, alpha): a for alpha, a in terms.items()}, known, box)

    def _index(self, *axes: sp.Symbol) -> MultiIndex:
        """The multi-index of a derivative in these inputs."""
        return tuple(axes.count(s) for s in self._box)

    def _order_in_time(self, terms: Coefficients) -> int:
        """M, where the only derivative in time is that of order m ≤ 2."""
        if any(sum(alpha) > 2 for alpha in terms):
            raise UnprovedError("the equation is of higher than second order")
        if self._time is None:
            return 0
        place = tuple(self._box).index(self._time)
        found = {alpha for alpha in terms if alpha[place]}
        for order in (1, 2):
            if found == {self._index(*[self._time] * order)}:
                return order
        raise UnprovedError("the equation is not u_t or u_tt and derivatives in space")

    def _scale(self, terms: Coefficients, order: int) -> sp.Expr:
        """The factor that brings the equation to the standard form."""
        if self._time is not None:
            return 1 / constant(terms[self._index(*[self._time] * order)])
        first = terms.get(self._index(*[self._space[0]] * 2))
        if first is None:
            raise UnprovedError("the equation is not of second order in all coordinates")
        low, high = range_of(first, self._box)
        if low <= 0 <= high:
            raise UnprovedError("the sign of a second derivative is not known everywhere")
        return sp.Integer(-1 if low > 0 else 1)

    def _principal(self, terms: Coefficients) -> tuple[tuple[sp.Expr, ...], ...]:
        """A with −Σ A_ij u_ij; entries off the diagonal stand for two derivatives."""
        return tuple(
            tuple(
                -terms.get(self._index(i, j), sp.S.Zero) / (1 if i == j else 2) for j in self._space
            )
            for i in self._space
        )

    def _check_periods(self, coefficients: list[sp.Expr]) -> None:
        """What is integrated by parts around a circle is the same at both of its ends."""
        for axis, period in self._periods.items():
            ends = dict(self._domain.intervals)[axis]
            low, high = (self._problem.substitute(sp.sympify(end)) for end in ends)
            if sp.expand(high - low - self._problem.substitute(period)) != 0:
                raise UnprovedError(f"the period is not the length of {axis.name}")
            if any(sp.expand(a.subs(axis, low) - a.subs(axis, high)) != 0 for a in coefficients):
                raise UnprovedError(f"a coefficient is not known to be periodic in {axis.name}")

    def _faces(self) -> dict[tuple[sp.Symbol, int], Condition]:
        """What holds on each face; see `StandardForm`."""
        found: dict[tuple[sp.Symbol, int], Condition] = {}
        for law in self._problem.laws:
            for axis, side in self._places(law):
                if (axis, side) in found or axis in self._periods:
                    raise UnprovedError("a face has more than one condition")
                found[axis, side] = self._condition(law, axis, side)
        return found

    def _places(self, law: Law) -> Iterator[tuple[sp.Symbol, int]]:
        """The faces that a law holds on; none for the equation and initial conditions."""
        place = law.place
        if isinstance(place, Boundary) and place.faces and not (place.of or place.minus):
            if place.where is not None:
                raise UnprovedError("a condition holds on a part of a face")
            yield from ((face.axis, face.side) for face in place.faces)
        elif isinstance(place, Slice) and len(place.fixed) == 1:
            ((axis, value),) = place.fixed
            if axis != self._time:
                ends = self._box[axis]
                if (at := self._problem.number(value)) not in ends:
                    raise UnprovedError("a condition holds inside the domain")
                yield axis, -1 if at == ends[0] else 1
        elif not isinstance(place, Interior):
            raise UnprovedError("a condition holds elsewhere than on faces")

    def _condition(self, law: Law, axis: sp.Symbol, side: int) -> Condition:
        if len(law.residuals) != 1:
            raise UnprovedError("a face has more than one condition")
        (terms,), known = linear_terms(self._problem, law.residuals[0])
        normals = {normal(i): sp.Integer(side * (s == axis)) for i, s in enumerate(self._space, 1)}
        kept = {alpha: a.xreplace(normals) for alpha, a in terms.items()}
        kept = {alpha: a for alpha, a in kept.items() if a != 0}
        box = dict(self._box) | {axis: (self._box[axis][0 if side < 0 else 1],) * 2}
        for alpha in (self._index(), self._index(axis)):
            if kept.keys() == {alpha}:
                data = known.xreplace(normals) / constant(kept[alpha])
                misfit = self._misfit({alpha: sp.S.One}, data, box)
                return Condition(misfit, any(alpha), law.label in self._exact)
        raise UnprovedError("a condition is not about values or normal derivatives alone")

    def _initial(self, order: int) -> tuple[Misfit, ...]:
        """Misfits of u and its derivatives up to the order m − 1 at the first time."""
        if self._time is None:
            return ()
        found: dict[MultiIndex, Misfit] = {}
        start = self._box[self._time][0]
        box = dict(self._box) | {self._time: (start, start)}
        for law in self._problem.laws:
            if not isinstance(law.place, Slice) or law.place.fixed[0][0] != self._time:
                continue
            if self._problem.number(law.place.fixed[0][1]) != start:
                raise UnprovedError("a condition holds at a later time")
            for residual in law.residuals:
                (terms,), known = linear_terms(self._problem, residual)
                if len(terms) != 1:
                    raise UnprovedError("an initial condition is not about one derivative")
                ((alpha, a),) = terms.items()
                exact = law.label in self._exact
                own = {} if exact else {alpha: sp.S.One}
                data = sp.S.Zero if exact else known / constant(a)
                found[alpha] = self._misfit(own, data, box)
        wanted = [self._index(*[self._time] * k) for k in range(order)]
        if set(wanted) != found.keys():
            raise UnprovedError("the initial conditions are not those of a problem in time")
        return tuple(found[alpha] for alpha in wanted)

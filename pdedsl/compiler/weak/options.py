"""The options of the form in which equations are imposed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, WrapValidator, model_validator

from pdedsl.options.section import Count, Flag, Section, Tally, fault_of

Number = Annotated[float, Field(strict=True)]

_COUNT: TypeAdapter[int] = TypeAdapter(Count)
_COUNTS: TypeAdapter[dict[str, int]] = TypeAdapter(dict[str, Count])
_TALLY: TypeAdapter[int] = TypeAdapter(Tally)


def _by_axis(value: Any, _: Any) -> int | dict[str, int] | None:
    """A number or a table, so that a fault is told of the one that was meant."""
    if value is None:
        return None
    return (_COUNTS if isinstance(value, dict) else _COUNT).validate_python(value)


def _parts(value: Any, _: Any) -> int | str:
    return value if value == "all" else _TALLY.validate_python(value)


ByAxis = Annotated[int | dict[str, int], WrapValidator(_by_axis)]

_TESTS = 5  # as in the hp-VPINN of Kharazmi, Zhang and Karniadakis (2021), section 4.2
_BEYOND = 2  # nodes more than test functions; products of two of these are then exact


class FormOptions(Section):
    """Points or test functions; see `pdedsl.compiler.weak.integrals`.

    Args:
        kind: ``strong`` for residuals at points, ``weak`` for integrals against test functions.
        parts: so many orders of derivatives are moved to the test functions; ``all`` moves as
            many as the terms allow.
        elements: equal elements along each axis; with a table, of the axes that it names, and 1
            for the others.
        edges: inner ends of elements of an axis, in place of equal ones. Kinks and jumps of
            coefficients at numbers, such as in ``if(x < 0.4, 1, 10)``, are edges in any case.
        functions: ``legendre``: P_{k+1} − P_{k−1}; ``sine``: sin(kπ(ξ + 1)/2); both vanish on the
            ends of their element; ``hat``: 1 at one edge and linear to 0 at the next ones.
        per_element: number of functions of an element along each axis, for ``legendre`` and
            ``sine``; by default 5, and for a basis as many as it has functions.
        across: hats at all inner edges too, which make fluxes continuous where the model can have
            kinks.
        natural: a flux that the spec gives on the boundary, such as ``a*dn(u) = g``, takes the
            place of that of the model; test functions then do not vanish there, and the law has
            no rows of its own, i.e. the weight 0 unless its label is given one.
        quadrature: ``gauss`` for Gauss–Legendre, ``lobatto`` for Gauss–Lobatto nodes.
        nodes: of an element along each axis; by default 5 more than test functions, or than twice
            as many sines.
    """

    kind: Literal["strong", "weak"] = "strong"
    parts: Annotated[int | Literal["all"], WrapValidator(_parts)] = 1
    elements: ByAxis = 4
    edges: dict[str, tuple[Number, ...]] = Field(default_factory=dict)
    functions: Literal["legendre", "sine", "hat"] = "legendre"
    per_element: Annotated[int | dict[str, int] | None, WrapValidator(_by_axis)] = None
    across: Flag = True
    natural: Flag = True
    quadrature: Literal["gauss", "lobatto"] = "gauss"
    nodes: Annotated[int | dict[str, int] | None, WrapValidator(_by_axis)] = None

    @property
    def weak(self) -> bool:
        """Whether equations are imposed by integrals."""
        return self.kind == "weak"

    @property
    def crosses(self) -> bool:
        """Whether test functions cross the edges of elements."""
        return self.across or self.functions == "hat"

    def elements_of(self, axis: str) -> int:
        """Number of elements along an axis without edges of its own."""
        return _of(self.elements, axis, 1)

    def tests_of(self, axis: str, needed: int = 0) -> int:
        """Number of functions that vanish on the ends of an element of an axis.

        Args:
            axis: its name.
            needed: how many a model needs, where the method does not say it.
        """
        if self.functions == "hat":
            return 0
        usual = max(_TESTS, needed)
        return usual if self.per_element is None else _of(self.per_element, axis, usual)

    def nodes_of(self, axis: str, tests: int) -> int:
        """Number of nodes of an element of an axis with so many test functions."""
        usual = tests * (2 if self.functions == "sine" else 1) + _TESTS
        return usual if self.nodes is None else _of(self.nodes, axis, usual)

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that it names."""
        tables = (self.elements, self.edges, self.per_element, self.nodes)
        return tuple(dict.fromkeys(k for t in tables if isinstance(t, dict) for k in t))

    @model_validator(mode="after")
    def _enough_nodes(self) -> FormOptions:
        for axis in ("", *self.axes):
            tests = self.tests_of(axis)
            nodes, least = self.nodes_of(axis, tests), tests + _BEYOND
            if nodes < least:
                raise fault_of(
                    f"{nodes} nodes do not tell {tests} test functions of an element apart; write "
                    f"nodes = {least} or more",
                    "nodes",
                )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _edges_ascend(self) -> FormOptions:
        for axis, edges in self.edges.items():
            if list(edges) != sorted(set(edges)):
                raise fault_of(f"edges must ascend, got {list(edges)}", "edges", axis)
        return self


def _of(value: int | dict[str, int], axis: str, usual: int) -> int:
    return value if isinstance(value, int) else value.get(axis, usual)

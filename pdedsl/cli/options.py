"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import click

_Decorator = Callable[[Any], Any]


class Assignment(click.ParamType):
    """``NAME=NUMBER``."""

    name = "NAME=NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """Split and read the number."""
        if isinstance(value, tuple):
            return value[0], value[1]
        name, sign, text = (part.strip() for part in str(value).partition("="))
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not (name and sign and math.isfinite(number)):
            self.fail(f"expected a name, = and a number, such as k=4; got {value!r}", param, ctx)
        return name, number


class Assignments(click.ParamType):
    """``x=0.5,y=0.25``."""

    name = "x=0.5,y=0.25"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, float]:
        """Split at commas, and read each part as `Assignment` does."""
        if isinstance(value, dict):
            return value
        return dict(Assignment().convert(part, param, ctx) for part in str(value).split(","))


class Setting(click.ParamType):
    """``KEY=VALUE`` of a method, such as ``model.width=64``."""

    name = "KEY=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split; the method's own checks read the value."""
        if isinstance(value, tuple):
            return value[0], value[1]
        key, sign, text = (part.strip() for part in str(value).partition("="))
        if not (key and sign and text):
            self.fail(f"expected key=value, such as model.width=64; got {value!r}", param, ctx)
        return key, text


class Real(click.FloatRange):
    """A finite number in an open range; not-a-number lies in all of them for click."""

    def __init__(self, most: float | None = None) -> None:
        super().__init__(0, most, min_open=True, max_open=most is not None)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"expected a finite number, such as 0.5; got {value!r}", param, ctx)
        return number


def examples(*lines: str) -> str:
    """The examples at the end of a command's help, one a line."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def completing(
    words: Callable[[], Iterable[str]],
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What a shell offers for an argument: the words that start as what is typed, in any case."""

    def offered(ctx: click.Context, param: click.Parameter, typed: str) -> list[str]:
        return [word for word in words() if word.lower().startswith(typed.lower())]

    return offered


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    ctx.meta["pdedsl.json"] = value
    return value


def json_option(what: str = "one JSON object") -> _Decorator:
    """``--json``; remembered, so that errors too are told to machines."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        callback=_remember,
        help=f"Print {what} on standard output and everything else on standard error.",
    )


accept_option: _Decorator = click.option(
    "--accept",
    type=Real(1),
    metavar="ERROR",
    help="Relative error and residual up to which a solution is accepted (default: 0.001).",
)

set_option: _Decorator = click.option(
    "--set",
    "params",
    type=Assignment(),
    multiple=True,
    help="Give a parameter of the spec another value; may be repeated.",
)

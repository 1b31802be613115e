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


class Values(click.ParamType):
    """``NAME=1..8``, ``NAME=0..1:11``, ``NAME=0.01..100:log5`` or ``NAME=1,2,5``.

    Args:
        bare: without the name and its sign.
    """

    def __init__(self, bare: bool = False) -> None:
        self._bare = bare
        self.name = "VALUES" if bare else "NAME=VALUES"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[float, ...]]:
        """Split, and write the values out."""
        if isinstance(value, tuple):
            return value[0], value[1]
        name, sign, text = ("", "=", str(value)) if self._bare else str(value).partition("=")
        try:
            found = _range(text) if ".." in text else [float(part) for part in text.split(",")]
        except ValueError:
            found = []
        if not (sign and (self._bare or name.strip()) and found and all(map(math.isfinite, found))):
            such = "0..4" if self._bare else "k=1..8, k=0..1:11, k=0.01..100:log5 or k=1,2,5"
            self.fail(f"expected values such as {such}; got {value!r}", param, ctx)
        return name.strip(), tuple(found)


def _range(text: str) -> list[float]:
    """Values of ``a..b``, ``a..b:n`` or ``a..b:logn``; ValueError where it is none of these."""
    ends, _, steps = text.partition(":")
    low, high = (float(end) for end in ends.split(".."))
    if not steps:
        if low != int(low) or high != int(high) or high < low:
            raise ValueError(text)
        return [float(k) for k in range(int(low), int(high) + 1)]
    logarithmic = steps.startswith("log")
    count = int(steps.removeprefix("log"))
    if count < 2 or (logarithmic and not low * high > 0):
        raise ValueError(text)
    parts = [k / (count - 1) for k in range(count)]
    inside = [low * (high / low) ** part if logarithmic else low + (high - low) * part
              for part in parts[1:-1]]  # fmt: skip
    return [low, *inside, high]


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

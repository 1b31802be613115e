"""What the sections of a method are made of."""

from __future__ import annotations

from typing import Annotated, Any, Union, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

Count = Annotated[int, Field(strict=True, ge=1)]
Tally = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]
NonNegative = Annotated[float, Field(strict=True, ge=0)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1)]
Modes = Annotated[int, Field(strict=True, ge=1, le=20_000)]
Extension = Annotated[float, Field(strict=True, ge=1)]


class Section(BaseModel):
    """Base of all sections: immutable, no unknown keys, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class OneOf:
    """In an annotation: one of several classes of sections, told apart by their ``kind``.

    Args:
        options: the classes; where several kinds have the same class it may be given repeatedly.
    """

    def __init__(self, options: tuple[type[Section], ...]) -> None:
        self.options = tuple(dict.fromkeys(options))

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The union, in the place of the common base that the annotation has."""
        if len(self.options) == 1:
            return handler.generate_schema(self.options[0])
        return handler.generate_schema(
            Annotated[Union[self.options], Field(discriminator="kind")]  # noqa: UP007
        )


def kinds_of(options: type[Section]) -> tuple[str, ...]:
    """The values that the key ``kind`` of a section may have."""
    return get_args(options.model_fields["kind"].annotation)

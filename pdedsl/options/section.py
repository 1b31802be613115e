"""What classes of options are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Count = Annotated[int, Field(strict=True, ge=1)]
Tally = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]
NonNegative = Annotated[float, Field(strict=True, ge=0)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1)]
Flag = Annotated[bool, Field(strict=True)]
true_for_defaults = BeforeValidator(
    lambda given: ({} if given else None) if isinstance(given, bool) else given
)
"""For a section or None: ``true`` is the section with its defaults, ``false`` is None."""


class Section(BaseModel):
    """Base of all classes of options: immutable, no unknown keys, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def fault_of(text: str, *place: str) -> PydanticCustomError:
    """What a validator of a section raises to say which of its keys is at fault.

    Args:
        text: what is wrong and what to write instead.
        place: the key, after the sections inside this one that lead to it.
    """
    return PydanticCustomError("at_place", "{text}", {"text": text, "place": place})


class OneOf:
    """In an annotation: one of several classes of sections, told apart by their ``kind``.

    Args:
        classes: at least two; the same one may be given repeatedly.
        usual: the kind of a section that does not say which it is; None if it has to.
    """

    def __init__(self, classes: Iterable[type[Section]], usual: str | None = None) -> None:
        self.classes, self.usual = tuple(dict.fromkeys(classes)), usual

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The union of the classes, for an annotation with their common base."""
        choices = {k: handler.generate_schema(c) for k, c in by_kind(self.classes).items()}
        union = core_schema.tagged_union_schema(choices, discriminator="kind")
        return core_schema.no_info_before_validator_function(self._named, union)

    def _named(self, given: Any) -> Any:
        nameless = self.usual and isinstance(given, Mapping) and "kind" not in given
        return {"kind": self.usual, **given} if nameless else given


def kinds_of(section: type[Section]) -> tuple[str, ...]:
    """The values that the key ``kind`` of a section may have."""
    return get_args(section.model_fields["kind"].annotation)


Options = TypeVar("Options", bound=Section)


def by_kind(sections: Iterable[type[Options]]) -> dict[str, type[Options]]:
    """The classes by the values of their ``kind``."""
    return {kind: section for section in sections for kind in kinds_of(section)}

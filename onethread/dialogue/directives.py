"""What an action asked of the house: read strictly, carried out inside the lane's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Directive(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HandoffRequested(_Directive):
    """A person is needed."""

    type: Literal["handoff.requested"]
    reason: str = Field(max_length=100)


class ConsentStop(_Directive):
    """The customer said in their own words that nothing more is to be sent here."""

    type: Literal["consent.stop"]


class ConsentStart(_Directive):
    """The customer wants to be written to again."""

    type: Literal["consent.start"]


class ShopRequested(_Directive):
    """The shop is to do something, once, after this turn is committed."""

    type: Literal["shop.requested"]
    effect: Literal["cancel_order", "change_order", "return_item", "send_invoice"]
    order: str = Field(min_length=1, max_length=40)
    note: str = Field(default="", max_length=2_000)


class LanguageChosen(_Directive):
    """The customer's language from now on."""

    type: Literal["language.chosen"]
    language: str = Field(pattern=r"^[a-z]{2}$")


Directive = Annotated[
    HandoffRequested | ConsentStop | ConsentStart | ShopRequested | LanguageChosen,
    Field(discriminator="type"),
]
_MANY: TypeAdapter[list[Directive]] = TypeAdapter(list[Directive])


class DirectiveInvalid(ValueError):
    """A directive the house does not know: the turn failed."""


def read_directives(raw: Sequence[Any]) -> list[Directive]:
    """Read a turn's directives in order; raises `DirectiveInvalid` without repeating what was in them."""
    try:
        return _MANY.validate_python(list(raw))
    except ValidationError as error:
        places = sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})
        raise DirectiveInvalid(f"directives not understood at {', '.join(places)}") from None

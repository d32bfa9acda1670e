"""What a card is made of: annotated fields, read strictly by pydantic, then frozen.

A card is a plain class. Its pydantic model is built when the first layer of its kind is read: a network
uses five kinds of layer, and thirty models at start-up would cost more than all the rest of a run.
"""

from __future__ import annotations

from abc import ABCMeta
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, dataclass_transform, get_type_hints

from cnncalc.letter import Letter

if TYPE_CHECKING:
    from typing import Self

    from pydantic import BaseModel

REQUIRED = object()
"""The default of a field that must be given."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Card(metaclass=ABCMeta):  # noqa: B024 - Layer asks the questions
    """A frozen value with fields.

    Raises pydantic's ValidationError for an unknown key, a missing one, or a value that its field does not take.
    """

    def __init__(self, **fields: Any) -> None:
        if not fields and not self.required():
            self.__dict__.update(self.fields())  # nothing given, nothing to validate
            return
        model = type(self).model().model_validate(fields)
        self.__dict__.update(model.__dict__)

    @classmethod
    def fields(cls) -> dict[str, Any]:
        """Return the fields in order, each with its default or REQUIRED."""
        names = [name for base in reversed(cls.__mro__) for name in get_annotations(base)]
        return {name: getattr(cls, name, REQUIRED) for name in names}

    @classmethod
    def required(cls) -> list[str]:
        """Return the fields that must be given."""
        return [name for name, default in cls.fields().items() if default is REQUIRED]

    @classmethod
    def model(cls) -> type[BaseModel]:
        """Return the pydantic model that reads this card's fields."""
        return _model(cls)

    def replace(self, **fields: Any) -> Self:
        """Return the card with other values, Terms or letters among them: nothing is validated."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, **fields)
        return other

    def lettered(self) -> bool:
        """Whether a field holds a letter."""
        return any(_holds_letter(value) for value in self.__dict__.values())

    def __setattr__(self, name: str, value: object) -> None:
        msg = f"{type(self).__name__} is frozen"
        raise AttributeError(msg)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({inner})"


def _holds_letter(value: object) -> bool:
    return any(map(_holds_letter, value)) if isinstance(value, tuple) else isinstance(value, Letter)


@cache
def _model(card: type[Card]) -> type[BaseModel]:
    from pydantic import ConfigDict, create_model  # noqa: PLC0415 - 30 ms that a single window does not need

    hints = get_type_hints(card, include_extras=True)
    fields: dict[str, Any] = {
        name: (hints[name], ... if default is REQUIRED else default) for name, default in card.fields().items()
    }
    return create_model(card.__name__, __config__=ConfigDict(extra="forbid", hide_input_in_errors=True), **fields)

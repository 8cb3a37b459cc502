"""Domain values made of rows."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from matcher.store.tables import AchievementRow, Base, DemandRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value", bound="DataclassInstance")


def from_row(kind: type[Value], row: Base, **stated: Any) -> Value:
    """A value with the fields `stated`, and each other field as the row has it under the same name."""
    copied = {field.name: getattr(row, field.name) for field in fields(kind) if field.name not in stated}
    return kind(**copied, **stated)


def names_of(demand: DemandRow, achievement: AchievementRow, park_code: str) -> dict[str, Any]:
    """The fields of a `NamedPair`."""
    sides = {"demand": demand, "achievement": achievement}
    names = {
        f"{side}_{name}": getattr(row, name)
        for side, row in sides.items()
        for name in ("id", "code", "title", "organisation")
    }
    return {"park_code": park_code, **names}

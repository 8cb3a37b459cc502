"""What a file says beside its table and means of every row: the unit of money, the legend of maturity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.files.headings import Header
from matcher.files.legends import maturity_legend
from matcher.files.sheets import Sheet
from matcher.files.stated_unit import stated_unit


@dataclass(frozen=True, slots=True)
class TableNotes:
    """The unit of money, blank where none is stated; and what numbers of maturity mean, digit → stage."""

    unit: str = ""
    maturity: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form in which notes are kept."""
        return {"unit": self.unit, "maturity": dict(self.maturity)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any] | None) -> "TableNotes":
        """Notes as they were kept; none where none were."""
        return cls(**record) if record else NO_NOTES

    def as_lines(self) -> list[str]:
        """The notes as a sheet says them, so that they are read back."""
        legend = "，".join(f"{number}={stage}" for number, stage in self.maturity.items())
        return [*([f"单位：{self.unit}"] if self.unit else []), *([f"注：成熟度 {legend}"] if legend else [])]


NO_NOTES = TableNotes()


def notes_beside(sheet: Sheet, header: Header, others: Sequence[Sheet]) -> TableNotes:
    """What is said beside a sheet's table; `others` are the sheets of the file that hold no list."""
    legend = maturity_legend(sheet, header, others) if "maturity" in header.fields else {}
    return TableNotes(stated_unit(sheet.rows, header), legend)

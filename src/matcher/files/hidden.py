"""What a workbook hides: rows and columns, by hand or by a filter.

Filtered-out rows are hidden rows in the file; a sheet says beside them that a filter is on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Hidden:
    """The hidden rows and columns of one sheet, from 0, and whether a filter is on."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    filtered: bool = False

    def as_json(self, most_rows: int) -> dict[str, Any]:
        """The plain form in which one process hands it to another; rows from `most_rows` on are left out."""
        rows = sorted(row for row in self.rows if row < most_rows)
        return {"rows": rows, "columns": sorted(self.columns), "filtered": self.filtered}

    @classmethod
    def from_json(cls, record: Mapping[str, Any] | None) -> "Hidden | None":
        """What another process has handed over; None where it could not tell."""
        if record is None:
            return None
        return cls(set(record["rows"]), set(record["columns"]), record["filtered"])

"""What to do with the rows, columns and sheets that a workbook hides."""

from enum import StrEnum


class HiddenParts(StrEnum):
    """Leave them out and say so, or read them like the others."""

    SKIP = "skip"
    INCLUDE = "include"

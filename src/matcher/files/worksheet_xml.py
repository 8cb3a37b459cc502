"""The filled cells of a worksheet's XML, one after the other, without building a tree.

No byte is looked at twice, whatever the XML holds: a tag ends at the first “>”, and one that is too long for
a worksheet's is refused.
"""

import re
from collections.abc import Callable

from matcher.files.sheets import cell_position

_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(?:row|(c))\b")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{0,3}\d{1,7})[\"']")
_LONGEST_TAG = 16_384

Visit = Callable[[int, int, bytes, bytes, int], None]
"""Takes row and column from 0, the attributes of the cell's tag, and the XML with the place after the tag."""


class WorksheetScan:
    """Calls `visit` for every filled cell of the blocks fed to it; cells may leave out where they are."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._row = -1
        self._column = 0
        self._tail = b""

    def feed(self, block: bytes) -> None:
        """Look at a further part of the XML.

        Raises:
            ValueError: a tag is too long for a worksheet's.
        """
        text = self._tail + block
        self._tail = self._scan(text, max(len(text) - _LONGEST_TAG, 0))

    def close(self) -> None:
        """Look at what is left: its last tags might have gone on."""
        self._scan(self._tail, len(self._tail))
        self._tail = b""

    def _scan(self, text: bytes, settled: int) -> bytes:
        """Note the cells that begin in the settled part of `text`; the rest is given back."""
        place = 0
        while (tag := _ROW_OR_CELL.search(text, place)) and tag.start() < settled:
            end = text.find(b">", tag.end(), tag.start() + _LONGEST_TAG)
            if end < 0:
                raise ValueError("a tag without an end")
            attributes = text[tag.end() : end]
            place = end + 1
            if tag[1] is None:
                self._add_row(attributes)
            elif not attributes.endswith(b"/"):
                self._add_cell(attributes, text, place)
        return text[max(place, settled) :]

    def _add_row(self, attributes: bytes) -> None:
        reference = _REFERENCE.search(attributes)
        self._row = int(reference[1]) - 1 if reference else self._row + 1
        self._column = 0

    def _add_cell(self, attributes: bytes, text: bytes, end: int) -> None:
        if reference := _REFERENCE.search(attributes):
            self._row, self._column = cell_position(reference[1].decode())
        self._visit(self._row, self._column, attributes, text, end)
        self._column += 1

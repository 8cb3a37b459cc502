"""Rows and columns that an .xls hides: the compound file's workbook stream, record by record.

Only what says so is read, from [MS-CFB] and [MS-XLS]: BOUNDSHEET, ROW, COLINFO and FILTERMODE. Chains of
sectors are as long as the file at most, and no record is read twice.
"""

from collections.abc import Iterator
from struct import unpack_from

from matcher.files.hidden import Hidden

_FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks, such as the end of a chain."""

_BOF, _EOF, _BOUNDSHEET, _ROW, _COLINFO, _FILTERMODE = 0x809, 0x0A, 0x85, 0x208, 0x7D, 0x9B
_WORKBOOK = {"workbook", "book"}
_MAX_COLUMNS = 256


def hidden_in_xls(content: bytes) -> list[Hidden]:
    """What each sheet of an .xls hides, in the order of its sheets.

    Raises:
        ValueError, struct.error: it is no sound workbook.
    """
    stream = _CompoundFile(content).workbook()
    offsets = [
        int(unpack_from("<I", stream, place)[0])
        for kind, place, _ in _records(stream, 0)
        if kind == _BOUNDSHEET
    ]
    if len(set(offsets)) < len(offsets):
        raise ValueError("two sheets at one place")
    return [_of_sheet(stream, offset) for offset in offsets]


def _of_sheet(stream: bytes, offset: int) -> Hidden:
    hidden = Hidden()
    for kind, place, depth in _records(stream, offset):
        if depth > 1:
            continue
        if kind == _ROW:
            row, height, flags = unpack_from("<H4xH4xH", stream, place)
            if flags & 0x20 or height & 0x7FFF == 0:
                hidden.rows.add(row)
        elif kind == _COLINFO:
            first, last, width, _, flags = unpack_from("<5H", stream, place)
            if flags & 1 or width == 0:
                hidden.columns.update(range(first, min(last + 1, _MAX_COLUMNS)))
        elif kind == _FILTERMODE:
            hidden.filtered = True
    return hidden


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """The records of the part that begins at `place`: kind, place of the content, depth of embedded parts."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, place)
        depth += kind == _BOF
        yield kind, place + 4, depth
        depth -= kind == _EOF
        if depth <= 0:
            return
        place += 4 + length


class _CompoundFile:
    """The streams of a compound file, which is a small file system of sectors in chains."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._shift, self._small_shift = unpack_from("<HH", content, 0x1E)
        if self._shift not in (9, 12) or self._small_shift != 6:
            raise ValueError("sectors of an unknown size")
        self._root, self._small_below, self._small_table = unpack_from("<I4xII", content, 0x30)
        self._table = self._chain_table()

    def workbook(self) -> bytes:
        """The stream that holds the workbook."""
        directory = self._read(self._root)
        entries = [directory[place : place + 128] for place in range(0, len(directory) - 127, 128)]
        for entry in entries:
            length = min(unpack_from("<H", entry, 0x40)[0], 64)
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
            if name.casefold() in _WORKBOOK:
                start, size = unpack_from("<II", entry, 0x74)
                if size >= self._small_below:
                    return self._read(start)[:size]
                return self._read_small(start, unpack_from("<I", entries[0], 0x74)[0])[:size]
        raise ValueError("no workbook in it")

    def _chain_table(self) -> list[int]:
        """Sector → the next one of its chain."""
        sectors = [*unpack_from("<109I", self._content, 0x4C)]
        further, count = unpack_from("<II", self._content, 0x44)
        width = 1 << self._shift >> 2
        for _ in range(min(count, len(self._content) >> self._shift)):
            if further >= _FREE:
                break
            *more, further = self._numbers(further, width)
            sectors += more
        there = [sector for sector in sectors if sector < _FREE]
        if len(there) > (len(self._content) >> self._shift) + 1:
            raise ValueError("a table longer than the file")
        return [number for sector in there for number in self._numbers(sector, width)]

    def _numbers(self, sector: int, count: int) -> tuple[int, ...]:
        return unpack_from(f"<{count}I", self._content, (sector + 1) << self._shift)

    def _read(self, start: int) -> bytes:
        size = 1 << self._shift
        places = ((sector + 1) << self._shift for sector in _chain(self._table, start))
        return b"".join(self._content[place : place + size] for place in places)

    def _read_small(self, start: int, root: int) -> bytes:
        """A short stream: it lies in the root's stream, in sectors with a table of their own."""
        held, table = self._read(root), self._read(self._small_table)
        following = list(unpack_from(f"<{len(table) >> 2}I", table))
        size = 1 << self._small_shift
        places = (sector << self._small_shift for sector in _chain(following, start))
        return b"".join(held[place : place + size] for place in places)


def _chain(table: list[int], start: int) -> Iterator[int]:
    sector = start
    for _ in range(len(table)):
        if sector >= _FREE:
            return
        yield sector
        if sector >= len(table):
            raise ValueError("a chain out of the file")
        sector = table[sector]
    if sector < _FREE:
        raise ValueError("a chain without an end")

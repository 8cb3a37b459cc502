"""The unit of money that a sheet states beside its table: “单位：元” above it, “资金单位为万元” below."""

import re
from collections.abc import Sequence

from matcher.domain.text import fold
from matcher.files.headings import Header

_STATED = re.compile(r"单位(?:均)?[:为是](?:人民币)?(亿元|千万元|百万元|万元|千元|元)(?![a-z\u4e00-\u9fff])")
_ROWS_BELOW = 8
_LONGEST = 300


def stated_unit(rows: Sequence[Sequence[str]], header: Header) -> str:
    """The unit stated above the header or in the last rows; blank where none or more than one is."""
    beside = [*rows[: header.first_data_row], *rows[max(header.first_data_row, len(rows) - _ROWS_BELOW) :]]
    texts = (cell[:_LONGEST] for row in beside for cell in row if "单位" in cell)
    units = {match[1] for text in texts for match in _STATED.finditer(fold(text))}
    return units.pop() if len(units) == 1 else ""

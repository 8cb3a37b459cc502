"""What each sheet of a workbook hides, whichever format it has."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from zipfile import BadZipFile

from matcher.files.hidden import Hidden
from matcher.files.hidden_xls import hidden_in_xls
from matcher.files.hidden_xlsx import hidden_in_xlsx

_ARCHIVE = b"PK"
_UNSOUND = (ValueError, KeyError, SyntaxError, EOFError, RuntimeError, BadZipFile, zlib.error, struct.error)


def hidden_in(content: bytes, names: Sequence[str]) -> Mapping[str, Hidden]:
    """What each sheet hides, by its name; a sheet of which that cannot be told is left out.

    `names` are the sheets in the order of the workbook.
    """
    try:
        if content.startswith(_ARCHIVE):
            return hidden_in_xlsx(content)
        hidden = hidden_in_xls(content)
    except _UNSOUND:
        return {}
    return dict(zip(names, hidden, strict=True)) if len(names) == len(hidden) else {}

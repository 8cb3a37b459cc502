"""The console's `codes.js`: every code, every column of the ledger and every field with its words."""

import json
import re
from typing import Any

from matcher.domain.bands import Band, sentence
from matcher.domain.columns import COLUMNS, Column, Writer
from matcher.domain.field_names import NAMES
from matcher.domain.labels import LABELS
from matcher.domain.stages import MAIN_LINE


def codes_script() -> str:
    """A JavaScript module of tables.

    `LINE` is the stages that an entry goes along, in order. `CODES` is kind → code → [Chinese, English].
    `BANDS` is a band of probability → what is known of such pairs, [Chinese, English].
    `COLUMNS` is a column's key in answers → its words, its kind, the kind of its codes, and, where people
    write it as it is, how the console's form asks for it. `FIELDS` is a field that a caller may get
    wrong → its words.
    """
    codes = {
        _kind_name(kind): {code.value: list(words) for code, words in members.items()}
        for kind, members in LABELS.items()
    }
    columns = {column.key: _described(column) for column in COLUMNS}
    bands = {band.value: list(sentence(band)) for band in Band}
    fields = {name: list(words) for name, words in NAMES.items()}
    tables = {"LINE": list(MAIN_LINE), "CODES": codes, "BANDS": bands, "COLUMNS": columns, "FIELDS": fields}
    return "".join(
        f"export const {name} = {json.dumps(table, ensure_ascii=False)};\n" for name, table in tables.items()
    )


def _described(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {"words": [column.zh, column.en], "kind": column.kind.value}
    if column.codes is not None:
        described["codes"] = _kind_name(column.codes)
    if column.written_by is Writer.EDIT:
        described |= {"group": column.group.value, "person": column.names_person, "width": column.width}
    return described


def _kind_name(kind: type) -> str:
    """`stall_code` of `StallCode`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()

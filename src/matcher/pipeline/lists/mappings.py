"""Mappings as they are given with an import: headings to fields, in options, forms or a file."""

import json
from collections.abc import Mapping, Sequence

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Side
from matcher.files.mapping import checked_mapping, parsed_mapping
from matcher.files.sheets import UnreadableFile
from matcher.files.texts import decode


def given_mapping(side: Side, lines: Sequence[str], file: bytes | None = None) -> Mapping[str, str]:
    """Heading → field, of lines such as “难题描述=detail” and of a mapping file; a line wins over the file.

    The file holds such lines (those that start with # are remarks), or one JSON object.

    Raises:
        InvalidInput: a line without “=”, a field that the list does not have, or a file that is neither.
    """
    mapping = {} if file is None else _of_file(side, file)
    return {**mapping, **parsed_mapping(lines, side)}


def _of_file(side: Side, file: bytes) -> Mapping[str, str]:
    try:
        text = decode(file).text.strip()
        if not text.startswith("{"):
            lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
            return parsed_mapping(lines, side)
        record = json.loads(text)
    except (UnreadableFile, ValueError) as error:
        raise _unreadable() from error
    if not all(isinstance(target, str) for target in record.values()):
        raise _unreadable()
    return checked_mapping(record, side)


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "看不懂对应文件，请写成每行一个“表头=字段”，或一个 JSON 对象。",
        "the mapping file is unreadable: write one HEADING=FIELD a line, or one JSON object.",
        field="map",
    )

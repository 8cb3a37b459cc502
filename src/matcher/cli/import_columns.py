"""What a dry run says of a list's columns, and of its first rows as they are read."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from matcher.cli.output import say
from matcher.domain.field_names import field_words
from matcher.pipeline.lists.import_answers import ColumnAnswer, ImportAnswer

_STATES = {"kept": "原样保留", "ignored": "忽略", "unread": "未读取"}
_VALUE_LENGTH = 24


def show_columns(report: ImportAnswer) -> None:
    """Where every column goes, sheet by sheet, and the first rows."""
    for (file, sheet), columns in groupby(report.columns, lambda column: (column.file, column.sheet)):
        say(" ".join(filter(None, ("列", file, sheet))) + "：" + "；".join(_goes([*columns])))
    for row in report.preview:
        place = " ".join(filter(None, ("读为", row.file, row.sheet, f"第 {row.row} 行")))
        read = (f"{field_words(name)[0]}={_said(value)}" for name, value in row.fields.items())
        say(f"{place}：" + "；".join(read))


def _goes(columns: Sequence[ColumnAnswer]) -> Iterator[str]:
    mapped = [
        f"{column.heading}→{field_words(column.maps_to)[0]}"
        for column in columns
        if column.maps_to is not None
    ]
    if mapped:
        yield "，".join(mapped)
    for state, zh in _STATES.items():
        left = [_left(column) for column in columns if column.state == state]
        if left:
            yield f"{zh} {'，'.join(left)}"


def _left(column: ColumnAnswer) -> str:
    filled = f"{column.heading}（{column.filled:.0%} 有内容）"
    return filled if column.proposal is None else f"{filled}，疑为 {field_words(column.proposal.maps_to)[0]}"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("text") or " ".join(map(str, value.values()))
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value).replace("\n", " ")
    return f"{text[:_VALUE_LENGTH]}…" if len(text) > _VALUE_LENGTH else text

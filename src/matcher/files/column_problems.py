"""What there is to say of a file's columns: those that no field takes, and lists with nothing but titles."""

from collections.abc import Iterator, Mapping, Sequence

from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Demand, Side, text_of
from matcher.files.mapping import names_heading
from matcher.files.read_columns import ReadColumn, ReadTable
from matcher.files.report import ParsedList, ParsedRow, Problem


def column_problems(parsed: ParsedList, side: Side, given: Mapping[str, str]) -> Iterator[Problem]:
    """Warnings of what became of the columns: every one is about a file or a sheet, and rejects nothing.

    `given` is the mapping that came with the files.
    """
    for table in parsed.tables:
        yield from _unmapped_columns(table, side)
    for file in dict.fromkeys(row.file for row in parsed.rows):
        yield from _title_only(file, [row for row in parsed.rows if row.file == file])
    yield from _unused_mapping(given, parsed.tables)


def _unmapped_columns(table: ReadTable, side: Side) -> Iterator[Problem]:
    """A warning for every column with content that no field takes and nobody decided on."""
    for column in table.columns:
        if column.state == "kept" and column.by is None and column.filled > 0:
            zh, en = _unmapped(column, side)
            yield _doubt(table.file, table.sheet, column.label, "unmapped_column", zh, en)


def _unmapped(column: ReadColumn, side: Side) -> tuple[str, str]:
    zh = f"没有对应的字段（{column.filled:.0%} 的行有内容），已原样保留，不参与匹配；"
    en = f"no field takes this column (filled in {column.filled:.0%} of the rows): kept, not matched; "
    if column.proposal is None:
        zh += f'如有用请加 --map "{column.heading}=字段"，只需保留请加 --map "{column.heading}=keep"。'
        return (
            zh,
            en + f'to use it add --map "{column.heading}=FIELD", to just keep it "{column.heading}=keep".',
        )
    target = column.proposal.maps_to
    label_zh, label_en = list_fields(side)[target]
    zh += f'看来是“{label_zh}”（{column.proposal.reason}），如是请加 --map "{column.heading}={target}"。'
    en += f"it looks like the {label_en} ({column.proposal.reason_en}): "
    return zh, en + f'if so add --map "{column.heading}={target}".'


def _title_only(file: str, rows: Sequence[ParsedRow]) -> Iterator[Problem]:
    """A warning where at least half of the demands have nothing but their title to be matched by."""
    demands = [row.listing for row in rows if isinstance(row.listing, Demand)]
    bare = sum(not text_of(demand).body.strip() for demand in demands)
    if demands and 2 * bare >= len(demands):
        zh = (
            f"{len(demands)} 条需求中有 {bare} 条只有名称，将只凭名称匹配；"
            "如描述在别的列，请用 --map 指定为“需求详情”，否则请补充需求详情。"
        )
        en = (
            f"{bare} of {len(demands)} demands have a title alone and will be matched by it alone: "
            "if a column describes them, map it to detail with --map, else add descriptions."
        )
        yield _doubt(file, "", "", "title_only", zh, en)


def _unused_mapping(given: Mapping[str, str], tables: Sequence[ReadTable]) -> Iterator[Problem]:
    """A warning for every heading of the given mapping that no file has."""
    for heading in given:
        if not any(names_heading(heading, _headings(table)) for table in tables):
            zh = f"没有“{heading}”这一列，对应未起作用；请核对表头。"
            en = f"no file has the column {heading}: its mapping did nothing; check the heading."
            yield _doubt(
                ", ".join(dict.fromkeys(table.file for table in tables)), "", heading, "map_unused", zh, en
            )


def _headings(table: ReadTable) -> list[str]:
    return [*table.headings, *(column.heading for column in table.columns)]


def _doubt(file: str, sheet: str, column: str, code: str, zh: str, en: str) -> Problem:
    return Problem(file, sheet, None, column, code, zh, "doubtful", en)

"""Tables whose header nobody knows: their columns, what they seem to hold, and how to have them read."""

from matcher.domain.listing import Side
from matcher.files.columns import ColumnTally
from matcher.files.guessed_header import guessed_header
from matcher.files.read_columns import ReadTable
from matcher.files.sheets import Sheet


def unread_table(file: str, sheet: Sheet, side: Side) -> ReadTable | None:
    """The columns of a sheet in which no header was recognised, with what they seem to hold."""
    header = guessed_header(sheet.rows, side)
    if header is None:
        return None
    tally = ColumnTally([heading.replace("\n", "") for heading in header.headings], header)
    for row in sheet.rows[header.first_data_row :]:
        tally.take(row)
    return tally.table(file, sheet.name, side, read=False)


def mapping_hint(table: ReadTable) -> tuple[str, str]:
    """How to have a table read whose header was not recognised, in both languages."""
    options = " ".join(
        f'--map "{column.heading}={column.proposal.maps_to}"' for column in table.columns if column.proposal
    )
    if "=title" not in options:
        return (
            '也可用 --map 指定各列（如 --map "表头=title"）。',
            " Or say what its columns are with --map HEADING=FIELD.",
        )
    return f"也可指定各列，看来是：{options}。", f" Or say what its columns are; they seem to be: {options}."

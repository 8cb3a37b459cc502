"""Columns of a sheet that were sorted by themselves: the same values as before, in other rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from matcher.pipeline.ledger.sheets.answers import CellChange, CellRefusal, SheetPlace

FEWEST = 3
"""Changed cells of a column from which a rearrangement is no coincidence; two swapped may be meant."""


def rearranged(changes: Sequence[CellChange]) -> list[CellRefusal]:
    """A warning for every column whose changed cells hold what they held before, in another order."""
    by_field: dict[str, list[CellChange]] = defaultdict(list)
    for change in changes:
        by_field[change.field].append(change)
    return [
        _doubt(cells)
        for cells in by_field.values()
        if len(cells) >= FEWEST
        and Counter(cell.before for cell in cells) == Counter(cell.after for cell in cells)
    ]


def _doubt(cells: Sequence[CellChange]) -> CellRefusal:
    first, count = cells[0], len(cells)
    return CellRefusal(
        **{name: getattr(first, name) for name in SheetPlace.model_fields},
        code="rearranged",
        reason=f"“{first.heading}”一列的 {count} 处改动正是原来的值换了行，像是只排序了这一列。",
        reason_en=f"the {count} changes of this column are the values it had, in other rows: it seems to "
        "have been sorted by itself.",
        remedy="请核对；如是误排，请勿导入（已导入的可以撤销），重新导出后整表排序。",
        remedy_en="if that was a slip, do not import it (or undo it), export again and sort whole rows.",
    )

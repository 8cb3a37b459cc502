"""A column sorted by itself is told from edits by what its cells held before."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.pipeline.ledger.sheets.answers import CellChange
from matcher.pipeline.ledger.sheets.rearranged import FEWEST, rearranged

VALUES = st.lists(st.sampled_from(["", "甲", "乙", "丙", "丁"]), min_size=6, max_size=12)


def changes(before: list[str], after: list[str]) -> list[CellChange]:
    return [
        CellChange(
            sheet="台账",
            row=row,
            column="T",
            heading="负责人",
            field="owner",
            entry_id=row,
            before=old,
            after=new,
        )
        for row, (old, new) in enumerate(zip(before, after, strict=True), start=5)
        if old != new
    ]


@given(VALUES)
def test_a_column_sorted_by_itself_is_in_doubt_once(before: list[str]) -> None:
    made = changes(before, sorted(before))
    found = rearranged(made)
    assert [one.code for one in found] == ["rearranged"] * (len(made) >= FEWEST)
    assert all(one.row == made[0].row for one in found)


@given(VALUES, st.integers(0, 5))
def test_a_value_that_was_in_no_row_makes_it_an_edit(before: list[str], place: int) -> None:
    after = sorted(before)
    after[place] = "示例新来的人"
    assert rearranged(changes(before, after)) == []

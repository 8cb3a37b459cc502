"""同上 says what the cell above says, of the item before; never the mark itself."""

import pytest

from matcher.domain.listing import Side
from tests.files.given import read_list


def organisations(rows: list[str]) -> list[str]:
    content = "\n".join(["成果名称,完成单位,领域", *rows]).encode()
    return [row.listing.organisation for row in read_list(content, "a.csv", Side.SUPPLY).rows]


@pytest.mark.parametrize("mark", ["同上", " 同上 ", "同上。", "〃", "″", "Ditto"])
def test_a_mark_repeats_the_item_above_through_others_and_rows_that_are_no_items(mark: str) -> None:
    rows = ["密封圈,甲所,材料", f"阀门,{mark},装备", "合计,3项,", f"轴承,{mark},装备", "管路,乙所,装备"]
    assert organisations(rows) == ["甲所", "甲所", "甲所", "乙所"]


def test_a_mark_below_nothing_and_a_word_that_begins_like_one_stay() -> None:
    assert organisations(["密封圈,同上,材料", "阀门,同上海所,装备"]) == ["同上", "同上海所"]
    assert organisations(["密封圈,,材料", "阀门,同上,装备"]) == ["", "同上"]


def test_every_column_is_repeated_by_itself() -> None:
    content = "成果名称,完成单位,领域\n密封圈,甲所,材料\n阀门,〃,装备\n轴承,乙所,同上\n".encode()
    read = [
        (row.listing.organisation, row.listing.industry)
        for row in read_list(content, "a.csv", Side.SUPPLY).rows
    ]
    assert read == [("甲所", "材料"), ("甲所", "装备"), ("乙所", "装备")]

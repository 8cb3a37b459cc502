"""Lists that lie on their side: read whole with their fields in the first column, or not at all."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.listing import Contact, Side
from matcher.files.report import ParsedList
from tests.files.given import codes, csv_text, demand, read_list, xls, xlsx

LIST = (
    ("需求名称", "密封圈老化", "阀门内漏", "除霜"),
    ("企业名称", "甲公司", "乙公司", "丙公司"),
    ("需求详情", "三个月就老化", "内漏", "结霜"),
    ("预算（万元）", "50", "60", "面议"),
    ("联系人", "张三", "李四", "王五"),
    ("联系电话", "13900001111", "13900002222", "0731-88886666"),
    ("批次", "一", "一", "二"),
)


def read(rows: Sequence[Sequence[str]]) -> ParsedList:
    return read_list(xlsx(rows), "需求.xlsx", Side.DEMAND)


@pytest.mark.parametrize("write", [xlsx, xls, lambda rows: csv_text(rows).encode()])
@pytest.mark.parametrize("items", [2, 3])
def test_every_column_beside_the_fields_is_an_item(write: object, items: int) -> None:
    assert callable(write)
    content = write([row[: items + 1] for row in LIST])
    parsed = read_list(content, "需求.csv", Side.DEMAND)
    assert [row.listing.title for row in parsed.rows] == list(LIST[0][1 : items + 1])
    second = demand(parsed, 1)
    assert (second.organisation, second.detail, second.budget.low) == ("乙公司", "内漏", 60)
    assert second.contact == Contact("李四", "13900002222")
    assert second.extra == {"批次": "一"}
    assert [row.row for row in parsed.rows] == list(range(2, items + 2))
    assert codes(parsed) == [("on_its_side", "doubtful")]


def test_a_title_captions_and_groups_above_or_before_the_fields_do_not_matter() -> None:
    rows = [
        ["2026年企业需求征集表", "", "", "", ""],
        ["", "", "企业一", "企业二", "企业三"],
        ["需求信息", *LIST[0]],
        ["", *LIST[2]],
        ["企业名称", "", *LIST[1][1:]],
        ["联系人", "姓名", *LIST[4][1:]],
        ["", "电话", *LIST[5][1:]],
    ]
    parsed = read(rows)
    assert [row.listing.title for row in parsed.rows] == list(LIST[0][1:])
    assert [row.listing.organisation for row in parsed.rows] == list(LIST[1][1:])
    assert [row.listing.contact.name for row in parsed.rows] == list(LIST[4][1:])


def test_a_column_without_a_title_is_rejected_and_the_others_are_read() -> None:
    rows = [[*row] for row in LIST]
    rows[0][2] = ""
    parsed = read(rows)
    assert [row.listing.title for row in parsed.rows] == ["密封圈老化", "除霜"]
    [rejected] = parsed.rejected
    assert (rejected.row, rejected.cells["企业名称"]) == (3, "乙公司")


@pytest.mark.parametrize(
    "rows",
    [
        [("项目", "填写内容", "填写说明"), *((label, value, "全称") for label, value, *_ in LIST)],
        [(label, value, "必填，30字以内") for label, value, *_ in LIST],
        [row[:3] for row in LIST[1:]],
        [(*row, *(f"{row[1]}{number}" for number in range(600))) for row in LIST],
    ],
    ids=["captions that explain", "explanations", "no title", "too wide"],
)
def test_what_is_not_read_whole_is_not_read_and_its_remedy_is_said(rows: Sequence[Sequence[str]]) -> None:
    parsed = read(rows)
    assert (parsed.rows, parsed.rejected) == ((), ())
    assert codes(parsed) == [("no_header", "rejected")]
    assert "转置" in parsed.problems[0].message
    assert "Transpose" in parsed.problems[0].message_en


def test_one_form_with_two_labels_in_a_row_is_still_a_form() -> None:
    rows = [
        ("企业名称", "甲公司", "成立时间", "2010"),
        ("需求名称", "阀门内漏", "行业码", "C35"),
        ("联系人", "张三", "职务", "经理"),
        ("需求详情", "内漏", "", ""),
    ]
    parsed = read(rows)
    assert len(parsed.rows) == 1
    assert demand(parsed).extra == {"成立时间": "2010", "行业码": "C35", "职务": "经理"}


def test_a_list_beside_a_sheet_on_its_side_is_read_alone() -> None:
    explained = [(label, f"写明{label}一", f"写明{label}二") for label, *_ in LIST]
    content = xlsx([*zip(*LIST, strict=True)], sheets={"填写": explained})
    parsed = read_list(content, "需求.xlsx", Side.DEMAND)
    assert [row.listing.title for row in parsed.rows] == list(LIST[0][1:])


WORDS = st.text("密封阀门氢能除霜隔膜电堆泄漏", min_size=2, max_size=6)
ITEMS = st.lists(
    st.tuples(
        WORDS,
        WORDS.map("{}公司".format),
        st.one_of(st.just(""), WORDS),
        st.integers(1, 900).map(str),
        st.integers(13_000_000_000, 19_999_999_999).map(str),
        st.sampled_from(["", "一", "二"]),
    ),
    min_size=2,
    max_size=8,
    unique_by=lambda item: item[:2],
)


@settings(max_examples=40, deadline=None)
@given(ITEMS)
def test_a_list_says_the_same_upright_and_on_its_side(items: list[tuple[str, ...]]) -> None:
    rows = [("需求名称", "企业名称", "需求详情", "预算（万元）", "联系电话", "批次"), *items]
    turned = [*zip(*rows, strict=True)]
    upright, lying = (read_list(csv_text(each).encode(), "a.csv", Side.DEMAND) for each in (rows, turned))
    assert [row.listing for row in lying.rows] == [row.listing for row in upright.rows]
    assert len(lying.rows) == len(items)

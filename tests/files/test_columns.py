"""Every column of a file is accounted for, by what became of it, and others are proposed with a reason."""

import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Contact, Demand, Side
from matcher.files.column_problems import column_problems
from matcher.files.mapping import (
    NO_MAPPINGS,
    Mappings,
    checked_mapping,
    heading_signature,
    parsed_mapping,
)
from matcher.files.read_columns import ReadColumn
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList, Problem
from tests.files.given import csv_text, demand, xlsx

CASES = Path(__file__).with_name("cases") / "operator"
ODD = ["卡脖子问题=title", "谁家的=organisation", "怎么回事=detail"]


def read(rows: Sequence[Any], mappings: Mappings = NO_MAPPINGS, side: Side = Side.DEMAND) -> ParsedList:
    return read_lists([("清单.xlsx", xlsx(rows))], side, mappings)


def by_heading(parsed: ParsedList) -> dict[str, ReadColumn]:
    return {column.heading: column for table in parsed.tables for column in table.columns}


def warnings(parsed: ParsedList, mapping: dict[str, str] | None = None) -> dict[tuple[str, str], Problem]:
    said = column_problems(parsed, Side.DEMAND, mapping or {})
    return {(problem.code, problem.column): problem for problem in said}


WITH_OTHERS = [
    ["序号", "需求名称", "需求描述", "推荐理由", "预计花费", "找谁", "空列"],
    [1, "密封圈老化", "三个月就老化", "领导推荐", "约50万元", "13800000031", None],
    [2, "轴承异响", "高速时异响", None, "30万", "13800000032", None],
]


def test_a_column_is_mapped_kept_beside_or_ignored_and_says_how_full_it_is() -> None:
    columns = by_heading(read(WITH_OTHERS))
    assert {
        heading: (column.state, column.maps_to, column.filled) for heading, column in columns.items()
    } == {
        "序号": ("ignored", None, 1.0),
        "需求名称": ("mapped", "title", 1.0),
        "需求描述": ("mapped", "detail", 1.0),
        "推荐理由": ("kept", None, 0.5),
        "预计花费": ("kept", None, 1.0),
        "找谁": ("kept", None, 1.0),
        "空列": ("ignored", None, 0.0),
    }


def test_an_unmapped_column_is_a_warning_that_says_what_it_seems_to_be_and_how_to_map_it() -> None:
    said = warnings(read(WITH_OTHERS))
    assert set(said) == {
        ("unmapped_column", "D 推荐理由"),
        ("unmapped_column", "E 预计花费"),
        ("unmapped_column", "F 找谁"),
    }
    assert '--map "预计花费=budget"' in said["unmapped_column", "E 预计花费"].message
    assert '--map "找谁=contact_phone"' in said["unmapped_column", "F 找谁"].message
    assert all(problem.severity == "doubtful" and problem.row is None for problem in said.values())


def test_a_proposal_gives_its_reason_by_heading_and_by_content() -> None:
    columns = by_heading(read(WITH_OTHERS))
    telephone, spent = columns["找谁"].proposal, columns["预计花费"].proposal
    assert telephone is not None
    assert (telephone.reason, telephone.reason_en) == ("内容是电话号码", "its cells hold telephone numbers")
    assert spent is not None
    assert "金额" in spent.reason


LONG = "贴壁培养批间差大，需要无血清悬浮工艺放大到五十升并保持滴度"


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("怎么联系", ["a@example.com", "b@example.com"], "contact_email"),
        ("找哪位", ["张三 13800000031", "李四 010-5550-0301"], "contact"),
        ("证书编码", ["ZL209900010037.示", "ZL209900030111.示"], None),
        ("啥时候要", ["2027-06-30", "2027年9月"], "deadline"),
        ("愿意出多少钱", ["50", "30"], "budget"),
        ("参考性能", ["≥50次", "≤8kg"], "targets"),
        ("难点简述", ["漏", "响"], "problems"),
        ("有关文字", [LONG, LONG + "。"], "detail"),
        ("谁提的", ["甲（虚构）公司", "乙（虚构）公司"], "organisation"),
        ("注册资金", ["500万元", "800万元"], None),
        ("成立日期", ["2011-01-01", "2012-02-02"], None),
        ("更新时间", ["2026-10-01", "2026-10-02"], None),
        ("职工人数", ["120", "35"], None),
    ],
)
def test_what_a_column_holds_is_proposed(heading: str, values: list[str], field: str | None) -> None:
    parsed = read([["需求名称", "关键词", heading], *([f"第{n}项", "词", v] for n, v in enumerate(values))])
    proposal = by_heading(parsed)[heading].proposal
    assert (proposal.maps_to if proposal else None) == field


def test_a_field_that_another_column_has_is_not_proposed_again_but_a_long_text_is() -> None:
    rows = [["需求名称", "需求描述", "预算", "另需资金", "补充文字"], ["甲项", "描述", "50", "30万元", LONG]]
    columns = by_heading(read(rows))
    assert columns["另需资金"].proposal is None
    assert (columns["补充文字"].proposal or columns["预算"]).maps_to == "detail"


def test_samples_hide_who_can_be_called() -> None:
    rows = [
        ["需求名称", "联系人", "电话", "经手", "法定代表人", "备忘"],
        ["甲项", "张三丰", "010-5550-0301", "13800000031", "王五六", "请打 13800000032 或 wang@example.com"],
    ]
    shown = {heading: column.sample for heading, column in by_heading(read(rows)).items()}
    assert shown["联系人"] == "张**"
    assert shown["法定代表人"] == "王**"
    text = "".join(shown.values())
    assert not any(secret in text for secret in ("5550-0301", "13800000031", "13800000032", "wang@"))


def test_a_list_matched_by_title_alone_says_so() -> None:
    bare = read([["需求名称", "企业名称"], ["密封圈老化", "甲公司"], ["轴承异响", "乙公司"]])
    said = warnings(bare)["title_only", ""]
    assert "2 条需求中有 2 条" in said.message
    assert ("title_only", "") not in warnings(read(WITH_OTHERS))


def test_a_mapping_by_hand_wins_over_the_heading_and_is_said() -> None:
    rows = [["需求名称", "指标", "内部备注", "推荐理由"], ["密封圈老化", "三个月", "优先", "好"]]
    mapping = parsed_mapping(["指标＝需求详情", "内部备注=keep", "推荐理由=ignore"], Side.DEMAND)
    parsed = read(rows, Mappings(mapping))
    assert demand(parsed).detail == "三个月"
    assert demand(parsed).extra == {"内部备注": "优先"}
    columns = by_heading(parsed)
    assert (columns["指标"].maps_to, columns["指标"].by) == ("detail", "map")
    assert columns["推荐理由"].state == "ignored"
    assert warnings(parsed, mapping) == {}


def test_a_mapped_heading_is_known_whatever_stands_around_it() -> None:
    parsed = read(
        [["1.*难题（必填）", "企业"], ["密封", "甲"]], Mappings({"难题": "detail", "企业": "title"})
    )
    assert (demand(parsed).detail, demand(parsed).title) == ("密封", "甲")


def test_a_mapping_of_a_column_that_is_not_there_is_said() -> None:
    mapping = {"没有的列": "detail"}
    assert ("map_unused", "没有的列") in warnings(read(WITH_OTHERS, Mappings(mapping)), mapping)


def test_a_table_with_odd_headings_says_how_to_map_it_and_is_read_once_mapped() -> None:
    file = ("奇怪表头.xlsx", (CASES / "奇怪表头.xlsx").read_bytes())
    refused = read_lists([file], Side.DEMAND)
    assert refused.rows == ()
    [problem] = refused.problems
    assert problem.code == "no_header"
    assert all(f'--map "{option}"' in problem.message for option in ODD)
    assert {column.state for table in refused.tables for column in table.columns} == {"unread"}
    parsed = read_lists([file], Side.DEMAND, Mappings(parsed_mapping(ODD, Side.DEMAND)))
    assert [row.listing.title for row in parsed.rows] == ["密封圈老化", "轴承异响"]
    assert demand(parsed).detail == "密封圈三个月就老化"


def test_odd_headings_in_a_file_of_semicolons_are_read_once_mapped() -> None:
    text = csv_text([["卡脖子问题", "怎么回事"], ["密封圈老化", "三个月"]], ";")
    mapping = Mappings(parsed_mapping([ODD[0], ODD[2]], Side.DEMAND))
    parsed = read_lists([("a.csv", text.encode())], Side.DEMAND, mapping)
    assert demand(parsed).detail == "三个月"


def test_json_lines_are_mapped_by_their_keys() -> None:
    text = '{"what": "密封圈老化", "how": "三个月"}\n{"what": "轴承异响", "more": "高速"}\n'
    mapping = Mappings({"what": "title", "how": "detail"})
    parsed = read_lists([("a.jsonl", text.encode())], Side.DEMAND, mapping)
    assert demand(parsed).detail == "三个月"
    more = by_heading(parsed)["more"]
    assert (more.letter, more.state, more.filled) == ("", "kept", 0.5)


def test_a_remembered_mapping_holds_for_headings_in_any_order_with_any_marks() -> None:
    signature = heading_signature(["卡脖子问题", "怎么回事", "谁家的"])
    mapping = parsed_mapping(ODD, Side.DEMAND)
    rows = [["*谁家的", "2.怎么回事", "卡脖子\n问题"], ["甲公司", "三个月", "密封圈老化"]]
    parsed = read(rows, Mappings({}, {signature: mapping}))
    assert (demand(parsed).title, demand(parsed).organisation) == ("密封圈老化", "甲公司")
    assert {column.by for column in parsed.tables[0].columns} == {"profile"}
    assert read([[*rows[0], "又一列"], rows[1]], Mappings({}, {signature: mapping})).rows == ()


@pytest.mark.parametrize("line", ["难题描述", "=detail", "难题描述=", "难题描述=没有的字段", "x=price"])
def test_a_line_that_is_no_mapping_is_refused(line: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed_mapping([line], Side.DEMAND)
    assert refused.value.field == "map"


@given(
    st.dictionaries(
        st.text(string.ascii_letters, min_size=1), st.sampled_from(sorted(list_fields(Side.DEMAND)))
    )
)
def test_a_checked_mapping_is_checked_once(mapping: dict[str, str]) -> None:
    assert checked_mapping(mapping, Side.DEMAND) == mapping


def test_one_form_per_enterprise_is_read_as_the_demand_it_states() -> None:
    parsed = read_lists([("一企一表.xlsx", (CASES / "一企一表.xlsx").read_bytes())], Side.DEMAND)
    [row] = parsed.rows
    assert (row.row, row.listing.title, demand(parsed).detail) == (3, "密封圈老化", "密封圈三个月就老化")
    assert row.listing.organisation == "某某（虚构）公司"
    assert row.listing.contact == Contact("甲", "010-5550-0001")


def test_forms_below_one_another_are_as_many_demands() -> None:
    form = [
        ["企业名称", "甲公司", "联系人", "张三"],
        ["需求名称", "密封圈老化"],
        ["预算（万元）", "50"],
        ["车间情况", "新"],
    ]
    second = [["企业名称", "乙公司", "联系人", ""], ["需求名称", "轴承异响"], ["预算（万元）", "30"]]
    parsed = read([["企业技术需求表"], *form, ["企业技术需求表"], *second])
    assert [row.listing.title for row in parsed.rows] == ["密封圈老化", "轴承异响"]
    assert [row.row for row in parsed.rows] == [3, 8]
    assert demand(parsed).extra == {"车间情况": "新"}
    assert demand(parsed, 1).contact == Contact()


def test_a_list_is_never_taken_for_a_form() -> None:
    rows = [
        ["需求名称", "企业", "关键词"],
        ["企业", "甲公司", "x"],
        ["预算", "乙公司", "y"],
        ["电话", "丙公司", "z"],
    ]
    assert len(read(rows).rows) == 3


def test_of_two_columns_for_one_value_the_second_is_said_to_be_kept_beside() -> None:
    parsed = read([["项目名称", "高校", "学院"], ["隔膜", "示例大学", "化工学院"]], side=Side.SUPPLY)
    columns = by_heading(parsed)
    assert (columns["高校"].maps_to, columns["学院"].state) == ("organisation", "kept")
    assert parsed.rows[0].listing.extra == {"学院": "化工学院"}


@pytest.mark.parametrize(
    ("headings", "option"),
    [
        (["企业名称", "需求内容", "联系人"], '--map "需求内容=title"'),
        (["企业名称", "技术难题", "预算"], '--map "技术难题=title"'),
    ],
)
def test_a_table_without_a_title_says_which_column_could_be_it(headings: list[str], option: str) -> None:
    parsed = read([headings, ["甲（虚构）公司", "密封", "张三"], ["乙（虚构）公司", "轴承", "李四"]])
    assert parsed.rows == ()
    assert option in parsed.problems[0].message


def test_a_form_may_have_values_below_their_labels_or_in_the_same_cell() -> None:
    rows = [
        ["企业技术需求表"],
        ["企业名称：甲公司", "联系人：张三"],
        ["需求名称：密封圈老化"],
        ["需求描述"],
        ["密封圈三个月就老化：请看图"],
        ["预算", "50"],
    ]
    parsed = read(rows)
    read_demand = demand(parsed)
    assert (read_demand.title, read_demand.organisation) == ("密封圈老化", "甲公司")
    assert read_demand.detail == "密封圈三个月就老化：请看图"
    assert (read_demand.budget.low, read_demand.contact.name) == (50, "张三")


def test_a_column_of_figures_alone_is_a_warning_too_and_a_bare_sum_is_the_budget() -> None:
    content = "需求名称,需求详情,企业自筹,资金（元）\n储氢瓶,低温内胆不开裂,300000,1500000\n".encode()
    parsed = read_lists([("需求.csv", content)], Side.DEMAND)
    [row] = parsed.rows
    assert isinstance(row.listing, Demand)
    assert row.listing.budget.low == 150
    said = [problem.column for problem in column_problems(parsed, Side.DEMAND, {})]
    assert any("企业自筹" in (column or "") for column in said)

"""Lists as offices send them: every column finds its field, whatever its heading is called."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.listing import Achievement, Contact, Demand, Side
from matcher.files.headings import field_of, find_header
from matcher.files.plain_headings import unit_of
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList
from tests.files.given import demand, read_list, xlsx

CASES = Path(__file__).with_name("cases") / "operator"


def read_case(name: str, side: Side) -> ParsedList:
    return read_lists([(name, (CASES / name).read_bytes())], side)


def demands(parsed: ParsedList) -> Mapping[str, Demand]:
    listings = [row.listing for row in parsed.rows]
    return {listing.title: listing for listing in listings if isinstance(listing, Demand)}


def achievements(parsed: ParsedList) -> Mapping[str, Achievement]:
    listings = [row.listing for row in parsed.rows]
    return {listing.title: listing for listing in listings if isinstance(listing, Achievement)}


def test_a_street_offices_summary_gives_budget_targets_deadline_and_both_parts_of_the_contact() -> None:
    read = demands(read_case("氢能需求汇总（街道报送）.xlsx", Side.DEMAND))
    membrane = read["碱性电解槽隔膜国产化替代"]
    assert membrane.organisation == "东湖制氢装备（虚构）有限公司"
    assert membrane.detail.startswith("现用进口复合隔膜价格高")
    assert membrane.targets == "面电阻≤0.2Ω·cm2；泡点≥2 bar"
    assert (membrane.budget.low, membrane.budget.high) == (500, 500)
    assert membrane.deadline == date(2027, 6, 30)
    assert membrane.contact == Contact("张甲", "010-5550-0301")
    assert membrane.extra == {}, "the workbook hides 内部备注"
    assert read["加氢站压缩机隔膜寿命预测"].contact == Contact("赵丁", "010-5550-0303")
    assert read["液氢储罐绝热材料"].budget.low == 1200


def test_the_second_row_of_a_header_is_no_row_of_the_list() -> None:
    parsed = read_case("氢能需求汇总（街道报送）.xlsx", Side.DEMAND)
    assert 4 not in [problem.row for problem in parsed.problems]


def test_a_collection_of_hard_problems_gives_its_description_and_its_targets() -> None:
    carrier = demands(read_case("生物医药园难题征集.xls", Side.DEMAND))["mRNA脾脏靶向LNP"]
    assert carrier.detail == "现有LNP富集肝脏，需要脾靶向可电离脂质"
    assert carrier.targets == "脾肝比≥5"
    assert carrier.contact == Contact("刘乙", "010-5550-0322")
    assert carrier.budget.negotiable


def test_a_universitys_catalogue_gives_department_head_price_and_property() -> None:
    sensor = achievements(read_case("示例理工成果目录.xlsx", Side.SUPPLY))["光纤光栅氢气泄漏传感器"]
    assert sensor.organisation == "示例理工学院光电系"
    assert sensor.inventors == "戊教授"
    assert (sensor.price.low, sensor.price.high) == (80, 80)
    assert sensor.ip_type == "发明专利"


def test_a_survey_in_gbk_gives_targets_and_deadline() -> None:
    nozzle = demands(read_case("商业航天需求.csv", Side.DEMAND))["液氧甲烷发动机喷注器3D打印"]
    assert (nozzle.targets, nozzle.deadline) == ("流量偏差≤2%", date(2027, 12, 31))
    assert (nozzle.budget.low, nozzle.industry) == (800, "商业航天")


@pytest.mark.parametrize(
    "heading",
    [
        "*需求名称", "1.需求名称", "1 需求名称", "①需求名称", "（1）需求名称", "一、需求名称",
        "【必填】需求名称",
        "需求\n名称", "需求名称（必填）", "需求名称*必填", "★需求名称", "Demand Title", "demand\nname",
    ],
)  # fmt: skip
def test_marks_numbers_and_line_breaks_around_a_title_do_not_matter(heading: str) -> None:
    assert field_of(heading, Side.DEMAND) == "title"


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("预算（万元）", "万元"),
        ("预算(单位:元)", "元"),
        ("预算（元，必填）", "元"),
        ("预算万元", "万元"),
        ("*拟投入经费（人民币万元）", "万元"),
        ("Budget (10,000 yuan)", "万元"),
        ("Budget (RMB)", "元"),
    ],
)
def test_the_unit_in_a_budgets_heading_is_read_however_it_is_written(heading: str, unit: str) -> None:
    assert field_of(heading, Side.DEMAND) == "budget"
    assert unit_of(heading) == unit


@pytest.mark.parametrize(
    "heading", ["企业简介", "统一社会信用代码", "注册资金", "成立时间", "填报日期", "备注", "企业人数"]
)
def test_a_heading_that_only_resembles_one_names_no_field(heading: str) -> None:
    assert field_of(heading, Side.DEMAND) is None


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("企业联系人", "contact_name"),
        ("联系人及手机", "contact"),
        ("手机号码", "contact_phone"),
        ("企业联系电话", "contact_phone"),
        ("Contact phone", "contact_phone"),
        ("E-mail", "contact_email"),
        ("电子信箱", "contact_email"),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_contacts_are_known_on_both_lists(heading: str, name: str, side: Side) -> None:
    assert field_of(heading, side) == name


def test_headings_below_a_group_are_read_with_it() -> None:
    rows = [
        ["需求信息", "", "企业信息", "", "联系人", "", ""],
        ["名称", "描述", "名称", "性质", "姓名", "手机", "邮箱"],
        ["密封", "老化", "甲公司", "民营", "张三", "13800000031", "a@example.com"],
    ]
    header = find_header(rows, Side.DEMAND)
    assert header is not None
    assert header.fields == (
        "title", "detail", "organisation", "organisation_nature",
        "contact_name", "contact_phone", "contact_email",
    )  # fmt: skip
    assert header.first_data_row == 2


THREE_ROWS = (
    ("序号", "需求信息", "", "", "企业信息", "", "", ""),
    ("", "需求名称", "技术要求", "", "企业名称", "联系人", "", ""),
    ("", "", "需求描述", "技术指标", "", "姓名", "职务", "电话"),
    ("1", "密封圈老化", "三个月", "≥5年", "甲公司", "张三", "经理", "13800000031"),
)


@pytest.mark.parametrize("above", [[], [["2026年企业需求征集表"]], [["2026年"], ["填报单位：甲街道"]]])
def test_headings_in_three_rows_are_read_with_both_groups_above_them(above: list[list[str]]) -> None:
    rows = [*above, *THREE_ROWS]
    header = find_header(rows, Side.DEMAND)
    assert header is not None
    assert header.fields == (
        "sequence", "title", "detail", "targets", "organisation", "contact_name", None, "contact_phone",
    )  # fmt: skip
    assert header.first_data_row == len(above) + 3
    parsed = read_list(xlsx(rows), "需求.xlsx", Side.DEMAND)
    assert parsed.rejected == ()
    read = demand(parsed)
    assert (read.title, read.detail, read.targets) == ("密封圈老化", "三个月", "≥5年")
    assert read.contact == Contact("张三", "13800000031")
    assert [*read.extra.values()] == ["经理"]


def test_groups_of_groups_below_a_known_heading_are_no_rows_of_the_list() -> None:
    rows = [
        ["企业名称", "需求名称", "资金", "", "", ""],
        ["", "", "预算", "", "其他", ""],
        ["", "", "自筹", "申请", "人力", "设备"],
        ["甲公司", "密封圈老化", "50", "20", "3", "4"],
    ]
    parsed = read_list(xlsx(rows), "需求.xlsx", Side.DEMAND)
    assert parsed.rejected == ()
    assert demand(parsed).extra == {
        "资金预算自筹": "50", "资金预算申请": "20", "资金其他人力": "3", "资金其他设备": "4",
    }  # fmt: skip


@pytest.mark.parametrize("items", [["", "x", ""], ["甲公司", "", ""], ["", "", ""]])
def test_rows_below_a_header_are_no_headings(items: list[str]) -> None:
    rows = [["需求名称", "企业名称", "附件", "电话"], ["密封圈老化", *items], ["阀门内漏", *items]]
    header = find_header(rows, Side.DEMAND)
    assert header is not None
    assert header.first_data_row == 1


def test_an_unknown_heading_below_a_known_group_is_kept_with_its_group() -> None:
    rows = [
        ["需求名称", "企业名称", "联系人", "", ""],
        ["", "", "姓名", "职务", "电话"],
        ["密封圈老化", "甲公司", "张三", "经理", "13800000031"],
    ]
    read = demand(read_list(xlsx(rows), "需求.xlsx", Side.DEMAND))
    assert read.contact == Contact("张三", "13800000031")
    assert read.extra == {"联系人职务": "经理"}


def test_a_title_above_the_header_is_no_group() -> None:
    header = find_header([["报送时间：2026.10", "", ""], ["需求名称", "企业", "备注"]], Side.DEMAND)
    assert header is not None
    assert header.headings == ("需求名称", "企业", "备注")


def test_a_vague_heading_beside_a_title_is_the_description_and_alone_the_title() -> None:
    both = find_header([["需求名称", "技术需求", "企业"]], Side.DEMAND)
    alone = find_header([["技术需求", "企业"]], Side.DEMAND)
    assert both is not None
    assert both.fields == ("title", "detail", "organisation")
    assert alone is not None
    assert alone.fields == ("title", "organisation")


def test_a_telephone_in_the_column_of_the_contact_is_no_part_of_the_name() -> None:
    rows = [["需求名称", "联系人"], ["密封圈老化", "张三 13800000031"]]
    read = demand(read_list(xlsx(rows), "需求.xlsx", Side.DEMAND))
    assert read.contact == Contact("张三", "13800000031")


def test_headings_below_a_known_group_are_no_row_of_the_list() -> None:
    rows = [
        ["企业名称", "需求名称", "预算", ""],
        ["", "", "自筹", "申请"],
        ["甲公司", "密封圈老化", "50", "20"],
    ]
    parsed = read_list(xlsx(rows), "需求.xlsx", Side.DEMAND)
    assert parsed.rejected == ()
    assert demand(parsed).extra == {"预算自筹": "50", "预算申请": "20"}


@pytest.mark.parametrize(
    ("above", "below", "heading", "amount"),
    [
        ("单位：元", "", "预算", 5),
        ("填报单位（盖章）：甲街道    单位：元", "", "预算", 5),
        ("", "注：资金单位为元。", "预算", 5),
        ("单位：万元", "", "预算", 50_000),
        ("单位：万元", "注：单位为元", "预算", 50_000),
        ("填报单位：元氏街道", "", "预算", 50_000),
        ("单位：元", "", "预算（万元）", 50_000),
        ("", "", "预算", 50_000),
    ],
)
def test_the_unit_that_a_sheet_states_beside_its_table_holds_where_the_heading_names_none(
    above: str, below: str, heading: str, amount: float
) -> None:
    rows = [[above], ["需求名称", heading, "企业名称"], ["密封圈老化", "50000", "甲公司"], [below]]
    assert demand(read_list(xlsx(rows), "需求.xlsx", Side.DEMAND)).budget.low == amount


def test_an_english_title_in_brackets_is_the_english_title() -> None:
    assert field_of("成果名称（英文）", Side.SUPPLY) == "title_en"
    assert field_of("需求名称（英文）", Side.DEMAND) is None

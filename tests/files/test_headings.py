import pytest

from matcher.domain.list_columns import aliases
from matcher.domain.listing import Achievement, Demand, Side
from matcher.files.headings import field_of, find_header
from matcher.files.plain_headings import plain_heading, unit_of

SEEN_SUPPLY = {
    "成果名称": "title",
    "完成单位": "organisation",
    "研发单位": "organisation",
    "成果持有单位": "organisation",
    "完成人": "inventors",
    "成果简介": "abstract",
    "成果基本情况": "abstract",
    "所属高新技术领域": "industry",
    "所属领域": "industry",
    "成果体现形式": "form",
    "成果所处阶段": "maturity",
    "成果成熟度": "maturity",
    "成果技术水平": "level",
    "成果关键字": "keywords",
    "关键词": "keywords",
    "联系人": "contact_name",
    "联系电话": "contact_phone",
    "拟采取的转化方式": "modes",
    "拟转化方式": "modes",
    "转化说明": "transfer_note",
    "拟转化金额（万）": "price",
    "知识产权类型": "ip_type",
    "密级": "confidentiality",
    "完成单位/研发单位/成果持有单位": "organisation",
    "id": "code",
    "clc": "classification",
    "title_en": "title_en",
    "abstract_en": "abstract_en",
}
SEEN_DEMAND = {
    "需求名称": "title",
    "技术需求名称": "title",
    "难题名称": "title",
    "所属单位或公司名称": "organisation",
    "企业名称": "organisation",
    "技术领域（先进制造业、农业、生物医药、现代服务业及其他）": "industry",
    "需求详情": "detail",
    "内容和说明": "detail",
    "重大科技需求概述": "detail",
    "技术指标": "targets",
    "拟解决的技术难题": "problems",
    "主要问题、技术关键": "problems",
    "现有基础条件": "conditions",
    "预算金额": "budget",
    "拟投入资金总额（万元）": "budget",
    "合作方式": "modes",
    "技术需求解决方式": "modes",
    "单位性质": "organisation_nature",
    "需求类型": "kind",
    "所属地区": "region",
    "需求时限": "deadline",
    "有效期": "valid_until",
    "联系人": "contact_name",
    "联系电话": "contact_phone",
    "电子邮箱": "contact_email",
    "content": "detail",
}


@pytest.mark.parametrize(("heading", "name"), SEEN_SUPPLY.items())
def test_headings_seen_in_real_supply_lists_are_known(heading: str, name: str) -> None:
    assert field_of(heading, Side.SUPPLY) == name


@pytest.mark.parametrize(("heading", "name"), SEEN_DEMAND.items())
def test_headings_seen_in_real_demand_lists_are_known(heading: str, name: str) -> None:
    assert field_of(heading, Side.DEMAND) == name


@pytest.mark.parametrize("side", Side)
def test_no_heading_names_two_fields(side: Side) -> None:
    pairs = [(plain_heading(alias), name) for name, all_of in aliases(side).items() for alias in all_of]
    assert len(pairs) >= 60
    for heading, name in pairs:
        assert field_of(heading, side) == name, heading


def test_every_field_of_a_listing_can_be_named_by_a_heading() -> None:
    derived = {"extra", "contact"}
    for side, listing in ((Side.SUPPLY, Achievement), (Side.DEMAND, Demand)):
        fields = set(listing.__dataclass_fields__) - derived
        assert fields <= set(aliases(side))


@pytest.mark.parametrize(
    "heading", ["*成果名称", "成果名称：", "1.成果名称", "成果\n名称", "成果名称(必填)", "成 果 名 称"]
)
def test_marks_numbers_and_notes_around_a_heading_do_not_matter(heading: str) -> None:
    assert field_of(heading, Side.SUPPLY) == "title"


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("金额（元）", "元"),
        ("金额(万元)*", "万元"),
        ("金额（单位：亿元）", "亿元"),
        ("金额/千元", "千元"),
        ("拟转化金额（万）", "万"),
        ("金额", "万元"),
    ],
)
def test_the_unit_of_money_is_taken_from_the_heading(heading: str, unit: str) -> None:
    assert unit_of(heading) == unit
    assert field_of(heading, Side.SUPPLY) == "price"


def test_unknown_headings_name_no_field() -> None:
    assert field_of("是否获奖", Side.SUPPLY) is None


def test_a_header_needs_a_title_and_another_known_column() -> None:
    assert find_header([["成果名称", "颜色"]], Side.SUPPLY) is None
    assert find_header([["完成单位", "成果简介"]], Side.SUPPLY) is None
    assert find_header([["成果名称"], ["甲"]], Side.SUPPLY) is not None


def test_group_headings_above_the_header_are_joined() -> None:
    rows = [
        ["成果名称", "完成单位", "联系信息", ""],
        ["", "", "联系人", "联系电话"],
        ["甲", "乙", "丙", "1"],
    ]
    header = find_header(rows, Side.SUPPLY)
    assert header is not None
    assert header.fields == ("title", "organisation", "contact_name", "contact_phone")
    assert header.first_data_row == 2


def test_a_row_of_data_is_not_taken_for_a_second_header_row() -> None:
    header = find_header([["成果名称", "备选", "完成单位"], ["甲", "摘要", "乙"]], Side.SUPPLY)
    assert header is not None
    assert header.first_data_row == 1

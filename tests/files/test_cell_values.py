from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Confidentiality, Contact, DemandKind
from matcher.files.contacts import parse_contact
from matcher.files.values import (
    is_error,
    is_nothing,
    is_period,
    parse_confidentiality,
    parse_date,
    parse_kind,
    parse_modes,
    parse_yes_no,
    split_terms,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("氢能;储运；加注、安全,检测，标准|认证", ("氢能", "储运", "加注", "安全", "检测", "标准", "认证")),
        ("氢能 储运\u3000加注", ("氢能", "储运", "加注")),
        ("氢能/储运", ("氢能", "储运")),
        ("deep learning; image segmentation", ("deep learning", "image segmentation")),
        ("deep learning", ("deep learning",)),
        ("深度学习 machine learning 图像", ("深度学习", "machine learning", "图像")),
        ("TCP/IP", ("TCP/IP",)),
        ("1,2-二氯乙烷，合成", ("1,2-二氯乙烷", "合成")),
        ("关键词：甲醇；重整。", ("甲醇", "重整")),
        ("氢能；氢能； ；-", ("氢能",)),
        ("", ()),
    ],
)
def test_keywords_are_split_at_any_usual_separator(text: str, terms: tuple[str, ...]) -> None:
    assert split_terms(text) == terms


@given(
    st.lists(st.text("氢能储运检测安全abc", min_size=1, max_size=6), max_size=6), st.sampled_from(";；、,，|")
)
def test_joining_and_splitting_terms_again_gives_the_same_terms(terms: list[str], separator: str) -> None:
    once = split_terms(separator.join(terms))
    assert split_terms(separator.join(once)) == once


def test_modes_are_named_alike() -> None:
    assert parse_modes("转让、作价入股/许可") == ("技术转让", "技术作价投资", "技术许可")
    assert parse_modes("许可；合作研发；整体打包") == ("技术许可", "合作开发", "整体打包")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-12-31", date(2027, 12, 31)),
        ("2027/2/3", date(2027, 2, 3)),
        ("2027.12.31", date(2027, 12, 31)),
        ("2027年12月31日", date(2027, 12, 31)),
        ("20271231", date(2027, 12, 31)),
        ("2027-12-31 08:30:00", date(2027, 12, 31)),
        ("2027年2月", date(2027, 2, 28)),
        ("2028-02", date(2028, 2, 29)),
        ("2027年底", date(2027, 12, 31)),
        ("2027年", date(2027, 12, 31)),
        ("2027年上半年", date(2027, 6, 30)),
        ("至2027年6月30日止", date(2027, 6, 30)),
        ("2026年1月至2027年6月", date(2027, 6, 30)),
        ("2026-01-01至2027-06-30", date(2027, 6, 30)),
        ("2025-2027年", date(2027, 12, 31)),
        ("46387", date(2026, 12, 31)),
        ("2027年12月31日前", date(2027, 12, 31)),
        ("2027年6月底前", date(2027, 6, 30)),
        ("2027年6月底", date(2027, 6, 30)),
        ("2027年底之前", date(2027, 12, 31)),
        ("27年底", date(2027, 12, 31)),
        ("27年6月", date(2027, 6, 30)),
        ("2027年6月30号", date(2027, 6, 30)),
        ("二〇二七年六月三十日", date(2027, 6, 30)),
        ("二零二七年十二月三十一日前", date(2027, 12, 31)),
        ("二〇二七年底", date(2027, 12, 31)),
        ("2027Q2", date(2027, 6, 30)),
        ("2027年Q2", date(2027, 6, 30)),
        ("2027年第二季度", date(2027, 6, 30)),
        ("2027年四季度末", date(2027, 12, 31)),
        ("2027年下半年", date(2027, 12, 31)),
        ("2027H1", date(2027, 6, 30)),
    ],
)
def test_a_date_is_the_last_day_the_text_names(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["长期", "长期有效", "永久"])
def test_no_end_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2027-13-01",
        "2027-02-30",
        "31/12/2027",
        "27-12-31",
        "明年",
        "2年",
        "0000-01-01",
        "27年",
        "10年内",
        "三个月内",
        "2027Q5",
    ],
)
def test_what_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_date(text)


@given(st.text("0123456789-/.年月日至 :T长期", max_size=16))
def test_any_text_is_a_date_or_a_refusal(text: str) -> None:
    try:
        day = parse_date(text)
    except InvalidInput:
        return
    assert day is None or isinstance(day, date)


@given(st.dates(date(1960, 1, 1), date(2099, 12, 31)))
def test_written_dates_are_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}号前") == day


@given(st.dates(date(2010, 1, 1), date(2049, 12, 31)))
def test_dates_in_chinese_numerals_are_those_in_digits(day: date) -> None:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    tens, ones = divmod(day.day, 10)
    number = ("", "十", "二十", "三十")[tens] + ("", *"一二三四五六七八九")[ones]
    month = ("", *"一二三四五六七八九", "十", "十一", "十二")[day.month]
    assert parse_date(f"{year}年{month}月{number}日") == day
    assert parse_date(f"{year[2:]}年{month}月") == parse_date(f"{day.year}年{day.month}月")


@pytest.mark.parametrize("text", ["2年", "6个月内", "半年", "一年", "1-2年", "尽快", "12 months"])
def test_a_length_of_time_is_told_from_a_day(text: str) -> None:
    assert is_period(text)
    assert not is_period("2027年12月")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("公开", Confidentiality.PUBLIC),
        ("非密", Confidentiality.PUBLIC),
        ("内部", Confidentiality.INTERNAL),
        ("不公开", Confidentiality.INTERNAL),
        ("秘密", Confidentiality.SECRET),
        ("秘密★10年", Confidentiality.SECRET),
        ("机密", Confidentiality.SECRET),
        ("商业秘密", Confidentiality.SECRET),
        ("涉密", Confidentiality.SECRET),
    ],
)
def test_levels_of_confidentiality_are_known(text: str, level: Confidentiality) -> None:
    assert parse_confidentiality(text) is level


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(InvalidInput):
        parse_confidentiality("三级")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("技术攻关", DemandKind.RESEARCH),
        ("成果引进类", DemandKind.ACQUISITION),
        ("应用场景需求", DemandKind.SCENARIO),
        ("中试", DemandKind.PILOT),
        ("概念验证/中试服务", DemandKind.PILOT),
        ("揭榜挂帅", DemandKind.CHALLENGE),
        ("challenge", DemandKind.CHALLENGE),
    ],
)
def test_kinds_of_demand_are_known_by_several_names(text: str, kind: DemandKind) -> None:
    assert parse_kind(text) is kind


def test_yes_and_no_are_read_and_anything_else_refused() -> None:
    assert parse_yes_no("公开")
    assert not parse_yes_no("不公开")
    with pytest.raises(InvalidInput):
        parse_yes_no("看情况")


def test_one_cell_may_hold_a_whole_contact() -> None:
    assert parse_contact("联系人：甲某 13800000000 jia@example.com") == Contact(
        "甲某", "13800000000", "jia@example.com"
    )


def test_marks_for_nothing_and_errors_are_told_apart() -> None:
    assert is_nothing(" N/A ")
    assert is_nothing("无")
    assert is_error("#REF!")
    assert not is_nothing("#REF!")
    assert not is_error("#1号机组")


def test_a_length_of_time_may_be_ended_in_several_words() -> None:
    assert is_period("1年内完成")
    assert is_period("约6个月左右内完成")
    assert not is_period("1年" + "内完成" * 40 + "验收")

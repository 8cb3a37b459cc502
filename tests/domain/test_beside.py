"""What stands beside a contact: hidden but for beginnings, and erased person by person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.beside import BESIDE, is_of_persons, masked_beside
from matcher.domain.list_columns import aliases
from matcher.domain.listing import Side
from matcher.domain.person import ERASED, person_of
from matcher.files.headings import field_of

CONTACT = ("contact", "contact_name", "contact_phone", "contact_email")


@pytest.mark.parametrize("side", Side)
def test_every_heading_of_a_contact_is_of_persons_and_none_of_another_field_is(side: Side) -> None:
    for field, headings in aliases(side).items():
        for heading in headings:
            assert field == "inventors" or is_of_persons(heading) == (field in CONTACT), heading


def test_the_heading_of_what_is_beside_names_no_field() -> None:
    assert is_of_persons(BESIDE)
    assert [field_of(BESIDE, side) for side in Side] == [None, None]


@pytest.mark.parametrize(
    "heading",
    ["备用联系人", "法人手机", "填表人", "微信", "QQ号", "Fax", "E-mail 2", "contact_2", "Contacts"],
)
def test_other_headings_are_of_persons_too(heading: str) -> None:
    assert is_of_persons(heading)


@pytest.mark.parametrize(
    "heading", ["备注", "批次", "与企业联系情况", "联系单位", "Hotel", "Details", "Automobile", "Mailing"]
)
def test_what_is_said_of_something_else_is_shown(heading: str) -> None:
    assert masked_beside(heading, "李四说过两次，致电 13900001111") == "李四说过两次，致电 139****1111"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("李四 0731-88886666", "李*** 0731-********"),
        ("李四0731-88886666", "李***0731-********"),
        ("13900002222", "139****2222"),
        ("李 四；wang@example.com", "李***；w***@example.com"),
        ("微信 lisi_66；66668888", "微***；6***"),
        ("微信同号", "微***"),
        ("", ""),
    ],
)
def test_beginnings_alone_are_shown_under_a_heading_of_persons(text: str, shown: str) -> None:
    assert masked_beside("联系方式", text) == shown


@given(
    st.lists(
        st.tuples(
            st.text("赵钱孙李周吴郑王", min_size=2, max_size=4),
            st.sampled_from(["", " ", "：", "（"]),
            st.one_of(
                st.integers(1_000_000, 99_999_999).map(str),
                st.integers(13_000_000_000, 19_999_999_999).map(str),
            ),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["；", "、", "\n", " / ", "，"]),
)
def test_neither_a_name_nor_a_number_of_any_person_is_shown(
    persons: list[tuple[str, str, str]], separator: str
) -> None:
    shown = masked_beside("联系人", separator.join(map("".join, persons)))
    for name, _, number in persons:
        assert name not in shown
        assert number not in shown
        assert number[-5:] not in shown


def test_a_person_beside_is_erased_with_the_number_and_the_others_stay() -> None:
    record = {
        "extra": {"联系方式": "李四 0731-88886666；王五 0731-88887777", "备注": "李四常来；电话已核"},
        "cells": {"联系电话": "张三 13900001111；李四 0731-88886666", "需求名称": "李四"},
    }
    assert person_of(name="李四").erased_from(record) == {
        "extra": {"联系方式": f"{ERASED}；王五 0731-88887777", "备注": f"{ERASED}常来；电话已核"},
        "cells": {"联系电话": f"张三 13900001111；{ERASED}", "需求名称": ERASED},
    }

"""Cells about contacts: who they name, which number is whose, and what else they say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.beside import BESIDE
from matcher.domain.listing import Contact, Side
from matcher.files.contacts import ReadContact, read_contact
from matcher.files.list_sheet import columns_for, columns_read, row_of
from matcher.files.mapping import Mappings
from matcher.files.masked_cells import masked_cell
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList
from matcher.pipeline.lists.masking import masked
from matcher.pipeline.lists.read_back import as_held
from tests.files.given import csv_text, demand, read_list

HEADINGS = ("联系方式", "联系电话", "电话", "手机", "联系人电话", "联系人", "联系人及电话")


def read(heading: str, text: str, **others: str) -> ParsedList:
    rows = [["需求名称", heading, *others], ["密封圈老化", text, *others.values()]]
    return read_list(csv_text(rows).encode(), "a.csv", Side.DEMAND)


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize(
    ("text", "name", "phone", "rest"),
    [
        ("赵甲13800000001", "赵甲", "13800000001", ""),
        ("赵甲 010-55500001转802", "赵甲", "010-55500001转802", ""),
        ("赵甲 13800000001、钱乙 13800000002", "赵甲", "13800000001", "钱乙 13800000002"),
        ("赵甲 13800000001 微信同号", "赵甲", "13800000001", "微信同号"),
        ("钱乙（微信同号13800000033）", "钱乙", "13800000033", "微信同号"),
        ("13800000001（赵甲）", "赵甲", "13800000001", ""),
        ("13800000082；010-55500482", "", "13800000082", "010-55500482"),
        ("赵甲 13800000001 QQ：123456789", "赵甲", "13800000001", "QQ：123456789"),
        ("（010）55500001", "", "（010）55500001", ""),
        ("赵甲 13800000001 传真 010-55500002", "赵甲", "13800000001", "传真 010-55500002"),
        ("赵甲 010-55500001（分机802）", "赵甲", "010-55500001（分机802）", ""),
    ],
)
def test_name_and_number_are_told_apart_under_any_heading(
    heading: str, text: str, name: str, phone: str, rest: str
) -> None:
    parsed = read(heading, text)
    listing = demand(parsed)
    assert listing.contact == Contact(name, phone)
    assert listing.extra == ({heading: rest} if rest else {})
    assert parsed.problems == ()


@pytest.mark.parametrize("heading", ["联系方式", "联系电话", "手机"])
@pytest.mark.parametrize("text", ["丙工", "见附件", "同上", "保密", "x", "QQ 123456789", "QQ123456789"])
def test_a_telephone_without_a_number_is_doubtful_and_kept(heading: str, text: str) -> None:
    parsed = read(heading, text)
    assert demand(parsed).contact == Contact()
    assert demand(parsed).extra == {heading: text}
    assert [(problem.code, problem.severity) for problem in parsed.problems] == [
        ("unknown_value", "doubtful")
    ]
    assert text in parsed.problems[0].message


@pytest.mark.parametrize("text", ["12345", "a@example.com", "55500001", "400-555-0001", "+86 138-0000-0083"])
def test_short_and_foreign_numbers_and_addresses_are_no_doubt(text: str) -> None:
    parsed = read("联系方式", text)
    contact = demand(parsed).contact
    assert text in (contact.phone, contact.email)
    assert parsed.problems == ()


def test_what_two_columns_say_differently_is_kept_under_its_heading() -> None:
    listing = demand(read("联系人", "赵甲 13800000001", 电话="钱乙 13800000002（微信同号）"))
    assert listing.contact == Contact("赵甲", "13800000002")
    assert set(listing.extra) == {"联系人", "电话"}
    assert "13800000001" in listing.extra["联系人"]
    assert "钱乙" in listing.extra["电话"]
    assert "微信同号" in listing.extra["电话"]


def test_the_same_name_in_two_columns_is_said_once() -> None:
    listing = demand(read("联系人", "赵甲", 电话="赵甲 13800000001"))
    assert (listing.contact, listing.extra) == (Contact("赵甲", "13800000001"), {})


NAMES = st.text("赵钱孙李周吴甲乙丙丁见请", min_size=2, max_size=3)
NUMBERS = st.one_of(
    st.integers(13_000_000_000, 19_999_999_999).map(str),
    st.integers(1_000_000, 99_999_999).map("010-{}".format),
    st.integers(10_000_000, 99_999_999).map("(010){}".format),
)


@given(NAMES, NUMBERS, NAMES, NUMBERS, st.sampled_from(["、", "；", "，", "\n", " / ", "; "]))
def test_the_second_person_of_a_cell_is_the_rest(
    name: str, number: str, second: str, other: str, separator: str
) -> None:
    text = f"{name} {number}{separator}{second} {other}"
    assert read_contact(text) == ReadContact(Contact(name, number), f"{second} {other}")


@given(st.text("赵甲钱乙13800000001010-()（）、；转微信同号QQx@. \n：电话", max_size=60))
def test_no_name_holds_a_number_and_no_digit_is_lost(text: str) -> None:
    read = read_contact(text)
    contact = read.contact
    said = f"{contact.name}{contact.phone}{contact.email}{read.rest}"
    digits = [sorted(filter(str.isdigit, held)) for held in (text, said)]
    assert digits[0] == digits[1]
    assert not re.search(r"\d{3}", contact.name)


@pytest.mark.parametrize("field", ["contact", "contact_name", "contact_phone"])
def test_a_second_person_under_a_heading_mapped_by_hand_is_kept_where_masks_reach(field: str) -> None:
    content = csv_text(
        [["需求名称", "企业方"], ["密封圈老化", "赵甲 13800000001；钱乙 0731-88886666"]]
    ).encode()
    parsed = read_lists([("a.csv", content)], Side.DEMAND, Mappings({"企业方": field}))
    assert demand(parsed).contact == Contact("赵甲", "13800000001")
    assert demand(parsed).extra == {BESIDE: "钱乙 0731-88886666"}


PERSONS = st.lists(st.tuples(NAMES, NUMBERS), min_size=1, max_size=4, unique_by=lambda person: person[0])


@given(st.sampled_from(HEADINGS), PERSONS, st.sampled_from(["；", "、", "，", " / "]))
def test_several_persons_read_back_as_they_were_written_and_masked(
    heading: str, persons: list[tuple[str, str]], separator: str
) -> None:
    text = separator.join(f"{name} {number}" for name, number in persons)
    parsed = read_list(
        csv_text([["需求名称", heading], ["密封圈老化", f'"{text}"']]).encode(), "a.csv", Side.DEMAND
    )
    held = demand(parsed)
    shown = masked(held)
    said = f"{shown.contact} {dict(shown.extra)}"
    assert not any(name in said or number in said for name, number in persons)
    for listing in (held, shown):
        columns = columns_for(Side.DEMAND, [listing], columns_read(parsed))
        cells = ([column.heading for column in columns], row_of(listing, columns, 1))
        rows = [[f'"{cell}"' for cell in row] for row in cells]
        back = demand(read_list(csv_text(rows).encode(), "b.csv", Side.DEMAND))
        assert as_held(back, held) == held


@pytest.mark.parametrize(
    ("field", "heading", "text", "shown"),
    [
        ("contact_phone", "联系电话", "13800000032", "138********"),
        ("contact_phone", "联系电话", "李四 13800000032；王五 010-55500001", "李* 138********"),
        ("contact_phone", "联系电话", "见附件 110", "见***"),
        ("contact", "联系人及电话", "李四，li@example.com", "李* l***@example.com"),
        ("contact_name", "联系人", "李四、王五", "李**"),
        (None, "备用联系人", "李四", "李***"),
        (None, "备注", "李四", "李四"),
        ("detail", "需求详情", "致电 13800000032", "致电 138****0032"),
    ],
)
def test_a_cell_is_shown_by_its_field_without_what_is_personal(
    field: str | None, heading: str, text: str, shown: str
) -> None:
    assert masked_cell(field, heading, text) == shown

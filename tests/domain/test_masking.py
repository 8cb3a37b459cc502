"""Contacts that were shown masked are put back where the text around them was edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.masking import restore_contacts
from matcher.domain.text import mask_contacts

STORED = "张工 13800005555，或 010-55500107、wu.shili@example.com；备用 138-0000-5556"


@pytest.mark.parametrize(
    ("edited", "restored"),
    [
        ("{}", "{}"),
        ("{}；11 月 5 日已回复", "{}；11 月 5 日已回复"),
        ("改由李工联系，原联系人：{}", "改由李工联系，原联系人：{}"),
    ],
)
def test_what_is_written_around_a_masked_contact_stays(edited: str, restored: str) -> None:
    assert restore_contacts(edited.format(mask_contacts(STORED)), STORED) == restored.format(STORED)


def test_single_contacts_are_put_back_where_the_others_were_taken_out() -> None:
    masked = mask_contacts(STORED)
    assert restore_contacts(masked.split("，")[0], STORED) == "张工 13800005555"
    assert restore_contacts("邮箱 w***@example.com", STORED) == "邮箱 wu.shili@example.com"
    assert restore_contacts("138****5555-801a", STORED) == "13800005555-801a"
    assert restore_contacts("138****5555 改为 139****0000", STORED) == "13800005555 改为 139****0000"


def test_numbers_written_with_spaces_are_put_back_each_in_its_place() -> None:
    stored = "+86 138 0000 5556 转 010-55500107，+86 139 0000 5557"
    edited = "+86 139****5557，+86 138****5556 转 010-********"
    assert restore_contacts(edited, stored) == "+86 139 0000 5557，+86 138 0000 5556 转 010-55500107"


def test_a_text_without_masks_and_a_new_number_stay_as_they_are_written() -> None:
    assert restore_contacts("改打 13900006666", STORED) == "改打 13900006666"
    assert restore_contacts("", STORED) == ""
    assert restore_contacts("***很重要***", "没有联系方式") == "***很重要***"


CONTACTS = st.sampled_from(
    [
        "13800005555",
        "+86 138 0000 5555",
        "010-55500107",
        "w@example.com",
        "a.b@c.cn",
        "110101199001011234",
        "***",
    ]
)


@given(st.lists(CONTACTS | st.text("张，。 a1*-\n", max_size=4), max_size=8).map("".join))
def test_a_masked_text_gives_back_the_whole(stored: str) -> None:
    assert restore_contacts(mask_contacts(stored), stored) == stored

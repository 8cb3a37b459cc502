from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import (
    Achievement,
    Confidentiality,
    Contact,
    Demand,
    DemandKind,
    Listing,
    Maturity,
    Money,
    content_digest,
    identity_key,
    is_valid_on,
    same_organisation,
    text_of,
)

TEXT = st.text(max_size=12)
CHANGED: dict[str, Any] = {
    "keywords": ("新词",),
    "modes": ("技术许可",),
    "maturity": Maturity(4, 6, "中试"),
    "confidentiality": Confidentiality.INTERNAL,
    "contact": Contact("联系人", "13800000000", "a@b.cn"),
    "valid_until": date(2027, 1, 1),
    "deadline": date(2027, 1, 1),
    "extra": {"备注": "有"},
    "price": Money(1.0, 2.0),
    "budget": Money(negotiable=True),
    "kind": DemandKind.CHALLENGE,
    "released": True,
}


@pytest.mark.parametrize("listing", [Achievement(title="膜"), Demand(title="膜")])
def test_a_change_of_any_field_changes_the_digest(listing: Achievement | Demand) -> None:
    digests = {
        content_digest(replace(listing, **{one.name: CHANGED.get(one.name, "别的")}))
        for one in fields(listing)
    }
    assert len(digests) == len(fields(listing))
    assert content_digest(listing) not in digests


@given(title=TEXT, organisation=TEXT, detail=TEXT)
def test_equal_listings_have_equal_digests_and_identities(title: str, organisation: str, detail: str) -> None:
    one, other = (Demand(title=title, organisation=organisation, detail=detail) for _ in range(2))
    assert content_digest(one) == content_digest(other)
    assert identity_key(one) == identity_key(replace(other, detail="别的", released=True))


def test_a_code_is_the_identity_whatever_else_changes() -> None:
    one = Achievement(title="膜", organisation="甲所", code="A-1")
    assert identity_key(one) == identity_key(Achievement(title="阀", organisation="乙所", code="ａ-1 "))
    assert identity_key(one) != identity_key(replace(one, code=""))


def test_without_a_code_title_and_organisation_are_the_identity_and_do_not_run_together() -> None:
    assert identity_key(Achievement(title="膜 片", organisation="甲所")) == identity_key(
        Achievement(title="膜片", organisation="甲 所")
    )
    assert identity_key(Achievement(title="膜甲", organisation="所")) != identity_key(
        Achievement(title="膜", organisation="甲所")
    )


def test_a_code_is_never_taken_for_a_name() -> None:
    named = identity_key(Achievement(title="膜"))
    assert identity_key(Achievement(title="别的", code=named.partition(":")[2])) != named


@pytest.mark.parametrize(
    ("until", "valid"), [(None, True), (date(2026, 11, 2), True), (date(2026, 11, 1), False)]
)
def test_a_listing_is_valid_through_its_last_day(until: date | None, valid: bool) -> None:
    assert is_valid_on(Achievement(title="膜", valid_until=until), date(2026, 11, 2)) is valid


@given(TEXT, TEXT)
def test_an_unknown_organisation_is_nobodys_own(one: str, other: str) -> None:
    same = same_organisation(
        Demand(title="膜", organisation=one), Achievement(title="膜", organisation=other)
    )
    assert not (same and not (one and other))
    assert same == same_organisation(
        Demand(title="膜", organisation=other), Achievement(title="膜", organisation=one)
    )


def test_the_compared_text_holds_no_contact_no_money_no_date_and_no_organisation() -> None:
    listing = Demand(
        title="泄漏检测，电话13912345678",
        detail="写信到 someone@example.cn",
        organisation="某某公司",
        budget=Money(50, 50, text="50万元"),
        deadline=date(2027, 6, 30),
        contact=Contact("张三", "13912345678"),
    )
    text = text_of(listing).full
    for hidden in ("13912345678", "someone@", "某某公司", "50", "2027", "张三"):
        assert hidden not in text


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (
            Achievement(
                title="膜", title_en="membrane", keywords=("碱",), abstract="简介", abstract_en="about"
            ),
            ("膜", "membrane", "碱", "简介", "about"),
        ),
        (
            Demand(title="膜", keywords=("碱",), problems="难题", detail="详情", targets="指标"),
            ("膜", "碱", "难题", "详情", "指标"),
        ),
        (Listing(title="膜", keywords=("碱",)), ("膜", "碱")),
    ],
)
def test_everything_that_describes_the_matter_is_compared(listing: Listing, said: tuple[str, ...]) -> None:
    assert text_of(listing).full.split("\n") == list(said)

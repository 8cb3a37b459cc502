from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.listing import (
    Achievement,
    Confidentiality,
    Contact,
    Demand,
    Listing,
    Maturity,
    Money,
    Side,
)
from matcher.store import catalogue, imports, parks, revisions
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.records import from_record, to_record
from matcher.store.revisions import Change, Rewrite

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = date(2026, 11, 2)
CHANGE = Change("local", NOW, "rest")
SUPPLY = Shelf(Side.SUPPLY)

AMOUNT = st.none() | st.floats(0, 1e6)
TEXT = st.text(max_size=10)
LISTINGS: st.SearchStrategy[Listing] = st.one_of(
    st.builds(Achievement, price=st.builds(Money, low=AMOUNT, high=AMOUNT), title=TEXT),
    st.builds(Demand, budget=st.builds(Money, low=AMOUNT), maturity=st.builds(Maturity, text=TEXT)),
)


@given(LISTINGS)
def test_a_listing_comes_back_from_its_record_as_it_was(listing: Listing) -> None:
    side = Side.DEMAND if isinstance(listing, Demand) else Side.SUPPLY
    assert from_record(side, to_record(listing)) == listing


def stored(database: Database, *listings: Achievement, shelf: Shelf = SUPPLY) -> list[int]:
    with database.writing() as session:
        return [held.id for held in revisions.add(session, shelf, listings, CHANGE)]


def test_a_shelf_is_a_source_of_supply_or_a_parks_demands() -> None:
    for side, park in ((Side.DEMAND, None), (Side.SUPPLY, 1)):
        with pytest.raises(ValueError, match="belong to a park"):
            Shelf(side, park_id=park)


def test_one_identity_stands_once_on_a_shelf_and_may_stand_on_another(database: Database) -> None:
    valve = Achievement(title="阀门", code="A-1")
    stored(database, valve)
    stored(database, valve, shelf=Shelf(Side.SUPPLY, source="甲院"))
    with pytest.raises(IntegrityError):
        stored(database, Achievement(title="别的", code="a-1"))


def test_what_may_be_matched_is_neither_withdrawn_nor_expired_nor_secret(database: Database) -> None:
    live = [
        Achievement(title="长期"),
        Achievement(title="今天到期", valid_until=DAY),
        Achievement(title="内部", confidentiality=Confidentiality.INTERNAL),
    ]
    dead = [
        Achievement(title="昨天到期", valid_until=date(2026, 11, 1)),
        Achievement(title="涉密", confidentiality=Confidentiality.SECRET),
        Achievement(title="撤回"),
    ]
    identifiers = stored(database, *live, *dead)
    with database.writing() as session:
        row = catalogue.find(session, Side.SUPPLY, identifiers[-1], DISTRICT)
        assert row is not None
        gone = Rewrite(held=row, listing=row.listing, withdrawn_at=NOW)
        revisions.write(session, [gone], CHANGE)
    with database.reading() as session:
        found = catalogue.live(session, Side.SUPPLY, DAY)
        assert [one.listing for one in found] == live
        assert catalogue.live_versions(session, Side.SUPPLY, DAY) == [(one.id, one.version) for one in found]
        assert catalogue.count(session, Side.SUPPLY, DISTRICT) == 5


def test_pages_follow_on_each_other_without_gap_or_repetition(database: Database) -> None:
    identifiers = stored(database, *(Achievement(title=f"成果{number}") for number in range(7)))
    seen: list[int] = []
    with database.reading() as session:
        while rows := catalogue.page(session, Side.SUPPLY, DISTRICT, after=seen[-1] if seen else 0, limit=3):
            seen += [row.id for row in rows]
    assert seen == identifiers


@pytest.mark.parametrize(
    ("search", "found"), [("50%", ["50%的膜"]), ("_", ["a_b"]), ("\\", ["c\\d"]), ("A_B", ["a_b"])]
)
def test_a_search_takes_its_text_literally_and_ignores_case(
    database: Database, search: str, found: list[str]
) -> None:
    stored(database, *(Achievement(title=title) for title in ("50%的膜", "500的膜", "a_b", "axb", "c\\d")))
    with database.reading() as session:
        rows = catalogue.page(session, Side.SUPPLY, DISTRICT, search=search)
    assert [row.title for row in rows] == found


def test_many_rows_are_found_by_id_at_once(database: Database) -> None:
    identifiers = stored(database, *(Achievement(title=f"成果{number}") for number in range(1100)))
    with database.reading() as session:
        assert catalogue.held_by_id(session, Side.SUPPLY, [*identifiers, 999999], DISTRICT).keys() == set(
            identifiers
        )


def test_the_counter_of_changes_starts_at_nothing_and_rises_by_one(database: Database) -> None:
    with database.reading() as session:
        assert catalogue.revision(session) == 0
    for expected in (1, 2, 3):
        with database.writing() as session:
            assert catalogue.raise_revision(session) == expected


def test_a_contact_is_kept_whole_in_the_database_and_a_park_in_the_revision(database: Database) -> None:
    contact = Contact("张三", "13912345678", "z@a.cn")
    with database.writing() as session:
        park = parks.add(session, "p", "园", "", NOW).id
        shelf = Shelf(Side.DEMAND, park_id=park)
        [added] = revisions.add(session, shelf, [Demand(title="阀门", contact=contact)], CHANGE)
        identifier = added.id
        made = imports.add(session, shelf, ["d.csv"], {}, "local", NOW)
        by_import = replace(CHANGE, via="import", import_id=made)
        revisions.write(session, [Rewrite(held=added, listing=added.listing)], by_import)
    with database.reading() as session:
        found = catalogue.find(session, Side.DEMAND, identifier, Scope(frozenset({park})))
        assert found is not None
        assert found.listing.contact == contact
        former = revisions.before_import(session, shelf, made)[identifier]
        assert (former.listing.contact, former.via) == (contact, "rest")
        other = Shelf(Side.DEMAND, park_id=park + 1)
        assert revisions.before_import(session, other, made) == {}

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from matcher.domain.access import DISTRICT, Principal, Role
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import edits
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.exclusions import ExclusionAnswer, exclude_pair, lift_exclusion, list_exclusions
from matcher.store import exclusions
from matcher.store.catalogue import revision
from matcher.store.tables import Exclusion
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, operator_of, row, rows_of

LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="丙公司", code="D-1")


@dataclass
class Office:
    """A park of one demand, matched with three achievements for two places; `best` is its first entry."""

    desk: Desk
    park: int
    other: int

    @property
    def operator(self) -> Principal:
        return operator_of(self.park)

    def entries(self) -> list[EntryView]:
        return list_entries(self.desk.database, DISTRICT, EntryFilter())[0]

    def exclude(self, one: EntryView, reason: str = "已合作过", **more: Any) -> ExclusionAnswer:
        principal = more.pop("principal", self.operator)
        request = Request(principal, self.desk.now, **more)
        return exclude_pair(self.desk.database, request, one.demand_id, one.achievement_id, reason)

    def lift(self, identifier: int, principal: Principal | None = None) -> ExclusionAnswer:
        return lift_exclusion(
            self.desk.database, Request(principal or self.operator, self.desk.now), identifier
        )

    def revision(self) -> int:
        with self.desk.database.reading() as session:
            return revision(session)


def matched(desk: Desk) -> tuple[int, int]:
    parks = desk.park("one"), desk.park("two")
    desk.supply(*rows_of("S", 3, unit="研究所"))
    desk.demands(parks[0], LEAK)
    desk.refresh(top_k=2)
    return parks


@pytest.fixture
def office(desk_like: DeskLike) -> Office:
    desk, parks = desk_like(matched)
    return Office(desk, *parks)


@pytest.mark.both_engines
def test_an_excluded_pair_is_proposed_by_no_run_until_the_exclusion_is_lifted(office: Office) -> None:
    best = office.entries()[0]
    excluded = office.exclude(best)
    for _ in range(2):
        office.desk.refresh(top_k=2)
        left = {one.id: one for one in office.entries()}
        assert (left[best.id].standing, left[best.id].cause, left[best.id].excluded) == (
            "vanished",
            "excluded",
            True,
        )
        assert sum(one.standing == "current" for one in left.values()) == 2, "another takes the place"
        office.desk.edit(office.desk.demand(office.park, LEAK["title"]), detail="换了说法，仍要在线检测")
    office.lift(excluded.exclusion_id)
    office.desk.refresh(top_k=3)
    back = next(one for one in office.entries() if one.id == best.id)
    assert (back.standing, back.excluded) == ("current", False)


def test_what_people_wrote_of_an_excluded_pair_stays(office: Office) -> None:
    best = office.entries()[0]
    request = Request(office.operator, office.desk.now)
    edits.edit_entry(office.desk.database, request, best.id, {"notes": "先留着"})
    office.exclude(best)
    office.desk.refresh(top_k=2)
    entry = edits.read_entry(office.desk.database, office.operator, best.id, office.desk.now)
    assert (entry.notes, entry.excluded, entry.cause) == ("先留着", True, "excluded")


def test_every_change_of_exclusions_is_one_for_the_next_run(office: Office) -> None:
    before = office.revision()
    excluded = office.exclude(office.entries()[0])
    assert office.revision() == before + 1
    office.lift(excluded.exclusion_id)
    assert office.revision() == before + 2
    assert office.lift(excluded.exclusion_id).lifted_by == "operator"
    assert office.revision() == before + 2, "lifting it again changes nothing"


def test_a_pair_is_excluded_once_and_may_be_again_after_the_lift(office: Office) -> None:
    best = office.entries()[0]
    first = office.exclude(best, key="一")
    assert office.exclude(best, key="一").as_json() == first.as_json()
    with pytest.raises(Conflict) as caught:
        office.exclude(best)
    assert str(first.exclusion_id) in caught.value.en
    office.lift(first.exclusion_id)
    again = office.exclude(best, "仍不考虑")
    assert again.exclusion_id != first.exclusion_id
    with office.desk.database.reading() as session:
        assert len(session.scalars(select(Exclusion)).all()) == 2, "what was lifted is remembered"
        assert exclusions.active(session) == {(best.demand_id, best.achievement_id)}


def test_an_excluded_pair_is_not_added_by_hand(office: Office) -> None:
    outside = next(one for one in office.desk.shelf().values() if one.id not in held(office))
    demand = office.entries()[0].demand_id
    request = Request(office.operator, office.desk.now)
    exclude_pair(office.desk.database, request, demand, outside.id, "不合适")
    with pytest.raises(Conflict):
        edits.add_entry(office.desk.database, request, demand, outside.id)


def held(office: Office) -> set[int]:
    return {one.achievement_id for one in office.entries()}


@pytest.mark.parametrize("reason", ["", "  ", "长" * 4001])
def test_an_exclusion_says_why(office: Office, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        office.exclude(office.entries()[0], reason)
    assert caught.value.field == "reason"


@pytest.mark.both_engines
def test_exclusions_are_listed_page_by_page_with_contacts_masked(office: Office) -> None:
    for one in office.entries():
        office.exclude(one, "企业来电 13800005555 说明")
    page = list_exclusions(office.desk.database, office.operator, park="one", limit=1)
    assert page.next_cursor is not None
    rest = list_exclusions(office.desk.database, office.operator, cursor=page.next_cursor)
    assert [one.achievement_id for one in (*page.items, *rest.items)] == [
        one.achievement_id for one in office.entries()
    ]
    assert rest.next_cursor is None
    assert "13800005555" not in str(page)
    assert page.items[0].demand_title == LEAK["title"]


def test_another_parks_exclusions_are_nobodys_business(office: Office) -> None:
    excluded = office.exclude(office.entries()[0])
    stranger = operator_of(office.other)
    with pytest.raises(NotFound):
        office.exclude(office.entries()[1], principal=stranger)
    with pytest.raises(NotFound):
        office.lift(excluded.exclusion_id, stranger)
    with pytest.raises(NotFound):
        list_exclusions(office.desk.database, stranger, park="one")
    assert list_exclusions(office.desk.database, stranger).as_json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("role", [Role.READER, Role.TECHNOLOGY_MANAGER, Role.BATCH])
def test_only_who_runs_the_park_excludes(office: Office, role: Role) -> None:
    excluded = office.exclude(office.entries()[0])
    caller = operator_of(office.park, role=role)
    with pytest.raises(Forbidden):
        office.exclude(office.entries()[1], principal=caller)
    with pytest.raises(Forbidden):
        office.lift(excluded.exclusion_id, caller)
    assert len(list_exclusions(office.desk.database, caller).items) == 1

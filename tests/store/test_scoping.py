"""A park is a tenant: another park's rows are never answered, and the statements themselves say so."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from matcher.domain.access import LOCAL_OPERATOR, Principal, Role, Scope
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.listing import Achievement, Demand, Side
from matcher.domain.rules import Constraints, ParkProfile
from matcher.domain.scoring import DEFAULT_SCORER
from matcher.pipeline import access
from matcher.pipeline.idempotency import Request
from matcher.pipeline.judgings import grading
from matcher.pipeline.judgings.export import exported
from matcher.pipeline.judgings.start import Plan, start_judging
from matcher.pipeline.ledger.edits import read_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.history import read_history
from matcher.pipeline.ledger.past.differences import ledger_diff
from matcher.pipeline.ledger.past.replay import ledger_as_of
from matcher.pipeline.ledger.sheets.export import export_ledger
from matcher.pipeline.lists import reading, writing
from matcher.pipeline.lists.answers import ListingAnswer
from matcher.pipeline.lists.bulk import BulkAct, BulkChange, change_listings
from matcher.pipeline.lists.export import export_list
from matcher.pipeline.lists.history import list_revisions
from matcher.pipeline.lists.import_plan import ImportRequest
from matcher.pipeline.lists.import_profiles import list_import_profiles, save_import_profile
from matcher.pipeline.lists.importing import import_list, import_shelf
from matcher.pipeline.lists.mending import MendedRow, MendOptions, list_rejected_rows, mend_rows
from matcher.pipeline.lists.merging import merge_listings
from matcher.pipeline.lists.parks import add_park, get_park, list_parks
from matcher.pipeline.lists.selection import Selection
from matcher.pipeline.lists.undoing import import_history, undo_import
from matcher.pipeline.matches.abstentions import list_abstentions
from matcher.pipeline.matches.written import matches_of_achievement, matches_of_demand
from matcher.pipeline.rules.constraints import dry_run_constraints, read_constraints, save_constraints
from matcher.pipeline.rules.profiles import dry_run_profile, list_profile_versions, read_profile, save_profile
from matcher.pipeline.scoring import scorings
from matcher.store import catalogue as stored
from matcher.store import imports, ledger
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.tables import LedgerEntry, LedgerHuman
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
TENANT = re.compile(
    r"(?:\b(?:FROM|JOIN|UPDATE|INTO)|,)\s+(?:demand|demand_revision|demand_constraints|ledger_entry|ledger_human"
    r"|ledger_import|feed_entry|import_batch|entry_state|human_change|abstention|grade|evidence|exclusion"
    r"|park_profile|scoring|scoring_choice|import_profile|rejected_row|judging|judging_text|judging_pair|judging_grade)\b"
)
OPERATION = re.compile(r"\s*(SELECT|UPDATE|DELETE)\b")
IMPORT_BY_KEY = re.compile(r"\s*UPDATE import_batch SET .* WHERE import_batch\.id = \S+$")
"""An import's own record is closed by its key: the supply list's have no park, and the row was just found."""

LEAK = "需求名称,企业名称,需求详情,是否公开\n{0}阀门泄漏检测,{0}公司,低温密封处泄漏,是\n"


@dataclass(frozen=True)
class Town:
    """Two parks with a demand each, an achievement, and a ledger; `own` is the one the caller may see."""

    desk: Desk
    own: int
    foreign: int
    own_demand: int
    foreign_demand: int
    achievement: int
    own_entry: int
    foreign_entry: int
    own_import: int
    foreign_import: int
    own_judging: int
    foreign_judging: int

    @property
    def database(self) -> Database:
        return self.desk.database

    @property
    def caller(self) -> Principal:
        return Principal("operator", Role.OPERATOR, Scope(frozenset({self.own})))


def bring(desk: Desk, park: int, name: str, caller: Principal = LOCAL_OPERATOR, **options: Any) -> Any:
    content = LEAK.format(name).encode()
    request = ImportRequest(Shelf(Side.DEMAND, park_id=park), [(f"{name}.csv", content)], **options)
    return import_list(desk.database, request, caller, NOW)


def two_parks(desk: Desk) -> dict[str, int]:
    database = desk.database
    parks = [add_park(database, LOCAL_OPERATOR, code, f"{code}园", "", NOW).id for code in "ab"]
    made = writing.create_listing(
        database, LOCAL_OPERATOR, Achievement(title="阀门泄漏检测方法", organisation="研究所"), NOW
    )
    mapping = {"需求详情": "detail"}
    batches = [
        bring(desk, park, name, mapping=mapping).import_id for park, name in zip(parks, "甲乙", strict=True)
    ]
    desk.refresh()
    with database.writing() as session:
        entries = {one.park_id: one for one in session.scalars(select(LedgerEntry))}
        for park, one in entries.items():
            human = LedgerHuman(
                entry_id=one.id, park_id=park, stage="engaged", updated_at=NOW, updated_by="某", version=1
            )
            session.add(human)
    own, foreign = parks
    sessions = [judged(desk, code) for code in "ab"]
    return {
        "own": own,
        "foreign": foreign,
        "own_demand": entries[own].demand_id,
        "foreign_demand": entries[foreign].demand_id,
        "achievement": made.id,
        "own_entry": entries[own].id,
        "foreign_entry": entries[foreign].id,
        "own_import": batches[0],
        "foreign_import": batches[1],
        "own_judging": sessions[0],
        "foreign_judging": sessions[1],
    }


def judged(desk: Desk, park: str) -> int:
    """A blind grading session of a park, its first pair graded."""
    request = Request(LOCAL_OPERATOR, NOW)
    judging = start_judging(desk.refresher(), request, park, Plan()).judging_id
    grading.grade_pair(desk.database, request, judging, 1, 2, "某")
    return judging


@pytest.fixture
def town(desk_like: DeskLike) -> Town:
    desk, ids = desk_like(two_parks)
    return Town(desk, **ids)


REFUSED: dict[str, Callable[[Town], object]] = {
    "get_park": lambda t: get_park(t.database, "b", t.caller.scope),
    "list_listings": lambda t: reading.list_listings(t.database, Side.DEMAND, t.caller.scope, NOW, park="b"),
    "get_listing": lambda t: reading.get_listing(t.database, Side.DEMAND, t.foreign_demand, t.caller, NOW),
    "get_listing unmasked": lambda t: reading.get_listing(
        t.database, Side.DEMAND, t.foreign_demand, t.caller, NOW, unmask=True
    ),
    "list_revisions": lambda t: list_revisions(t.database, t.caller, Side.DEMAND, t.foreign_demand),
    "create_listing": lambda t: writing.create_listing(
        t.database, t.caller, Demand(title="偷放的需求"), NOW, park="b"
    ),
    "update_listing": lambda t: writing.update_listing(
        t.database, t.caller, t.foreign_demand, Demand(title="偷改的需求"), NOW
    ),
    "withdraw_listing": lambda t: writing.withdraw_listing(
        t.database, t.caller, Side.DEMAND, t.foreign_demand, NOW
    ),
    "restore_listing": lambda t: writing.restore_listing(
        t.database, t.caller, Side.DEMAND, t.foreign_demand, NOW
    ),
    "change_listings": lambda t: change_listings(
        t.database,
        Request(t.caller, NOW),
        Side.DEMAND,
        Selection(versions={t.own_demand: None, t.foreign_demand: None}),
        BulkChange(act=BulkAct.WITHDRAW),
    ),
    "change_listings of the foreign park": lambda t: change_listings(
        t.database,
        Request(t.caller, NOW),
        Side.DEMAND,
        Selection(park="b"),
        BulkChange(act=BulkAct.WITHDRAW),
    ),
    "merge_listings": lambda t: merge_listings(
        t.database, Request(t.caller, NOW), Side.DEMAND, t.own_demand, {t.foreign_demand: None}
    ),
    "merge_listings into the foreign park's": lambda t: merge_listings(
        t.database, Request(t.caller, NOW), Side.DEMAND, t.foreign_demand, {t.own_demand: None}
    ),
    "export_list": lambda t: export_list(
        t.database, t.caller, Side.DEMAND, io.BytesIO(), NOW, park="b", unmask=True
    ),
    "import_shelf": lambda t: import_shelf(t.database, Side.DEMAND, t.caller, park="b", source=""),
    "import_list": lambda t: bring(t.desk, t.foreign, "丙", t.caller),
    "list_import_profiles": lambda t: list_import_profiles(t.database, t.caller, park="b"),
    "list_rejected_rows": lambda t: list_rejected_rows(t.database, t.caller, t.foreign_import, NOW),
    "mend_rows": lambda t: mend_rows(
        t.database, Request(t.caller, NOW), t.foreign_import, [MendedRow(1, {})], MendOptions()
    ),
    "undo_import": lambda t: undo_import(t.database, t.foreign_import, t.caller, NOW),
    "read_entry": lambda t: read_entry(t.database, t.caller, t.foreign_entry, NOW),
    "start_judging": lambda t: start_judging(
        t.desk.refresher(), Request(t.caller, NOW), "b", Plan(demands=1)
    ),
    "next_pair": lambda t: grading.next_pair(t.database, t.caller, t.foreign_judging, "某"),
    "grade_pair": lambda t: grading.grade_pair(
        t.database, Request(t.caller, NOW), t.foreign_judging, 1, 3, "某"
    ),
    "read_agreement": lambda t: grading.read_agreement(t.database, t.caller, t.foreign_judging),
    "export of a judging": lambda t: exported(t.database, t.caller, t.foreign_judging),
    "export_ledger": lambda t: export_ledger(t.database, t.caller.scope, "b", io.BytesIO(), NOW),
    "matches_of_demand": lambda t: matches_of_demand(t.database, t.foreign_demand, t.caller.scope, NOW),
    "issue_embed_token": lambda t: access.issue_embed_token(
        t.database, t.caller, "b", ["https://a.example"], timedelta(hours=1), NOW
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_another_parks_row_answers_as_if_it_did_not_exist(town: Town, name: str) -> None:
    before = [one.as_json() for one in everything(town)]
    with pytest.raises(NotFound):
        REFUSED[name](town)
    assert [one.as_json() for one in everything(town)] == before


def everything(town: Town) -> Sequence[ListingAnswer]:
    scope = LOCAL_OPERATOR.scope
    return reading.list_listings(town.database, Side.DEMAND, scope, NOW, include_withdrawn=True).items


def test_a_foreign_row_and_one_that_does_not_exist_are_told_apart_by_nobody(town: Town) -> None:
    said = []
    for identifier in (town.foreign_demand, 987654):
        with pytest.raises(NotFound) as caught:
            reading.get_listing(town.database, Side.DEMAND, identifier, town.caller, NOW)
        said.append(caught.value.en.replace(str(identifier), "N"))
    assert said[0] == said[1]


LISTED: dict[str, tuple[Callable[[Town], list[Any]], Callable[[Town], list[Any]]]] = {
    "list_parks": (
        lambda t: [one.code for one in list_parks(t.database, t.caller.scope).items],
        lambda t: ["a"],
    ),
    "list_listings": (
        lambda t: [
            one.id for one in reading.list_listings(t.database, Side.DEMAND, t.caller.scope, NOW).items
        ],
        lambda t: [t.own_demand],
    ),
    "list_listings with a search": (
        lambda t: [
            one.id
            for one in reading.list_listings(
                t.database, Side.DEMAND, t.caller.scope, NOW, search="阀门", include_withdrawn=True
            ).items
        ],
        lambda t: [t.own_demand],
    ),
    "list_entries": (
        lambda t: [one.id for one in list_entries(t.database, t.caller.scope, EntryFilter())[0]],
        lambda t: [t.own_entry],
    ),
    "list_entries of the foreign park": (
        lambda t: list_entries(t.database, t.caller.scope, EntryFilter(park_id=t.foreign))[0],
        lambda t: [],
    ),
    "list_entries of the foreign demand": (
        lambda t: list_entries(t.database, t.caller.scope, EntryFilter(demand_id=t.foreign_demand))[0],
        lambda t: [],
    ),
    "matches_of_achievement": (
        lambda t: [
            one.demand_id
            for one in matches_of_achievement(t.database, t.achievement, t.caller.scope, NOW).items
        ],
        lambda t: [t.own_demand],
    ),
    "matches_of_demand": (
        lambda t: [
            one.demand_id for one in matches_of_demand(t.database, t.own_demand, t.caller.scope, NOW).items
        ],
        lambda t: [t.own_demand],
    ),
    "ledger_as_of": (
        lambda t: [one.id for one in ledger_as_of(t.database, t.caller.scope, 1)[1]],
        lambda t: [t.own_entry],
    ),
    "ledger_as_of of the foreign park": (
        lambda t: ledger_as_of(t.database, t.caller.scope, 1, EntryFilter(park_id=t.foreign))[1],
        lambda t: [],
    ),
    "ledger_diff": (
        lambda t: [one.entry_id for one in ledger_diff(t.database, t.caller.scope).new],
        lambda t: [t.own_entry],
    ),
    "ledger_diff of the foreign park": (
        lambda t: list(ledger_diff(t.database, t.caller.scope, park_id=t.foreign).new),
        lambda t: [],
    ),
    "list_judgings": (
        lambda t: [one.judging_id for one in grading.list_judgings(t.database, t.caller).items],
        lambda t: [t.own_judging],
    ),
    "import_history": (
        lambda t: [one.import_id for one in import_history(t.database, t.caller).items],
        lambda t: [t.own_import],
    ),
    "list_import_profiles": (
        lambda t: [one.park for one in list_import_profiles(t.database, t.caller).items],
        lambda t: ["a"],
    ),
    "free text": (
        lambda t: [
            one.demand_id
            for one in t.desk.matching().match("阀门泄漏检测", Side.SUPPLY, t.caller.scope, 9).items
        ],
        lambda t: [t.own_demand],
    ),
}


@pytest.mark.parametrize("name", LISTED)
def test_lists_hold_the_callers_parks_alone(town: Town, name: str) -> None:
    call, expected = LISTED[name]
    assert call(town) == expected(town)


def test_the_store_itself_answers_within_the_scope(town: Town) -> None:
    scope, foreign = town.caller.scope, town.foreign_demand
    with town.database.reading() as session:
        assert stored.find(session, Side.DEMAND, foreign, scope) is None
        assert [one.id for one in stored.page(session, Side.DEMAND, scope)] == [town.own_demand]
        assert stored.page(session, Side.DEMAND, scope, park_id=town.foreign) == []
        assert stored.count(session, Side.DEMAND, scope) == 1
        assert stored.held_by_id(session, Side.DEMAND, [foreign, town.own_demand], scope).keys() == {
            town.own_demand
        }
        assert imports.find(session, town.foreign_import, scope) is None
        assert [one.id for one in imports.page(session, scope, before=None, limit=9)] == [town.own_import]
        assert ledger.entry(session, scope, town.foreign_entry) is None
        assert [one.id for one in ledger.entries(session, scope, EntryFilter())] == [town.own_entry]
        feed = ledger.feed(session, scope, town.achievement, NOW.date())
        assert [one.demand_id for one in feed] == [town.own_demand]


def test_an_empty_scope_sees_nothing(town: Town) -> None:
    nobody = Scope(frozenset())
    assert list_parks(town.database, nobody).items == []
    assert reading.list_listings(town.database, Side.DEMAND, nobody, NOW).items == []
    assert list_entries(town.database, nobody, EntryFilter())[0] == []
    assert matches_of_achievement(town.database, town.achievement, nobody, NOW).items == []


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


SCOPED: dict[str, Callable[[Town], object]] = {
    "list demands": lambda t: reading.list_listings(
        t.database, Side.DEMAND, t.caller.scope, NOW, search="阀"
    ),
    "get a demand": lambda t: reading.get_listing(
        t.database, Side.DEMAND, t.own_demand, t.caller, NOW, unmask=True
    ),
    "a demand's revisions": lambda t: list_revisions(t.database, t.caller, Side.DEMAND, t.own_demand),
    "create a demand": lambda t: writing.create_listing(
        t.database, t.caller, Demand(title="新的需求"), NOW, park="a"
    ),
    "update a demand": lambda t: writing.update_listing(
        t.database, t.caller, t.own_demand, Demand(title="改过的需求"), NOW, version=1
    ),
    "withdraw a demand": lambda t: writing.withdraw_listing(
        t.database, t.caller, Side.DEMAND, t.own_demand, NOW
    ),
    "restore a demand": lambda t: writing.restore_listing(
        t.database, t.caller, Side.DEMAND, t.own_demand, NOW
    ),
    "change demands": lambda t: change_listings(
        t.database,
        Request(t.caller, NOW),
        Side.DEMAND,
        Selection(park="a"),
        BulkChange(act=BulkAct.SET, listing=Demand(title="", region="大兴"), fields={"region"}),
    ),
    "import": lambda t: bring(t.desk, t.own, "丙", t.caller),
    "merge demands": lambda t: merge_listings(
        t.database,
        Request(t.caller, NOW),
        Side.DEMAND,
        t.own_demand,
        {writing.create_listing(t.database, t.caller, Demand(title="重复的需求"), NOW, park="a").id: None},
    ),
    "export of demands": lambda t: export_list(
        t.database, t.caller, Side.DEMAND, io.BytesIO(), NOW, park="a", unmask=True
    ),
    "import with a mapping": lambda t: bring(
        t.desk, t.own, "丁", t.caller, mapping={"企业名称": "organisation"}
    ),
    "import profiles": lambda t: list_import_profiles(t.database, t.caller, park="a"),
    "save an import profile": lambda t: save_import_profile(
        t.database, t.caller, Shelf(Side.DEMAND, park_id=t.own), ["题"], {"题": "title"}, NOW
    ),
    "undo": lambda t: undo_import(t.database, t.own_import, t.caller, NOW),
    "rejected rows": lambda t: list_rejected_rows(t.database, t.caller, left_behind(t), NOW, unmask=True),
    "mend a row": lambda t: mend_rows(
        t.database,
        Request(t.caller, NOW),
        left_behind(t),
        [MendedRow(1, {"需求名称": "改好的需求"})],
        MendOptions(),
    ),
    "import history": lambda t: import_history(t.database, t.caller),
    "list entries": lambda t: list_entries(t.database, t.caller.scope, EntryFilter(min_score=0.0)),
    "the ledger as of a run": lambda t: ledger_as_of(t.database, t.caller.scope, 1),
    "a difference": lambda t: ledger_diff(t.database, t.caller.scope),
    "history": lambda t: read_history(t.database, t.caller, t.own_entry),
    "read an entry": lambda t: read_entry(t.database, t.caller, t.own_entry, NOW),
    "export": lambda t: export_ledger(t.database, t.caller.scope, "a", io.BytesIO(), NOW),
    "matches of a demand": lambda t: matches_of_demand(t.database, t.own_demand, t.caller.scope, NOW),
    "matches of an achievement": lambda t: matches_of_achievement(
        t.database, t.achievement, t.caller.scope, NOW
    ),
    "read a profile": lambda t: read_profile(t.database, t.caller, "a"),
    "list a profile's versions": lambda t: list_profile_versions(t.database, t.caller, "a"),
    "save a profile": lambda t: save_profile(
        t.database, Request(t.caller, NOW), "a", ParkProfile(min_score=1)
    ),
    "try a profile": lambda t: dry_run_profile(t.desk.refresher(), t.caller, "a", ParkProfile(min_score=1)),
    "read constraints": lambda t: read_constraints(t.database, t.caller, t.own_demand),
    "save constraints": lambda t: save_constraints(
        t.database, Request(t.caller, NOW), t.own_demand, Constraints(max_price=1)
    ),
    "try constraints": lambda t: dry_run_constraints(
        t.desk.refresher(), t.caller, t.own_demand, Constraints(max_price=1)
    ),
    "learn": lambda t: learned_from_nothing(t),
    "list scorings": lambda t: scorings.list_scorings(t.database, t.caller, DEFAULT_SCORER),
    "use a scoring": lambda t: scorings.use_scoring(
        t.database, Request(t.caller, NOW), DEFAULT_SCORER, "a", None
    ),
    "start a judging": lambda t: start_judging(t.desk.refresher(), Request(t.caller, NOW), "a", Plan()),
    "list judgings": lambda t: grading.list_judgings(t.database, t.caller),
    "the next pair": lambda t: grading.next_pair(t.database, t.caller, t.own_judging, "某"),
    "grade a pair": lambda t: grading.grade_pair(
        t.database, Request(t.caller, NOW), t.own_judging, 1, 1, "某"
    ),
    "agreement": lambda t: grading.read_agreement(t.database, t.caller, t.own_judging),
    "export of a judging": lambda t: exported(t.database, t.caller, t.own_judging),
    "list abstentions": lambda t: list_abstentions(t.database, t.caller, NOW),
}


def left_behind(town: Town) -> int:
    """An import of the own park that did not take its one row."""
    content = "需求名称,需求详情\n,没有名称\n".encode()
    request = ImportRequest(Shelf(Side.DEMAND, park_id=town.own), [("缺.csv", content)])
    number = import_list(town.database, request, town.caller, NOW).import_id
    assert number is not None
    return number


def learned_from_nothing(town: Town) -> None:
    learn = town.desk.learn()
    with pytest.raises(InvalidInput):
        learn.from_ledger(Request(town.caller, NOW), "a", adopt=True)


@pytest.mark.parametrize("name", SCOPED)
def test_every_statement_on_a_tenants_table_names_the_park(town: Town, name: str) -> None:
    with statements(town.database) as seen:
        SCOPED[name](town)
    tenant = [
        one for one in seen if OPERATION.match(one) and TENANT.search(one) and not IMPORT_BY_KEY.match(one)
    ]
    assert tenant, "the call asks the database"
    for statement in tenant:
        _, _, condition = statement.partition("WHERE")
        assert "park_id" in condition, statement

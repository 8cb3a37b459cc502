"""What a night writes: states with their causes, and the standing of every pair it does not propose."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from matcher.domain.access import DISTRICT
from matcher.domain.columns import UNTOUCHED
from matcher.domain.ledger import Leaving, Night, Pair, Proposal
from matcher.domain.listing import Achievement, Demand, Side
from matcher.domain.stages import Stage
from matcher.domain.standings import Cause, ChangeCause, Trigger
from matcher.domain.verdicts import Constraint
from matcher.store import catalogue, human_columns, ledger, night, parks, revisions, runs, states
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.revisions import Change, Rewrite
from matcher.store.runs import NewRun, WorkedOn
from matcher.store.tables import EntryState, LedgerEntry, LedgerHuman

pytestmark = pytest.mark.both_engines

START = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = date(2026, 11, 2)
WORKED_ON = WorkedOn(
    catalogue_revision=1, scorer="1", calibration=None, scorers={}, profiles={}, constraints_to=0
)
Told = tuple[str, list[str], str, str | None]


@dataclass
class Office:
    """Three demands, three achievements, and a clock that goes on by itself."""

    database: Database
    park: int
    demands: list[int]
    supply: list[int]
    now: datetime = START
    pairs: list[Proposal] = field(default_factory=list)

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def run(self, proposals: list[Proposal], **more: Any) -> tuple[int, Night]:
        """One night that succeeds."""
        with self.database.writing() as session:
            new = NewRun(
                trigger=Trigger.BATCH,
                actor="local",
                started_at=self.later(),
                code_version="1",
                encoder_id="e",
                top_k=3,
                worked_on=WORKED_ON,
            )
            number = runs.add(session, new)
        with self.database.writing() as session:
            told = night.apply_night(session, number, proposals, DAY, **more)
            runs.succeed(session, number, self.later(), WORKED_ON, "", {})
        return number, told

    def states(self, run_id: int) -> dict[Pair, Told]:
        """What a run wrote of each pair: event, causes, standing, cause."""
        query = select(EntryState, LedgerEntry).join(LedgerEntry, LedgerEntry.id == EntryState.entry_id)
        with self.database.reading() as session:
            return {
                (entry.demand_id, entry.achievement_id): (
                    state.event,
                    state.causes,
                    state.standing,
                    state.cause,
                )
                for state, entry in session.execute(query.where(EntryState.run_id == run_id))
            }

    def entry(self, proposal: Proposal) -> LedgerEntry:
        with self.database.reading() as session:
            found = session.scalar(
                select(LedgerEntry).where(
                    LedgerEntry.demand_id == proposal.demand_id,
                    LedgerEntry.achievement_id == proposal.achievement_id,
                )
            )
        assert found is not None
        return found

    def change(self, side: Side, listing_id: int, *, withdrawn: bool = False, **fields: Any) -> None:
        """Edit, withdraw or restore a listing."""
        with self.database.writing() as session:
            row = catalogue.find(session, side, listing_id, DISTRICT)
            assert row is not None
            now = self.later()
            listing = replace(row.listing, **fields)
            rewrite = Rewrite(held=row, listing=listing, withdrawn_at=now if withdrawn else None)
            revisions.write(session, [rewrite], Change("local", now, "rest"))

    def add_by_hand(self, proposal: Proposal) -> int:
        """What adding a pair by hand writes."""
        with self.database.writing() as session:
            entry = LedgerEntry(
                park_id=self.park,
                demand_id=proposal.demand_id,
                achievement_id=proposal.achievement_id,
                standing="added",
                demand_version=1,
                achievement_version=1,
                first_seen=self.later(),
            )
            session.add(entry)
            session.flush()
            done = human_columns.Act("某人", self.now, "add")
            added = ledger.entry(session, DISTRICT, entry.id)
            assert added is not None
            work = replace(UNTOUCHED, stage=Stage.PENDING, notes="两家早有来往")
            human_columns.write(session, added, work, done)
            return entry.id


@pytest.fixture
def office(database: Database) -> Office:
    change = Change("local", START, "rest")
    with database.writing() as session:
        park = parks.add(session, "p", "园", "", START).id
        shelf = Shelf(Side.DEMAND, park_id=park)
        demands = revisions.add(session, shelf, [Demand(title=f"需求第{n}项") for n in range(3)], change)
        offers = [Achievement(title=f"成果第{n}项") for n in range(3)]
        supply = revisions.add(session, Shelf(Side.SUPPLY), offers, change)
        office = Office(database, park, [one.id for one in demands], [one.id for one in supply])
    office.pairs = [
        Proposal(
            demand_id=demand,
            achievement_id=achievement,
            park_id=park,
            rank=place,
            similarity=0.1 + 1 / 3,
            score=1 / (place + 1),
            contributions={"dense": 1 / 3},
            terms=("阀门",),
            demand_version=1,
            achievement_version=1,
        )
        for demand in office.demands
        for place, achievement in enumerate(office.supply, start=1)
    ]
    return office


def pair(proposal: Proposal) -> Pair:
    return proposal.demand_id, proposal.achievement_id


def test_a_run_writes_one_state_for_each_entry_it_changes_and_none_for_the_others(office: Office) -> None:
    first, _ = office.run(office.pairs[:6])
    assert office.states(first) == {
        pair(one): ("created", ["demand_added", "achievement_added"], "current", None)
        for one in office.pairs[:6]
    }
    same, told = office.run(office.pairs[:6])
    assert (told.kept, office.states(same)) == (6, {})
    moved = replace(office.pairs[0], rank=2)
    last, _ = office.run([moved, *office.pairs[2:6], office.pairs[8]])
    assert office.states(last) == {
        pair(office.pairs[0]): ("changed", ["competition"], "current", None),
        pair(office.pairs[1]): ("vanished", ["outranked"], "vanished", "outranked"),
        pair(office.pairs[8]): ("created", ["competition"], "current", None),
    }


def test_a_state_holds_the_machine_columns_after_the_change_and_what_leaves_keeps_its_figures(
    office: Office,
) -> None:
    first, _ = office.run(office.pairs[:2])
    moved = replace(office.pairs[0], rank=3, probability=0.7, contributions={"dense": 0.2, "lexical": 0.1})
    second, _ = office.run([moved])
    with office.database.reading() as session:
        rows = {(one.run_id, one.entry_id): one for one in session.scalars(select(EntryState))}
        entries = {one.id: one for one in session.scalars(select(LedgerEntry))}
    assert len(rows) == 4
    for (run_id, entry_id), state in rows.items():
        if run_id == second:
            entry = entries[entry_id]
            for name in ("rank", "similarity", "score", "probability", "contributions", "terms"):
                assert getattr(state, name) == getattr(entry, name)
            assert (state.standing, state.cause) == (entry.standing, entry.cause)
            assert (entry.version, entry.run_id, entry.first_run_id) == (2, second, first)
    gone = office.entry(office.pairs[1])
    assert (gone.rank, gone.score, gone.contributions) == (2, 1 / 3, {"dense": 1 / 3})


def test_the_causes_of_a_change_name_what_was_added_edited_and_shared(office: Office) -> None:
    office.run(office.pairs[:3])
    office.change(Side.DEMAND, office.demands[0], detail="补充说明")
    with office.database.writing() as session:
        change = Change("local", office.later(), "rest")
        [fresh] = revisions.add(session, Shelf(Side.SUPPLY), [Achievement(title="新来的成果")], change)
    edited = [replace(one, demand_version=2) for one in office.pairs[:3]]
    edited[1] = replace(edited[1], score=0.9)
    proposals = [
        *edited,
        replace(office.pairs[3], achievement_id=fresh.id),
        replace(office.pairs[0], achievement_id=fresh.id, rank=4, demand_version=2),
        office.pairs[4],
    ]
    asked: list[int] = []

    def shared(park_id: int) -> frozenset[ChangeCause]:
        asked.append(park_id)
        return frozenset({ChangeCause.PROFILE, ChangeCause.SCORER})

    run_id, _ = office.run(proposals, shared=shared)
    causes = {key: told[1] for key, told in office.states(run_id).items()}
    assert causes == {
        pair(edited[0]): ["demand_edited"],
        pair(edited[1]): ["demand_edited", "scorer", "profile"],
        pair(edited[2]): ["demand_edited"],
        pair(proposals[3]): ["achievement_added", "scorer", "profile"],
        pair(proposals[4]): ["demand_edited", "achievement_added", "scorer", "profile"],
        pair(proposals[5]): ["scorer", "profile"],
    }
    assert set(asked) == {office.park}


def test_a_run_says_why_it_does_not_propose_a_pair_and_what_ruled_it_out(office: Office) -> None:
    office.run(office.pairs[:3])
    why = {
        pair(office.pairs[0]): Leaving(Cause.BELOW_THRESHOLD),
        pair(office.pairs[1]): Leaving(Cause.CONSTRAINT, (Constraint.PRICE, Constraint.MODES)),
        pair(office.pairs[2]): Leaving(Cause.EXCLUDED),
    }
    run_id, _ = office.run([], why_not=lambda one: why[one])
    assert office.states(run_id) == {
        pair(office.pairs[0]): ("vanished", ["below_threshold"], "vanished", "below_threshold"),
        pair(office.pairs[1]): ("vanished", ["constraint", "price", "modes"], "vanished", "constraint"),
        pair(office.pairs[2]): ("vanished", ["excluded"], "vanished", "excluded"),
    }


def test_a_pair_that_had_left_is_void_while_a_side_is_gone_and_vanished_when_it_is_back(
    office: Office,
) -> None:
    office.run(office.pairs[:2])
    office.run(office.pairs[:1])
    left = office.pairs[1]
    assert office.entry(left).cause == "outranked"
    office.change(Side.SUPPLY, left.achievement_id, withdrawn=True)
    void, told = office.run(office.pairs[:1])
    assert told.vanished == (), "it had left before"
    assert office.states(void) == {
        pair(left): ("changed", ["achievement_withdrawn"], "void", "achievement_withdrawn")
    }
    again, _ = office.run(office.pairs[:1])
    assert office.states(again) == {}
    office.change(Side.DEMAND, left.demand_id, valid_until=date(2026, 11, 1))
    both, _ = office.run([])
    assert office.entry(left).cause == office.entry(office.pairs[0]).cause == "demand_expired"
    assert office.states(both)[pair(left)][0] == "changed"
    office.change(Side.DEMAND, left.demand_id, valid_until=None)
    office.change(Side.SUPPLY, left.achievement_id)
    told_why = Leaving(Cause.QUOTA)
    office.run([replace(office.pairs[0], demand_version=3)], why_not=lambda _: told_why)
    entry = office.entry(left)
    assert (entry.standing, entry.cause, entry.rank) == ("vanished", "quota", 2)


def test_a_pair_that_is_proposed_again_has_returned_because_its_side_is_back(office: Office) -> None:
    office.run(office.pairs[:1])
    office.change(Side.DEMAND, office.demands[0], withdrawn=True)
    office.run([])
    office.change(Side.DEMAND, office.demands[0])
    back, told = office.run([replace(office.pairs[0], demand_version=3)])
    assert (len(told.changed), len(told.created)) == (1, 0)
    assert office.states(back) == {pair(office.pairs[0]): ("returned", ["demand_added"], "current", None)}


def human(office: Office, entry_id: int) -> dict[str, Any]:
    with office.database.reading() as session:
        row = session.get_one(LedgerHuman, entry_id)
        return {column.name: getattr(row, column.name) for column in LedgerHuman.__table__.columns}


def test_a_pair_added_by_hand_is_void_and_added_again_with_its_sides_and_current_once_proposed(
    office: Office,
) -> None:
    mine = office.pairs[4]
    identifier = office.add_by_hand(mine)
    before = human(office, identifier)
    quiet, _ = office.run([])
    assert office.states(quiet) == {}
    office.change(Side.DEMAND, mine.demand_id, withdrawn=True)
    void, _ = office.run([])
    entry = office.entry(mine)
    assert (entry.standing, entry.cause, entry.score) == ("void", "demand_withdrawn", None)
    assert (entry.first_run_id, entry.run_id, entry.version) == (None, void, 2)
    office.change(Side.DEMAND, mine.demand_id)
    back, _ = office.run([], why_not=lambda _: pytest.fail("nobody proposed it"))
    assert office.states(back) == {pair(mine): ("changed", [], "added", None)}
    proposed, told = office.run([replace(mine, demand_version=3)])
    entry = office.entry(mine)
    assert len(told.created) == 1
    assert office.states(proposed)[pair(mine)][0] == "created"
    assert (entry.id, entry.standing, entry.cause, entry.rank) == (identifier, "current", None, 2)
    assert (entry.first_run_id, entry.version) == (proposed, 4)
    office.run([])
    assert (office.entry(mine).standing, office.entry(mine).cause) == ("vanished", "outranked")
    assert human(office, identifier) == before, "the batch writes no human column"


def test_the_constraints_of_the_lists_themselves_need_no_telling(office: Office) -> None:
    office.run(office.pairs[:1])
    office.change(Side.DEMAND, office.demands[0], organisation="甲所")
    office.change(Side.SUPPLY, office.supply[0], organisation="甲所")
    run_id, _ = office.run([])
    assert office.states(run_id)[pair(office.pairs[0])][1:] == (
        ["constraint", "own_organisation"],
        "vanished",
        "constraint",
    )


def test_a_night_takes_as_many_statements_for_many_entries_as_for_few(office: Office) -> None:
    def statements(proposals: list[Proposal]) -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(office.database.engine, "before_cursor_execute", note)
        office.run(proposals)
        event.remove(office.database.engine, "before_cursor_execute", note)
        return len(seen)

    statements(office.pairs)
    for change in ({"rank": 4}, {"score": 0.9}):
        many = [replace(one, **change) for one in office.pairs]
        few = [*many[:8], office.pairs[8]]
        assert statements(few) == statements(many)
        office.run(office.pairs)
    leaving = []
    for left in (office.pairs[:1], office.pairs[:8]):
        leaving.append(statements(left))
        office.run(office.pairs)
    assert leaving[0] == leaving[1], "eight leave, or one"


def test_the_history_of_an_entry_is_its_states_in_order_with_their_runs(office: Office) -> None:
    numbers = [office.run(chosen)[0] for chosen in (office.pairs[:2], [office.pairs[1]], office.pairs[:2])]
    entry = office.entry(office.pairs[0])
    with office.database.reading() as session:
        told = states.of_entry(session, DISTRICT, entry.id)
    assert [(past.event, past.run_id) for past in told] == list(
        zip(["created", "vanished", "returned"], numbers, strict=True)
    )

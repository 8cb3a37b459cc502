"""Machine and people, side by side: whatever both do in turn, neither writes the other's columns."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.columns import UNTOUCHED, Work
from matcher.domain.days import beijing_day
from matcher.domain.errors import Conflict, IllegalMove, InvalidInput, StaleVersion
from matcher.domain.listing import Side
from matcher.domain.stages import MAIN_LINE, DeclineCode, Stage, StallCode, moves_from
from matcher.domain.work import edit, grade, hand_over, move, reason_of, reply
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import edits, evidence
from matcher.pipeline.ledger.exclusions import exclude_pair, lift_exclusion
from matcher.pipeline.ledger.hand_over import hand_over_entries
from matcher.pipeline.ledger.keep_masked import keep_masked
from matcher.store import human_columns as stored
from matcher.store.catalogue import Shelf
from matcher.store.tables import Base, Exclusion, HumanChange, LedgerEntry, LedgerHuman
from tests.pipeline.given import NOON, Desk, rows_of

Step = tuple[str, int, Any]
STEPS_RUN: Counter[str] = Counter()
"""How many steps of each kind this process has taken."""

NAMES = st.sampled_from(["示例赵", "示例钱", ""])
DAYS = st.one_of(st.none(), st.dates(date(2026, 10, 1), date(2026, 12, 31)))
WORDS = st.sampled_from(["", "约双方看样品", "致电 13800005555 再议", "换了\n一行", "=1+1"])
EDITS = st.one_of(
    st.fixed_dictionaries({}, optional={"owner": NAMES, "technology_manager": NAMES, "notes": WORDS}),
    st.fixed_dictionaries({}, optional={"due": DAYS, "trial_end": DAYS, "trial_start": DAYS}),
    st.fixed_dictionaries({"amount": st.sampled_from([None, 0.0, 12.5, -1.0])}),
    st.fixed_dictionaries({"stall_code": st.one_of(st.none(), st.sampled_from(StallCode))}),
    st.just({"milestones": [{"name": "样品送检", "planned_on": "2026-12-01"}]}),
)
FULL: Mapping[str, Any] = {
    "owner": "示例赵",
    "technology_manager": "示例钱",
    "responsible_unit": "产业促进部",
    "next_action": "约双方看样品",
    "due": "2026-12-05",
    "last_contact": "2026-11-01",
    "stall_code": "funding",
    "decline_code": "too_early",
    "amount": 120.0,
    "trial_start": "2026-12-01",
    "trial_end": "2027-03-01",
    "payment_trigger": "连续运行三个月",
    "teaming": "race",
    "milestones": [{"name": "样品送检", "planned_on": "2026-12-01", "done_on": None, "note": "两家同槽"}],
    "notes": "致电 13800005555",
}
"""Every editable column, written."""

REASONS = st.one_of(st.none(), st.sampled_from([DeclineCode.TOO_EARLY.value, StallCode.FUNDING.value]))
PEOPLE: dict[str, st.SearchStrategy[Any]] = {
    "edit": EDITS,
    "move": st.tuples(st.integers(0, 3), REASONS, DAYS),
    "move anywhere": st.tuples(st.sampled_from(Stage), REASONS, DAYS),
    "grade": st.tuples(st.integers(0, 3), WORDS),
    "reply": WORDS,
    "add": st.sampled_from(MAIN_LINE),
    "exclude": st.none(),
    "evidence": st.none(),
    "hand over": st.tuples(NAMES, NAMES),
}
MACHINE: dict[str, st.SearchStrategy[Any]] = {
    "refresh": st.none(),
    "change a listing": st.tuples(st.sampled_from(Side), WORDS),
    "withdraw": st.sampled_from(Side),
    "next day": st.none(),
}
PICK = st.one_of(st.integers(0, 2), st.integers(0, 40))
OFTEN = ("refresh", "edit", "move")


def steps_of(kinds: Iterable[str]) -> st.SearchStrategy[Step]:
    """Steps of these kinds: what is done, to which of the rows there are, and with what."""
    every = PEOPLE | MACHINE
    return st.one_of(*(st.tuples(st.just(kind), PICK, every[kind]) for kind in kinds))


STEPS = st.lists(steps_of([*PEOPLE, *MACHINE, *OFTEN]), min_size=4, max_size=24)


@dataclass
class Office:
    """A desk, and what it must hold: by entry, the human columns and the history as it was last seen."""

    desk: Desk
    park: int
    expected: dict[int, Work] = field(default_factory=dict)
    written: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    keys: int = 0

    def entries(self) -> list[LedgerEntry]:
        with self.desk.database.reading() as session:
            return list(session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))

    def request(self, actor: str = "某人") -> Request:
        """A request of its own key, which every write is sent with twice."""
        self.keys += 1
        self.desk.now += timedelta(seconds=1)
        principal = replace(LOCAL_OPERATOR, name=actor)
        return Request(principal, self.desk.now, key=f"key-{self.keys}", digest="same")

    def people(self, kind: str, pick: int, told: Any) -> None:
        entries = self.entries()
        if kind == "exclude":
            return self.toggle_exclusion(pick)
        if kind == "add":
            return self.add(pick, told)
        if kind == "hand over":
            return self.hand_over(*told)
        if not entries:
            return None
        identifier = entries[pick % len(entries)].id
        before = self.expected.get(identifier, UNTOUCHED)
        try:
            after = self.decided(kind, before, told)
        except (InvalidInput, IllegalMove) as refused:
            return self.refused(kind, identifier, before, told, type(refused))
        self.do_twice(kind, identifier, before, told)
        if kind in {"grade", "evidence"} or after != before:
            self.expected[identifier] = after
        return None

    def decided(self, kind: str, before: Work, told: Any) -> Work:
        """What the rules make of the columns, with nothing stored."""
        today = beijing_day(self.desk.now)
        match kind:
            case "edit":
                return edit(before, keep_masked(before, stored.values_of(told)), today)
            case "move" | "move anywhere":
                stage, reason, day = self.target(kind, before, told)
                code = None if reason is None else reason_of(reason, stage)
                return move(before, stage, today=today, reason=code, return_on=day)
            case "grade":
                value, reason = told
                return grade(before, value, keep_masked(before, {"grade_reason": reason})["grade_reason"])
            case "reply":
                return reply(before, told)
            case _:
                return before

    def target(self, kind: str, before: Work, told: Any) -> tuple[Stage, str | None, date | None]:
        where, reason, day = told
        if kind == "move anywhere":
            return where, reason, day
        legal = moves_from(before.stage, before.paused_from)
        return legal[where % len(legal)], reason, day

    def send(self, kind: str, request: Request, identifier: int, before: Work, told: Any, **more: Any) -> Any:
        database = self.desk.database
        match kind:
            case "edit":
                return edits.edit_entry(database, request, identifier, told, **more).as_json()
            case "move" | "move anywhere":
                stage, reason, day = self.target(kind, before, told)
                return edits.move_entry(
                    database, request, identifier, stage, reason=reason, return_on=day, **more
                ).as_json()
            case "grade":
                return edits.grade_entry(database, request, identifier, *told, **more).as_json()
            case "reply":
                return edits.reply_to_grade(database, request, identifier, told, **more).as_json()
            case _:
                link = ("报告", "https://example.cn/a")
                return evidence.add_link(database, request, identifier, *link).as_json()

    def do_twice(self, kind: str, identifier: int, before: Work, told: Any) -> None:
        """At a version that is stale it is refused; at the right one it is done, and repeated it is not."""
        version = edits.read_entry(self.desk.database, LOCAL_OPERATOR, identifier, self.desk.now).version
        if kind != "evidence":
            self.refused(kind, identifier, before, told, StaleVersion, version=version + 1)
            self.refused(kind, identifier, before, told, StaleVersion, version=version - 1)
        request = self.request()
        more = {} if kind == "evidence" else {"version": version}
        first = self.send(kind, request, identifier, before, told, **more)
        lines = self.changes()
        assert self.send(kind, request, identifier, before, told, **more) == first
        assert self.changes() == lines, "a repeated request writes nothing"

    def refused(
        self, kind: str, identifier: int, before: Work, told: Any, error: type[Exception], **more: Any
    ) -> None:
        lines = self.changes()
        try:
            self.send(kind, self.request(), identifier, before, told, **more)
        except error:
            assert self.changes() == lines, "what is refused writes nothing"
            return
        raise AssertionError(f"{kind} {told} was not refused as {error.__name__}")

    def add(self, pick: int, stage: Stage) -> None:
        demands, supply = self.desk.live(Side.DEMAND), self.desk.live(Side.SUPPLY)
        if not demands or not supply:
            return
        pair = (demands[pick % len(demands)].id, supply[pick // 3 % len(supply)].id)
        held = {(one.demand_id, one.achievement_id) for one in self.entries()} | self.excluded().keys()
        request = self.request()
        try:
            made = edits.add_entry(
                self.desk.database, request, *pair, stage=stage, changes={"owner": "示例赵"}
            )
        except Conflict:
            assert pair in held
            return
        assert pair not in held
        assert made.standing == "added"
        again = edits.add_entry(self.desk.database, request, *pair, stage=stage, changes={"owner": "示例赵"})
        assert again.as_json() == made.as_json()
        self.expected[made.entry_id] = replace(UNTOUCHED, stage=stage, owner="示例赵")

    def hand_over(self, one: str, other: str) -> None:
        if not one or not other or one == other:
            return
        done = hand_over_entries(self.desk.database, self.request(), "one", one, other)
        changed = [key for key, held in self.expected.items() if hand_over(held, one, other) != held]
        assert done.entry_ids == sorted(changed)
        self.expected |= {key: hand_over(self.expected[key], one, other) for key in changed}

    def excluded(self) -> dict[tuple[int, int], int]:
        with self.desk.database.reading() as session:
            rows = session.scalars(select(Exclusion).where(Exclusion.lifted_at.is_(None)))
            return {(one.demand_id, one.achievement_id): one.id for one in rows}

    def toggle_exclusion(self, pick: int) -> None:
        held = self.excluded()
        if held and pick % 2:
            lift_exclusion(self.desk.database, self.request(), min(held.values()))
            return
        entries = [one for one in self.entries() if (one.demand_id, one.achievement_id) not in held]
        if entries:
            one = entries[pick % len(entries)]
            exclude_pair(self.desk.database, self.request(), one.demand_id, one.achievement_id, "不再考虑")

    def machine(self, kind: str, number: int, told: Any) -> None:
        if kind == "refresh":
            self.desk.refresh(top_k=1 + number % 4)
            return
        if kind == "next day":
            self.desk.now += timedelta(days=1)
            return
        side, text = told if kind == "change a listing" else (told, "")
        rows = self.desk.shelf() if side is Side.SUPPLY else self.demands()
        row = list(rows.values())[number % len(rows)]
        if kind == "withdraw":
            self.desk.withdraw(side, row)
        else:
            self.desk.edit(row, **{"detail" if side is Side.DEMAND else "abstract": f"{text}在线检测"})

    def demands(self) -> dict[str, Any]:
        return self.desk.shelf(Shelf(Side.DEMAND, park_id=self.park))

    def changes(self) -> list[tuple[Any, ...]]:
        with self.desk.database.reading() as session:
            table = HumanChange.__table__
            return [tuple(one) for one in session.execute(select(table).order_by(table.c.id))]

    def check(self) -> None:
        """Every human column is as people last wrote it, its history folds to it, and history only grows."""
        with self.desk.database.reading() as session:
            humans = {one.entry_id: one for one in session.scalars(select(LedgerHuman))}
            lines: dict[int, list[HumanChange]] = {}
            for line in session.scalars(select(HumanChange).order_by(HumanChange.id)):
                lines.setdefault(line.entry_id, []).append(line)
            public = {
                one.id: one.version + (humans[one.id].version if one.id in humans else 0)
                for one in session.scalars(select(LedgerEntry))
            }
            replayed = stored.at_versions(
                session, DISTRICT, {key: one.version for key, one in humans.items()}
            )
        assert {key: stored.work_of(one) for key, one in humans.items()} == self.expected
        assert replayed == self.expected
        for key, human in humans.items():
            assert [one.version for one in lines[key]] == list(range(1, human.version + 1))
            assert (human.updated_by, human.updated_at) == (lines[key][-1].actor, lines[key][-1].at)
            said = [(one.id, one.act, one.at, str(one.changes)) for one in lines[key]]
            before = self.written.get(key, [])
            assert said[: len(before)] == before, "history is never rewritten"
            if len(said) > len(before):
                assert public[key] > self.versions.get(key, 0), "a change raises the version"
            self.written[key] = said
        assert all(public[key] >= version for key, version in self.versions.items())
        self.versions = public


def opened(desk: Desk) -> Office:
    """The office of a new day: an empty database, then a park with 4 demands and 6 achievements.

    Of its first two entries people have written every column.
    """
    with desk.database.writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    desk.now = NOON
    park = desk.park("one")
    desk.supply(*rows_of("S", 6, unit="研究所"))
    desk.demands(park, *rows_of("D", 4, start=3, unit="企业"))
    desk.refresh(top_k=3)
    office = Office(desk, park)
    for pick in range(2):
        office.people("edit", pick, FULL)
        office.people("grade", pick, (2, "指标接近"))
        office.people("reply", pick, "可补数据")
    office.check()
    return office


@pytest.mark.both_engines
@given(STEPS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_night_ever_writes_what_people_wrote(desk: Desk, steps: list[Step]) -> None:
    office = opened(desk)
    for kind, number, told in (*steps, ("refresh", 2, None)):
        note(f"{kind} {number} {told}")
        STEPS_RUN[kind] += 1
        if kind in PEOPLE:
            office.people(kind, number, told)
        else:
            office.machine(kind, number, told)
        office.check()
    event(f"{len(office.expected)} entries worked on")

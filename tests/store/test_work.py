from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT, Scope
from matcher.domain.columns import UNTOUCHED, Milestone, Work
from matcher.domain.entries import EntryView
from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Achievement, Demand, Side
from matcher.domain.stages import DeclineCode, Stage, StallCode, Teaming
from matcher.store import human_columns, ledger, parks, revisions
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.revisions import Change
from matcher.store.tables import HumanChange, LedgerHuman

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAYS = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)
WORKS = st.builds(
    Work,
    stage=st.sampled_from(Stage),
    paused_from=st.one_of(st.none(), st.sampled_from(Stage)),
    return_on=DAYS,
    owner=TEXTS,
    due=DAYS,
    last_contact=DAYS,
    stall_code=st.one_of(st.none(), st.sampled_from(StallCode)),
    decline_code=st.one_of(st.none(), st.sampled_from(DeclineCode)),
    amount=st.one_of(st.none(), st.floats(0, 1e7)),
    trial_end=DAYS,
    teaming=st.one_of(st.none(), st.sampled_from(Teaming)),
    milestones=st.lists(st.builds(Milestone, name=TEXTS, planned_on=DAYS, note=TEXTS), max_size=2).map(tuple),
    notes=TEXTS,
    grade=st.one_of(st.none(), st.integers(0, 3)),
    reply=TEXTS,
)


def entries(database: Database, park: str = "p", count: int = 1) -> list[tuple[int, int]]:
    """Pairs that people added: (entry id, park id)."""
    change = Change("local", NOW, "rest")
    with database.writing() as session:
        park_id = parks.add(session, park, "园", "", NOW).id
        made = []
        for number in range(count):
            shelf = Shelf(Side.DEMAND, park_id=park_id)
            [demand] = revisions.add(session, shelf, [Demand(title=f"需求{number}")], change)
            offer = Achievement(title=f"{park}{number}")
            [supply] = revisions.add(session, Shelf(Side.SUPPLY), [offer], change)
            made.append((human_columns.add_pair(session, demand, supply, NOW), park_id))
    return made


def shown(session: Session, entry: tuple[int, int]) -> EntryView:
    """An entry as it is read."""
    read = ledger.entry(session, DISTRICT, entry[0])
    assert read is not None
    return read


def write(database: Database, entry: tuple[int, int], what: Work, act: str = "edit", **more: Any) -> int:
    with database.writing() as session:
        done = human_columns.Act("某人", NOW, act)
        return human_columns.write(session, shown(session, entry), what, done, **more).human_version


def held(database: Database, entry: tuple[int, int]) -> Work:
    with database.reading() as session:
        return shown(session, entry).work


@given(st.lists(WORKS, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_history_folds_to_the_columns_at_every_version(database: Database, states: list[Work]) -> None:
    [entry] = entries(database, park=f"p{datetime.now(UTC).timestamp()}")
    versions = {0: UNTOUCHED}
    for one in states:
        version = write(database, entry, one)
        assert version == max(versions) + (one != versions[max(versions)])
        versions[version] = one
    assert held(database, entry) == versions[max(versions)]
    with database.reading() as session:
        for version, expected in versions.items():
            assert human_columns.at_versions(session, DISTRICT, {entry[0]: version}) == {entry[0]: expected}
        assert len(human_columns.history(session, DISTRICT, entry[0])) == max(versions)


def test_a_write_that_changes_nothing_leaves_no_row_and_no_line(database: Database) -> None:
    [entry] = entries(database)
    assert write(database, entry, UNTOUCHED) == 0
    with database.reading() as session:
        assert session.scalars(select(LedgerHuman)).all() == []
        assert session.scalars(select(HumanChange)).all() == []


@pytest.mark.parametrize("act", ["add", "grade", "evidence"])
def test_an_act_that_is_more_than_its_columns_is_written_in_any_case(database: Database, act: str) -> None:
    [entry] = entries(database)
    assert write(database, entry, UNTOUCHED, act, besides={"evidence": [None, "报告"]}) == 1
    with database.reading() as session:
        [line] = human_columns.history(session, DISTRICT, entry[0])
    assert (line.act, line.changes) == (act, {"evidence": [None, "报告"]})
    assert human_columns.folded([line.changes]) == UNTOUCHED


def test_a_write_touches_the_entry_it_names_and_no_other(database: Database) -> None:
    one, other = entries(database, count=2)
    write(database, one, replace(UNTOUCHED, notes="一"))
    write(database, other, replace(UNTOUCHED, notes="二"))
    write(database, one, replace(UNTOUCHED, notes="三"))
    assert (held(database, one).notes, held(database, other).notes) == ("三", "二")


def test_a_park_that_is_not_in_scope_has_no_history_and_nothing_due(database: Database) -> None:
    [entry] = entries(database)
    write(database, entry, replace(UNTOUCHED, due=NOW.date()))
    elsewhere = Scope(frozenset({entry[1] + 1}))
    wanted = human_columns.DueBy(NOW.date(), NOW.date())
    with database.reading() as session:
        assert human_columns.history(session, elsewhere, entry[0]) == []
        assert human_columns.at_versions(session, elsewhere, {entry[0]: 1}) == {entry[0]: UNTOUCHED}
        assert human_columns.due_entries(session, elsewhere, wanted) == []
        assert human_columns.due_entries(session, DISTRICT, wanted) == [entry[0]]


TODAY = NOW.date()
SOON, LATE = TODAY + timedelta(days=7), TODAY + timedelta(days=30)
DUE: dict[str, tuple[Work, bool]] = {
    "nothing": (UNTOUCHED, False),
    "an action within the days": (replace(UNTOUCHED, due=SOON), True),
    "an action after them": (replace(UNTOUCHED, due=SOON + timedelta(days=1)), False),
    "a trial that ends within a month": (replace(UNTOUCHED, trial_end=LATE), True),
    "a trial that ends later": (replace(UNTOUCHED, trial_end=LATE + timedelta(days=1)), False),
    "an action of what has ended": (replace(UNTOUCHED, stage=Stage.ENDED, due=TODAY), False),
    "an action of what has landed": (replace(UNTOUCHED, stage=Stage.LANDED, due=TODAY), False),
    "an action of what is paused": (replace(UNTOUCHED, stage=Stage.PAUSED, return_on=LATE, due=TODAY), False),
    "a return from a pause": (replace(UNTOUCHED, stage=Stage.PAUSED, return_on=SOON), True),
}


def test_what_is_due_is_found_by_its_dates(database: Database) -> None:
    rows = entries(database, count=len(DUE))
    for entry, (columns, _) in zip(rows, DUE.values(), strict=True):
        write(database, entry, columns)
    expected = [entry[0] for entry, (_, is_due) in zip(rows, DUE.values(), strict=True) if is_due]
    with database.reading() as session:
        assert human_columns.due_entries(session, DISTRICT, human_columns.DueBy(SOON, LATE)) == expected


VALUES: dict[str, tuple[Any, Any]] = {
    "due": ("2026-12-01", date(2026, 12, 1)),
    "stall_code": ("funding", StallCode.FUNDING),
    "amount": ("12.5", 12.5),
    "notes": ("备注", "备注"),
    "teaming": (None, None),
    "milestones": ([{"name": "送检"}], (Milestone(name="送检"),)),
    "nonsense": (1, 1),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_json_value_is_read_as_its_column_holds_it(name: str) -> None:
    sent, read = VALUES[name]
    assert human_columns.values_of({name: sent}) == {name: read}
    assert human_columns.values_of({name: read}) == {name: read}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due", "下周"),
        ("stall_code", "none"),
        ("amount", "多"),
        ("notes", None),
        ("milestones", [{}]),
        ("milestones", ["送检"]),
    ],
)
def test_a_value_that_is_none_of_its_columns_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        human_columns.values_of({name: value})
    assert caught.value.field == name
    assert not isinstance(value, Iterable) or str(value) not in caught.value.en


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("due", "明天", "须为日期，如 2026-12-01"),
        ("amount", "五十万", "须为数字"),
        ("stall_code", "缺钱", "资金（funding）"),
        ("stage", "完成", "已落地（landed）"),
        ("grade", "好", "格式不符"),
    ],
)
def test_a_value_of_the_wrong_kind_is_answered_in_chinese_with_what_is_wanted(
    name: str, value: str, wanted: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        human_columns.values_of({name: value})
    assert wanted in caught.value.zh
    assert "Input" not in caught.value.zh
    assert caught.value.field == name

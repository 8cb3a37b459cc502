"""The people's columns in the database, and their history.

Invariant: every change of a human column goes through `write`, which appends it to the history in the same
transaction; nothing here writes a machine column, but for those of a pair that people add (`add_pair`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, and_, not_, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.columns import BY_KEY, PEOPLE, PERSONS, UNTOUCHED, Kind, Work
from matcher.domain.entries import EntryView
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.stages import CLOSED, Stage
from matcher.domain.standings import Standing
from matcher.store.catalogue import HeldListing
from matcher.store.records import work_from_record, work_to_record
from matcher.store.rows import from_row
from matcher.store.tables import HumanChange, LedgerEntry, LedgerHuman, human

_VALUES: Mapping[str, TypeAdapter[Any]] = {column.name: TypeAdapter(column.holds) for column in PEOPLE}
_DAYS = frozenset(column.name for column in PEOPLE if column.kind is Kind.DAY)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what to an entry, when and through what (`rest`, `cli`, `workbook`)."""

    actor: str
    at: datetime
    act: str
    via: str = "rest"
    import_id: int | None = None


def values_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Values of human columns as the columns hold them: codes, days and milestones read from JSON values.

    Columns that do not exist are left as they are.

    Raises:
        InvalidInput: a value that is none of its column's; `field` names it.
    """
    return {name: _value(name, value) if name in _VALUES else value for name, value in record.items()}


def _value(name: str, value: Any) -> Any:
    try:
        return _VALUES[name].validate_python(value)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise InvalidInput(
            f"“{BY_KEY[name].zh}”的值无效：{_wanted(BY_KEY[name].codes, wrong['type'])}。",
            f"{name} has no valid value: {wrong['msg']}.",
            field=name,
        ) from None


def _wanted(codes: type[StrEnum] | None, wrong: str) -> str:
    """What a column takes, in Chinese, beside the sentence of pydantic's error of type `wrong`."""
    if codes is not None:
        return "可用 " + "、".join(f"{label(code, 'zh')}（{code.value}）" for code in codes)
    if wrong.startswith("date"):
        return "须为日期，如 2026-12-01"
    return "须为数字" if wrong.startswith("float") else "格式不符"


@dataclass(frozen=True, slots=True)
class DueBy:
    """What is asked of the due list: dates up to `day`, ends of trials up to `trial_end`."""

    day: date
    trial_end: date
    park_id: int | None = None
    person: str | None = None


def work_of(row: LedgerHuman | None) -> Work:
    """The human columns of a row; untouched where there is none."""
    if row is None:
        return UNTOUCHED
    return work_from_record({name: getattr(row, name) for name in _VALUES})


def write(
    session: Session,
    entry: EntryView,
    work: Work,
    act: Act,
    *,
    besides: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> EntryView:
    """Make `work` the human columns of an entry that was read in this transaction; gives it as it is now.

    `besides` is put into the history with the columns: what changed beside them, such as evidence, as
    [before, after]. Where no column changes, nothing is written but the acts `add`, `grade` and `evidence`.
    """
    before, after = work_to_record(entry.work), work_to_record(work)
    changes = {name: [before[name], after[name]] for name in _VALUES if before[name] != after[name]}
    if not changes and act.act not in _ALWAYS_WRITTEN:
        return entry
    version = entry.human_version + 1
    columns = {name: getattr(work, name) if name in _DAYS else after[name] for name in _VALUES}
    columns |= {"version": version, "updated_at": act.at, "updated_by": act.actor}
    if not entry.touched:
        session.add(LedgerHuman(entry_id=entry.id, park_id=entry.park_id, **columns))
    else:
        theirs = update(LedgerHuman).where(
            LedgerHuman.entry_id == entry.id, LedgerHuman.park_id == entry.park_id
        )
        session.execute(theirs.values(**columns))
    session.add(
        HumanChange(
            park_id=entry.park_id,
            entry_id=entry.id,
            version=version,
            at=act.at,
            actor=act.actor,
            act=act.act,
            via=act.via,
            changes=changes | {name: list(pair) for name, pair in besides.items()},
            import_id=act.import_id,
        )
    )
    session.flush()
    return replace(entry, work=work, human_version=version, updated_at=act.at, updated_by=act.actor)


def entry_of_pair(session: Session, demand_id: int, achievement_id: int, *, park_id: int) -> int | None:
    """The id of a pair's entry, whatever its standing; None where the ledger has none."""
    return session.scalar(
        select(LedgerEntry.id).where(
            LedgerEntry.park_id == park_id,
            LedgerEntry.demand_id == demand_id,
            LedgerEntry.achievement_id == achievement_id,
        )
    )


def add_pair(session: Session, demand: HeldListing, achievement: HeldListing, at: datetime) -> int:
    """Put a pair that no run proposed into the ledger, without figures; returns the entry's id."""
    row = LedgerEntry(
        park_id=demand.park_id,
        demand_id=demand.id,
        achievement_id=achievement.id,
        demand_version=demand.version,
        achievement_version=achievement.version,
        standing=Standing.ADDED.value,
        first_seen=at,
    )
    session.add(row)
    session.flush()
    return row.id


def names(person: str) -> ColumnElement[bool]:
    """The condition that an entry names a person as owner or technology manager."""
    return or_(*(human(name) == person for name in PERSONS))


def due_entries(session: Session, scope: Scope, wanted: DueBy) -> list[int]:
    """Ids of the entries in scope of which something is due by these days; closed ones wait for nothing."""
    open_ = human("stage").not_in([stage.value for stage in CLOSED])
    paused = human("stage") == Stage.PAUSED.value
    due = or_(human("due") <= wanted.day, human("trial_end") <= wanted.trial_end)
    conditions = [
        open_,
        or_(and_(paused, human("return_on") <= wanted.day), and_(not_(paused), due)),
        *(() if scope.parks is None else (LedgerHuman.park_id.in_(scope.parks),)),
    ]
    if wanted.park_id is not None:
        conditions.append(LedgerHuman.park_id == wanted.park_id)
    if wanted.person is not None:
        conditions.append(names(wanted.person))
    query = select(LedgerHuman.entry_id).where(*conditions).order_by(LedgerHuman.entry_id)
    return list(session.scalars(query))


_ALWAYS_WRITTEN = frozenset({"add", "grade", "evidence"})


@dataclass(frozen=True, slots=True)
class PastChange:
    """What a person did to an entry; `changes` is column → [before, after], and what `write` put besides."""

    at: datetime
    actor: str
    act: str
    via: str
    changes: Mapping[str, Sequence[Any]]


def history(session: Session, scope: Scope, entry_id: int) -> list[PastChange]:
    """What people did to an entry in scope, oldest first."""
    query = select(HumanChange).where(HumanChange.entry_id == entry_id, *_in_scope(scope))
    return [from_row(PastChange, row) for row in session.scalars(query.order_by(HumanChange.id))]


def folded(changes: Iterable[Mapping[str, Any]]) -> Work:
    """The columns after these changes (column → [before, after]), in their order, from an untouched entry."""
    record = work_to_record(UNTOUCHED)
    for change in changes:
        record |= {name: after for name, (_, after) in change.items() if name in record}
    return work_from_record(record)


def at_versions(session: Session, scope: Scope, versions: Mapping[int, int]) -> dict[int, Work]:
    """The columns of entries in scope as they were at a human version: entry id → version."""
    wanted = sorted(versions)
    kept: dict[int, list[Mapping[str, Any]]] = {entry_id: [] for entry_id in wanted}
    for start in range(0, len(wanted), _CHUNK):
        of_these = HumanChange.entry_id.in_(wanted[start : start + _CHUNK])
        query = select(HumanChange).where(of_these, *_in_scope(scope)).order_by(HumanChange.id)
        for change in session.scalars(query):
            if change.version <= versions[change.entry_id]:
                kept[change.entry_id].append(change.changes)
    return {entry_id: folded(changes) for entry_id, changes in kept.items()}


_CHUNK = 500


def _in_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.parks is None else (HumanChange.park_id.in_(scope.parks),)

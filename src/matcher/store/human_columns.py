"""The people's columns in the database, and their history.

Invariant: every change of a human column goes through `write`, which appends it to the history in the same
transaction; nothing here writes a machine column, but for those of a pair that people add (`add_pair`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, and_, not_, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import label
from matcher.domain.ledger import Standing
from matcher.domain.stages import CLOSED, Stage
from matcher.domain.work import UNTOUCHED, Work
from matcher.store.catalogue import HeldListing
from matcher.store.records import work_from_record, work_to_record
from matcher.store.tables import HumanChange, LedgerEntry, LedgerHuman

_COLUMNS = tuple(work_to_record(UNTOUCHED))
_KINDS = get_type_hints(Work)
_VALUES: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in _KINDS.items()}
_DATES = frozenset({"return_on", "due", "last_contact", "trial_start", "trial_end"})


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
            f"{name} 的值无效：{_wanted(name, wrong['type'])}。",
            f"{name} has no valid value: {wrong['msg']}.",
            field=name,
        ) from None


def _wanted(name: str, wrong: str) -> str:
    """What a column takes, in Chinese, beside the sentence of pydantic's error of type `wrong`."""
    kinds = (_KINDS[name], *get_args(_KINDS[name]))
    codes = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum)), None)
    if codes is not None:
        return "可用 " + "、".join(f"{code.value}（{label(code, 'zh')}）" for code in codes)
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
    return work_from_record({name: getattr(row, name) for name in _COLUMNS})


def write(
    session: Session,
    *,
    entry_id: int,
    park_id: int,
    work: Work,
    act: Act,
    besides: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> int:
    """Make `work` the entry's human columns; returns their version, unchanged where nothing is.

    `besides` is put into the history with the columns: what changed beside them, such as evidence, as
    [before, after]. The acts `add`, `grade` and `evidence` are written even where they change no column.
    """
    row = row_of(session, entry_id=entry_id, park_id=park_id)
    before = work_to_record(work_of(row))
    after = work_to_record(work)
    changes = {name: [before[name], after[name]] for name in _COLUMNS if before[name] != after[name]}
    if not changes and act.act not in _ALWAYS_WRITTEN:
        return 0 if row is None else row.version
    version = 1 if row is None else row.version + 1
    columns = {name: getattr(work, name) if name in _DATES else after[name] for name in _COLUMNS}
    columns |= {"version": version, "updated_at": act.at, "updated_by": act.actor}
    if row is None:
        session.add(LedgerHuman(entry_id=entry_id, park_id=park_id, **columns))
    else:
        session.execute(update(LedgerHuman).where(*_this(entry_id, park_id)).values(**columns))
    session.add(
        HumanChange(
            park_id=park_id,
            entry_id=entry_id,
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
    return version


def row_of(session: Session, *, entry_id: int, park_id: int) -> LedgerHuman | None:
    """The row of an entry's human columns; None where nobody has touched it."""
    return session.scalar(select(LedgerHuman).where(*_this(entry_id, park_id)))


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


def of_person(session: Session, park_id: int, name: str) -> Sequence[LedgerHuman]:
    """The rows of a park that name a person as owner or technology manager, by entry."""
    theirs = or_(LedgerHuman.owner == name, LedgerHuman.technology_manager == name)
    query = select(LedgerHuman).where(LedgerHuman.park_id == park_id, theirs)
    return session.scalars(query.order_by(LedgerHuman.entry_id)).all()


def due_entries(session: Session, scope: Scope, wanted: DueBy) -> list[int]:
    """Ids of the entries in scope of which something is due by these days; closed ones wait for nothing."""
    open_ = LedgerHuman.stage.not_in([stage.value for stage in CLOSED])
    paused = LedgerHuman.stage == Stage.PAUSED.value
    due = or_(LedgerHuman.due <= wanted.day, LedgerHuman.trial_end <= wanted.trial_end)
    conditions = [
        open_,
        or_(and_(paused, LedgerHuman.return_on <= wanted.day), and_(not_(paused), due)),
        *(() if scope.parks is None else (LedgerHuman.park_id.in_(scope.parks),)),
    ]
    if wanted.park_id is not None:
        conditions.append(LedgerHuman.park_id == wanted.park_id)
    if wanted.person is not None:
        names = (LedgerHuman.owner, LedgerHuman.technology_manager)
        conditions.append(or_(*(name == wanted.person for name in names)))
    query = select(LedgerHuman.entry_id).where(*conditions).order_by(LedgerHuman.entry_id)
    return list(session.scalars(query))


def _this(entry_id: int, park_id: int) -> tuple[ColumnElement[bool], ...]:
    return LedgerHuman.entry_id == entry_id, LedgerHuman.park_id == park_id


_ALWAYS_WRITTEN = frozenset({"add", "grade", "evidence"})


def history(session: Session, scope: Scope, entry_id: int) -> Sequence[HumanChange]:
    """What people did to an entry in scope, oldest first."""
    query = select(HumanChange).where(HumanChange.entry_id == entry_id, *_in_scope(scope))
    return session.scalars(query.order_by(HumanChange.id)).all()


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

"""One person's data taken out of every table: of what stands now, and of every history.

This is the one place that rewrites history: rows stay and say that something was done, and no longer of whom.
Every column that may hold free text is gone through, so that a table added later is, too.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Table, Text, bindparam, delete, select, update
from sqlalchemy.orm import Session

from matcher.domain.listing import Side, text_of
from matcher.domain.person import Person
from matcher.store import catalogue, revisions
from matcher.store.ledger_imports import ERASE
from matcher.store.records import from_record
from matcher.store.revisions import Change, Rewrite
from matcher.store.tables import (
    AccessKey,
    AchievementRevision,
    AchievementRow,
    Base,
    DemandRevision,
    DemandRow,
    HumanChange,
    IdempotentAnswer,
    LedgerHuman,
    ListingRow,
    RevisionRow,
    VectorRow,
)

_CHUNK = 500

_NOTHING_PERSONAL = frozenset({"catalogue", "vector", "service_secret"})
_LISTINGS = frozenset({"achievement", "demand"})
"""Their digest, key and revisions go with what they say: they are written as listings."""

_ALSO = frozenset({("achievement", "source"), ("idempotent_answer", "caller"), ("idempotent_answer", "key")})
"""Columns of a limited length that hold what people chose; the other limited ones hold codes."""


@dataclass(slots=True)
class Erasure:
    """How many rows of each table held something of the person's."""

    rows: Counter[str] = field(default_factory=Counter)
    entries: set[int] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns of a table that may hold something personal."""
    if table.name in _NOTHING_PERSONAL:
        return []
    return [
        column
        for column in table.columns
        if isinstance(column.type, Text | JSON) or (table.name, column.name) in _ALSO
    ]


def erase(session: Session, person: Person, *, actor: str, at: datetime, via: str) -> Erasure:
    """Take a person out of every row; the catalogue revision is raised where a listing held them.

    A key whose subject was the person's name is revoked. Cached vectors of texts that named the person go.
    """
    done = Erasure()
    for row_type, side in ((AchievementRevision, Side.SUPPLY), (DemandRevision, Side.DEMAND)):
        _note_texts(session, row_type, side, person, done)
    _revoke(session, person, at)
    for table in Base.metadata.sorted_tables:
        if table.name == IdempotentAnswer.__tablename__:
            _forget_answers(session, person, done)
        elif table.name not in _LISTINGS:
            _erase_from(session, table, person, done)
    for listing_type in (AchievementRow, DemandRow):
        _erase_listings(session, listing_type, person, done, Change(actor, at, via))
    _erase_from(session, AchievementRow.__table__, person, done, only=["source"])  # type: ignore[arg-type]
    for texts in _chunks(sorted(done.texts)):
        session.execute(delete(VectorRow).where(VectorRow.digest.in_(texts)))
    _note_in_history(session, done, actor=actor, at=at, via=via)
    return done


def _erase_from(
    session: Session, table: Table, person: Person, done: Erasure, only: Sequence[str] | None = None
) -> None:
    columns = [column for column in columns_of(table) if only is None or column.name in only]
    if not columns:
        return
    keys = list(table.primary_key)
    entry = [table.c.entry_id] if "entry_id" in table.c and table.c.entry_id not in keys else []
    changed: list[dict[str, Any]] = []
    rows = session.execute(select(*keys, *entry, *columns).execution_options(yield_per=_CHUNK))
    for row in rows.mappings():
        after = {column.name: person.erased_from(row[column]) for column in columns}
        if any(after[column.name] != row[column] for column in columns):
            changed.append(
                {f"key_{key.name}": row[key] for key in keys}
                | {f"to_{name}": value for name, value in after.items()}
            )
            if "entry_id" in table.c:
                done.entries.add(row[table.c.entry_id])
    if changed:
        statement = (
            update(table)
            .where(*(key == bindparam(f"key_{key.name}") for key in keys))
            .values({column: bindparam(f"to_{column.name}", type_=column.type) for column in columns})
        )
        session.connection().execute(statement, changed)
        done.rows[table.name] += len(changed)


def _forget_answers(session: Session, person: Person, done: Erasure) -> None:
    """Delete the kept answers that hold the person; no answer is kept for more than a day."""
    for answer in session.scalars(select(IdempotentAnswer)).all():
        content = [answer.caller, answer.key, answer.answer]
        if person.erased_from(content) != content:
            session.delete(answer)
            done.rows[IdempotentAnswer.__tablename__] += 1
    session.flush()


def _revoke(session: Session, person: Person, at: datetime) -> None:
    """Revoke the keys whose subject names the person."""
    query = select(AccessKey).where(AccessKey.subject != "", AccessKey.revoked_at.is_(None))
    for key in session.scalars(query).all():
        if person.is_in(key.subject):
            key.revoked_at = at
    session.flush()


def _note_texts(
    session: Session, row_type: type[RevisionRow], side: Side, person: Person, done: Erasure
) -> None:
    """Note the digests of texts, past and present, that name the person: their cached vectors have to go."""
    query = select(row_type.data).execution_options(yield_per=_CHUNK)
    for record in session.scalars(query):
        after = person.erased_from(record)
        if after != record:
            before = text_of(from_record(side, record)).digest
            if before != text_of(from_record(side, after)).digest:
                done.texts.add(before)


def _erase_listings(
    session: Session, row_type: type[ListingRow], person: Person, done: Erasure, change: Change
) -> None:
    """Write each listing that holds the person anew, as an import compares it; its `via` stays."""
    for row in session.scalars(select(row_type).order_by(row_type.id)).all():
        record = person.erased_from(row.data)
        if record == row.data:
            continue
        listed = catalogue.held(row)
        listing = from_record(listed.shelf.side, record)
        same = catalogue.find_by_key(session, listed.shelf, listing)
        erased = Rewrite(
            held=listed,
            listing=listing,
            withdrawn_at=listed.withdrawn_at,
            replaced_by=listed.replaced_by,
            key=None if same is None or same.id == listed.id else f"erased:{listed.id}",
        )
        revisions.write(session, [erased], replace(change, via=listed.via))
        done.rows[row.__tablename__] += 1
    if done.rows[row_type.__tablename__]:
        catalogue.raise_revision(session)


def _note_in_history(session: Session, done: Erasure, *, actor: str, at: datetime, via: str) -> None:
    """Append the fact to the history of every entry that held the person, at a version of its own."""
    for entries in _chunks(sorted(done.entries)):
        for row in session.scalars(select(LedgerHuman).where(LedgerHuman.entry_id.in_(entries))).all():
            row.version += 1
            row.updated_at, row.updated_by = at, actor
            session.add(
                HumanChange(
                    park_id=row.park_id,
                    entry_id=row.entry_id,
                    version=row.version,
                    at=at,
                    actor=actor,
                    act=ERASE,
                    via=via,
                    changes={},
                )
            )
    session.flush()


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))

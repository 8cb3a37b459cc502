"""The parks' profiles and the demands' own constraints: append-only versions, of which the newest holds.

Invariant: who saves one raises the catalogue revision in the same transaction, as the pipeline does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from matcher.domain.bands import Bands
from matcher.domain.rules import DEFAULT_PROFILE, NO_CONSTRAINTS, Constraints, ParkProfile, Rules
from matcher.store.tables import DemandConstraintsRow, ParkProfileRow

Rule = TypeVar("Rule", ParkProfile, Constraints)
Row = TypeVar("Row", ParkProfileRow, DemandConstraintsRow)


@cache
def _profiles() -> TypeAdapter[ParkProfile]:
    """Made when first asked for, as in `records`."""
    return TypeAdapter(ParkProfile)


@cache
def _constraints() -> TypeAdapter[Constraints]:
    return TypeAdapter(Constraints)


@dataclass(frozen=True, slots=True)
class Saved(Generic[Rule]):
    """A rule with its version (0: none was saved, the default holds), and who saved it when."""

    rule: Rule
    version: int = 0
    at: datetime | None = None
    actor: str | None = None


NO_PROFILE = Saved(DEFAULT_PROFILE)
NOTHING_STATED = Saved(NO_CONSTRAINTS)


def profile_from_record(record: Any) -> ParkProfile:
    """The profile a record was made of.

    Raises:
        ValidationError: a value of another type.
        InvalidInput: a value that breaks a rule.
    """
    return _profiles().validate_python(record)


def constraints_from_record(record: Any) -> Constraints:
    """The constraints a record was made of.

    Raises:
        ValidationError, InvalidInput: as `profile_from_record`.
    """
    return _constraints().validate_python(record)


def profiles(session: Session) -> dict[int, Saved[ParkProfile]]:
    """The newest profile of every park that has one, by park id; for the batch."""
    rows = session.scalars(_newest(ParkProfileRow, ParkProfileRow.park_id))
    return {row.park_id: _saved_profile(row) for row in rows}


def bands(session: Session, parks: Collection[int] | None = None) -> dict[int, Bands]:
    """Where the bands of each park that has saved rules begin by the newest: of these parks, or of all."""
    query = _NEWEST_PROFILES if parks is None else _NEWEST_PROFILES.where(ParkProfileRow.park_id.in_(parks))
    return {park_id: profile_from_record(data).bands for park_id, data in session.execute(query)}


def bands_in_versions(session: Session, versions: Mapping[str, int]) -> dict[int, Bands]:
    """Where the bands of parks began in these versions of their rules: park id (as text) → version, as a run
    records them."""
    if not versions:
        return {}
    named = [
        and_(ParkProfileRow.park_id == int(park), ParkProfileRow.version == version)
        for park, version in versions.items()
    ]
    rows = session.scalars(select(ParkProfileRow).where(or_(*named)))
    return {row.park_id: _saved_profile(row).rule.bands for row in rows}


def constraints(session: Session, park_id: int | None = None) -> dict[int, Saved[Constraints]]:
    """The newest constraints of each demand that has some, by demand id: of every park, or of one."""
    of_park = () if park_id is None else (DemandConstraintsRow.park_id == park_id,)
    rows = session.scalars(_newest(DemandConstraintsRow, DemandConstraintsRow.demand_id, *of_park))
    return {row.demand_id: _saved_constraints(row) for row in rows}


def rules_of(session: Session, parks: Mapping[int, int]) -> dict[int, Rules]:
    """The rules that some demands are matched by now, by demand id; `parks` says which park each is of."""
    profiles = {park_id: profile(session, park_id).rule for park_id in set(parks.values())}
    by_park = {park_id: constraints(session, park_id) for park_id in profiles}
    return {
        demand_id: Rules(profiles[park_id], by_park[park_id].get(demand_id, NOTHING_STATED).rule)
        for demand_id, park_id in parks.items()
    }


def profile_versions(session: Session) -> dict[str, int]:
    """Park id (as text) → version of its profile: what a run records."""
    newest = select(ParkProfileRow.park_id, func.max(ParkProfileRow.version)).group_by(ParkProfileRow.park_id)
    return {str(park_id): version for park_id, version in session.execute(newest)}


def constraints_to(session: Session) -> int:
    """The id of the newest constraints of any demand, 0 where there are none: what a run records."""
    return session.scalar(select(func.max(DemandConstraintsRow.id))) or 0


def parks_constrained(session: Session, *, after: int, to: int) -> frozenset[int]:
    """The parks of demands whose constraints have an id after `after`, up to `to`; for the batch."""
    saved = (DemandConstraintsRow.id > after, DemandConstraintsRow.id <= to)
    return frozenset(session.scalars(select(DemandConstraintsRow.park_id).where(*saved).distinct()))


def profile(session: Session, park_id: int) -> Saved[ParkProfile]:
    """A park's profile; version 0 where it has saved none."""
    saved = versions_of_profile(session, park_id, limit=1)
    return saved[0] if saved else NO_PROFILE


def versions_of_profile(
    session: Session, park_id: int, *, limit: int | None = None
) -> list[Saved[ParkProfile]]:
    """Every version of a park's profile, newest first."""
    query = select(ParkProfileRow).where(ParkProfileRow.park_id == park_id)
    rows = session.scalars(query.order_by(ParkProfileRow.version.desc()).limit(limit))
    return [_saved_profile(row) for row in rows]


def save_profile(
    session: Session, park_id: int, rule: ParkProfile, *, actor: str, at: datetime
) -> Saved[ParkProfile]:
    """Append a version of a park's profile."""
    row = ParkProfileRow(
        park_id=park_id,
        version=profile(session, park_id).version + 1,
        data=_profiles().dump_python(rule, mode="json"),
        at=at,
        actor=actor,
    )
    session.add(row)
    session.flush()
    return _saved_profile(row)


def constraints_of(session: Session, park_id: int, demand_id: int) -> Saved[Constraints]:
    """The own constraints of a park's demand; version 0 where it has none."""
    query = select(DemandConstraintsRow).where(
        DemandConstraintsRow.park_id == park_id, DemandConstraintsRow.demand_id == demand_id
    )
    row = session.scalar(query.order_by(DemandConstraintsRow.version.desc()).limit(1))
    return NOTHING_STATED if row is None else _saved_constraints(row)


def save_constraints(
    session: Session, park_id: int, demand_id: int, rule: Constraints, *, actor: str, at: datetime
) -> Saved[Constraints]:
    """Append a version of a demand's own constraints."""
    row = DemandConstraintsRow(
        park_id=park_id,
        demand_id=demand_id,
        version=constraints_of(session, park_id, demand_id).version + 1,
        data=_constraints().dump_python(rule, mode="json"),
        at=at,
        actor=actor,
    )
    session.add(row)
    session.flush()
    return _saved_constraints(row)


def _newest(table: type[Row], owner: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> Select[Row]:
    """The newest version of each owner's rules, of the rows where these conditions hold."""
    versions = select(owner.label("owner"), func.max(table.version).label("version"))
    newest = versions.where(*where).group_by(owner).subquery()
    is_newest = and_(owner == newest.c.owner, table.version == newest.c.version)
    return select(table).join(newest, is_newest).where(*where)


_later = aliased(ParkProfileRow)
_NEWEST_PROFILES = select(ParkProfileRow.park_id, ParkProfileRow.data).where(
    ParkProfileRow.version
    == select(func.max(_later.version)).where(_later.park_id == ParkProfileRow.park_id).scalar_subquery()
)
"""(park id, profile as JSON) of the newest versions."""


def _saved_profile(row: ParkProfileRow) -> Saved[ParkProfile]:
    return Saved(profile_from_record(row.data), row.version, row.at, row.actor)


def _saved_constraints(row: DemandConstraintsRow) -> Saved[Constraints]:
    return Saved(constraints_from_record(row.data), row.version, row.at, row.actor)

"""The ledger and the reverse feed as they are read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from matcher.domain.access import Scope
from matcher.domain.bands import DEFAULT_BANDS, Band, Bands
from matcher.domain.entries import EntryFilter, EntryView, PairView
from matcher.domain.listing import Confidentiality, Contact, Side
from matcher.domain.opinions import Opinion
from matcher.domain.stages import Stage
from matcher.domain.standings import Cause, Standing
from matcher.store import repeats, rule_versions
from matcher.store.catalogue import live_conditions
from matcher.store.human_columns import names, work_of
from matcher.store.rows import from_row, names_of
from matcher.store.tables import (
    AchievementRow,
    DemandRow,
    Exclusion,
    FeedEntry,
    LedgerEntry,
    LedgerHuman,
    Park,
    human,
)

UNRANKED = 1_000
"""The place, after every rank, of a pair that no run has ranked."""

_PLACE = (LedgerEntry.demand_id, func.coalesce(LedgerEntry.rank, UNRANKED), LedgerEntry.id)


EntryPlace = tuple[int, int, int]
"""Where an entry stands in the ledger's order: demand id, rank, entry id."""


def place_of(entry: EntryView) -> EntryPlace:
    """Where an entry stands in the order of `entries`."""
    return entry.demand_id, UNRANKED if entry.rank is None else entry.rank, entry.id


def count_standing(session: Session) -> tuple[int, int]:
    """How many ledger entries are current, and how many entries the reverse feed holds."""
    current = select(func.count()).where(LedgerEntry.standing == Standing.CURRENT.value)
    return session.scalar(current) or 0, session.scalar(select(func.count(FeedEntry.id))) or 0


def current_pairs(session: Session, park_id: int | None = None) -> Sequence[tuple[int, int]]:
    """(demand id, achievement id) of every current entry, of every park or of one."""
    query = select(LedgerEntry.demand_id, LedgerEntry.achievement_id).where(
        LedgerEntry.standing == Standing.CURRENT.value
    )
    rows = session.execute(query if park_id is None else query.where(LedgerEntry.park_id == park_id))
    return [(demand, achievement) for demand, achievement in rows]


def count_stages(session: Session, scope: Scope, park_id: int, *, work: bool = False) -> dict[Stage, int]:
    """How many of a park's entries in view, or of those that are `work` alone, stand at each stage."""
    query = (
        select(human("stage"), func.count())
        .select_from(LedgerEntry)
        .outerjoin(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
        .where(*_conditions(scope, EntryFilter(park_id=park_id, in_view=True)))
        .group_by(human("stage"))
    )
    if work:
        query = query.where(_is_work(session, scope))
    counts: dict[Stage, int] = {}
    for name, count in session.execute(query):
        stage = Stage.SCREENING if name is None else Stage(name)
        counts[stage] = counts.get(stage, 0) + count
    return counts


def count_touched(session: Session, scope: Scope, side: Side, listing_ids: Sequence[int]) -> int:
    """How many entries of these listings, in scope, people have ever worked on."""
    of_side = LedgerEntry.achievement_id if side is Side.SUPPLY else LedgerEntry.demand_id
    query = (
        select(func.count())
        .select_from(LedgerEntry)
        .join(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
        .where(of_side.in_(listing_ids))
    )
    if scope.parks is not None:
        query = query.where(LedgerEntry.park_id.in_(scope.parks))
    return session.scalar(query) or 0


def entries(
    session: Session,
    scope: Scope,
    wanted: EntryFilter,
    *,
    after: EntryPlace | None = None,
    limit: int | None = None,
    only_live_on: date | None = None,
) -> list[EntryView]:
    """Entries in scope ordered by (demand id, rank, id), after that place.

    `only_live_on` leaves out pairs of which a side was withdrawn, expired or made secret since the run.
    """
    query = _ENTRIES.where(*_wanted(session, scope, wanted)).order_by(*_PLACE)
    if only_live_on is not None:
        query = query.where(
            *live_conditions(DemandRow, only_live_on), *live_conditions(AchievementRow, only_live_on)
        )
    if after is not None:
        query = query.where(LedgerEntry.demand_id >= after[0], tuple_(*_PLACE) > after)
    return _views(session, scope, session.execute(query.limit(limit)))


def paged(session: Session, scope: Scope, wanted: EntryFilter) -> Iterator[list[EntryView]]:
    """The same entries in the same order, a few hundred at a time."""
    page = entries(session, scope, wanted, limit=_CHUNK)
    while page:
        yield page
        page = entries(session, scope, wanted, after=place_of(page[-1]), limit=_CHUNK)


def count(session: Session, scope: Scope, wanted: EntryFilter) -> int:
    """How many entries `entries` gives of these."""
    query = (
        select(func.count())
        .select_from(LedgerEntry)
        .outerjoin(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
        .where(*_wanted(session, scope, wanted))
    )
    return session.scalar(query) or 0


def extras(
    session: Session, scope: Scope, wanted: EntryFilter
) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """What both lists say of each entry in columns of their own, demand's and achievement's, in the order of
    `entries`."""
    query = (
        select(DemandRow.data["extra"], AchievementRow.data["extra"])
        .select_from(LedgerEntry)
        .join(DemandRow, DemandRow.id == LedgerEntry.demand_id)
        .join(AchievementRow, AchievementRow.id == LedgerEntry.achievement_id)
        .outerjoin(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
        .where(*_wanted(session, scope, wanted))
        .order_by(*_PLACE)
    )
    for demand, achievement in session.execute(query.execution_options(yield_per=_CHUNK)):
        yield demand or {}, achievement or {}


def entry(session: Session, scope: Scope, entry_id: int) -> EntryView | None:
    """One entry in scope, whatever its standing."""
    query = _ENTRIES.where(LedgerEntry.id == entry_id)
    if scope.parks is not None:
        query = query.where(LedgerEntry.park_id.in_(scope.parks))
    row = session.execute(query).first()
    return None if row is None else _views(session, scope, [row])[0]


def entries_by_id(session: Session, scope: Scope, identifiers: Sequence[int]) -> dict[int, EntryView]:
    """Entries in scope by id."""
    by_id: dict[int, EntryView] = {}
    for start in range(0, len(identifiers), _CHUNK):
        query = _ENTRIES.where(LedgerEntry.id.in_(identifiers[start : start + _CHUNK]))
        if scope.parks is not None:
            query = query.where(LedgerEntry.park_id.in_(scope.parks))
        views = _views(session, scope, session.execute(query))
        by_id.update({view.id: view for view in views})
    return by_id


_CHUNK = 500


def feed(session: Session, scope: Scope, achievement_id: int, day: date) -> list[PairView]:
    """The released demands written for an achievement, in scope, that are still released and live."""
    query = (
        select(FeedEntry, DemandRow, AchievementRow, Park.code)
        .join(DemandRow, DemandRow.id == FeedEntry.demand_id)
        .join(AchievementRow, AchievementRow.id == FeedEntry.achievement_id)
        .join(Park, Park.id == FeedEntry.park_id)
        .where(
            FeedEntry.achievement_id == achievement_id,
            DemandRow.released,
            DemandRow.confidentiality == Confidentiality.PUBLIC.value,
            *live_conditions(DemandRow, day),
            *live_conditions(AchievementRow, day),
        )
        .order_by(FeedEntry.rank, FeedEntry.id)
    )
    if scope.parks is not None:
        query = query.where(FeedEntry.park_id.in_(scope.parks))
    rows = session.execute(query).all()
    bands = rule_versions.bands(session, {row.park_id for row, *_ in rows})
    return [
        from_row(
            PairView,
            row,
            **names_of(demand, achievement, park_code),
            terms=tuple(row.terms),
            band=bands.get(row.park_id, DEFAULT_BANDS).of(row.probability),
        )
        for row, demand, achievement, park_code in rows
    ]


_EXCLUDED = (
    select(literal(True))
    .where(
        Exclusion.demand_id == LedgerEntry.demand_id,
        Exclusion.achievement_id == LedgerEntry.achievement_id,
        Exclusion.lifted_at.is_(None),
    )
    .limit(1)
    .scalar_subquery()
)
"""True or None. PostgreSQL answers an EXISTS by reading every exclusion there is."""
_COLUMNS: Mapping[str, SQLColumnExpression[Any]] = {
    **{
        name: getattr(LedgerEntry, name)
        for name in (
            *("id", "park_id", "demand_id", "achievement_id", "rank", "similarity", "score", "probability"),
            *("contributions", "terms", "explored", "run_id", "demand_version", "achievement_version"),
            *("like_id", "like_opinion", "standing", "cause", "first_seen"),
        )
    },
    "machine_version": LedgerEntry.version,
    "park_code": Park.code,
    "park_name": Park.name,
    **{
        f"{side}_{name}": getattr(row, name)
        for side, row in (("demand", DemandRow), ("achievement", AchievementRow))
        for name in ("code", "title", "organisation", "replaced_by")
    },
    "achievement_industry": AchievementRow.data["industry"].as_string(),
    "demand_contact": DemandRow.data["contact"],
    "achievement_contact": AchievementRow.data["contact"],
    "demand_extra": DemandRow.data["extra"],
    "achievement_extra": AchievementRow.data["extra"],
    "excluded": func.coalesce(_EXCLUDED, False),
}
"""What an entry shows, by the fields of `EntryView`: of a listing's JSON what is shown of it alone."""

_ENTRIES: Select[*tuple[Any, ...]] = (
    select(*(column.label(name) for name, column in _COLUMNS.items()), LedgerHuman)
    .select_from(LedgerEntry)
    .join(DemandRow, DemandRow.id == LedgerEntry.demand_id)
    .join(AchievementRow, AchievementRow.id == LedgerEntry.achievement_id)
    .join(Park, Park.id == LedgerEntry.park_id)
    .outerjoin(LedgerHuman, LedgerHuman.entry_id == LedgerEntry.id)
)


def _views(session: Session, scope: Scope, rows: Iterable[Any]) -> list[EntryView]:
    """Rows of `_ENTRIES` as entries, each with its band and what repeats its achievement."""
    held = list(rows)
    bands = rule_versions.bands(session, {row.park_id for row in held})
    also = repeats.others(session, Side.SUPPLY, {row.achievement_id for row in held}, scope)
    return [
        _entry_view(row, bands.get(row.park_id, DEFAULT_BANDS), also.get(row.achievement_id, ()))
        for row in held
    ]


def _wanted(session: Session, scope: Scope, wanted: EntryFilter) -> list[ColumnElement[bool]]:
    """Every condition of a filter, those that depend on a park's thresholds included."""
    conditions = _conditions(scope, wanted)
    if wanted.band is not None:
        conditions.append(_in_band(session, scope, wanted.band))
    if wanted.work:
        conditions.append(_is_work(session, scope))
    return conditions


def _conditions(scope: Scope, wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if scope.parks is not None:
        park = _park(by_index=len(scope.parks) == 1 and wanted.achievement_id is None)
        conditions.append(park.in_(scope.parks))
    if wanted.park_id is not None:
        conditions.append(_park(by_index=wanted.achievement_id is None) == wanted.park_id)
    if wanted.demand_id is not None:
        conditions.append(LedgerEntry.demand_id == wanted.demand_id)
    if wanted.achievement_id is not None:
        conditions.append(LedgerEntry.achievement_id == wanted.achievement_id)
    if wanted.min_score is not None:
        conditions.append(LedgerEntry.score >= wanted.min_score)
    if wanted.standing is not None:
        conditions.append(LedgerEntry.standing == wanted.standing.value)
    if wanted.in_view:
        current = LedgerEntry.standing == Standing.CURRENT.value
        conditions.append(or_(current, LedgerHuman.entry_id.is_not(None)))
    if wanted.person is not None:
        conditions.append(names(wanted.person))
    if wanted.stage is not None:
        conditions.append(func.coalesce(human("stage"), Stage.SCREENING.value) == wanted.stage.value)
    return conditions


def _park(*, by_index: bool) -> ColumnElement[int]:
    """An entry's park, to be compared; without the index where another finds less.

    By that of parks SQLite took every entry of several and sorted them for one page (107 ms instead of 8
    of 30,000 entries), and a park's whole ledger for one achievement.
    """
    return LedgerEntry.park_id.expression if by_index else LedgerEntry.park_id + 0


def _in_band(session: Session, scope: Scope, band: Band) -> ColumnElement[bool]:
    """That an entry's probability is in a band by its own park's thresholds."""
    own = rule_versions.bands(session, scope.parks)
    of_parks = [and_(LedgerEntry.park_id == park, *_within(bands, band)) for park, bands in own.items()]
    return or_(*of_parks, and_(LedgerEntry.park_id.not_in(own), *_within(DEFAULT_BANDS, band)))


def _is_work(session: Session, scope: Scope) -> ColumnElement[bool]:
    """That an entry is likely or has no probability, or that a person has touched it."""
    likely = _in_band(session, scope, Band.LIKELY)
    return or_(likely, LedgerEntry.probability.is_(None), LedgerHuman.entry_id.is_not(None))


def _within(bands: Bands, band: Band) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    start, end = bands.bounds(band)
    return LedgerEntry.probability >= start, LedgerEntry.probability < end


def _entry_view(row: Any, bands: Bands, also: tuple[int, ...]) -> EntryView:
    *columns, by_people = row
    shown = dict(zip(_COLUMNS, columns, strict=True))
    opinion, cause = shown["like_opinion"], shown["cause"]
    shown |= {
        "terms": tuple(shown["terms"]),
        "like_opinion": None if opinion is None else Opinion(opinion),
        "standing": Standing(shown["standing"]),
        "cause": None if cause is None else Cause(cause),
        "demand_contact": Contact(**shown["demand_contact"] or {}),
        "achievement_contact": Contact(**shown["achievement_contact"] or {}),
        "demand_extra": shown["demand_extra"] or {},
        "achievement_extra": shown["achievement_extra"] or {},
    }
    return EntryView(
        **shown,
        band=bands.of(shown["probability"]),
        human_version=0 if by_people is None else by_people.version,
        work=work_of(by_people),
        updated_at=None if by_people is None else by_people.updated_at,
        updated_by=None if by_people is None else by_people.updated_by,
        also=also,
    )

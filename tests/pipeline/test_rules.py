"""A park's and a demand's rules: tried, saved, and taken up by the next night."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from matcher.domain.listing import Achievement, Maturity, Money, Side
from matcher.domain.rules import ParkProfile
from matcher.domain.standings import Trigger
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.exclusions import exclude_pair, lift_exclusion
from matcher.pipeline.nights.runs import get_run
from matcher.pipeline.rules.answers import ConstraintsAnswer, ProfileAnswer
from matcher.pipeline.rules.constraints import dry_run_constraints, read_constraints, save_constraints
from matcher.pipeline.rules.dry_run import TriedPair
from matcher.pipeline.rules.profiles import dry_run_profile, list_profile_versions, read_profile, save_profile
from matcher.pipeline.rules.stated import constraints_from, profile_from
from matcher.store import catalogue, revisions
from matcher.store.catalogue import Shelf
from matcher.store.revisions import Change
from matcher.store.tables import EntryState, LedgerEntry, RunRow
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, dump, operator_of, rows_of

Changes = dict[str, Any]


def asking(desk: Desk, principal: Principal = LOCAL_OPERATOR, **more: Any) -> Request:
    return Request(principal, desk.now, **more)


def save(desk: Desk, code: str, version: int | None = None, **profile: Any) -> ProfileAnswer:
    return save_profile(desk.database, asking(desk), code, profile_from(profile), version=version)


def constrain(desk: Desk, demand_id: int, **own: Any) -> ConstraintsAnswer:
    return save_constraints(desk.database, asking(desk), demand_id, constraints_from(own))


def current(desk: Desk, park_id: int | None = None) -> dict[tuple[int, int], LedgerEntry]:
    with desk.database.reading() as session:
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.standing == "current"))
        return {(one.demand_id, one.achievement_id): one for one in rows if park_id in {None, one.park_id}}


def matched(desk: Desk) -> tuple[int, int]:
    """Two parks with demands against 30 achievements of three units, from 0 to 290 万元, matched once."""
    one, other = desk.park("one"), desk.park("other")
    with desk.database.writing() as session:
        for number, row in enumerate(rows_of("S", 30)):
            listing = Achievement(
                title=row["title"],
                abstract=row["text"],
                code=row["code"],
                organisation=f"第{number % 3}研究所",
                industry="氢能" if number % 2 else "生物医药",
                price=Money(low=10.0 * number),
                maturity=Maturity(high=number % 9 + 1) if number % 4 else Maturity(),
            )
            revisions.add(session, Shelf(Side.SUPPLY), [listing], Change("tests", desk.now, "rest"))
        catalogue.raise_revision(session)
    desk.demands(one, *rows_of("D", 6, start=5, unit="企业", released="是"))
    desk.demands(other, *rows_of("E", 4, start=20, unit="企业", released="是"))
    desk.refresh()
    return one, other


@pytest.fixture
def desk(desk_like: DeskLike) -> Desk:
    return desk_like(matched)[0]


@pytest.fixture
def parks(desk_like: DeskLike) -> tuple[int, int]:
    return desk_like(matched)[1]


PROFILES: dict[str, Changes] = {
    "a threshold that nothing reaches": {"min_score": 1},
    "a probability": {"min_probability": 0.25},
    "a ceiling": {"constraints": {"max_price": 95}},
    "maturity, strictly": {"constraints": {"min_maturity": 6, "strict": True}},
    "weights": {"industries": {"氢能": 5.0}},
    "an organisation out": {"excluded_organisations": ["第0研究所"]},
    "two of a unit": {"per_organisation": 2, "top_k": 8},
    "more": {"top_k": 15},
    "a full park": {"max_entries": 17},
    "everything": {
        "min_score": 0.1,
        "per_organisation": 3,
        "max_entries": 20,
        "industries": {"生物医药": 2.0},
        "constraints": {"max_price": 200},
    },
}


def said(items: list[TriedPair]) -> set[tuple[Any, ...]]:
    return {(one.demand_id, one.achievement_id, one.event.value, *one.causes) for one in items}


@pytest.mark.both_engines
@pytest.mark.parametrize("name", PROFILES)
def test_a_changed_profile_makes_exactly_the_change_its_dry_run_announced(
    desk: Desk, parks: tuple[int, int], name: str
) -> None:
    park, other = parks
    profile = profile_from(PROFILES[name])
    desk.demands(park, *rows_of("D", 1, start=40, unit="企业"))
    untouched = dump(desk.database)
    theirs = {pair: one.version for pair, one in current(desk, other).items()}
    announced = dry_run_profile(desk.refresher(), LOCAL_OPERATOR, "one", profile)
    assert dump(desk.database) == untouched, "a dry run writes nothing"
    save(desk, "one", **PROFILES[name])
    report = desk.refresh()
    with desk.database.reading() as session:
        states = session.scalars(select(EntryState).where(EntryState.run_id == report.run_id)).all()
        pairs = {one.id: (one.demand_id, one.achievement_id) for one in session.scalars(select(LedgerEntry))}
    assert {one.park_id for one in states} <= {park}
    by_event = {
        event: {(*pairs[one.entry_id], event, *one.causes) for one in states if one.event == event}
        for event in ("created", "changed", "returned", "vanished")
    }
    assert said(announced.vanished) == by_event["vanished"]
    assert {one[:3] for one in said(announced.new)} == {
        one[:3] for one in by_event["created"] | by_event["returned"]
    }
    assert {one[:3] for one in said(announced.changed)} == {one[:3] for one in by_event["changed"]}
    assert announced.kept == report.entries_kept - len(theirs)
    assert len(announced.abstentions_then) == report.abstentions
    assert {pair: one.version for pair, one in current(desk, other).items()} == theirs
    after = dry_run_profile(desk.refresher(), LOCAL_OPERATOR, "one", profile)
    assert not any(getattr(after, part) for part in ("new", "changed", "vanished"))
    assert after.abstentions_now == after.abstentions_then == announced.abstentions_then


def test_a_probability_is_a_threshold(desk: Desk, parks: tuple[int, int]) -> None:
    before = {pair: one.probability or 0.0 for pair, one in current(desk, parks[0]).items()}
    median = sorted(before.values())[len(before) // 2]
    save(desk, "one", min_probability=median - 1e-9)
    desk.refresh()
    assert current(desk, parks[0]).keys() == {pair for pair, one in before.items() if one >= median}


@pytest.mark.both_engines
def test_a_demands_own_constraints_make_the_change_their_dry_run_announced(
    desk: Desk, parks: tuple[int, int]
) -> None:
    park, _ = parks
    demand = desk.demand(park, rows_of("D", 1, start=7)[0]["title"])
    before = current(desk)
    own = constraints_from({"max_price": 100})
    announced = dry_run_constraints(desk.refresher(), LOCAL_OPERATOR, demand.id, own)
    saved = constrain(desk, demand.id, max_price=100)
    assert (saved.version, saved.constraints.max_price) == (1, 100)
    report = desk.refresh()
    after = current(desk)
    assert report.entries_vanished == len(announced.vanished) > 0
    assert report.entries_created == len(announced.new)
    assert all(one.causes == ["constraint", "price"] for one in announced.vanished)
    assert len([pair for pair in after if pair[0] == demand.id]) == 10, "there are ten that it may have"
    assert {p: o.version for p, o in before.items() if p[0] != demand.id} == {
        p: o.version for p, o in after.items() if p[0] != demand.id
    }


@pytest.mark.both_engines
def test_what_a_profile_brings_about_is_put_down_to_it_in_that_park_alone(
    desk: Desk, parks: tuple[int, int]
) -> None:
    park, other = parks
    save(desk, "one", industries={"氢能": 5.0})
    desk.supply(*rows_of("T", 3, start=20, unit="新所"))
    report = desk.refresh()
    with desk.database.reading() as session:
        states = session.scalars(
            select(EntryState).where(EntryState.run_id == report.run_id, EntryState.event == "created")
        ).all()
        assert session.get_one(RunRow, report.run_id).profiles == {str(park): 1}
    by_park = {number: {c for one in states if one.park_id == number for c in one.causes} for number in parks}
    assert "profile" in by_park[park]
    assert "profile" not in by_park[other]
    demand = desk.demand(other, rows_of("E", 1, start=21)[0]["title"])
    constrain(desk, demand.id, max_price=50)
    report = desk.refresh()
    with desk.database.reading() as session:
        made = session.scalars(select(EntryState).where(EntryState.run_id == report.run_id)).all()
    assert {one.park_id for one in made} == {other}
    assert any("profile" in one.causes for one in made if one.event == "created")
    desk.demands(other, *rows_of("E", 1, start=50, unit="企业"))
    report = desk.refresh()
    with desk.database.reading() as session:
        made = session.scalars(select(EntryState).where(EntryState.run_id == report.run_id)).all()
    assert made
    assert not any("profile" in one.causes for one in made), "the rules are those of the run before"


def test_the_first_profile_that_says_nothing_changes_nothing(desk: Desk, parks: tuple[int, int]) -> None:
    before = dump(desk.database)
    assert save(desk, "one").version == 0
    assert dump(desk.database) == before
    save(desk, "one", top_k=10)
    kept = dump(desk.database, "run", "park_profile", "catalogue")
    assert desk.refresh().entries_kept == 100
    assert dump(desk.database, "run", "park_profile", "catalogue") == kept


@pytest.mark.both_engines
def test_every_save_makes_the_next_run_due_and_the_same_again_does_not(
    desk: Desk, parks: tuple[int, int]
) -> None:
    park, _ = parks
    demand = desk.demand(park, rows_of("D", 1, start=7)[0]["title"])
    pair = next(pair for pair in current(desk) if pair[0] == demand.id)

    def saves() -> list[Callable[[], object]]:
        return [
            lambda: save(desk, "one", min_score=0.1),
            lambda: constrain(desk, demand.id, max_price=1),
            lambda: exclude_pair(desk.database, asking(desk), *pair, "报价过高"),
        ]

    for act in saves():
        assert not desk.refresher().is_due()
        act()
        assert desk.refresher().is_due()
        desk.refresh()
    save(desk, "one", min_score=0.1)
    constrain(desk, demand.id, max_price=1)
    with pytest.raises(Conflict):
        exclude_pair(desk.database, asking(desk), *pair, "报价过高")
    assert not desk.refresher().is_due()


def test_an_excluded_pair_leaves_for_good_and_another_takes_its_place(
    desk: Desk, parks: tuple[int, int]
) -> None:
    pair = min(current(desk))
    excluded = exclude_pair(desk.database, asking(desk), *pair, "报价过高")
    report = desk.refresh()
    assert (report.entries_vanished, report.entries_created) == (1, 1)
    with desk.database.reading() as session:
        left = session.scalars(select(LedgerEntry).where(LedgerEntry.standing == "vanished")).one()
        feed = dump(desk.database)["feed_entry"]
    assert ((left.demand_id, left.achievement_id), left.cause) == (pair, "excluded")
    assert feed
    desk.demands(parks[0], *rows_of("D", 1, start=50, unit="企业"))
    desk.refresh()
    assert pair not in current(desk)
    lift_exclusion(desk.database, asking(desk), excluded.exclusion_id)
    desk.refresh()
    assert pair in current(desk)


def test_a_pair_over_a_quota_or_below_a_threshold_says_so(desk: Desk, parks: tuple[int, int]) -> None:
    save(desk, "one", max_entries=20)
    desk.refresh()
    assert len(current(desk, parks[0])) == 20
    save(desk, "one", per_organisation=1)
    desk.refresh()
    save(desk, "one", min_score=0.9)
    desk.refresh()
    save(desk, "one", top_k=1)
    desk.refresh()
    with desk.database.reading() as session:
        rows = session.execute(
            select(EntryState.run_id, EntryState.causes).where(EntryState.event == "vanished")
        )
        causes: dict[int, set[str]] = {}
        for run_id, found in rows:
            causes.setdefault(run_id, set()).update(found)
    assert causes == {2: {"quota"}, 3: {"quota"}, 4: {"below_threshold"}}


@pytest.mark.both_engines
def test_versions_are_kept_and_a_stale_one_is_refused(desk: Desk, parks: tuple[int, int]) -> None:
    assert read_profile(desk.database, LOCAL_OPERATOR, "one").version == 0
    assert save(desk, "one", 0, min_score=0.2).version == 1
    assert save(desk, "one", 1, min_score=0.2).version == 1, "the same again is no new version"
    assert save(desk, "one", 1, min_score=0.3).version == 2
    with pytest.raises(StaleVersion):
        save(desk, "one", 1, min_score=0.4)
    with pytest.raises(StaleVersion):
        dry_run_profile(desk.refresher(), LOCAL_OPERATOR, "one", ParkProfile(), version=1)
    held = read_profile(desk.database, LOCAL_OPERATOR, "one")
    assert (held.version, held.profile.min_score, held.actor) == (2, 0.3, "local")
    versions = list_profile_versions(desk.database, LOCAL_OPERATOR, "one").items
    assert [(one.version, one.profile.min_score) for one in versions] == [(2, 0.3), (1, 0.2)]
    request = asking(desk, key="k", digest="d")
    saved = [save_profile(desk.database, request, "one", ParkProfile(top_k=4), version=2) for _ in range(2)]
    assert saved[0].as_json() == saved[1].as_json()
    assert saved[0].version == 3


def test_a_run_says_whose_profiles_it_went_by_within_the_callers_scope(
    desk: Desk, parks: tuple[int, int]
) -> None:
    save(desk, "one", min_score=0.2)
    save(desk, "other", min_score=0.2)
    report = desk.refresh()
    assert get_run(desk.database, DISTRICT, report.run_id).profiles == {"one": 1, "other": 1}
    own = get_run(desk.database, operator_of(parks[0]).scope, report.run_id)
    assert (own.profiles, own.calibration) == ({"one": 1}, "prior-4")


@pytest.mark.both_engines
def test_rules_are_read_and_changed_within_the_callers_rights(desk: Desk, parks: tuple[int, int]) -> None:
    park, other = parks
    demand = desk.demand(park, rows_of("D", 1, start=7)[0]["title"]).id
    profile, own = ParkProfile(top_k=5), constraints_from({})

    def attempts(who: Principal) -> list[Callable[[], object]]:
        return [
            lambda: read_profile(desk.database, who, "one"),
            lambda: list_profile_versions(desk.database, who, "one"),
            lambda: read_constraints(desk.database, who, demand),
            lambda: save_profile(desk.database, asking(desk, who), "one", profile),
            lambda: save_constraints(desk.database, asking(desk, who), demand, own),
            lambda: dry_run_profile(desk.refresher(), who, "one", profile),
            lambda: dry_run_constraints(desk.refresher(), who, demand, own),
        ]

    for act in attempts(operator_of(other)):
        with pytest.raises(NotFound):
            act()
    reading, writing = (
        attempts(operator_of(park, role=Role.READER))[:3],
        attempts(operator_of(park, role=Role.READER))[3:],
    )
    for act in reading:
        act()
    for act in writing:
        with pytest.raises(Forbidden):
            act()
    for act in attempts(operator_of(park)):
        act()


WRONG: list[tuple[Any, str]] = [
    ({"min_score": 2}, "min_score"),
    ({"min_probability": 1}, "min_probability"),
    ({"top_k": "many"}, "top_k"),
    ({"industries": ["氢能"]}, "industries"),
    ({"partners": ["甲", ""]}, "partners"),
    ({"threshold": 0.5}, "threshold"),
    ({"constraints": {"price": 5}}, "price"),
    ({"constraints": {"max_price": "cheap"}}, "constraints.max_price"),
    ({"constraints": {"max_price": float("nan")}}, "max_price"),
    ({"constraints": [1]}, "constraints"),
]


@pytest.mark.parametrize(("record", "field"), WRONG)
def test_a_profile_that_cannot_be_is_refused_with_the_field_to_mend(record: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        profile_from(record)
    assert refused.value.field == field
    assert field.rpartition(".")[2] in refused.value.zh


def test_names_are_kept_as_lists_keep_them() -> None:
    profile = profile_from(
        {"partners": ["Ａ大学 ", "A大学"], "industries": {" 氢能": 2}, "constraints": {"modes": [" 许可"]}}
    )
    assert (profile.partners, profile.industries) == (("A大学",), {"氢能": 2.0})
    assert profile.constraints.modes == ("许可",)


def test_a_run_started_by_hand_takes_the_rules_up_too(desk: Desk, parks: tuple[int, int]) -> None:
    save(desk, "one", top_k=2)
    desk.refresher()(LOCAL_OPERATOR, Trigger.REQUEST)
    assert len(current(desk, parks[0])) == 12
    assert {one.organisation for one in desk.live(Side.DEMAND)} == {"企业"}

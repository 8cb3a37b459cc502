"""The park's own rules (一园一方案) and a demand's own: read, tried and saved, each save a new version.

Every save raises the catalogue revision, so that the next run takes it up.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.errors import InvalidInput, NotFound, StaleVersion
from matcher.domain.listing import Side
from matcher.domain.rules import Constraints, ParkProfile
from matcher.domain.text import normalise
from matcher.pipeline.idempotency import Request, once
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.nights.refresh import Refresh
from matcher.pipeline.rules.dry_run import TriedPark, try_constraints, try_profile
from matcher.store import catalogue, parks, rule_versions
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database, Transaction
from matcher.store.rule_versions import Saved

Rule = TypeVar("Rule", ParkProfile, Constraints)


def profile_from(record: object) -> ParkProfile:
    """A park's profile as people write it, its names normalised; what is left out is as by default.

    Raises:
        InvalidInput: an unknown field or an impossible value; `field` names it.
    """
    stated = _stated(record, ParkProfile, "profile")
    _stated(stated.get("constraints", {}), Constraints, "constraints")
    profile = _valid(rule_versions.profile_from_record, stated)
    return replace(
        profile,
        industries={normalise(name): weight for name, weight in profile.industries.items()},
        partners=_names(profile.partners),
        excluded_organisations=_names(profile.excluded_organisations),
        constraints=_tidied(profile.constraints),
    )


def constraints_from(record: object) -> Constraints:
    """A demand's own constraints as people write them.

    Raises:
        InvalidInput: as `profile_from`.
    """
    return _tidied(_valid(rule_versions.constraints_from_record, _stated(record, Constraints, "constraints")))


def read_profile(database: Database, principal: Principal, code: str) -> dict[str, Any]:
    """A park's profile and its version, 0 where it has saved none.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    park = get_park(database, code, principal.scope)
    with database.reading() as session:
        return _profile_json(park.code, rule_versions.profile(session, park.id))


def list_profile_versions(database: Database, principal: Principal, code: str) -> list[dict[str, Any]]:
    """Every version of a park's profile, newest first.

    Raises:
        NotFound, Forbidden: as `read_profile`.
    """
    principal.require(Right.READ_PARK)
    park = get_park(database, code, principal.scope)
    with database.reading() as session:
        return [_profile_json(park.code, one) for one in rule_versions.versions_of_profile(session, park.id)]


def save_profile(
    database: Database, request: Request, code: str, profile: ParkProfile, *, version: int | None = None
) -> dict[str, Any]:
    """Save a park's profile; the same one again makes no new version. `version` is the one the caller read.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller does not run the park.
        StaleVersion: another version was saved meanwhile.
    """
    request.principal.require(Right.RUN_PARK)
    park = get_park(database, code, request.principal.scope)

    def write(session: Transaction) -> dict[str, Any]:
        held = rule_versions.profile(session, park.id)
        _require_version(held.version, version)
        if held.rule != profile:
            held = rule_versions.save_profile(
                session, park.id, profile, actor=request.principal.name, at=request.now
            )
            catalogue.raise_revision(session)
        return _profile_json(park.code, held)

    return once(database, request, write)


def dry_run_profile(
    refresh: Refresh, principal: Principal, code: str, profile: ParkProfile, *, version: int | None = None
) -> dict[str, Any]:
    """What tonight's ledger of the park would be with this profile; nothing is written.

    Raises:
        NotFound, Forbidden, StaleVersion: as `save_profile`.
    """
    principal.require(Right.RUN_PARK)
    park = get_park(refresh.database, code, principal.scope)
    with refresh.database.reading() as session:
        _require_version(rule_versions.profile(session, park.id).version, version)
    return try_profile(refresh, TriedPark(park.id, park.code, principal.scope), profile)


def read_constraints(database: Database, principal: Principal, demand_id: int) -> dict[str, Any]:
    """A demand's own hard constraints and their version, 0 where it has none.

    Raises:
        NotFound: no such demand in scope.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        demand = _demand(session, demand_id, principal.scope)
        return _constraints_json(demand_id, rule_versions.constraints_of(session, demand.park_id, demand_id))


def save_constraints(
    database: Database, request: Request, demand_id: int, own: Constraints, *, version: int | None = None
) -> dict[str, Any]:
    """Save a demand's own hard constraints; the same ones again make no new version.

    Raises:
        NotFound: no such demand in scope.
        Forbidden, StaleVersion: as `save_profile`.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> dict[str, Any]:
        demand = _demand(session, demand_id, request.principal.scope)
        held = rule_versions.constraints_of(session, demand.park_id, demand_id)
        _require_version(held.version, version)
        if held.rule != own:
            held = rule_versions.save_constraints(
                session, demand.park_id, demand_id, own, actor=request.principal.name, at=request.now
            )
            catalogue.raise_revision(session)
        return _constraints_json(demand_id, held)

    return once(database, request, write)


def dry_run_constraints(
    refresh: Refresh, principal: Principal, demand_id: int, own: Constraints, *, version: int | None = None
) -> dict[str, Any]:
    """What the demand's part of tonight's ledger would be with these constraints; nothing is written.

    Raises:
        NotFound, Forbidden, StaleVersion: as `save_constraints`.
    """
    principal.require(Right.RUN_PARK)
    with refresh.database.reading() as session:
        demand = _demand(session, demand_id, principal.scope)
        _require_version(rule_versions.constraints_of(session, demand.park_id, demand_id).version, version)
        [park] = parks.page(session, Scope(frozenset({demand.park_id})))
    return try_constraints(refresh, TriedPark(park.id, park.code, principal.scope), demand_id, own)


def _demand(session: Transaction, demand_id: int, scope: Scope) -> HeldListing:
    held = catalogue.find(session, Side.DEMAND, demand_id, scope)
    if held is None:
        raise NotFound(f"没有编号为 {demand_id} 的需求。", f"there is no demand {demand_id}.")
    return held


def _require_version(held: int, read: int | None) -> None:
    if read is not None and read != held:
        raise StaleVersion(
            f"规则已被修改为第 {held} 版，您依据的是第 {read} 版；请重新读取后再改。",
            f"the rules are at version {held}, yours is {read}: read them again.",
            field="version",
        )


def _stated(record: object, kind: type[ParkProfile] | type[Constraints], name: str) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        raise InvalidInput(f"{name} 须为一个 JSON 对象。", f"{name} is one JSON object.", field=name)
    known = {field.name for field in fields(kind)}
    if strange := sorted(str(name) for name in record if name not in known):
        nested = kind is ParkProfile and strange[0] in {field.name for field in fields(Constraints)}
        raise InvalidInput(
            f'{strange[0]} 是硬性条件，请写在 constraints 里：{{"constraints": {{"{strange[0]}": …}}}}。'
            if nested
            else f"没有名为 {strange[0]} 的规则；可用的有：{'、'.join(sorted(known))}。",
            f"{strange[0]} goes into constraints."
            if nested
            else f"there is no rule {strange[0]}; there are {', '.join(sorted(known))}.",
            field=strange[0],
        )
    return record


def _valid(read: Callable[[Any], Rule], stated: Mapping[str, Any]) -> Rule:
    try:
        return read(stated)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(part) for part in wrong["loc"])
        raise InvalidInput(
            f"{name} 的值 {wrong['input']!r} 无效：{wrong['msg']}。",
            f"{name} is {wrong['input']!r}: {wrong['msg']}.",
            field=name,
        ) from None


def _tidied(constraints: Constraints) -> Constraints:
    return replace(constraints, modes=_names(constraints.modes), regions=_names(constraints.regions))


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(name) for name in names))


def _profile_json(park: str, saved: Saved[ParkProfile]) -> dict[str, Any]:
    return {"park": park, **_version_json(saved), "profile": rule_versions.profile_to_record(saved.rule)}


def _constraints_json(demand_id: int, saved: Saved[Constraints]) -> dict[str, Any]:
    record = rule_versions.constraints_to_record(saved.rule)
    return {"demand_id": demand_id, **_version_json(saved), "constraints": record}


def _version_json(saved: Saved[Rule]) -> dict[str, Any]:
    return {
        "version": saved.version,
        "at": None if saved.at is None else saved.at.isoformat(),
        "actor": saved.actor,
    }

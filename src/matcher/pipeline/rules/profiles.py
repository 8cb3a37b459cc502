"""A park's own rules (一园一方案): read, tried and saved, each save a new version.

Every save raises the catalogue revision, so that the next run takes it up.
"""

from dataclasses import replace

from matcher.domain.access import Principal, Right
from matcher.domain.rules import ParkProfile
from matcher.matching.inputs import Inputs
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.parks import park_named
from matcher.pipeline.nights.refresh import Refresh
from matcher.pipeline.rules.answers import ProfileAnswer, ProfileVersions
from matcher.pipeline.rules.dry_run import DryRunAnswer, difference
from matcher.pipeline.rules.versions import require_version
from matcher.store import catalogue, rule_versions
from matcher.store.database import Database, Transaction


def read_profile(database: Database, principal: Principal, code: str) -> ProfileAnswer:
    """A park's profile and its version, 0 where it has saved none.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        park = park_named(session, code, principal.scope)
        return ProfileAnswer.of(park.code, rule_versions.profile(session, park.id))


def list_profile_versions(database: Database, principal: Principal, code: str) -> ProfileVersions:
    """Every version of a park's profile, newest first.

    Raises:
        NotFound, Forbidden: as `read_profile`.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        park = park_named(session, code, principal.scope)
        versions = rule_versions.versions_of_profile(session, park.id)
    return ProfileVersions(items=[ProfileAnswer.of(park.code, saved) for saved in versions])


def save_profile(
    database: Database, request: Request, code: str, profile: ParkProfile, *, version: int | None = None
) -> ProfileAnswer:
    """Save a park's profile; the same one again makes no new version. `version` is the one the caller read.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller does not run the park.
        StaleVersion: another version was saved meanwhile.
    """
    principal = request.principal
    principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> ProfileAnswer:
        park = park_named(session, code, principal.scope)
        last = rule_versions.profile(session, park.id)
        require_version(last, version)
        if last.rule != profile:
            last = rule_versions.save_profile(session, park.id, profile, actor=principal.name, at=request.now)
            catalogue.raise_revision(session)
        return ProfileAnswer.of(park.code, last)

    return done_once(database, request, ProfileAnswer, write)


def dry_run_profile(
    refresh: Refresh, principal: Principal, code: str, profile: ParkProfile, *, version: int | None = None
) -> DryRunAnswer:
    """What tonight's ledger of the park would be with this profile; nothing is written.

    Raises:
        NotFound, Forbidden, StaleVersion: as `save_profile`.
    """
    principal.require(Right.RUN_PARK)
    with refresh.database.reading() as session:
        park = park_named(session, code, principal.scope)
        require_version(rule_versions.profile(session, park.id), version)

    def with_profile(inputs: Inputs) -> Inputs:
        return replace(inputs, profiles={park.id: profile})

    return difference(refresh, principal.scope, park, with_profile)

"""A demand's own hard constraints: read, tried and saved, each save a new version.

Every save raises the catalogue revision, so that the next run takes it up.
"""

from dataclasses import replace

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.listing import Side
from matcher.domain.rules import Constraints
from matcher.matching.inputs import Inputs
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.held import held_listing
from matcher.pipeline.nights.refresh import Refresh
from matcher.pipeline.rules.answers import ConstraintsAnswer
from matcher.pipeline.rules.dry_run import DryRunAnswer, difference
from matcher.pipeline.rules.versions import require_version
from matcher.store import catalogue, parks, rule_versions
from matcher.store.database import Database, Transaction


def read_constraints(database: Database, principal: Principal, demand_id: int) -> ConstraintsAnswer:
    """A demand's own hard constraints and their version, 0 where it has none.

    Raises:
        NotFound: no such demand in scope.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        demand = held_listing(session, Side.DEMAND, demand_id, principal.scope)
        saved = rule_versions.constraints_of(session, demand.park_id, demand_id)
    return ConstraintsAnswer.of(demand_id, saved)


def save_constraints(
    database: Database, request: Request, demand_id: int, rule: Constraints, *, version: int | None = None
) -> ConstraintsAnswer:
    """Save a demand's own hard constraints; the same ones again make no new version. `version` is the one
    the caller read.

    Raises:
        NotFound: no such demand in scope.
        Forbidden: the caller does not run the park.
        StaleVersion: another version was saved meanwhile.
    """
    principal = request.principal
    principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> ConstraintsAnswer:
        demand = held_listing(session, Side.DEMAND, demand_id, principal.scope)
        last = rule_versions.constraints_of(session, demand.park_id, demand_id)
        require_version(last, version)
        if last.rule != rule:
            last = rule_versions.save_constraints(
                session, demand.park_id, demand_id, rule, actor=principal.name, at=request.now
            )
            catalogue.raise_revision(session)
        return ConstraintsAnswer.of(demand_id, last)

    return done_once(database, request, ConstraintsAnswer, write)


def dry_run_constraints(
    refresh: Refresh, principal: Principal, demand_id: int, rule: Constraints, *, version: int | None = None
) -> DryRunAnswer:
    """What the demand's part of tonight's ledger would be with these constraints; nothing is written.

    Raises:
        NotFound, Forbidden, StaleVersion: as `save_constraints`.
    """
    principal.require(Right.RUN_PARK)
    with refresh.database.reading() as session:
        demand = held_listing(session, Side.DEMAND, demand_id, principal.scope)
        require_version(rule_versions.constraints_of(session, demand.park_id, demand_id), version)
        [park] = parks.page(session, Scope(frozenset({demand.park_id})))

    def with_own(inputs: Inputs) -> Inputs:
        return replace(inputs, constraints={**inputs.constraints, demand_id: rule})

    return difference(refresh, principal.scope, park, with_own, demand_id=demand_id)

"""The demands without a credible supply, ready to be posted as open challenges (揭榜)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from matcher.domain.abstention import what_binds, what_would_change
from matcher.domain.access import Principal, Right, Scope
from matcher.domain.days import beijing_day
from matcher.domain.labels import label
from matcher.domain.listing import Achievement
from matcher.domain.rules import NO_CONSTRAINTS, Constraint, Rules
from matcher.domain.text import mask_contacts
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.near_misses import near_misses_of
from matcher.store import abstentions, rule_versions
from matcher.store.abstentions import Unmatched
from matcher.store.catalogue import listing_of
from matcher.store.database import Database, Transaction


def list_abstentions(
    database: Database,
    principal: Principal,
    now: datetime,
    *,
    park: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[list[dict[str, Any]], int | None]:
    """One page of the demands in scope that the last run left without a match, in the order in which they
    came to be so, and the id to continue after, None on the last page.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read the park.
    """
    principal.require(Right.READ_PARK)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    more = None if limit is None else limit + 1
    day = beijing_day(now)
    with database.reading() as session:
        found = abstentions.page(session, principal.scope, day, park_id=park_id, after=after, limit=more)
        page = found if limit is None else found[:limit]
        by_demand = _rules(session, page)
        missed = near_misses_of(session, principal.scope, day, [one.demand.id for one in page])
    items = [
        abstention_json(one, by_demand[one.demand.id]) | {"near_misses": missed.get(one.demand.id, [])}
        for one in page
    ]
    return items, page[-1].id if len(found) > len(page) else None


def why_unmatched(
    session: Transaction, scope: Scope, day: date, *, park_id: int, demand_id: int
) -> tuple[str, str, str] | None:
    """Why the last run left a demand without a match, as a code, and with what would give one in Chinese and
    in English; None where it did not."""
    found = abstentions.page(session, scope, day, park_id=park_id, demand_id=demand_id)
    if not found:
        return None
    said = abstention_json(found[0], _rules(session, found)[demand_id])
    zh = "".join((said["binding_zh"], *said["counterfactuals_zh"]))
    en = " ".join((said["binding_en"], *said["counterfactuals_en"]))
    is_own = found[0].abstention.ruled_out.keys() == {Constraint.OWN_ORGANISATION}
    return "own_organisation_only" if is_own and said["nearest"] is None else said["reason"], zh, en


def abstention_json(one: Unmatched, by: Rules) -> dict[str, Any]:
    """The stable JSON form: `binding_*` say why it has no match, `counterfactuals_*` what would give one."""
    abstention = one.abstention
    nearest = None if one.nearest is None else listing_of(one.nearest)
    assert nearest is None or isinstance(nearest, Achievement)
    binding_zh, binding_en = what_binds(abstention)
    changes = what_would_change(abstention, by, nearest)
    return {
        "abstention_id": one.id,
        "park": one.park_code,
        "demand_id": one.demand.id,
        "demand_code": mask_contacts(one.demand.code),
        "demand_title": mask_contacts(one.demand.title),
        "demand_organisation": mask_contacts(one.demand.organisation),
        "reason": abstention.reason.value,
        "reason_label": label(abstention.reason, "zh"),
        "ruled_out": {name.value: count for name, count in abstention.ruled_out.items()},
        "ruled_out_labels": {name.value: label(name, "zh") for name in abstention.ruled_out},
        "nearest": None
        if one.nearest is None
        else {
            "achievement_id": one.nearest.id,
            "achievement_code": mask_contacts(one.nearest.code),
            "achievement_title": mask_contacts(one.nearest.title),
            "achievement_organisation": mask_contacts(one.nearest.organisation),
            "similarity": abstention.similarity,
            "score": abstention.score,
            "probability": abstention.probability,
            "failed": [name.value for name in abstention.nearest_failed],
            "failed_labels": [label(name, "zh") for name in abstention.nearest_failed],
        },
        "binding_zh": binding_zh,
        "binding_en": binding_en,
        "counterfactuals_zh": [mask_contacts(zh) for zh, _ in changes],
        "counterfactuals_en": [mask_contacts(en) for _, en in changes],
        "run_id": one.run_id,
        "since_run_id": one.since_run_id,
        "since": one.since.isoformat(),
    }


def _rules(session: Transaction, page: Sequence[Unmatched]) -> Mapping[int, Rules]:
    """What each demand of a page is matched by, by demand id."""
    parks = {one.abstention.park_id for one in page}
    profiles = {park_id: rule_versions.profile(session, park_id).rule for park_id in parks}
    own = {
        demand_id: saved.rule
        for park_id in parks
        for demand_id, saved in rule_versions.constraints(session, park_id).items()
    }
    return {
        one.demand.id: Rules(profiles[one.abstention.park_id], own.get(one.demand.id, NO_CONSTRAINTS))
        for one in page
    }

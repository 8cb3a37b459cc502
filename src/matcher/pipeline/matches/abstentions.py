"""The demands without a credible supply, ready to be posted as open challenges (揭榜)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from matcher.domain.abstention import what_binds
from matcher.domain.access import Principal, Right, Scope
from matcher.domain.counterfactual import Obstacle
from matcher.domain.days import beijing_day
from matcher.domain.labels import label
from matcher.domain.listing import Achievement
from matcher.domain.remedies import remedies
from matcher.domain.rules import Constraint, Rules
from matcher.domain.text import mask_contacts
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.near_misses import near_miss_json, near_misses_of
from matcher.store import abstentions, rule_versions
from matcher.store.abstentions import Unmatched
from matcher.store.catalogue import listing_of
from matcher.store.database import Database, Transaction
from matcher.store.near_misses import Missed


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
        items = _shown(session, principal.scope, day, page)
    return items, page[-1].id if len(found) > len(page) else None


def why_unmatched(
    session: Transaction, scope: Scope, day: date, *, park_id: int, demand_id: int
) -> tuple[str, str, str] | None:
    """Why the last run left a demand without a match, as a code, and with what would give one in Chinese and
    in English; None where it did not."""
    found = abstentions.page(session, scope, day, park_id=park_id, demand_id=demand_id)
    if not found:
        return None
    [said] = _shown(session, scope, day, found)
    zh = "".join((said["binding_zh"], *said["counterfactuals_zh"]))
    en = " ".join((said["binding_en"], *said["counterfactuals_en"]))
    is_own = found[0].abstention.ruled_out.keys() == {Constraint.OWN_ORGANISATION}
    return "own_organisation_only" if is_own and said["nearest"] is None else said["reason"], zh, en


def _shown(session: Transaction, scope: Scope, day: date, page: Sequence[Unmatched]) -> list[dict[str, Any]]:
    """Abstentions in the stable JSON form, with the near misses that stand."""
    rules = rule_versions.rules_of(session, {one.demand.id: one.abstention.park_id for one in page})
    missed = near_misses_of(session, scope, day, [*rules])
    return [_as_json(one, rules[one.demand.id], missed.get(one.demand.id, ())) for one in page]


def _as_json(one: Unmatched, rules: Rules, missed: Sequence[tuple[Missed, Obstacle]]) -> dict[str, Any]:
    """The stable JSON form: `binding_*` say why it has no match, `counterfactuals_*` what would give one."""
    abstention = one.abstention
    nearest = None if one.nearest is None else listing_of(one.nearest)
    assert nearest is None or isinstance(nearest, Achievement)
    binding_zh, binding_en = what_binds(abstention)
    changes = remedies(abstention, rules, nearest, [obstacle for _, obstacle in missed])
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
        "near_misses": [near_miss_json(*standing) for standing in missed],
    }

"""The demands without a credible supply, ready to be posted as open challenges (揭榜)."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field

from matcher.domain.abstention import Abstention, what_binds
from matcher.domain.access import Principal, Right, Scope
from matcher.domain.bands import Band, Bands
from matcher.domain.days import beijing_day
from matcher.domain.labels import label
from matcher.domain.listing import Achievement
from matcher.domain.remedies import remedies
from matcher.domain.rules import Rules
from matcher.domain.standings import AbstentionReason
from matcher.domain.text import mask_contacts
from matcher.domain.verdicts import Constraint
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer, Moment, Page
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.matches.answers import ReasonAnswer
from matcher.pipeline.matches.near_misses import NearMissAnswer, Standing, near_misses_of
from matcher.store import abstentions, rule_versions
from matcher.store.abstentions import Unmatched
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database, Transaction


class NearestMiss(Answer):
    """不计园区和需求的规则时得分最高的成果，以及它不满足哪些条件。"""

    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    similarity: float | None
    score: float | None
    probability: float | None
    band: Band | None
    failed: list[Constraint] = Field(description="不满足的硬性条件；为空则是未达门槛或超出数量限制")
    failed_labels: list[str]

    @classmethod
    def of(cls, abstention: Abstention, nearest: HeldListing, bands: Bands) -> "NearestMiss":
        """What an abstention says of its nearest miss; `bands` are those of the demand's park."""
        return cls(
            achievement_id=nearest.id,
            achievement_code=mask_contacts(nearest.listing.code),
            achievement_title=mask_contacts(nearest.listing.title),
            achievement_organisation=mask_contacts(nearest.listing.organisation),
            similarity=abstention.similarity,
            score=abstention.score,
            probability=abstention.probability,
            band=bands.of(abstention.probability),
            failed=list(abstention.nearest_failed),
            failed_labels=[label(name, "zh") for name in abstention.nearest_failed],
        )


class AbstentionAnswer(Answer):
    """一项没有可信供给的需求：什么条件限制了它，最接近的成果差在哪里。"""

    abstention_id: int
    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    reason: AbstentionReason
    reason_label: str
    ruled_out: dict[Constraint, int] = Field(description="硬性条件 → 被它排除的成果数")
    ruled_out_labels: dict[Constraint, str]
    nearest: NearestMiss | None = Field(description="最接近的成果")
    binding_zh: str = Field(description="为什么没有可信供给")
    binding_en: str
    counterfactuals_zh: list[str] = Field(description="怎样改变就能匹配")
    counterfactuals_en: list[str]
    near_misses: list[NearMissAnswer] = Field(description="只差一项条件的成果")
    run_id: int = Field(description="最近改动它的运行")
    since_run_id: int = Field(description="最先发现它没有供给的运行")
    since: Moment

    @classmethod
    def of(cls, unmatched: Unmatched, rules: Rules, missed: Sequence[Standing]) -> "AbstentionAnswer":
        """An abstention by the demand's rules as they are now, with the near misses that stand."""
        abstention, nearest, demand = unmatched.abstention, unmatched.nearest, unmatched.demand.listing
        achievement = None if nearest is None else nearest.listing
        assert achievement is None or isinstance(achievement, Achievement)
        binding_zh, binding_en = what_binds(abstention)
        changes = remedies(abstention, rules, achievement, [obstacle for _, obstacle, _ in missed])
        return cls(
            abstention_id=unmatched.id,
            park=unmatched.park_code,
            demand_id=abstention.demand_id,
            demand_code=mask_contacts(demand.code),
            demand_title=mask_contacts(demand.title),
            demand_organisation=mask_contacts(demand.organisation),
            reason=abstention.reason,
            reason_label=label(abstention.reason, "zh"),
            ruled_out=dict(abstention.ruled_out),
            ruled_out_labels={name: label(name, "zh") for name in abstention.ruled_out},
            nearest=None if nearest is None else NearestMiss.of(abstention, nearest, rules.profile.bands),
            binding_zh=binding_zh,
            binding_en=binding_en,
            counterfactuals_zh=[mask_contacts(zh) for zh, _ in changes],
            counterfactuals_en=[mask_contacts(en) for _, en in changes],
            near_misses=[NearMissAnswer.of(*standing) for standing in missed],
            run_id=unmatched.run_id,
            since_run_id=unmatched.since_run_id,
            since=unmatched.since,
        )


def list_abstentions(
    database: Database,
    principal: Principal,
    now: datetime,
    *,
    park: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[AbstentionAnswer]:
    """One page of the demands in scope that the last run left without a match, in the order in which they
    came to be so; all of them where there is no limit.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read the park.
        InvalidCursor: the cursor is not of this list.
    """
    principal.require(Right.READ_PARK)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    more = None if limit is None else limit + 1
    day, after = beijing_day(now), cursors.after_id("abstentions", cursor)
    with database.reading() as session:
        unmatched = abstentions.page(session, principal.scope, day, park_id=park_id, after=after, limit=more)
        page, following = cursors.cut(
            unmatched, limit or len(unmatched), lambda last: cursors.encode("abstentions", last.id)
        )
        items = _answers(session, principal.scope, day, page)
    return Page[AbstentionAnswer](items=items, next_cursor=following)


def nearest_first(
    session: Transaction, scope: Scope, day: date, park_id: int, places: slice
) -> tuple[list[AbstentionAnswer], int]:
    """Some of a park's demands without a match, the highest nearest miss first, and how many there are."""
    unmatched = sorted(
        abstentions.page(session, scope, day, park_id=park_id), key=_nearest_score, reverse=True
    )
    return _answers(session, scope, day, unmatched[places]), len(unmatched)


def why_unmatched(
    session: Transaction, scope: Scope, day: date, *, park_id: int, demand_id: int
) -> ReasonAnswer | None:
    """Why the last run left a demand without a match, with what would give one; None where it did not."""
    unmatched = abstentions.page(session, scope, day, park_id=park_id, demand_id=demand_id)
    if not unmatched:
        return None
    [answer] = _answers(session, scope, day, unmatched)
    is_own = answer.ruled_out.keys() == {Constraint.OWN_ORGANISATION} and answer.nearest is None
    return ReasonAnswer(
        code="own_organisation_only" if is_own else answer.reason.value,
        zh="".join((answer.binding_zh, *answer.counterfactuals_zh)),
        en=" ".join((answer.binding_en, *answer.counterfactuals_en)),
    )


def _nearest_score(unmatched: Unmatched) -> float:
    return 0.0 if unmatched.nearest is None else unmatched.abstention.score or 0.0


def _answers(
    session: Transaction, scope: Scope, day: date, page: Sequence[Unmatched]
) -> list[AbstentionAnswer]:
    rules = rule_versions.rules_of(
        session, {row.abstention.demand_id: row.abstention.park_id for row in page}
    )
    missed = near_misses_of(session, scope, day, [*rules])
    return [
        AbstentionAnswer.of(row, rules[row.abstention.demand_id], missed.get(row.abstention.demand_id, ()))
        for row in page
    ]

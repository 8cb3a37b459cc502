"""Starting a blind grading session: what several rankers would show for a park's demands, shuffled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.access import Right
from matcher.domain.days import beijing_day
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput
from matcher.domain.field_names import field_words
from matcher.domain.listing import LiveListing, text_of
from matcher.domain.text import normalise
from matcher.learning.blind import Pair, drawn, pooled
from matcher.matching.inputs import Inputs
from matcher.matching.pooling import rankers, rankings
from matcher.matching.searchable import judgeable
from matcher.pipeline.idempotency import Request, done_before, done_once
from matcher.pipeline.judgings.answers import JudgingAnswer
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.nights.inputs import inputs_of_park
from matcher.pipeline.nights.refresh import Refresh
from matcher.ports import Progress, silent
from matcher.store import judgings, scorings
from matcher.store.database import Transaction
from matcher.store.judgings import NewJudging, PooledText

MOST_DEMANDS = 500
MOST_DEEP = 50
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """How a session is made: demands drawn, first places taken of every ranker, seed of draw and order.

    Without a `name` it is called by its day. Raises InvalidInput, naming the field, for what is out of range.
    """

    demands: int = 20
    depth: int = 10
    seed: int = 7
    name: str = ""

    def __post_init__(self) -> None:
        for field, least, most in (
            ("demands", 1, MOST_DEMANDS),
            ("depth", 1, MOST_DEEP),
            ("seed", 0, MAX_ID),
        ):
            if not least <= getattr(self, field) <= most:
                raise InvalidInput(
                    f"{field_words(field)[0]}须在 {least} 与 {most} 之间。",
                    f"{field} must be between {least} and {most}.",
                    field=field,
                )
        if len(self.name) > MAX_NAME:
            raise InvalidInput(
                f"名称至多 {MAX_NAME} 字。", f"a name has at most {MAX_NAME} characters.", field="name"
            )


def start_judging(
    refresh: Refresh, request: Request, park: str, plan: Plan, progress: Progress = silent
) -> JudgingAnswer:
    """Pool pairs of a park's demands and keep them, with their texts as they are now, as a session.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller does not run the park.
        InvalidInput: the park has no demand and achievement that may be matched.
        Conflict: the Idempotency-Key stood for another request.
    """
    request.principal.require(Right.RUN_PARK)
    park_id = get_park(refresh.database, park, request.principal.scope).id
    before = done_before(refresh.database, request, JudgingAnswer)
    if before is not None:
        return before
    day, encoder = beijing_day(request.now), refresh.encoder
    with refresh.database.reading() as session:
        inputs = _drawn(inputs_of_park(session, day, park_id), plan)
        scorers = scorings.in_use(session, refresh.shipped)
    taking_part = rankers(scorers.of(park_id))
    method = replace(refresh, encoder_in_use=lambda: encoder).method(scorers)
    pairs = pooled(rankings(inputs, method, taking_part, plan.depth, progress), plan.depth, plan.seed)
    if not pairs:
        raise InvalidInput(
            "这个园区现在没有可以匹配的供需，无从评分；请先导入两张清单。",
            "this park has no demand and achievement that may be matched: import both lists first.",
            field="park",
        )
    new = NewJudging(
        park_id=park_id,
        name=normalise(plan.name) or _called(day),
        depth=plan.depth,
        seed=plan.seed,
        rankers=[scorer.version for scorer in taking_part],
        encoder_id=encoder.encoder_id,
        at=request.now,
        actor=request.principal.name,
    )

    def write(session: Transaction) -> JudgingAnswer:
        judging_id = judgings.add(session, new, _with_texts(inputs, pairs))
        judging = judgings.find(session, request.principal.scope, judging_id)
        assert judging is not None
        return JudgingAnswer.of(judging)

    return done_once(refresh.database, request, JudgingAnswer, write)


def _drawn(inputs: Inputs, plan: Plan) -> Inputs:
    """The inputs with as many demands as are wanted, of those that say enough to be matched."""
    said, _ = judgeable(inputs.demands)
    wanted = drawn([demand.id for demand in said], plan.demands, plan.seed)
    return replace(inputs, demands=[demand for demand in said if demand.id in wanted])


def _with_texts(inputs: Inputs, pairs: Sequence[Pair]) -> list[tuple[PooledText, PooledText]]:
    demands = {demand.id: demand for demand in inputs.demands}
    supply = {achievement.id: achievement for achievement in inputs.supply}
    return [(_text(demands[demand]), _text(supply[achievement])) for demand, achievement in pairs]


def _text(listed: LiveListing) -> PooledText:
    """The text that rankers compare, in which contacts are masked."""
    return PooledText(listed.id, listed.version, text_of(listed.listing))


def _called(day: date) -> str:
    return f"{day:%Y-%m-%d}"

"""Grading a session blind: sessions listed, the next pair shown, a grade written, agreement measured.

The grades measure: they reach no learning and no scoring, and a judge is shown no other's.
"""

from collections import defaultdict
from itertools import combinations

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.columns import GRADES
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.text import normalise
from matcher.learning.blind import kappa
from matcher.pipeline import cursors
from matcher.pipeline.answers import Page
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.judgings.answers import (
    AgreedAnswer,
    AgreementAnswer,
    BlindGradeAnswer,
    BlindPairAnswer,
    JudgeAnswer,
    JudgingAnswer,
    NextPairAnswer,
)
from matcher.pipeline.lists.parks import get_park
from matcher.store import judgings
from matcher.store.database import Database, Transaction
from matcher.store.judgings import BlindGrade, HeldJudging

_MAX_JUDGE = 200


def list_judgings(
    database: Database,
    principal: Principal,
    *,
    park: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[JudgingAnswer]:
    """One page of the sessions in scope, or of one park's, newest first.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read parks.
        InvalidCursor: it is not one of this list's.
    """
    principal.require(Right.READ_PARK)
    before = cursors.before_id("judgings", cursor)
    park_id = None if park is None else get_park(database, park, principal.scope).id
    with database.reading() as session:
        rows = judgings.page(session, principal.scope, park_id=park_id, before=before, limit=limit + 1)
    held, following = cursors.cut(rows, limit, lambda judging: cursors.encode("judgings", judging.id))
    return Page[JudgingAnswer](items=[JudgingAnswer.of(judging) for judging in held], next_cursor=following)


def next_pair(
    database: Database, principal: Principal, judging_id: int, judge: str, *, park: str | None = None
) -> NextPairAnswer:
    """The first pair of a session that a judge has not graded yet.

    Raises:
        NotFound: no such session in scope, or in the park where one is named.
        Forbidden: the caller may not grade.
        InvalidInput: no name of a judge.
    """
    principal.require(Right.WORK_LEDGER)
    judge = _named(judge)
    with database.reading() as session:
        judging = held_judging(session, principal.scope, judging_id, park)
        pair = judgings.next_ungraded(session, judging, judge)
    return NextPairAnswer(pair=None if pair is None else BlindPairAnswer.of(pair))


def grade_pair(
    database: Database,
    request: Request,
    judging_id: int,
    number: int,
    grade: int,
    judge: str,
    *,
    park: str | None = None,
) -> BlindGradeAnswer:
    """Write a judge's grade of a pair; it takes the place of one that the judge gave before.

    Raises:
        NotFound: no such session in scope, or no such pair of it.
        Forbidden: the caller may not grade.
        InvalidInput: no grade from 0 to 3, or no name of a judge.
        Conflict: the Idempotency-Key stood for another request.
    """
    request.principal.require(Right.WORK_LEDGER)
    given = BlindGrade(number, _named(judge), grade)
    if grade not in GRADES:
        raise InvalidInput("评分须为 0、1、2 或 3。", "a grade is 0, 1, 2 or 3.", field="grade")

    def write(session: Transaction) -> BlindGradeAnswer:
        judging = held_judging(session, request.principal.scope, judging_id, park)
        actor = request.principal.name
        if not judgings.grade(session, judging, given, at=request.now, actor=actor):
            raise NotFound(
                f"这场盲评没有第 {number} 对，共 {judging.pairs} 对。",
                f"this session has no pair {number}: it has {judging.pairs}.",
                field="number",
            )
        return BlindGradeAnswer(judging_id=judging_id, number=number, judge=given.judge, grade=grade)

    return done_once(database, request, BlindGradeAnswer, write)


def read_agreement(
    database: Database, principal: Principal, judging_id: int, *, park: str | None = None
) -> AgreementAnswer:
    """How much each judge has graded, and how far every two agree on the pairs that both have graded.

    Raises:
        NotFound: as `next_pair`.
        Forbidden: the caller may not read parks.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        judging = held_judging(session, principal.scope, judging_id, park)
        given = judgings.grades(session, judging)
    by_judge: dict[str, dict[int, int]] = defaultdict(dict)
    for held in given:
        by_judge[held.judge][held.number] = held.grade
    judges = sorted(by_judge)
    return AgreementAnswer(
        judging_id=judging.id,
        pairs=judging.pairs,
        judges=[JudgeAnswer(judge=judge, graded=len(by_judge[judge])) for judge in judges],
        agreements=[
            _agreed(first, by_judge[first], second, by_judge[second])
            for first, second in combinations(judges, 2)
        ],
    )


def held_judging(session: Transaction, scope: Scope, judging_id: int, park: str | None = None) -> HeldJudging:
    """A session in scope, and of the park where one is named.

    Raises:
        NotFound: there is none.
    """
    judging = judgings.find(session, scope, judging_id)
    if judging is None or park not in {None, judging.park_code}:
        raise NotFound(
            f"没有编号为 {judging_id} 的盲评。",
            f"there is no grading session {judging_id}.",
            field="judging_id",
        )
    return judging


def _agreed(first: str, of_first: dict[int, int], second: str, of_second: dict[int, int]) -> AgreedAnswer:
    both = sorted(of_first.keys() & of_second.keys())
    agreement = kappa([of_first[number] for number in both], [of_second[number] for number in both])
    return AgreedAnswer(first=first, second=second, pairs=len(both), kappa=agreement)


def _named(judge: str) -> str:
    name = normalise(judge)
    if not name or len(name) > _MAX_JUDGE:
        raise InvalidInput(
            f"请写明评分人，至多 {_MAX_JUDGE} 字。",
            f"name the judge, in at most {_MAX_JUDGE} characters.",
            field="judge",
        )
    return name

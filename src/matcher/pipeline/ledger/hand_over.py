"""Hand-over: all entries of one person in a park become another's, at once."""

from matcher.domain.access import Right
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import InvalidInput
from matcher.domain.work import hand_over
from matcher.pipeline.answers import Answer
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.lists.parks import park_named
from matcher.store import access, ledger
from matcher.store import human_columns as stored
from matcher.store.database import Database, Transaction

MAX_NAME = 200


class HandOverAnswer(Answer):
    """交接了几条，是哪几条。"""

    entries: int
    entry_ids: list[int]


def hand_over_entries(
    database: Database, request: Request, park_code: str, giver: str, taker: str
) -> HandOverAnswer:
    """Put `taker` in the place of the owner or technology manager `giver` on every entry of a park.

    Each entry gets its line of history, and the hand-over itself is recorded; says which entries it were.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller does not run the park.
        InvalidInput: a name is empty or too long, or both are the same.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> HandOverAnswer:
        old, new = _name(giver, "from"), _name(taker, "to")
        if old == new:
            raise InvalidInput("交接双方是同一人。", "both names are the same.", field="to")
        park = park_named(session, park_code, request.principal.scope)
        act = stored.Act(actor=request.principal.name, at=request.now, act="hand_over", via=request.via)
        theirs = ledger.entries(session, request.principal.scope, EntryFilter(park_id=park.id, person=old))
        for entry in theirs:
            stored.write(session, entry, hand_over(entry.work, old, new), act)
        changed = sorted(entry.id for entry in theirs)
        access.record(
            session,
            at=request.now,
            actor=request.principal.name,
            act="hand_over",
            subject=f"{len(changed)} entries: {old} → {new}",
            park_id=park.id,
        )
        return HandOverAnswer(entries=len(changed), entry_ids=changed)

    return done_once(database, request, HandOverAnswer, write)


def _name(name: str, field: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidInput(
            f"请填写姓名，最多 {MAX_NAME} 字。", f"give a name of up to {MAX_NAME} characters.", field=field
        )
    return name

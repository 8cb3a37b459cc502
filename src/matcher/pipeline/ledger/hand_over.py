"""Hand-over: all entries of one person in a park become another's, at once."""

from typing import Any

from matcher.domain.access import Right
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.work import hand_over
from matcher.pipeline.idempotency import Request, once
from matcher.store import access, ledger, parks
from matcher.store import human_columns as stored
from matcher.store.database import Database, Transaction

MAX_NAME = 200


def hand_over_entries(
    database: Database, request: Request, park_code: str, one: str, other: str
) -> dict[str, Any]:
    """Put `other` in the place of the owner or technology manager `one` on every entry of a park.

    Each entry gets its line of history, and the hand-over itself is recorded; says which entries it were.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller does not run the park.
        InvalidInput: a name is empty or too long, or both are the same.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> dict[str, Any]:
        given, taken = _name(one, "from"), _name(other, "to")
        if given == taken:
            raise InvalidInput("交接双方是同一人。", "both names are the same.", field="to")
        park = parks.find(session, park_code, request.principal.scope)
        if park is None:
            raise NotFound(f"没有代码为 {park_code} 的园区。", f"there is no park {park_code}.", field="park")
        act = stored.Act(actor=request.principal.name, at=request.now, act="hand_over", via=request.via)
        theirs = ledger.entries(session, request.principal.scope, EntryFilter(park_id=park.id, person=given))
        for entry in theirs:
            stored.write(session, entry, hand_over(entry.work, given, taken), act)
        changed = sorted(entry.id for entry in theirs)
        access.record(
            session,
            at=request.now,
            actor=request.principal.name,
            act="hand_over",
            subject=f"{len(changed)} entries: {given} → {taken}",
            park_id=park.id,
        )
        return {"entries": len(changed), "entry_ids": changed}

    return once(database, request, write)


def _name(name: str, field: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidInput(
            f"请填写姓名，最多 {MAX_NAME} 字。", f"give a name of up to {MAX_NAME} characters.", field=field
        )
    return name

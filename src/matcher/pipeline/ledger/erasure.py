"""One person's data erased everywhere; what is kept of it is that it was done."""

from pydantic import Field

from matcher.domain.access import Right
from matcher.domain.person import Person
from matcher.pipeline.answers import Answer
from matcher.pipeline.idempotency import Request
from matcher.store import access
from matcher.store import erase as stored
from matcher.store.database import Database


class ErasureAnswer(Answer):
    """各表删除了多少行中的信息；不含任何个人信息。"""

    dry_run: bool
    rows: dict[str, int] = Field(description="表 → 行数")
    total: int
    entries: int = Field(description="涉及的台账条目数")


def erase_person(
    database: Database, request: Request, person: Person, *, dry_run: bool = False
) -> ErasureAnswer:
    """Take a person out of every list, ledger, history and record; answers how many rows held them.

    The record of it names tables and counts alone. Files kept as evidence are not looked into. Asked again,
    it finds nothing more: no answer of it is kept, for that would keep a digest of who was erased. It waits
    for a run that is under way, which would write what it has read before.

    Raises:
        Forbidden: the caller does not administer the district.
    """
    request.principal.require(Right.ADMINISTER)
    actor = person.without(request.principal.name)
    with database.exclusive("refresh", wait=True), database.writing(dry_run=dry_run) as session:
        done = stored.erase(session, person, actor=actor, at=request.now, via=request.via)
        rows = dict(sorted(done.rows.items()))
        access.record(
            session,
            at=request.now,
            actor=actor,
            act="erase_person",
            subject=", ".join(f"{table} {count}" for table, count in rows.items()) or "nothing",
            park_id=None,
        )
    return ErasureAnswer(dry_run=dry_run, rows=rows, total=sum(rows.values()), entries=len(done.entries))

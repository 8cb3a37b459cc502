"""A shelf changed as a whole: planned from a snapshot, laid out aside, put in place at one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from matcher.domain.errors import Conflict
from matcher.domain.listing import Listing
from matcher.store import catalogue, staging
from matcher.store.catalogue import Shelf
from matcher.store.database import Database, Transaction
from matcher.store.revisions import Change, Rewrite

_TRIES = 3
"""How often a change is planned where others write to the shelf meanwhile."""

P = TypeVar("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfChange(Generic[P]):
    """What is to be written to a shelf, and the plan it comes from.

    `record` is called once, in the transaction that writes, and gives the id of the import, if it is one.
    """

    plan: P
    rewrites: Sequence[Rewrite]
    added: Sequence[Listing]
    change: Change
    record: Callable[[Transaction], int | None]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.rewrites or self.added)

    def lay_out(self, session: Transaction) -> None:
        """Put the rows into a table that this connection alone sees."""
        staging.lay_out(session, self.rewrites, self.added, self.change)

    def put_in_place(self, session: Transaction, shelf: Shelf) -> int | None:
        """Write what was laid out; answers what `record` does."""
        import_id = self.record(session)
        staging.put_in_place(session, shelf, replace(self.change, import_id=import_id))
        catalogue.raise_revision(session)
        return import_id


def change_shelf(
    database: Database, shelf: Shelf, plan: Callable[[Transaction], ShelfChange[P]]
) -> tuple[P, int | None]:
    """Plan a change and write it; other writers wait for the last step alone.

    Answers the plan that was written, and the import's id, None where there was nothing to write. Where the
    shelf was changed since it was looked at, the change is planned anew.

    Raises:
        Conflict: the shelf was changed each time.
    """
    for _ in range(_TRIES):
        with database.reading() as session:
            seen = catalogue.stamp(session, shelf)
            planned = plan(session)
        if planned.is_empty:
            return planned.plan, None
        with database.writing_after(planned.lay_out) as session:
            if catalogue.stamp(session, shelf) == seen:
                return planned.plan, planned.put_in_place(session, shelf)
    raise Conflict(
        "此清单正在被他人修改，什么也没有写入；请稍后再试。",
        "others are changing this list at the moment, and nothing was written: try again later.",
    )

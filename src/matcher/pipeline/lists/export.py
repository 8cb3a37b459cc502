"""A list as a file, under the columns it arrived with: a workbook, or CSV; both can be imported again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.list_columns import ListColumn
from matcher.domain.listing import Listing, Side
from matcher.domain.text import normalise
from matcher.files.list_files import write_list, write_list_csv
from matcher.files.list_sheet import ListSheet, columns_for, row_of
from matcher.pipeline.lists.masking import masked
from matcher.pipeline.lists.parks import park_named
from matcher.store import access, catalogue, imports
from matcher.store.catalogue import Shelf
from matcher.store.database import Database, Transaction

TITLES = {Side.SUPPLY: "科技成果供给清单", Side.DEMAND: "企业需求清单"}


class ListFormat(StrEnum):
    """What a list is written as."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExport:
    """A list that someone may have as a file: which one, and in which form.

    It can be written in another process; see `list_export`.
    """

    side: Side
    scope: Scope
    park_id: int | None
    source: str | None
    form: ListFormat
    unmasked: bool

    def write(self, database: Database, stream: BinaryIO) -> int:
        """Write the listings as of one moment, as they are read; returns how many.

        Memory does not grow with the list. A workbook reaches the stream when it is whole.
        """
        with database.reading() as session:
            columns = columns_for(self.side, self._listings(session), self._original(session))
            written = 0

            def rows() -> Iterator[Sequence[str]]:
                nonlocal written
                for written, listing in enumerate(self._listings(session), start=1):
                    yield row_of(listing, columns, written)

            sheet = ListSheet([column.heading for column in columns], rows())
            if self.form is ListFormat.CSV:
                write_list_csv(sheet, stream)
            else:
                write_list(sheet, TITLES[self.side], stream)
        return written

    def _original(self, session: Transaction) -> Sequence[ListColumn]:
        """The columns of the last list that was imported there; a list of all sources has none."""
        if self.side is Side.SUPPLY and self.source is None:
            return ()
        return imports.last_columns(session, Shelf(self.side, source=self.source or "", park_id=self.park_id))

    def _listings(self, session: Transaction) -> Iterator[Listing]:
        for held in catalogue.paged(session, self.side, self.scope, park_id=self.park_id, source=self.source):
            yield from (item.listing if self.unmasked else masked(item.listing) for item in held)


def list_export(
    database: Database,
    principal: Principal,
    side: Side,
    now: datetime,
    *,
    park: str | None = None,
    source: str | None = None,
    form: ListFormat = ListFormat.XLSX,
    unmask: bool = False,
) -> ListExport:
    """The listings of a park, or of a source or of all, that are not withdrawn, to be written as a file.

    The columns are those of the last list that was imported there, with further ones for what it has no
    column for. Contacts are masked unless `unmask`, which is recorded; a masked file imports again without
    losing them.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read this list, or not see contacts.
    """
    principal.require(Right.READ_PARK if side is Side.DEMAND else Right.READ_SUPPLY)
    if unmask:
        principal.require(Right.UNMASK)
    park_id = None
    if side is Side.DEMAND:
        with database.reading() as session:
            park_id = park_named(session, park or "", principal.scope).id
    if unmask:
        with database.writing() as session:
            access.record(
                session,
                at=now,
                actor=principal.name,
                act="unmask_list",
                subject=f"{side.value}:export:{form}",
                park_id=park_id,
            )
    return ListExport(
        side=side,
        scope=principal.scope,
        park_id=park_id,
        source=None if source is None else normalise(source),
        form=form,
        unmasked=unmask,
    )


def export_list(
    database: Database,
    principal: Principal,
    side: Side,
    stream: BinaryIO,
    now: datetime,
    *,
    park: str | None = None,
    source: str | None = None,
    form: ListFormat = ListFormat.XLSX,
    unmask: bool = False,
) -> int:
    """Write what `list_export` allows at once; returns how many listings.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not read this list, or not see contacts.
    """
    allowed = list_export(database, principal, side, now, park=park, source=source, form=form, unmask=unmask)
    return allowed.write(database, stream)

"""A list as a file, under the columns it arrived with: a workbook, or CSV; both can be imported again."""

from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from matcher.domain.access import Principal, Right
from matcher.domain.listing import Side
from matcher.domain.text import normalise
from matcher.files.list_files import write_list, write_list_csv
from matcher.files.list_sheet import list_sheet
from matcher.pipeline.lists.masking import masked
from matcher.pipeline.lists.parks import park_named
from matcher.store import access, catalogue, imports
from matcher.store.catalogue import Shelf
from matcher.store.database import Database

TITLES = {Side.SUPPLY: "科技成果供给清单", Side.DEMAND: "企业需求清单"}


class ListFormat(StrEnum):
    """What a list is written as."""

    XLSX = "xlsx"
    CSV = "csv"


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
    """Write the listings of a park, or of a source or of all, that are not withdrawn; returns how many.

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
    source = None if source is None else normalise(source)
    with database.reading() as session:
        park_id = None
        if side is Side.DEMAND:
            park_id = park_named(session, park or "", principal.scope).id
        held = catalogue.page(session, side, principal.scope, limit=None, park_id=park_id, source=source)
        original = []
        if side is Side.DEMAND or source is not None:
            original = imports.last_columns(session, Shelf(side, source=source or "", park_id=park_id))
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
    listings = [item.listing if unmask else masked(item.listing) for item in held]
    sheet = list_sheet(side, listings, original)
    if form is ListFormat.CSV:
        write_list_csv(sheet, stream)
    else:
        write_list(sheet, TITLES[side], stream)
    return len(listings)

"""The ledger as a file: the office workbook, or CSV."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.columns import ORIGINAL
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.labels import label
from matcher.domain.listing import Contact
from matcher.domain.text import mask_contacts
from matcher.domain.work import masked
from matcher.files.ledger_csv import write_ledger_csv
from matcher.files.ledger_sheet import LedgerRow
from matcher.files.ledger_workbook import write_ledger
from matcher.pipeline.ledger.answers import extra_columns
from matcher.pipeline.ledger.explanations import lines
from matcher.pipeline.lists.parks import get_park
from matcher.ports import Progress, silent
from matcher.store import access, ledger
from matcher.store.database import Database


class SheetFormat(StrEnum):
    """What a ledger is written as; both can be read back."""

    XLSX = "xlsx"
    CSV = "csv"


def export_ledger(
    database: Database,
    scope: Scope,
    park_code: str,
    stream: BinaryIO,
    now: datetime,
    *,
    form: SheetFormat = SheetFormat.XLSX,
    work: bool = False,
    original_columns: bool = False,
    unmask_for: Principal | None = None,
    progress: Progress = silent,
) -> int:
    """Write a park's entries in view as a workbook or a CSV file; returns how many.

    Only those that are `work` where asked: likely, or touched by people.
    With `original_columns`, what the lists say in columns of their own follows the machine's columns.
    Contacts are masked unless `unmask_for` names who is to see them, which is recorded.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: `unmask_for` may not see contacts.
    """
    park = get_park(database, park_code, scope)
    if unmask_for is not None:
        unmask_for.require(Right.UNMASK)
        with database.writing() as session:
            access.record(
                session,
                at=now,
                actor=unmask_for.name,
                act="unmask_ledger",
                subject=f"export:{form}",
                park_id=park.id,
            )
    with database.reading() as session:
        entries = ledger.entries(session, scope, EntryFilter(park_id=park.id, in_view=True, work=work))
        reasons = lines(session, scope, entries)
    unmasked = unmask_for is not None
    rows = [
        sheet_row(entry, reasons[entry.id], unmasked=unmasked, original_columns=original_columns)
        for entry in entries
    ]
    if form is SheetFormat.CSV:
        write_ledger_csv(rows, stream)
        return len(rows)
    write_ledger(
        rows,
        park_name=park.name,
        printed_on=beijing_day(now),
        stream=stream,
        written=lambda done: progress("write rows", done, len(rows)),
    )
    return len(rows)


def sheet_row(entry: EntryView, reason: str, *, unmasked: bool, original_columns: bool = False) -> LedgerRow:
    """An entry as a row of the sheet.

    Contacts in names and codes are masked; those of both sides, and those in what people wrote and in the
    lists' own columns, unless `unmasked`.
    """
    return LedgerRow(
        entry_id=entry.id,
        version=entry.human_version,
        work=entry.work if unmasked else masked(entry.work),
        rank=entry.rank,
        demand_code=mask_contacts(entry.demand_code),
        demand_title=mask_contacts(entry.demand_title),
        enterprise=mask_contacts(entry.demand_organisation),
        achievement_code=mask_contacts(entry.achievement_code),
        achievement_title=mask_contacts(entry.achievement_title),
        organisation=mask_contacts(entry.achievement_organisation),
        industry=mask_contacts(entry.achievement_industry),
        similarity=entry.similarity,
        score=entry.score,
        probability=entry.probability,
        band="" if entry.band is None else label(entry.band, "zh"),
        terms="、".join(entry.terms),
        reason=reason,
        standing=label(entry.standing, "zh"),
        cause="" if entry.cause is None else label(entry.cause, "zh"),
        run_id=entry.run_id,
        first_seen=beijing_day(entry.first_seen),
        **_contact("demand", entry.demand_contact, unmasked=unmasked),
        **_contact("achievement", entry.achievement_contact, unmasked=unmasked),
        original=_original(entry, unmasked=unmasked) if original_columns else {},
    )


def _contact(side: str, contact: Contact, *, unmasked: bool) -> dict[str, Any]:
    """The cells of a side's contact."""
    shown = contact if unmasked else contact.masked
    return {f"{side}_contact_{part}": text for part, text in asdict(shown).items()}


def _original(entry: EntryView, *, unmasked: bool) -> dict[str, str]:
    """The cells of both lists' own columns, by their headings in the sheet."""
    extra = {"demand": entry.demand_extra, "achievement": entry.achievement_extra}
    return {
        start + heading: text
        for side, start in ORIGINAL.items()
        for heading, text in extra_columns(extra[side], unmasked=unmasked).items()
        if text
    }

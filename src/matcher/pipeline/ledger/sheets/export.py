"""The ledger as a file: the office workbook, or CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from matcher.store.database import Database, Transaction


class SheetFormat(StrEnum):
    """What a ledger is written as; both can be read back."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerExport:
    """A park's ledger that someone may have as a file: what is in it, and in which form.

    It can be written in another process; see `ledger_export`.
    """

    park_id: int
    park_name: str
    scope: Scope
    now: datetime
    form: SheetFormat
    work: bool
    original_columns: bool
    unmasked: bool

    def write(self, database: Database, stream: BinaryIO, progress: Progress = silent) -> int:
        """Write the entries in view as of one moment, as they are read; returns how many.

        Memory does not grow with the ledger. A workbook reaches the stream when it is whole.
        """
        wanted = EntryFilter(park_id=self.park_id, in_view=True, work=self.work)
        with database.reading() as session:
            count = ledger.count(session, self.scope, wanted)
            original = self._headings(session, wanted) if self.original_columns else ()
            rows = self._rows(session, wanted)
            if self.form is SheetFormat.CSV:
                write_ledger_csv(rows, stream, original=original)
                return count
            write_ledger(
                rows,
                count=count,
                park_name=self.park_name,
                printed_on=beijing_day(self.now),
                stream=stream,
                original=original,
                written=lambda done: progress("write rows", done, count),
            )
        return count

    def _headings(self, session: Transaction, wanted: EntryFilter) -> list[str]:
        """The headings of the lists' own columns, in the order in which entries have them."""
        headings: dict[str, None] = {}
        for demand, achievement in ledger.extras(session, self.scope, wanted):
            headings |= dict.fromkeys(_original(demand, achievement, unmasked=True))
        return list(headings)

    def _rows(self, session: Transaction, wanted: EntryFilter) -> Iterator[LedgerRow]:
        for entries in ledger.paged(session, self.scope, wanted):
            reasons = lines(session, self.scope, entries)
            for entry in entries:
                yield sheet_row(
                    entry,
                    reasons[entry.id],
                    unmasked=self.unmasked,
                    original_columns=self.original_columns,
                )


def ledger_export(
    database: Database,
    scope: Scope,
    park_code: str,
    now: datetime,
    *,
    form: SheetFormat = SheetFormat.XLSX,
    work: bool = False,
    original_columns: bool = False,
    unmask_for: Principal | None = None,
) -> LedgerExport:
    """A park's entries in view, to be written as a workbook or a CSV file.

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
    return LedgerExport(
        park_id=park.id,
        park_name=park.name,
        scope=scope,
        now=now,
        form=form,
        work=work,
        original_columns=original_columns,
        unmasked=unmask_for is not None,
    )


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
    """Write what `ledger_export` allows at once; returns how many entries.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: `unmask_for` may not see contacts.
    """
    allowed = ledger_export(
        database,
        scope,
        park_code,
        now,
        form=form,
        work=work,
        original_columns=original_columns,
        unmask_for=unmask_for,
    )
    return allowed.write(database, stream, progress)


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
        original=_original(entry.demand_extra, entry.achievement_extra, unmasked=unmasked)
        if original_columns
        else {},
    )


def _contact(side: str, contact: Contact, *, unmasked: bool) -> dict[str, Any]:
    """The cells of a side's contact."""
    shown = contact if unmasked else contact.masked
    return {
        f"{side}_contact_name": shown.name,
        f"{side}_contact_phone": shown.phone,
        f"{side}_contact_email": shown.email,
    }


def _original(demand: Mapping[str, str], achievement: Mapping[str, str], *, unmasked: bool) -> dict[str, str]:
    """The cells of both lists' own columns, by their headings in the sheet."""
    extra = {"demand": demand, "achievement": achievement}
    return {
        start + heading: text
        for side, start in ORIGINAL.items()
        for heading, text in extra_columns(extra[side], unmasked=unmasked).items()
        if text
    }

"""Which columns each room of a program has; test_columns.py runs it on a program with more of them."""

import io
import json
import re
import sys
from datetime import UTC, datetime

from matcher.api.console_codes import codes_script
from matcher.api.schemas.ledger_bodies import EntryChanges, NewEntry
from matcher.cli.entries import _changes
from matcher.cli.entry_tables import _SHOWN
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.columns import EDITABLE, PEOPLE, UNTOUCHED
from matcher.domain.listing import Achievement, Demand, Side
from matcher.files.ledger_reading import _COLUMN_OF, read_ledger
from matcher.files.ledger_sheet import COLUMNS
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.ledger.edits import add_entry, edit_entry, read_entry
from matcher.pipeline.ledger.history import read_history
from matcher.pipeline.ledger.sheets.export import export_ledger
from matcher.pipeline.ledger.sheets.importing import import_ledger
from matcher.store import parks, revisions
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.records import work_to_record
from matcher.store.revisions import Change
from matcher.store.tables import Base, LedgerHuman

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def rooms() -> dict[str, list[str]]:
    """Room → the columns that it has."""
    console = json.loads(dict(re.findall(r"export const (\w+) = (.*);", codes_script()))["COLUMNS"])
    return {
        "table": [column.name for column in PEOPLE],
        "database": list(LedgerHuman.__table__.columns.keys()),
        "record": list(work_to_record(UNTOUCHED)),
        "answer": list(EntryAnswer.model_fields),
        "editable": list(EDITABLE),
        "changes": list(EntryChanges.model_fields),
        "new entry": list(NewEntry.model_fields),
        "sheet": [column.name for column in COLUMNS],
        "sheet read back": [column.name for column in _COLUMN_OF.values()],
        "command line": [column.key for column in _SHOWN],
        "console": list(console),
        "console form": [name for name, described in console.items() if "group" in described],
    }


def round_trip(address: str) -> None:
    """Write the columns of `MADE_UP`, and read them as the entry, its history and its sheet."""
    database = Database.open(address)
    Base.metadata.create_all(database.engine)
    change = Change("local", NOW, "rest")
    with database.writing() as session:
        shelf = Shelf(Side.DEMAND, park_id=parks.add(session, "p", "园", "", NOW).id)
        [demand] = revisions.add(session, shelf, [Demand(title="需求")], change)
        [supply] = revisions.add(session, Shelf(Side.SUPPLY), [Achievement(title="成果")], change)
    request = Request(LOCAL_OPERATOR, NOW)
    entry = add_entry(database, request, demand.id, supply.id).entry_id
    sent = _changes(["visited_on=2026-11-20", "matchmaker=示例赵 13800005555", "subsidy=12.5"])
    answer = edit_entry(database, request, entry, sent).as_json()
    assert (answer["visited_on"], answer["subsidy"]) == ("2026-11-20", 12.5)
    assert answer["matchmaker"] == "示例赵 138****5555"
    assert read_entry(database, LOCAL_OPERATOR, entry, NOW).as_json() == answer
    told = read_history(database, LOCAL_OPERATOR, entry).as_json()["items"][-1]["changes"]
    assert told["visited_on"] == {"before": None, "after": "2026-11-20"}
    sheet = io.BytesIO()
    export_ledger(database, DISTRICT, "p", sheet, NOW)
    [row], strange = read_ledger(sheet.getvalue())
    assert (row.cells["visited_on"][:10], row.cells["subsidy"], strange) == ("2026-11-20", "12.5", [])
    assert import_ledger(database, request, "p", "台账.xlsx", sheet.getvalue()).changes == []


if __name__ == "__main__":
    if len(sys.argv) > 1:
        round_trip(sys.argv[1])
    else:
        print(json.dumps(rooms()))

"""A row of an edited ledger that names another pair than its hidden entry id is never written."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import EntryFilter, EntryView
from matcher.files.ledger_reading import ReadRow, read_ledger
from matcher.files.ledger_sheet import COLUMNS
from matcher.files.ledger_workbook import HEADER_ROW
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.sheets.export import export_ledger
from matcher.pipeline.ledger.sheets.importing import import_ledger
from matcher.pipeline.ledger.sheets.names import PairNames
from tests.files.given import saved
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import Desk, row, rows_of

CASES = Path(__file__).parents[1] / "files" / "cases" / "operator"
NAMES = {column.zh: column.name for column in COLUMNS}
HEADINGS = {column.name: column.zh for column in COLUMNS}


def nameless(kind: str, count: int, start: int = 0) -> list[dict[str, str]]:
    """Rows with titles alone, as of an institute's catalogue without codes and units."""
    return [{**made, "code": "", "unit": ""} for made in rows_of(kind, count, start)]


def filled(desk: Desk) -> int:
    """A park with two entries for each of three demands, none of which has a code or an organisation."""
    park = desk.park("a")
    desk.supply(*nameless("A", 6))
    desk.demands(park, *nameless("D", 3))
    desk.refresh(top_k=2)
    return park


def ledger_of(desk: Desk, park: int) -> list[EntryView]:
    return list_entries(desk.database, DISTRICT, EntryFilter(park_id=park, in_view=True))[0]


def exported(desk: Desk) -> bytes:
    stream = io.BytesIO()
    export_ledger(desk.database, DISTRICT, "a", stream, desk.now)
    return stream.getvalue()


def brought(desk: Desk, content: bytes) -> dict[str, Any]:
    return import_ledger(
        desk.database, Request(LOCAL_OPERATOR, desk.now), "a", "台账.xlsx", content
    ).as_json()


Table = list[dict[str, Any]]


def edited(content: bytes, edit: Callable[[Table], object], order: Sequence[str] = ()) -> bytes:
    """The sheet with its rows edited as records by column; `order` names the columns that are kept."""
    workbook = load_workbook(io.BytesIO(content))
    sheet: Worksheet = workbook.worksheets[0]
    names = [NAMES[str(cell.value)] for cell in sheet[HEADER_ROW]]
    rows: Table = [
        dict(zip(names, (cell.value for cell in line), strict=True))
        for line in sheet.iter_rows(min_row=HEADER_ROW + 1)
    ]
    edit(rows)
    kept = list(order) or names
    sheet.delete_rows(HEADER_ROW, sheet.max_row)
    lines = [[HEADINGS[name] for name in kept], *([record[name] for name in kept] for record in rows)]
    for number, line in enumerate(lines, start=HEADER_ROW):
        for position, value in enumerate(line, start=1):
            sheet.cell(number, position).value = value
    return saved(workbook)


HIDDEN = [column.name for column in COLUMNS if column.hidden]
ALL = [column.name for column in COLUMNS]


def rearranged(rows: Table, places: Sequence[int]) -> None:
    """Move what is visible, as sorting the visible columns does; each row's notes say whose it was."""
    visible = [{name: record[name] for name in record if name not in HIDDEN} for record in rows]
    for record, place in zip(rows, places, strict=True):
        record.update(visible[place])


def noted(rows: Table) -> None:
    for record in rows:
        record["notes"] = f"{record['demand_title']}+{record['achievement_title']}"


ORDERS = {
    "as exported": ALL,
    "columns reordered": ALL[::-1],
    "without a figure's column": [name for name in ALL if name != "similarity"],
    "without the checksum": [name for name in ALL if name != "check"],
}


@pytest.mark.both_engines
@pytest.mark.parametrize("order", ORDERS)
def test_rows_sorted_apart_from_their_ids_are_refused_with_both_names(desk: Desk, order: str) -> None:
    park = filled(desk)
    before = ledger_of(desk, park)

    def sort_visible(rows: Table) -> None:
        noted(rows)
        rearranged(rows, list(reversed(range(len(rows)))))

    report = brought(desk, edited(exported(desk), sort_visible, ORDERS[order]))
    assert report["changes"] == []
    assert {refusal["code"] for refusal in report["rejected"]} == {"another_entry"}
    assert report["rows_rejected"] == len(before)
    first = report["rejected"][0]
    named, meant = before[-1], before[0]
    for text in (first["reason"], first["reason_en"]):
        for title in (named.demand_title, named.achievement_title, meant.demand_title):
            assert title in text
    assert ledger_of(desk, park) == before


def test_whatever_is_moved_nothing_is_written_to_another_pair(new_desk: NewDesk) -> None:
    desk = new_desk()
    park = filled(desk)
    seen: set[int] = set()

    @settings(max_examples=25, deadline=None)
    @given(places=st.permutations(range(6)))
    def holds(places: list[int]) -> None:
        def move(rows: Table) -> None:
            noted(rows)
            rearranged(rows, places)

        report = brought(desk, edited(exported(desk), move, ORDERS["without the checksum"]))
        own = {number for number, place in enumerate(places) if number == place}
        seen.update(own)
        entries = ledger_of(desk, park)
        assert report["rows_rejected"] == 6 - len(own)
        assert {number for number, entry in enumerate(entries) if entry.work.notes} == seen
        for entry in entries:
            assert entry.work.notes in ("", f"{entry.demand_title}+{entry.achievement_title}")

    holds()


def test_a_listing_renamed_since_the_export_is_still_the_one_it_was(desk: Desk) -> None:
    park = desk.park("a")
    desk.supply(*rows_of("A", 6))
    demands = rows_of("D", 3)
    desk.demands(park, *demands)
    desk.refresh(top_k=2)
    content = exported(desk)
    desk.demands(park, *({**demand, "title": f"改名后的{demand['title']}"} for demand in demands))
    desk.refresh(top_k=2)

    def write_and_change_a_figure(rows: Table) -> None:
        for record in rows:
            record.update(notes="改名之前导出", similarity=0.5)

    report = brought(desk, edited(content, write_and_change_a_figure))
    assert (report["rejected"], report["rows_changed"]) == ([], 6)
    assert all(entry.demand_title.startswith("改名后的") for entry in ledger_of(desk, park))
    titled = brought(desk, edited(exported(desk), lambda rows: rows[0].update(demand_title="从未有过的名称")))
    assert [refusal["code"] for refusal in titled["rejected"]] == ["another_entry"]


def test_names_are_the_same_whatever_their_width_and_white_space(desk: Desk) -> None:
    filled(desk)
    wide = {code: code + 0xFEE0 for code in range(0x30, 0x3A)}

    def reshape(rows: Table) -> None:
        for record in rows:
            title = str(record["demand_title"])
            record.update(notes="重新键入", demand_title=f" {title[:2]}\u3000{title[2:]}\n".translate(wide))

    report = brought(desk, edited(exported(desk), reshape, ORDERS["without the checksum"]))
    assert (report["rejected"], report["rows_changed"]) == ([], 6)


def test_a_deleted_column_of_names_is_said_and_a_blank_name_contradicts_nothing(desk: Desk) -> None:
    filled(desk)
    kept = [name for name in ALL if name != "achievement_title"]
    report = brought(
        desk, edited(exported(desk), lambda rows: rows[0].update(notes="没有成果名称一列"), kept)
    )
    assert (report["rejected"], report["rows_changed"]) == ([], 1)
    [said] = [refusal for refusal in report["ignored"] if refusal["code"] == "names_missing"]
    assert said["heading"] == "成果名称"
    blank = brought(
        desk, edited(exported(desk), lambda rows: rows[1].update(notes="清空了名称", demand_title=None))
    )
    assert (blank["rejected"], blank["rows_changed"]) == ([], 1)
    assert [refusal["code"] for refusal in blank["ignored"]] == ["machine_column"]


def test_without_a_title_the_organisation_or_the_code_decides(desk: Desk) -> None:
    park = desk.park("a")
    desk.supply(*rows_of("A", 6, unit="甲院"))
    desk.demands(park, *rows_of("D", 3, unit="某公司"))
    desk.refresh(top_k=2)
    kept = [name for name in ALL if name not in ("achievement_title", "demand_title")]
    for change in ({"enterprise": "别的公司"}, {"achievement_code": "Z-9"}):

        def type_in(rows: Table, change: dict[str, str] = change) -> None:
            rows[0].update(change)

        report = brought(desk, edited(exported(desk), type_in, kept))
        assert [refusal["code"] for refusal in report["rejected"]] == ["another_entry"]


def test_one_title_of_two_enterprises_tells_their_rows_apart(desk: Desk) -> None:
    park = desk.park("a")
    desk.supply(*rows_of("A", 2))
    demands = [row("储氢瓶泄漏检测", f"在线检测，{name}用。", unit=name) for name in ("甲公司", "乙公司")]
    desk.demands(park, *demands)
    desk.refresh(top_k=2)

    def swap(rows: Table) -> None:
        noted(rows)
        firms = [record["enterprise"] for record in rows]
        other = {firms[0]: next(firm for firm in firms if firm != firms[0])}
        other |= {firm: former for former, firm in other.items()}
        for record in rows:
            record["enterprise"] = other[record["enterprise"]]

    report = brought(desk, edited(exported(desk), swap))
    assert {refusal["code"] for refusal in report["rejected"]} == {"another_entry"}
    assert report["changes"] == []


def test_a_row_pasted_over_another_with_its_id_writes_only_to_its_own_entry(desk: Desk) -> None:
    park = filled(desk)

    def paste(rows: Table) -> None:
        rows[0]["notes"] = "整行复制"
        rows[1].update(rows[0])

    report = brought(desk, edited(exported(desk), paste))
    assert (report["rejected"], report["rows_changed"]) == ([], 1)
    assert [bool(entry.work.notes) for entry in ledger_of(desk, park)] == [True, *[False] * 5]


def test_of_an_offices_partly_sorted_ledger_exactly_the_moved_rows_are_refused(desk: Desk) -> None:
    park = filled(desk)
    [whole, _], [moved, _] = (
        read_ledger((CASES / name).read_bytes()) for name in ("台账导出.xlsx", "t_partialsort.xlsx")
    )
    some = ledger_of(desk, park)[0]
    entries = {record.number("entry_id"): entry_of(record, some) for record in whole}

    def names(record: ReadRow) -> tuple[str, ...]:
        return tuple(record.cells[name] for name in ("demand_title", "achievement_title"))

    right = {record.number("entry_id"): names(record) for record in whole}
    with desk.database.reading() as session:
        held = PairNames(session, park, list(entries.values()))
        assert not any(held.contradicts(record, entries[record.number("entry_id")]) for record in whole)
        refused = {
            record.row for record in moved if held.contradicts(record, entries[record.number("entry_id")])
        }
    expected = {record.row for record in moved if names(record) != right[record.number("entry_id")]}
    assert refused == expected
    assert len(refused) == 2


def entry_of(record: ReadRow, some: EntryView) -> EntryView:
    """The entry that a row of an export was written from; its listings are none of the desk's."""
    identifier = 10_000 + (record.number("entry_id") or 0)
    return replace(
        some,
        id=record.number("entry_id") or 0,
        demand_id=identifier,
        demand_title=record.cells["demand_title"],
        demand_code=record.cells["demand_code"],
        demand_organisation=record.cells["enterprise"],
        achievement_id=identifier,
        achievement_title=record.cells["achievement_title"],
        achievement_code=record.cells["achievement_code"],
        achievement_organisation=record.cells["organisation"],
    )

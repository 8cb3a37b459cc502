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
    park = desk.park("a")
    desk.supply(*rows_of("A", 6))
    desk.demands(park, *rows_of("D", 3))
    desk.refresh(top_k=2)
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


SEALS = (
    row("密封圈老化", "耐油密封圈三个月即老化开裂，求耐温材料。", code="S1", unit="甲公司"),
    row("密封圈老化", "阀门密封圈在低温下老化变硬，求新配方。", code="S2", unit="乙公司"),
    row("密封圈老化", "泵用密封圈受酸老化，求耐酸涂层。", unit="甲公司"),
    row("轴承磨损", "密封圈失效后轴承磨损。", code="S4", unit="乙公司"),
)
REMEDIES = (
    row("泵用机械密封", "耐油耐温的密封圈材料。", code="C1", unit="甲院"),
    row("泵用机械密封", "低温不老化的密封圈配方。", code="C2", unit="乙院"),
    row("耐酸涂层", "密封圈的耐酸涂层。", unit="甲院"),
)
NAMING = (
    "demand_title",
    "demand_code",
    "enterprise",
    "achievement_title",
    "achievement_code",
    "organisation",
)


def alike(desk: Desk) -> int:
    """A park whose listings share titles and organisations."""
    park = desk.park("a")
    desk.supply(*REMEDIES)
    desk.demands(park, *SEALS)
    desk.refresh(top_k=3)
    return park


def numbered(rows: Table) -> None:
    """Each row's notes say whose it was."""
    for record in rows:
        record["notes"] = str(record["entry_id"])


def own_or_blank(entries: Sequence[EntryView]) -> bool:
    return all(entry.work.notes in ("", str(entry.id)) for entry in entries)


@pytest.mark.parametrize(
    "deleted",
    [
        ("demand_code",),
        ("demand_code", "check"),
        ("achievement_code",),
        ("demand_code", "enterprise"),
        ("demand_code", "enterprise", "check"),
        ("achievement_code", "organisation"),
        ("demand_title", "achievement_title"),
        NAMING,
    ],
    ids="+".join,
)
def test_a_deleted_column_of_names_lets_no_value_of_a_moved_row_in(
    desk: Desk, deleted: Sequence[str]
) -> None:
    park = alike(desk)
    kept = [name for name in ALL if name not in deleted]

    def move(rows: Table) -> None:
        numbered(rows)
        rearranged(rows, [*range(1, len(rows)), 0])

    report = brought(desk, edited(exported(desk), move, kept))
    assert (report["changes"], report["rows_rejected"]) == ([], report["rows"])
    assert own_or_blank(ledger_of(desk, park))


def test_of_rows_moved_or_not_with_any_names_deleted_or_blanked_only_an_entrys_own_is_written(
    new_desk: NewDesk,
) -> None:
    desk = new_desk()
    park = alike(desk)
    count = len(ledger_of(desk, park))
    places = st.permutations(range(count)) | st.just([*range(count)])
    blanks = st.lists(st.tuples(st.integers(0, count - 1), st.sampled_from(NAMING)), max_size=6)

    @settings(max_examples=40, deadline=None)
    @given(places=places, deleted=st.sets(st.sampled_from([*NAMING, "check"])), blanks=blanks)
    def holds(places: list[int], deleted: set[str], blanks: list[tuple[int, str]]) -> None:
        def move(rows: Table) -> None:
            numbered(rows)
            rearranged(rows, places)
            for number, name in blanks:
                rows[number][name] = None

        brought(desk, edited(exported(desk), move, [name for name in ALL if name not in deleted]))
        assert own_or_blank(ledger_of(desk, park))

    holds()


def test_a_column_of_names_sorted_by_itself_is_never_written_beside(new_desk: NewDesk) -> None:
    desk = new_desk()
    park = alike(desk)
    count = len(ledger_of(desk, park))

    @settings(max_examples=25, deadline=None)
    @given(
        name=st.sampled_from(NAMING),
        places=st.permutations(range(count)),
        checked=st.booleans(),
        text=st.uuids().map(str),
    )
    def holds(name: str, places: list[int], checked: bool, text: str) -> None:
        moved: set[int] = set()

        def sort_one(rows: Table) -> None:
            cells = [record[name] for record in rows]
            for number, (record, place) in enumerate(zip(rows, places, strict=True)):
                record["notes"] = text
                if cells[place] and cells[place] != cells[number]:
                    moved.add(record["entry_id"])
                record[name] = cells[place]

        order = [column for column in ALL if checked or column != "check"]
        brought(desk, edited(exported(desk), sort_one, order))
        assert not any(entry.id in moved and entry.work.notes == text for entry in ledger_of(desk, park))

    holds()


def test_unmoved_rows_that_their_names_single_out_are_written_without_a_column_of_codes(desk: Desk) -> None:
    park = alike(desk)
    kept = [name for name in ALL if name != "achievement_code"]
    report = brought(desk, edited(exported(desk), numbered, kept))
    assert report["rows_changed"] > 0
    for refusal in report["rejected"]:
        assert refusal["code"] == "names_missing"
    whole = brought(desk, edited(exported(desk), numbered))
    assert whole["rejected"] == []
    assert all(entry.work.notes for entry in ledger_of(desk, park))


def test_names_that_several_listings_share_are_written_where_the_checksum_is_intact(desk: Desk) -> None:
    filled(desk)
    kept = [name for name in ALL if name not in ("achievement_title", "achievement_code", "organisation")]
    report = brought(desk, edited(exported(desk), noted, kept))
    assert report["changes"] == []
    assert {refusal["code"] for refusal in report["rejected"]} == {"names_missing"}
    for text in ("缺少：成果名称、成果编号、完成单位", "不止一条"):
        assert text in report["rejected"][0]["reason"]
    assert brought(desk, edited(exported(desk), noted))["rows_changed"] == 6


def test_pairs_of_equal_titles_are_told_apart_by_code_and_organisation(desk: Desk) -> None:
    alike(desk)

    def swap_firms(rows: Table) -> None:
        for record in rows:
            if record["demand_code"] == "S1":
                record.update(demand_code="S2", enterprise="乙公司", notes="挪动过")

    report = brought(desk, edited(exported(desk), swap_firms))
    assert report["changes"] == []
    assert report["rejected"]
    for refusal in report["rejected"]:
        for text in (refusal["reason"], refusal["reason_en"]):
            assert "密封圈老化（S2，乙公司） × " in text
            assert "密封圈老化（S1，甲公司） × " in text


def test_without_titles_a_refusal_shows_codes_and_organisations(desk: Desk) -> None:
    alike(desk)
    kept = [name for name in ALL if name not in ("demand_title", "achievement_title")]

    def move(rows: Table) -> None:
        noted(rows)
        rearranged(rows, [*range(1, len(rows)), 0])

    report = brought(desk, edited(exported(desk), move, kept))
    assert report["changes"] == []
    assert report["rejected"]
    for refusal in report["rejected"]:
        assert "空" not in refusal["reason"]
        assert "公司" in refusal["reason"].split("×")[0]


@pytest.mark.parametrize("entry_id", [None, "1900-01-02"])
def test_without_any_name_a_sheet_is_said_to_lack_its_columns(desk: Desk, entry_id: str | None) -> None:
    filled(desk)
    kept = [name for name in ALL if name not in NAMING]

    def write(rows: Table) -> None:
        for record in rows:
            record.update(notes="没有名称", entry_id=entry_id or record["entry_id"])

    report = brought(desk, edited(exported(desk), write, kept))
    assert report["changes"] == []
    assert {refusal["code"] for refusal in report["rejected"]} == {"names_missing"}
    assert "没有名称、编号和单位" in report["rejected"][0]["reason"]


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

"""The ledger taken out, filled in and brought back: nothing lost, nothing overwritten, all of it undone."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role, Scope
from matcher.domain.columns import Milestone, Work
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.domain.stages import DeclineCode, Stage
from matcher.domain.work import grade
from matcher.files.ledger_sheet import COLUMNS
from matcher.files.ledger_workbook import HEADER_ROW
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.sheets.export import SheetFormat, export_ledger
from matcher.pipeline.ledger.sheets.importing import import_ledger
from matcher.pipeline.ledger.sheets.undo import list_imports, undo_import
from matcher.store import grades, human_columns
from matcher.store.grades import Visible
from matcher.store.tables import AuditRow, HumanChange
from tests.files.given import saved
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import Desk, dump, entry_held, rows_of

NAMES = {column.zh: column.name for column in COLUMNS}


def filled(desk: Desk, demands: int = 3) -> int:
    """A park with two entries in its ledger for each demand; returns the park's id."""
    park = desk.park("a")
    desk.supply(*rows_of("A", 6))
    desk.demands(park, *rows_of("D", demands))
    desk.refresh(top_k=2)
    return park


def ledger_of(desk: Desk, park: int) -> list[EntryView]:
    return list_entries(desk.database, DISTRICT, EntryFilter(park_id=park, in_view=True))[0]


def put(desk: Desk, entry: EntryView, values: Work, act: str = "edit", actor: str = "示例郑经理") -> None:
    """Make these the entry's columns, as someone in the office would."""
    done = human_columns.Act(actor=actor, at=desk.now, act=act)
    with desk.database.writing() as session:
        human_columns.write(session, entry, values, done)


def exported(desk: Desk, park: str = "a", **options: Any) -> bytes:
    stream = io.BytesIO()
    export_ledger(desk.database, DISTRICT, park, stream, desk.now, **options)
    return stream.getvalue()


def brought(
    desk: Desk, content: bytes, *, park: str = "a", by: Principal = LOCAL_OPERATOR, **options: Any
) -> dict[str, Any]:
    request = Request(by, desk.now)
    return import_ledger(desk.database, request, park, "台账.xlsx", content, **options).as_json()


def edited(content: bytes, edit: Callable[[Worksheet], None]) -> bytes:
    workbook = load_workbook(io.BytesIO(content))
    edit(workbook.worksheets[0])
    return saved(workbook)


def type_in(sheet: Worksheet, number: int, **cells: Any) -> None:
    """Type into the cells of the sheet's row of this number, counted from 0."""
    for position, found in enumerate(sheet[HEADER_ROW], start=1):
        name = NAMES[str(found.value)]
        if name in cells:
            sheet.cell(HEADER_ROW + 1 + number, position).value = cells[name]


def with_cells(content: bytes, number: int = 0, **cells: Any) -> bytes:
    return with_rows(content, {number: cells})


def with_rows(content: bytes, rows: Mapping[int, Mapping[str, Any]]) -> bytes:
    """The sheet with cells typed into, by number of the row."""

    def edit(sheet: Worksheet) -> None:
        for number, cells in rows.items():
            type_in(sheet, number, **cells)

    return edited(content, edit)


def reason_codes(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for one in report["rejected"]]


@pytest.mark.both_engines
def test_edits_are_written_and_reported_cell_by_cell(desk: Desk) -> None:
    park = filled(desk)
    first, second, *_ = ledger_of(desk, park)
    put(desk, first, replace(first.work, notes="请致电 13800005555 张工", amount=10.0))
    content = with_rows(
        exported(desk),
        {
            0: {
                "stage": "待对接",
                "notes": "请致电 138****5555 张工；已约 11 月 5 日",
                "amount": "１２．５",
                "due": "2026年12月1日",
            },
            1: {"grade": 2, "grade_reason": "过早", "owner": " 示例吴经理 "},
        },
    )
    dry = brought(desk, content, dry_run=True)
    assert ledger_of(desk, park)[0].work.stage is Stage.SCREENING
    done = brought(desk, content)
    assert {**done, "import_id": None, "dry_run": True} == dry
    assert (done["rows_changed"], done["rows_unchanged"], done["rejected"], done["conflicts"]) == (
        2,
        4,
        [],
        [],
    )
    cells = {(one["row"], one["field"]): (one["before"], one["after"]) for one in done["changes"]}
    assert cells == {
        (5, "stage"): ("待研判", "待对接"),
        (5, "notes"): ("请致电 138****5555 张工", "请致电 138****5555 张工；已约 11 月 5 日"),
        (5, "amount"): (10.0, 12.5),
        (5, "due"): (None, "2026-12-01"),
        (6, "owner"): (None, "示例吴经理"),
        (6, "grade"): (None, 2),
        (6, "grade_reason"): (None, "过早"),
    }
    assert {one["column"] for one in done["changes"] if one["field"] == "stage"} == {"Z"}
    now = entry_held(desk.database, first.id).work
    assert now.notes == "请致电 13800005555 张工；已约 11 月 5 日", "a masked number is no edit"
    assert (now.amount, now.due) == (12.5, date(2026, 12, 1))
    with desk.database.reading() as session:
        *_, change = session.scalars(
            select(HumanChange).filter_by(entry_id=first.id).order_by(HumanChange.id)
        )
        assert (change.act, change.via, change.import_id) == ("import", "workbook", done["import_id"])
        [graded] = grades.of_entry(session, Visible(DISTRICT), second.id)
    assert (graded.grade, graded.score) == (2, second.score)
    again = brought(desk, content)
    assert (again["import_id"], again["rows_unchanged"], again["changes"]) == (None, 6, [])


def test_a_row_that_someone_changed_meanwhile_is_a_conflict_and_stays_as_it_is(desk: Desk) -> None:
    park = filled(desk)
    first, second, *_ = ledger_of(desk, park)
    sheet = exported(desk)
    put(desk, first, replace(first.work, next_action="先问预算", owner="示例吴经理"))
    put(desk, second, replace(second.work, owner="示例吴经理"))
    content = with_cells(sheet, 0, next_action="寄送样品", owner="示例吴经理", notes="新")
    report = brought(desk, content)
    assert (report["rows_conflicting"], report["rows_unchanged"]) == (1, 5), "an unedited row is no conflict"
    assert [
        (one["field"], one["base"], one["yours"], one["theirs"], one["changed_by"])
        for one in report["conflicts"]
    ] == [
        ("next_action", None, "寄送样品", "先问预算", "示例郑经理"),
        ("notes", None, "新", None, "示例郑经理"),
    ]
    assert report["import_id"] is None
    assert entry_held(desk.database, first.id).work.notes == ""


REFUSED: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"stage": "已签约"}, "stage", "illegal_move"),
    ({"stage": "终止"}, "decline_code", "invalid_input"),
    ({"stage": "暂缓"}, "return_on", "invalid_input"),
    ({"stage": ""}, "stage", "invalid_input"),
    ({"stage": "谈判中"}, "stage", "invalid_input"),
    ({"return_on": "2027-01-01"}, "return_on", "invalid_input"),
    ({"due": "年底前"}, "due", "invalid_input"),
    ({"amount": -5}, "amount", "invalid_input"),
    ({"amount": "很多"}, "amount", "invalid_input"),
    ({"last_contact": "2030-01-01"}, "last_contact", "invalid_input"),
    ({"trial_start": "2026-12-02", "trial_end": "2026-12-01"}, "trial_end", "invalid_input"),
    ({"grade": 4}, "grade", "invalid_input"),
    ({"grade_reason": "很好"}, "grade", "invalid_input"),
    ({"notes": "字" * 4001}, "notes", "invalid_input"),
    ({"entry_id": 987654}, "entry_id", "unknown_entry"),
    ({"entry_id": ""}, "entry_id", "unknown_entry"),
    ({"version": 99}, "version", "unknown_version"),
    ({"version": ""}, "version", "unknown_version"),
)


def test_a_row_with_a_cell_that_breaks_a_rule_is_not_written_and_the_others_are(desk: Desk) -> None:
    park = filled(desk, demands=10)
    entries = ledger_of(desk, park)
    cases: dict[int, dict[str, Any]] = {
        number: {"owner": "甲", **cells} for number, (cells, _, _) in enumerate(REFUSED)
    }
    report = brought(desk, with_rows(exported(desk), cases | {len(REFUSED): {"owner": "乙"}}))
    assert [(one["row"] - HEADER_ROW - 1, one["field"], one["code"]) for one in report["rejected"]] == [
        (number, column, code) for number, (_, column, code) in enumerate(REFUSED)
    ]
    for problem in report["rejected"]:
        assert problem["heading"]
        assert all(problem[name] for name in ("reason", "reason_en", "remedy", "remedy_en"))
    written = [entry_held(desk.database, entry.id).work.owner for entry in entries]
    assert written == [*[""] * len(REFUSED), "乙", *[""] * (len(entries) - len(REFUSED) - 1)]


def test_an_illegal_move_names_the_legal_ones_and_moves_take_their_reason_from_the_row(desk: Desk) -> None:
    park = filled(desk)
    _first, second, third, *_ = ledger_of(desk, park)
    content = with_rows(
        exported(desk),
        {
            0: {"stage": "已落地"},
            1: {"stage": "终止", "decline_code": "效益不明"},
            2: {"stage": "暂缓", "return_on": date(2027, 1, 4), "stall_code": "资金"},
        },
    )
    report = brought(desk, content)
    assert "可以到：待对接、暂缓、终止" in report["rejected"][0]["reason"]
    ended = entry_held(desk.database, second.id).work
    assert (ended.stage, ended.decline_code) == (Stage.ENDED, DeclineCode.BENEFIT_UNCLEAR)
    paused = entry_held(desk.database, third.id).work
    assert (paused.stage, paused.paused_from, paused.return_on) == (
        Stage.PAUSED,
        Stage.SCREENING,
        date(2027, 1, 4),
    )
    later = with_rows(exported(desk), {1: {"decline_code": ""}, 2: {"return_on": ""}})
    assert reason_codes(brought(desk, later)) == [
        ("decline_code", "invalid_input"),
        ("return_on", "invalid_input"),
    ]
    back = brought(desk, with_cells(exported(desk), 2, stage="待研判"))
    assert {one["field"]: one["after"] for one in back["changes"]} == {"stage": "待研判", "return_on": None}


def test_a_column_whose_heading_was_changed_is_named_and_not_passed_over_in_silence(desk: Desk) -> None:
    park = filled(desk)

    def rename(sheet: Worksheet) -> None:
        type_in(sheet, 0, stage="待对接", notes="已电话联系")
        next(found for found in sheet[HEADER_ROW] if found.value == "阶段").value = "阶段（新）"

    report = brought(desk, edited(exported(desk), rename))
    assert [one["field"] for one in report["changes"]] == ["notes"]
    [column] = report["ignored"]
    assert (column["row"], column["column"], column["heading"]) == (HEADER_ROW, "Z", "阶段（新）")
    assert (column["code"], column["entry_id"]) == ("unknown_heading", None)
    assert "缺少：阶段）" in column["remedy"]
    assert ledger_of(desk, park)[0].work.stage is Stage.SCREENING


def test_a_row_that_stands_twice_is_written_and_graded_once(desk: Desk) -> None:
    park = filled(desk)

    def double(sheet: Worksheet) -> None:
        type_in(sheet, 0, grade=2, grade_reason="可")
        sheet.append([found.value for found in sheet[HEADER_ROW + 1]])

    report = brought(desk, edited(exported(desk), double))
    assert (report["rows"], report["rows_changed"], report["rows_unchanged"]) == (7, 1, 6)
    assert [one["field"] for one in report["changes"]] == ["grade", "grade_reason"]
    first = ledger_of(desk, park)[0]
    with desk.database.reading() as session:
        assert len(grades.of_entry(session, Visible(DISTRICT), first.id)) == 1


def test_a_changed_cell_of_the_machines_is_ignored_and_a_row_of_another_pair_is_rejected(desk: Desk) -> None:
    park = filled(desk)
    content = with_cells(exported(desk), 0, score=0.99, enterprise="改过的公司", notes="照常写入")
    report = brought(desk, content)
    assert [(one["field"], one["code"]) for one in report["ignored"]] == [
        ("enterprise", "machine_column"),
        ("score", "machine_column"),
    ]
    assert [one["field"] for one in report["changes"]] == ["notes"]

    def sort_some_columns(sheet: Worksheet) -> None:
        values = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=HEADER_ROW + 1)]
        for number, line in enumerate(reversed(values)):
            for position in range(len(COLUMNS) - 3):
                sheet.cell(HEADER_ROW + 1 + number, position + 1).value = line[position]

    before = [entry.work for entry in ledger_of(desk, park)]
    report = brought(desk, edited(exported(desk), sort_some_columns))
    assert report["changes"] == []
    assert {code for _, code in reason_codes(report)} == {"another_entry"}
    assert [entry.work for entry in ledger_of(desk, park)] == before


def test_a_night_between_export_and_import_makes_no_cell_of_the_machines_an_edit(desk: Desk) -> None:
    park = filled(desk)
    content = with_cells(exported(desk), 0, notes="夜间之前写的")
    desk.now += timedelta(days=1)
    desk.supply(*rows_of("B", 4, start=20))
    desk.refresh(top_k=2)
    report = brought(desk, content)
    assert (report["ignored"], report["rejected"], report["rows_changed"]) == ([], [], 1)
    assert "夜间之前写的" in [entry.work.notes for entry in ledger_of(desk, park)]


def test_one_entry_in_two_rows_is_rejected_unless_they_say_the_same(desk: Desk) -> None:
    filled(desk)

    def copy_first(sheet: Worksheet, **cells: Any) -> None:
        last = sheet.max_row - HEADER_ROW
        for position, cell in enumerate(sheet[HEADER_ROW + 1], start=1):
            sheet.cell(HEADER_ROW + 1 + last, position).value = cell.value
        type_in(sheet, last, **cells)

    twice = brought(desk, edited(exported(desk), lambda sheet: copy_first(sheet, notes="另一种说法")))
    assert reason_codes(twice) == [("entry_id", "doubled_row")] * 2
    same = brought(desk, edited(exported(desk), copy_first))
    assert (same["rejected"], same["changes"]) == ([], [])


@pytest.mark.both_engines
def test_another_parks_entry_is_unknown_and_another_park_is_not_found(desk: Desk) -> None:
    filled(desk)
    other = desk.park("b")
    desk.demands(other, *rows_of("E", 1))
    desk.refresh(top_k=2)
    content = with_cells(exported(desk, "b"), 0, notes="写到别的园区")
    report = brought(desk, content, park="a")
    assert {code for _, code in reason_codes(report)} == {"unknown_entry"}
    operator = Principal("乙园操作员", Role.OPERATOR, Scope(frozenset({other})))
    with pytest.raises(NotFound):
        brought(desk, content, park="a", by=operator)
    assert brought(desk, content, park="b", by=operator)["rows_changed"] == 1
    assert [one.park for one in list_imports(desk.database, operator).items] == ["b"]
    reader = Principal("只读", Role.READER, Scope(frozenset({other})))
    with pytest.raises(Forbidden):
        brought(desk, content, park="b", by=reader)


@pytest.mark.both_engines
def test_a_technology_manager_brings_back_only_rows_that_name_them(desk: Desk) -> None:
    park = filled(desk)
    first, _, third, *_ = ledger_of(desk, park)
    put(desk, first, replace(first.work, technology_manager="示例李经理"))
    manager = Principal(
        "李经理的密钥", Role.TECHNOLOGY_MANAGER, Scope(frozenset({park})), subject="示例李经理"
    )
    content = with_rows(exported(desk), {0: {"notes": "我的"}, 2: {"notes": "别人的"}})
    report = brought(desk, content, by=manager)
    assert reason_codes(report) == [("owner", "not_assigned")]
    assert entry_held(desk.database, first.id).work.notes == "我的"
    assert entry_held(desk.database, third.id).work.notes == ""


@pytest.mark.both_engines
def test_a_grade_that_was_taken_back_waits_for_no_answer(desk: Desk) -> None:
    park = filled(desk)
    done = brought(desk, with_rows(exported(desk), {0: {"grade": 2}}))

    def awaiting() -> int:
        with desk.database.reading() as session:
            return len(grades.page(session, Visible(DISTRICT), awaiting_reply=True, after=0, limit=9))

    assert (len(ledger_of(desk, park)) > 0, awaiting()) == (True, 1)
    undo_import(desk.database, Request(LOCAL_OPERATOR, desk.now), done["import_id"])
    assert awaiting() == 0


@pytest.mark.both_engines
def test_undoing_puts_back_what_nobody_has_changed_since_and_is_in_the_history(desk: Desk) -> None:
    park = filled(desk)
    first, second, third, *_ = ledger_of(desk, park)
    put(desk, first, replace(first.work, notes="原来的", amount=3.0, milestones=(Milestone(name="样机"),)))
    put(desk, third, grade(third.work, 1, "先前的评分"))
    content = with_rows(
        exported(desk),
        {
            0: {"notes": "", "amount": 9, "stage": "待对接"},
            1: {"notes": "会被人再改"},
            2: {"grade": 3},
        },
    )
    done = brought(desk, content)
    changed = entry_held(desk.database, second.id)
    put(desk, changed, replace(changed.work, notes="人又改了"))
    request = Request(LOCAL_OPERATOR, desk.now)
    undone = undo_import(desk.database, request, done["import_id"])
    assert undone.rows_restored == 2
    assert [(one.entry_id, one.changed_by) for one in undone.conflicts] == [(second.id, "示例郑经理")]
    restored = entry_held(desk.database, first.id).work
    assert (restored.notes, restored.amount, restored.stage) == ("原来的", 3.0, Stage.SCREENING)
    assert [one.name for one in restored.milestones] == ["样机"]
    assert entry_held(desk.database, second.id).work.notes == "人又改了"
    assert entry_held(desk.database, third.id).work.grade == 1
    with desk.database.reading() as session:
        acts = [change.act for change in human_columns.history(session, DISTRICT, first.id)]
        newest = grades.of_entry(session, Visible(DISTRICT), third.id)[-1]
    assert acts == ["edit", "import", "undo"]
    assert (newest.grade, newest.reason) == (1, "先前的评分")
    with pytest.raises(Conflict):
        undo_import(desk.database, request, done["import_id"])
    [past] = list_imports(desk.database, LOCAL_OPERATOR, park_code="a").items
    assert past.counts["rows_changed"] == 3
    assert past.undone_at is not None
    with pytest.raises(NotFound):
        undo_import(desk.database, request, 987654)


@pytest.mark.both_engines
def test_an_import_sent_twice_with_one_key_is_done_once(desk: Desk) -> None:
    filled(desk)
    content = with_cells(exported(desk), 0, notes="一次")
    request = Request(LOCAL_OPERATOR, desk.now, key="k", digest="d")
    first = import_ledger(desk.database, request, "a", "台账.xlsx", content)
    second = import_ledger(desk.database, request, "a", "台账.xlsx", content)
    assert (second.as_json(), second.replayed) == (first.as_json(), True)
    assert len(list_imports(desk.database, LOCAL_OPERATOR).items) == 1


def test_unmasking_an_export_needs_the_right_and_is_recorded(desk: Desk) -> None:
    park = filled(desk)
    first, *_ = ledger_of(desk, park)
    put(desk, first, replace(first.work, notes="致电 13800005555 或 w@example.com"))
    masked = exported(desk, form=SheetFormat.CSV)
    assert b"13800005555" not in masked
    assert b"w@example.com" not in masked
    plain = exported(desk, form=SheetFormat.CSV, unmask_for=LOCAL_OPERATOR)
    assert b"13800005555" in plain
    with desk.database.reading() as session:
        [recorded] = session.query(AuditRow).all()
    assert (recorded.act, recorded.actor, recorded.park_id) == ("unmask_ledger", "local", park)
    reader = Principal("只读", Role.READER, DISTRICT)
    with pytest.raises(Forbidden):
        exported(desk, unmask_for=reader)
    for content in (masked, plain):
        report = brought(desk, content)
        assert (report["changes"], report["ignored"], report["rows_unchanged"]) == ([], [], 6)


def test_a_file_that_is_no_ledger_is_refused_before_anything_is_read(desk: Desk) -> None:
    filled(desk)
    with pytest.raises(InvalidInput):
        brought(desk, "需求名称\n甲\n".encode())


TEXTS = st.lists(
    st.sampled_from(
        ["=1+1", "+86 138 0000 5555", "13800005555", "-5", "'=x", "\n", '"', "，", "１２", "😀", "䶮", "'",
         "007", "w.b@example.com", "010-55500107", "***", " ", "张", "_x0041_", "\t", "@", "3/4",
         "2026-12-01", "无"]
    )
    | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=4),
    max_size=5,
).map(lambda parts: "".join(parts).strip())  # fmt: skip
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1))
WORKS = st.builds(
    Work,
    stage=st.sampled_from(Stage),
    return_on=DAYS,
    owner=TEXTS,
    technology_manager=TEXTS,
    responsible_unit=TEXTS,
    next_action=TEXTS,
    due=DAYS,
    last_contact=DAYS,
    amount=st.none() | st.floats(0, 1e7).map(lambda amount: float(f"{amount:.15g}")),
    trial_start=DAYS,
    payment_trigger=TEXTS,
    notes=TEXTS,
    grade=st.none() | st.integers(0, 3),
    grade_reason=TEXTS,
    reply=TEXTS,
)


def test_a_round_trip_without_edits_changes_nothing(new_desk: NewDesk) -> None:
    desk = new_desk()
    park = filled(desk)

    @settings(deadline=None, max_examples=10)
    @given(
        works=st.lists(WORKS, min_size=6, max_size=6),
        form=st.sampled_from(SheetFormat),
        unmasked=st.booleans(),
    )
    def holds(works: list[Work], form: SheetFormat, unmasked: bool) -> None:
        for entry, values in zip(ledger_of(desk, park), works, strict=True):
            put(desk, entry, values)
        before = dump(desk.database, "audit")
        content = exported(desk, form=form, unmask_for=LOCAL_OPERATOR if unmasked else None)
        report = brought(desk, content)
        assert (report["changes"], report["conflicts"], report["rejected"]) == ([], [], [])
        assert report["ignored"] == []
        assert report["rows_unchanged"] == 6
        assert dump(desk.database, "audit") == before

    holds()


def test_every_change_of_a_human_column_by_a_sheet_is_in_the_history(desk: Desk) -> None:
    park = filled(desk)
    brought(desk, with_cells(exported(desk), 0, owner="甲", notes="乙"))
    entry = ledger_of(desk, park)[0]
    with desk.database.reading() as session:
        [change] = session.query(HumanChange).all()
        assert human_columns.at_versions(session, DISTRICT, {entry.id: entry.human_version}) == {
            entry.id: entry.work
        }
    assert change.changes == {"owner": ["", "甲"], "notes": ["", "乙"]}

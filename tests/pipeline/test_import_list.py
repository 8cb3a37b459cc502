import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from matcher.domain.access import LOCAL_OPERATOR, Role
from matcher.domain.errors import Conflict, Forbidden, NotFound
from matcher.domain.listing import Achievement, Side
from matcher.pipeline.lists.import_answers import ImportAnswer
from matcher.pipeline.lists.import_plan import Renames
from matcher.pipeline.lists.importing import import_shelf
from matcher.pipeline.lists.mending import list_rejected_rows
from matcher.pipeline.lists.templates import rejects_workbook
from matcher.pipeline.lists.undoing import import_history, undo_import
from matcher.store.catalogue import Shelf, listing_of
from matcher.store.catalogue import revision as catalogue_revision
from matcher.store.tables import AchievementRevision, AchievementRow
from tests.pipeline.given import Desk, dump, file_of, operator_of, row

MEMBRANE = row("制氢用阴离子交换膜", "耐碱的膜", unit="甲所", code="A-1")
CATALYST = row("低温氨分解催化剂", "钌负载量低", unit="甲所", code="A-2")
VALVE = row("液氢低温阀门", "零下二百五十三度不泄漏", unit="乙所")
RULED = row("航空复合材料检测", "超声相控阵", unit="乙所")


def codes(report: Any) -> list[str]:
    return [problem.code for problem in report.problems]


def counts(report: Any) -> tuple[int, ...]:
    return (report.rows, report.created, report.updated, report.unchanged, report.withdrawn, report.rejected)


def states(desk: Desk, shelf: Shelf | None = None) -> dict[str, tuple[str, bool, str]]:
    """What a shelf says: content, whether withdrawn, and through what, by title; no versions, no times."""
    return {
        title: (one.digest, one.withdrawn_at is not None, one.via) for title, one in desk.shelf(shelf).items()
    }


@pytest.mark.both_engines
def test_a_dry_run_reports_what_the_import_does_and_writes_nothing(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE)
    before = dump(desk.database)
    edited = [{**MEMBRANE, "text": "耐碱二千小时的膜"}, CATALYST, row("", "没有名称的一行")]
    tried = desk.supply(*edited, dry_run=True)
    assert dump(desk.database) == before
    assert tried.import_id is None
    done = desk.supply(*edited)
    assert counts(tried) == counts(done) == (3, 1, 1, 0, 0, 1)
    assert tried.problems == done.problems


def test_a_dry_run_of_a_full_list_withdraws_nothing(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE)
    before = dump(desk.database)
    assert desk.supply(VALVE, full=True, dry_run=True).withdrawn == 1
    assert dump(desk.database) == before


def test_the_same_file_again_changes_nothing_at_all(desk: Desk) -> None:
    assert counts(desk.supply(MEMBRANE, CATALYST, VALVE)) == (3, 3, 0, 0, 0, 0)
    before = dump(desk.database)
    again = desk.supply(MEMBRANE, CATALYST, VALVE)
    assert counts(again) == (3, 0, 0, 3, 0, 0)
    assert again.import_id is None
    assert dump(desk.database) == before


def test_an_edited_row_becomes_a_new_revision_and_the_others_stay_as_they_are(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE)
    others = desk.shelf()["液氢低温阀门"].updated_at
    desk.now = desk.now.replace(hour=9)
    assert counts(desk.supply({**MEMBRANE, "text": "耐碱二千小时"}, VALVE)) == (2, 0, 1, 1, 0, 0)
    shelf = desk.shelf()
    assert shelf["制氢用阴离子交换膜"].version == 2
    assert (shelf["液氢低温阀门"].version, shelf["液氢低温阀门"].updated_at) == (1, others)
    with desk.database.reading() as session:
        query = select(AchievementRevision).order_by(AchievementRevision.version)
        kept = [
            one.data["abstract"]
            for one in session.scalars(query)
            if one.listing_id == shelf["制氢用阴离子交换膜"].id
        ]
    assert kept == ["耐碱的膜", "耐碱二千小时"]


KEPT_TO_MEND = ("import_batch", "rejected_row")
"""Where an import that takes nothing keeps the rows it rejected, and nothing else."""


def left_behind(desk: Desk, report: ImportAnswer) -> list[str]:
    """What is wrong with the rows that an import has kept to be mended."""
    assert report.import_id is not None
    page = list_rejected_rows(desk.database, LOCAL_OPERATOR, report.import_id, desk.now)
    return [row.problem.code for row in page.items]


def test_a_row_edited_over_rest_is_a_conflict_and_not_overwritten(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE)
    desk.edit(desk.shelf()["制氢用阴离子交换膜"], abstract="园区核实后的说明")
    before = dump(desk.database, *KEPT_TO_MEND)
    report = desk.supply(MEMBRANE, VALVE)
    assert (codes(report), report.rejected, report.unchanged) == (["conflict"], 1, 1)
    assert [one.row for one in report.rejects] == [2]
    assert dump(desk.database, *KEPT_TO_MEND) == before
    assert left_behind(desk, report) == ["conflict"]


def test_a_row_withdrawn_over_rest_is_a_conflict_too(desk: Desk) -> None:
    desk.supply(MEMBRANE)
    desk.withdraw(Side.SUPPLY, desk.shelf()["制氢用阴离子交换膜"])
    assert codes(desk.supply(MEMBRANE)) == ["conflict"]
    assert desk.shelf()["制氢用阴离子交换膜"].withdrawn_at is not None


def test_overwrite_lets_the_file_win_over_an_edit_and_peace_returns(desk: Desk) -> None:
    desk.supply(MEMBRANE)
    desk.edit(desk.shelf()["制氢用阴离子交换膜"], abstract="园区核实后的说明")
    assert desk.supply(MEMBRANE, overwrite=True).updated == 1
    held = desk.shelf()["制氢用阴离子交换膜"]
    assert isinstance(held.listing, Achievement)
    assert (held.listing.abstract, held.version, held.via) == ("耐碱的膜", 3, "import")
    assert desk.supply({**MEMBRANE, "text": "文件又改"}).updated == 1


def test_a_row_edited_over_rest_to_what_the_file_says_is_unchanged(desk: Desk) -> None:
    desk.supply(MEMBRANE)
    desk.edit(desk.shelf()["制氢用阴离子交换膜"], abstract="新说明")
    assert counts(desk.supply({**MEMBRANE, "text": "新说明"})) == (1, 0, 0, 1, 0, 0)


def test_without_full_nothing_is_withdrawn(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE)
    assert desk.supply(VALVE).withdrawn == 0
    assert desk.shelf()["制氢用阴离子交换膜"].withdrawn_at is None


def test_full_withdraws_within_its_source_alone(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE, source="甲院")
    desk.supply(MEMBRANE, RULED, source="乙院")
    report = desk.supply(VALVE, source="甲院", full=True)
    assert counts(report) == (1, 0, 0, 1, 1, 0)
    own, other = (desk.shelf(Shelf(Side.SUPPLY, source=name)) for name in ("甲院", "乙院"))
    assert [title for title, one in own.items() if one.withdrawn_at] == ["制氢用阴离子交换膜"]
    assert not any(one.withdrawn_at for one in other.values())


@pytest.mark.both_engines
def test_full_withdraws_within_its_park_alone(desk: Desk) -> None:
    one, other = desk.park("one"), desk.park("other")
    for park in (one, other):
        desk.demands(park, row("检测焊缝", code="X-1"), row("泄漏报警", code="X-2"))
    assert desk.demands(one, row("检测焊缝", code="X-1"), full=True).withdrawn == 1
    assert desk.demand(one, "泄漏报警").withdrawn_at is not None
    assert desk.demand(other, "泄漏报警").withdrawn_at is None


def test_a_withdrawn_row_that_comes_back_in_the_file_is_live_again(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE)
    desk.supply(VALVE, full=True)
    assert desk.supply(MEMBRANE, VALVE).updated == 1
    assert desk.shelf()["制氢用阴离子交换膜"].withdrawn_at is None


@pytest.mark.parametrize("spoiled", [row("", "没有名称"), {**MEMBRANE, "text": "文件里的说明"}])
def test_full_withdraws_nothing_when_a_row_was_rejected(desk: Desk, spoiled: dict[str, str]) -> None:
    desk.supply(MEMBRANE, VALVE, RULED)
    desk.edit(desk.shelf()["制氢用阴离子交换膜"], abstract="园区核实后的说明")
    report = desk.supply(spoiled, VALVE, full=True)
    assert (report.withdrawn, report.rejected) == (0, 1)
    assert "full_list_incomplete" in codes(report)
    assert not any(one.withdrawn_at for one in desk.shelf().values())


def test_full_with_an_empty_or_unreadable_file_withdraws_nothing(desk: Desk) -> None:
    desk.supply(MEMBRANE)
    for content in (b"", b"\x00\x01 no list", file_of(Side.SUPPLY, [])[1]):
        report = desk.import_files([("list.csv", content)], Shelf(Side.SUPPLY), full=True)
        assert report.withdrawn == 0
        assert report.problems
    assert desk.shelf()["制氢用阴离子交换膜"].withdrawn_at is None


RENAMED = {**VALVE, "title": "液氢用低温阀门"}


def test_a_probable_rename_is_asked_about_and_nothing_is_done(desk: Desk) -> None:
    desk.supply(VALVE)
    before = dump(desk.database, *KEPT_TO_MEND)
    report = desk.supply(RENAMED)
    assert (codes(report), report.rejected) == (["probable_rename"], 1)
    assert "液氢低温阀门" in report.problems[0].message
    assert dump(desk.database, *KEPT_TO_MEND) == before
    assert left_behind(desk, report) == ["probable_rename"]


def test_a_rename_said_to_be_the_same_keeps_its_row_and_its_history(desk: Desk) -> None:
    desk.supply(VALVE)
    identifier = desk.shelf()["液氢低温阀门"].id
    assert counts(desk.supply(RENAMED, renames=Renames.SAME)) == (1, 0, 1, 0, 0, 0)
    assert [(title, one.id, one.version) for title, one in desk.shelf().items()] == [
        ("液氢用低温阀门", identifier, 2)
    ]
    assert counts(desk.supply(RENAMED)) == (1, 0, 0, 1, 0, 0)


def test_a_rename_said_to_be_new_becomes_a_row_of_its_own(desk: Desk) -> None:
    desk.supply(VALVE)
    assert desk.supply(RENAMED, renames=Renames.NEW).created == 1
    assert set(desk.shelf()) == {"液氢低温阀门", "液氢用低温阀门"}


@pytest.mark.both_engines
def test_two_rows_that_both_look_like_one_renamed_are_both_kept(desk: Desk) -> None:
    desk.supply(VALVE)
    second = {**VALVE, "title": "液氢低温调节阀门"}
    report = desk.supply(RENAMED, second, renames=Renames.SAME)
    assert counts(report) == (2, 1, 1, 0, 0, 0)
    assert set(desk.shelf()) == {"液氢用低温阀门", "液氢低温调节阀门"}
    assert report.import_id is not None
    undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    assert desk.shelf()["液氢低温阀门"].withdrawn_at is None


@pytest.mark.parametrize(
    "arriving",
    [
        row("农田遥感墒情反演", "完全不同的内容", unit="乙所"),
        row("液氢用低温阀门", "另一家单位的阀门", unit="丙所"),
        row("液氢用低温阀门", "有编号的新条目", unit="乙所", code="B-9"),
    ],
)
def test_another_title_another_unit_or_a_code_is_no_rename(desk: Desk, arriving: dict[str, str]) -> None:
    desk.supply(VALVE)
    assert counts(desk.supply(arriving)) == (1, 1, 0, 0, 0, 0)


def test_without_an_organisation_only_the_same_text_is_a_probable_rename(desk: Desk) -> None:
    desk.supply(row("液氢低温阀门", "零下二百五十三度不泄漏"))
    assert codes(desk.supply(row("液氢用低温阀门", "另一种阀门"), dry_run=True)) == []
    assert codes(desk.supply(row("深冷截止阀", "零下二百五十三度不泄漏"), dry_run=True)) == [
        "probable_rename"
    ]


def test_a_row_that_is_still_in_the_file_was_not_renamed(desk: Desk) -> None:
    desk.supply(VALVE)
    assert counts(desk.supply(VALVE, RENAMED)) == (2, 1, 0, 1, 0, 0)


def test_several_files_are_one_list(desk: Desk) -> None:
    files = [
        file_of(Side.SUPPLY, [MEMBRANE, VALVE], "first.csv"),
        file_of(Side.SUPPLY, [VALVE, RULED], "second.csv"),
    ]
    report = desk.import_files(files, Shelf(Side.SUPPLY), full=True)
    assert counts(report) == (4, 3, 0, 1, 0, 0)
    [past] = import_history(desk.database, LOCAL_OPERATOR).items
    assert past.files == ["first.csv", "second.csv"]
    assert desk.import_files(files, Shelf(Side.SUPPLY), full=True).withdrawn == 0


def test_a_bad_row_or_a_bad_file_never_loses_the_good_ones(desk: Desk) -> None:
    files = [
        ("broken.xlsx", b"PK\x03\x04 not a workbook"),
        file_of(Side.SUPPLY, [MEMBRANE, row("", "没有名称"), {**VALVE, "price": "看着给"}], "good.csv"),
    ]
    report = desk.import_files(files, Shelf(Side.SUPPLY))
    assert set(desk.shelf()) == {"制氢用阴离子交换膜", "液氢低温阀门"}
    assert (report.created, report.rejected) == (2, 1)
    assert {(one.file, one.severity) for one in report.problems} == {
        ("broken.xlsx", "rejected"),
        ("good.csv", "rejected"),
        ("good.csv", "doubtful"),
    }


def test_rejected_rows_import_again_once_mended(desk: Desk) -> None:
    report = desk.supply(MEMBRANE, row("", "一段完整的说明", unit="丁所", code="A-7"))
    workbook = load_workbook(io.BytesIO(rejects_workbook(report.rejects)))
    sheet = workbook.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    column = headings.index("成果名称") + 1 if "成果名称" in headings else len(headings) + 1
    sheet.cell(1, column, "成果名称")
    sheet.cell(2, column, "补上的名称")
    mended = io.BytesIO()
    workbook.save(mended)
    again = desk.import_files([("mended.xlsx", mended.getvalue())], Shelf(Side.SUPPLY))
    assert counts(again) == (1, 1, 0, 0, 0, 0)
    held = desk.shelf()["补上的名称"]
    assert isinstance(held.listing, Achievement)
    assert (held.code, held.organisation, held.listing.abstract) == ("A-7", "丁所", "一段完整的说明")
    assert held.listing.extra == {}


@pytest.mark.both_engines
def test_undo_gives_created_changed_and_withdrawn_rows_their_former_state(desk: Desk) -> None:
    desk.supply(MEMBRANE, VALVE, RULED)
    desk.edit(desk.shelf()["航空复合材料检测"], level="国内领先")
    before = states(desk)
    report = desk.supply(
        {**MEMBRANE, "text": "改过的说明"}, CATALYST, {**RULED, "text": "文件优先"}, full=True, overwrite=True
    )
    assert counts(report)[1:5] == (1, 2, 0, 1)
    assert report.import_id is not None
    undone = undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    after = states(desk)
    assert after.pop("低温氨分解催化剂")[1], "what the import created is withdrawn"
    assert after == before
    assert (undone.withdrawn, undone.updated) == (1, 3)


def test_undo_refuses_as_a_whole_when_a_row_was_edited_since(desk: Desk) -> None:
    report = desk.supply(MEMBRANE, VALVE)
    desk.edit(desk.shelf()["液氢低温阀门"], abstract="后来的说明")
    before = dump(desk.database)
    assert report.import_id is not None
    with pytest.raises(Conflict, match="1 items were changed"):
        undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    assert dump(desk.database) == before


def test_an_import_is_undone_once_and_an_unknown_one_never(desk: Desk) -> None:
    report = desk.supply(MEMBRANE)
    assert report.import_id is not None
    undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    before = dump(desk.database)
    with pytest.raises(Conflict, match="undone already"):
        undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    with pytest.raises(NotFound):
        undo_import(desk.database, report.import_id + 99, LOCAL_OPERATOR, desk.now)
    assert dump(desk.database) == before
    [past] = import_history(desk.database, LOCAL_OPERATOR).items
    assert past.undone_at == desk.now


def test_a_file_imports_again_after_its_import_was_undone(desk: Desk) -> None:
    report = desk.supply(MEMBRANE, VALVE)
    wanted = states(desk)
    assert report.import_id is not None
    undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    assert counts(desk.supply(MEMBRANE, VALVE)) == (2, 0, 2, 0, 0, 0)
    assert states(desk) == wanted


@pytest.mark.both_engines
def test_undo_refuses_when_the_former_identity_was_taken_meanwhile(desk: Desk) -> None:
    desk.supply(VALVE)
    renamed = desk.supply(RENAMED, renames=Renames.SAME)
    desk.supply(RENAMED, VALVE)
    before = dump(desk.database)
    assert renamed.import_id is not None
    with pytest.raises(Conflict):
        undo_import(desk.database, renamed.import_id, LOCAL_OPERATOR, desk.now)
    assert dump(desk.database) == before


def test_undo_raises_the_catalogue_revision_once(desk: Desk) -> None:
    report = desk.supply(MEMBRANE, VALVE)
    assert report.import_id is not None
    with desk.database.reading() as session:
        before = catalogue_revision(session)
    undo_import(desk.database, report.import_id, LOCAL_OPERATOR, desk.now)
    with desk.database.reading() as session:
        assert catalogue_revision(session) == before + 1


def test_an_operator_imports_into_the_parks_of_the_key_alone(desk: Desk) -> None:
    own, other = desk.park("own"), desk.park("other")
    operator = operator_of(own)
    files = [file_of(Side.DEMAND, [row("检测焊缝缺陷", code="X-1")])]
    shelf = import_shelf(desk.database, Side.DEMAND, operator, park="own", source="")
    assert desk.import_files(files, shelf, operator).created == 1
    with pytest.raises(NotFound):
        import_shelf(desk.database, Side.DEMAND, operator, park="other", source="")
    with pytest.raises(NotFound):
        desk.import_files(files, Shelf(Side.DEMAND, park_id=other), operator)
    assert desk.shelf(Shelf(Side.DEMAND, park_id=other)) == {}


def test_the_supply_list_is_the_districts_alone_to_import_and_to_undo(desk: Desk) -> None:
    own = desk.park("own")
    report = desk.supply(MEMBRANE)
    before = dump(desk.database)
    assert report.import_id is not None
    with pytest.raises(Forbidden):
        import_shelf(desk.database, Side.SUPPLY, operator_of(own), park=None, source="")
    with pytest.raises(Forbidden):
        undo_import(desk.database, report.import_id, operator_of(own), desk.now)
    assert dump(desk.database) == before


def test_a_reader_imports_and_undoes_nothing(desk: Desk) -> None:
    own = desk.park("own")
    report = desk.demands(own, row("检测焊缝缺陷"))
    reader = operator_of(own, role=Role.READER)
    assert report.import_id is not None
    with pytest.raises(Forbidden):
        import_shelf(desk.database, Side.DEMAND, reader, park="own", source="")
    with pytest.raises(Forbidden):
        undo_import(desk.database, report.import_id, reader, desk.now)
    assert desk.demand(own, "检测焊缝缺陷").withdrawn_at is None


@pytest.mark.both_engines
def test_another_parks_import_cannot_be_undone_or_seen(desk: Desk) -> None:
    own, other = desk.park("own"), desk.park("other")
    report = desk.demands(other, row("检测焊缝缺陷"))
    assert report.import_id is not None
    with pytest.raises(NotFound):
        undo_import(desk.database, report.import_id, operator_of(own), desk.now)
    assert import_history(desk.database, operator_of(own)).items == []


class Crash(Exception):
    pass


def crashing(after: int) -> Callable[..., None]:
    """A listener that fails the given number of statements into a transaction."""
    seen = 0

    def fail(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > after:
            raise Crash

    return fail


@pytest.mark.both_engines
def test_a_crash_at_any_statement_of_an_import_leaves_nothing_of_it(desk: Desk) -> None:
    first = desk.supply(MEMBRANE, VALVE)
    before = dump(desk.database)
    arriving = ({**MEMBRANE, "text": "改过"}, CATALYST, RULED)
    survived = 0
    while True:
        listener = crashing(survived)
        event.listen(desk.database.engine, "before_cursor_execute", listener)
        try:
            desk.supply(*arriving, full=True)
            break
        except Crash:
            survived += 1
        finally:
            event.remove(desk.database.engine, "before_cursor_execute", listener)
        assert dump(desk.database) == before
    assert survived >= 6, "the import has statements to crash at"
    assert desk.shelf()["制氢用阴离子交换膜"].version == 2
    assert first.import_id is not None


def test_every_revision_of_an_import_names_it(desk: Desk) -> None:
    report = desk.supply(MEMBRANE, VALVE)
    with desk.database.reading() as session:
        revisions = session.scalars(select(AchievementRevision)).all()
        rows = {one.id: one for one in session.scalars(select(AchievementRow))}
    assert {one.import_id for one in revisions} == {report.import_id}
    assert all(one.data == rows[one.listing_id].data for one in revisions)
    assert {listing_of(one).title for one in rows.values()} == set(desk.shelf())

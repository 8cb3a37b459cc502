from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from matcher.files.brief_workbook import (
    TITLE,
    UNKNOWN,
    BriefBook,
    DutyRow,
    PairRow,
    UnsuppliedRow,
    write_brief,
)
from tests.files.given import pages_across

SHEETS = ["简报", "待办", "新增", "变化", "消失", "无可信供给"]


def pair(title: str = "液氢阀门", score: float | None = 0.512) -> PairRow:
    return PairRow(
        demand_code="007",
        demand_title=title,
        enterprise="示例装备公司",
        achievement_code="CG-1",
        achievement_title="低温阀门",
        organisation="示例理工学院",
        rank=1,
        score=score,
        probability=None,
        change="得分 0.400 → 0.512",
        causes="成果内容修改",
        standing="当前",
        stage="待研判",
        owner="",
    )


def duty(next_action: str = "约见企业") -> DutyRow:
    return DutyRow(
        kind="下一步",
        due_on=date(2026, 11, 1),
        wait="逾期 1 天",
        demand_code="007",
        demand_title="液氢阀门",
        enterprise="示例装备公司",
        achievement_title="低温阀门",
        organisation="示例理工学院",
        stage="对接中",
        owner="示例甲",
        technology_manager="示例乙",
        next_action=next_action,
    )


UNSUPPLIED = UnsuppliedRow(
    demand_code="008",
    demand_title="疫苗佐剂",
    enterprise="示例生物公司",
    reason="没有成果满足硬性条件",
    binding="成熟度：排除 3 项",
    nearest_code="CG-2",
    nearest_title="佐剂平台",
    nearest_organisation="示例研究院",
    nearest_score=0.31,
    would_change="成熟度：放宽到 5 级即可匹配。",
)


def written(**lists: list[PairRow] | list[DutyRow] | list[UnsuppliedRow]) -> Workbook:
    given: dict[str, object] = {"duties": [], "new": [], "changed": [], "vanished": [], "unsupplied": []}
    stream = BytesIO()
    book = BriefBook(
        park_name="氢能园",
        day=date(2026, 11, 2),
        facts=[("本次运行", "第 12 次")],
        counts=[("新增", 1), ("逾期", 2)],
        stages=[("待研判", 30)],
        **{**given, **lists},  # type: ignore[arg-type]
    )
    write_brief(book, stream)
    return load_workbook(BytesIO(stream.getvalue()))


def test_the_counts_come_first_and_each_list_has_a_sheet() -> None:
    book = written(new=[pair(), pair()], duties=[duty()], unsupplied=[UNSUPPLIED])
    assert book.sheetnames == SHEETS
    said = [tuple(cell.value for cell in row) for row in book["简报"].iter_rows()]
    assert said[:4] == [
        (TITLE, None),
        ("园区", "氢能园"),
        ("日期", "2026年11月2日"),
        ("本次运行", "第 12 次"),
    ]
    assert said.index(("要点", None)) < said.index(("新增", 1)) < said.index(("逾期", 2))
    assert said[-1] == ("待研判", 30)
    assert [book[name].max_row - 3 for name in SHEETS[1:]] == [1, 2, 0, 0, 1]


def test_a_row_stands_under_its_headings() -> None:
    sheet = written(changed=[pair()])["变化"]
    row = dict(zip((cell.value for cell in sheet[3]), (cell.value for cell in sheet[4]), strict=True))
    assert row["需求编号"] == "007"
    assert row["得分"] == pytest.approx(0.512)
    assert row["概率"] == UNKNOWN
    assert row["数值变化"] == "得分 0.400 → 0.512"
    assert row["原因"] == "成果内容修改"
    duties = written(duties=[duty()])["待办"]
    assert str(duties["C4"].value) == "2026-11-01 00:00:00"
    assert duties["C4"].number_format == "yyyy-mm-dd"
    assert written(unsupplied=[UNSUPPLIED])["无可信供给"]["K4"].value == UNSUPPLIED.would_change


@pytest.mark.parametrize("sneaky", ["=1+2", '=HYPERLINK("http://evil","x")', "+86 138", "-3", "@x", "\t=1"])
def test_what_would_start_a_formula_is_text(sneaky: str) -> None:
    book = written(new=[pair(sneaky)], duties=[duty(sneaky)])
    for cell in (book["新增"]["C4"], book["待办"]["M4"]):
        assert cell.data_type == "s"
        assert cell.value == sneaky
        assert cell.quotePrefix


def test_signs_that_no_workbook_can_hold_are_left_out() -> None:
    assert written(new=[pair("液氢\x00阀\x0b门")])["新增"]["C4"].value == "液氢阀门"


def test_every_sheet_prints_on_a4_with_its_headings_repeated() -> None:
    book = written(new=[pair()] * 60)
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert pages_across(sheet) == 1
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == ("$1:$1" if sheet.title == "简报" else "$1:$3")
    assert book["简报"].page_setup.orientation == "portrait"
    assert book["新增"].page_setup.orientation == "landscape"

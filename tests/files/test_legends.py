"""Numbers for stages of maturity: read by the legend that the file gives, and never guessed."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import Maturity, Side
from matcher.domain.maturity import BANDS, parse_maturity
from matcher.files.legends import is_legend
from matcher.files.reading import read_lists
from matcher.files.rejects import write_rejects
from matcher.files.report import ParsedList
from tests.files.given import Rows, achievement, codes, read_list, xlsx

LEGEND = "成熟度代码：1=实验室阶段，2=小试，3=中试，4=量产"
PILOT = Maturity(5, 7, text="中试")
TABLE = (["1", "实验室阶段"], ["2", "小试"], ["3", "中试"])


def listed(
    heading: str = "成熟度", *, above: str = "", below: str = "", sheets: dict[str, Rows] | None = None
) -> ParsedList:
    rows = [[above], ["成果名称", heading, "完成单位"], ["储氢瓶检测", "3", "示例所"], [below]]
    return read_list(xlsx(rows, sheets=sheets), "成果.xlsx", Side.SUPPLY)


@pytest.mark.parametrize(
    "legend",
    [
        LEGEND,
        "1：实验室阶段；2：小试；3：中试",
        "填写 1—实验室阶段 2—小试 3—中试",
        "实验室阶段（1）、小试（2）、中试（3）",
        "成熟度：1.实验室阶段 2.小试 3.中试 4.量产",
        "1＝实验室阶段\n２＝小试\n３＝中试",
        "所处阶段（1代表实验室阶段，2代表小试，3代表中试）",
    ],
)
def test_a_legend_counts_however_it_is_written_and_wherever_it_stands(legend: str) -> None:
    for parsed in (
        listed(above=legend),
        listed(below=legend),
        listed(below=f"注：{legend}"),
        listed(f"成熟度（{legend}）"),
        listed(sheets={"填表说明": [["填写要求"], [legend]]}),
    ):
        assert [row.listing.maturity for row in parsed.rows] == [PILOT]
        assert [code for code, _ in codes(parsed) if code == "unknown_value"] == []


def test_a_table_of_numbers_and_stages_on_another_sheet_is_a_legend() -> None:
    assert achievement(listed(sheets={"代码": [["代码", "含义"], *TABLE]})).maturity == PILOT


def test_a_legend_in_a_column_beside_the_table_counts() -> None:
    rows = [
        ["成果名称", "成熟度", "", "成熟度说明"],
        *([f"成果{stage}", number, "", f"{number}={stage}"] for number, stage in TABLE),
    ]
    parsed = read_list(xlsx(rows), "成果.xlsx", Side.SUPPLY)
    assert [row.listing.maturity.text for row in parsed.rows] == ["实验室阶段", "小试", "中试"]


@pytest.mark.parametrize(
    "beside",
    [
        "",
        "1=技术转让，2=技术许可，3=合作开发",
        "3=中试",
        "1=实验室阶段，2=小试",
        "1=小试，2=中试，3=量产；3=样机",
        "共3项，其中小试1项，中试2项",
        "计划：1.小试 2.中试 3.量产",
    ],
)
def test_a_number_that_nothing_explains_is_doubtful_and_kept(beside: str) -> None:
    parsed = listed(above=beside)
    assert achievement(parsed).maturity == Maturity(text="3")
    assert ("unknown_value", "doubtful") in codes(parsed)
    [problem] = [problem for problem in parsed.problems if problem.code == "unknown_value"]
    assert (problem.row, problem.column) == (3, "B 成熟度")
    assert "1=实验室阶段" in problem.message
    assert "legend" in problem.message_en


@pytest.mark.parametrize("heading", ["技术就绪度", "TRL", "成熟度（1-9级）"])
def test_a_bare_number_of_readiness_is_a_level_unless_a_legend_says_otherwise(heading: str) -> None:
    assert achievement(listed(heading)).maturity == Maturity(3, 3, text="3")
    assert achievement(listed(heading, above=LEGEND)).maturity == PILOT


def test_a_legend_of_stages_is_not_one_of_levels_beside_them() -> None:
    rows = [[LEGEND], ["成果名称", "技术就绪度", "所处阶段"], ["储氢瓶检测", "3", ""], ["氢阀检测", "", "3"]]
    parsed = read_list(xlsx(rows), "成果.xlsx", Side.SUPPLY)
    assert [row.listing.maturity for row in parsed.rows] == [Maturity(3, 3, text="3"), PILOT]


def test_a_sheets_own_legend_counts_before_that_of_another() -> None:
    other: dict[str, Rows] = {"说明": [["1=量产，2=中试，3=实验室阶段"]]}
    assert achievement(listed(above=LEGEND, sheets=other)).maturity == PILOT


def test_words_are_read_as_ever_beside_a_legend() -> None:
    rows = [[LEGEND], ["成果名称", "成熟度"], ["储氢瓶检测", "已有样品"], ["氢阀检测", "TRL 6"]]
    parsed = read_list(xlsx(rows), "成果.xlsx", Side.SUPPLY)
    assert [row.listing.maturity.low for row in parsed.rows] == [4, 6]


STAGES = st.lists(st.sampled_from(sorted(BANDS)), min_size=2, max_size=9, unique=True)


@given(STAGES, st.sampled_from("=：:＝"), st.sampled_from(["，", "；", "、", " ", "\n"]))
def test_every_stage_we_know_is_understood_in_a_legend(stages: list[str], sign: str, separator: str) -> None:
    legend = separator.join(f"{number}{sign}{stage}" for number, stage in enumerate(stages, start=1))
    assert is_legend(legend)
    rows = [["成果名称", "成熟度"], *([f"成果{number}", str(number)] for number in range(1, len(stages) + 1))]
    content = "\n".join([f'"{legend}",', *(",".join(row) for row in rows)]).encode()
    parsed = read_list(content, "a.csv", Side.SUPPLY)
    assert [row.listing.maturity for row in parsed.rows] == [parse_maturity(stage) for stage in stages]


def test_rejected_rows_are_written_with_what_is_said_beside_their_tables() -> None:
    def content(unit: str, legend: str) -> bytes:
        rows = [[f"单位：{unit}", legend], ["成果名称", "成熟度", "拟转化金额"], ["", "3", "50"]]
        return xlsx(rows)

    first, other = content("元", LEGEND), content("亿元", "1=中试，3=量产")
    files = [("a.xlsx", first), ("b.xlsx", other), ("c.xlsx", first)]
    stream = BytesIO()
    write_rejects(read_lists(files, Side.SUPPLY).rejected, stream)
    again = read_lists([("rows.xlsx", stream.getvalue())], Side.SUPPLY)
    assert (again.rows, [row.problem.code for row in again.rejected]) == ((), ["missing_title"] * 3)
    assert [(row.sheet, row.notes.unit, row.notes.maturity["3"]) for row in again.rejected] == [
        ("未导入的行", "元", "中试"), ("未导入的行", "元", "中试"), ("未导入的行（2）", "亿元", "量产"),
    ]  # fmt: skip

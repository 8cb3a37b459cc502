"""Lists written out read back as the same listings, whatever they say and under whatever columns."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.list_columns import ListColumn
from matcher.domain.listing import Confidentiality, Contact, Demand, DemandKind, Maturity, Money, Side
from matcher.files.list_files import write_list, write_list_csv
from matcher.files.list_sheet import ListSheet, columns_for, row_of, spelt_out
from matcher.files.reading import read_lists

WORDS = st.sampled_from(["氢能", "隔膜", "密封圈 A", "除霜", "示例单位", "耐碱性能", "大兴", "batch two"])
AMOUNTS = st.sampled_from(
    [
        Money(),
        Money(negotiable=True, text="面议"),
        Money(100, 200, text="100-200万元"),
        Money(350, 350, text="3500000（元）"),
        Money(50, None, text="50万以上"),
        Money(None, 80, text="80万元以内"),
    ]
)
STAGES = st.sampled_from([Maturity(), Maturity(7, 7, text="通过中试"), Maturity(5, 6, text="TRL 5-6")])
CONTACTS = st.sampled_from(
    [Contact(), Contact("示例吴", "13800005555"), Contact("示例李", "010-55500184", "li@example.com")]
)
LISTINGS = st.builds(
    Demand,
    title=WORDS,
    organisation=st.one_of(st.just(""), WORDS),
    industry=st.one_of(st.just(""), WORDS),
    keywords=st.lists(st.sampled_from(["电堆", "隔膜", "阀门"]), unique=True).map(tuple),
    maturity=STAGES,
    confidentiality=st.sampled_from(Confidentiality),
    contact=CONTACTS,
    valid_until=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2030, 12, 31))),
    extra=st.dictionaries(st.sampled_from(["批次", "备注"]), WORDS),
    kind=st.one_of(st.none(), st.sampled_from(DemandKind)),
    detail=st.one_of(st.just(""), WORDS),
    budget=AMOUNTS,
    released=st.booleans(),
)
ORIGINAL = [
    ListColumn("序号", "sequence"),
    ListColumn("需求名称", "title"),
    ListColumn("企业名称", "organisation"),
    ListColumn("联系人及电话", "contact"),
    ListColumn("需求详情", "detail"),
    ListColumn("需求背景", "detail"),
    ListColumn("预算金额（元）", "budget"),
    ListColumn("批次", None),
]


def list_sheet(listings: Sequence[Demand], original: Sequence[ListColumn]) -> ListSheet:
    columns = columns_for(Side.DEMAND, listings, original)
    rows = [row_of(listing, columns, number) for number, listing in enumerate(listings, start=1)]
    return ListSheet([column.heading for column in columns], rows)


def in_workbook(sheet: ListSheet, stream: BinaryIO) -> None:
    write_list(sheet, "企业需求清单", stream)


@pytest.mark.parametrize("write", [in_workbook, write_list_csv])
@pytest.mark.parametrize("original", [[], ORIGINAL], ids=["no columns", "columns"])
@settings(max_examples=25, deadline=None)
@given(listings=st.lists(LISTINGS, min_size=1, max_size=6))
def test_what_is_written_reads_back_as_the_same_listings(
    write: Callable[[ListSheet, BinaryIO], None], original: list[ListColumn], listings: list[Demand]
) -> None:
    numbered = [replace(listing, code=f"XQ-{number}") for number, listing in enumerate(listings)]
    sheet = list_sheet(numbered, original)
    assert list(sheet.headings)[: len(original)] == [column.heading for column in original]
    stream = io.BytesIO()
    write(sheet, stream)
    name = "清单.csv" if write is write_list_csv else "清单.xlsx"
    read = read_lists([(name, stream.getvalue())], Side.DEMAND)
    assert [figures(row.listing) for row in read.rows] == [figures(listing) for listing in numbered]
    if not original:
        assert [row.listing for row in read.rows] == numbered
    assert [problem for problem in read.problems if problem.row is not None] == []


def figures(listing: object) -> Demand:
    """The listing with its amount by figures alone: under a heading of another unit it is spelt out."""
    assert isinstance(listing, Demand)
    return replace(listing, budget=replace(listing.budget, text=""))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Money(5, 9), "5万元-9万元"), (Money(0.5, 0.5), "0.5万元"), (Money(5, None), "5万元以上"),
        (Money(None, 9), "9万元以下"), (Money(negotiable=True), "面议"), (Money(), ""),
        (Money(5, 5, negotiable=True), "5万元，面议"), (Maturity(5, 6), "TRL 5-6"), (Maturity(7, 7), "TRL 7"),
    ],
)  # fmt: skip
def test_figures_without_words_are_spelt_out_and_read_back(value: Money | Maturity, text: str) -> None:
    assert spelt_out(value) == text
    field = {"budget": value} if isinstance(value, Money) else {"maturity": value}
    sheet = list_sheet([Demand(title="隔膜", **field)], [])
    stream = io.BytesIO()
    write_list_csv(sheet, stream)
    [row] = read_lists([("清单.csv", stream.getvalue())], Side.DEMAND).rows
    assert isinstance(row.listing, Demand)
    read = row.listing.budget if isinstance(value, Money) else row.listing.maturity
    assert (read.low, read.high) == (value.low, value.high)

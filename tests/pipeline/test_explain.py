"""The reasons for every match of the sample lists: what was written adds up; the sheet says it in a line."""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matcher.bootstrap import Service
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.explanation import waterfall
from matcher.domain.reasons import LINE
from matcher.domain.standings import Trigger
from matcher.files.ledger_workbook import HEADER_ROW
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.explanations import lines, read_explanation
from matcher.pipeline.ledger.sheets.export import SheetFormat, export_ledger
from matcher.pipeline.ledger.sheets.importing import import_ledger
from matcher.pipeline.lists.samples import load_samples
from matcher.settings import Settings
from matcher.store.tables import FeedEntry

SEED = Path(__file__).parents[2] / "data" / "seed"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("sample")
    service = Service(Settings(data_dir=folder, database_url=None, change_interval=0))
    service.database.upgrade()
    assert load_samples(service.database, SEED, service.now())
    service.refresh(LOCAL_OPERATOR, Trigger.BATCH)
    yield service
    service.close()


@pytest.fixture(scope="module")
def entries(sample: Service) -> list[EntryView]:
    return list_entries(sample.database, DISTRICT, EntryFilter())[0]


def test_the_contributions_of_every_match_add_up_to_its_score(
    sample: Service, entries: list[EntryView]
) -> None:
    with sample.database.reading() as session:
        feed = [(row.contributions, row.score) for row in session.scalars(select(FeedEntry))]
    matches = [(one.contributions, one.score) for one in entries] + feed
    assert len(entries) > 500
    assert len(feed) > 500
    for contributions, score in matches:
        assert waterfall(contributions)[-1].cumulative == score


def test_every_entry_of_the_samples_is_explained_quickly(sample: Service, entries: list[EntryView]) -> None:
    asked = entries[::7]
    started = time.perf_counter()
    for one in asked:
        told = read_explanation(sample.database, LOCAL_OPERATOR, one.id).as_json()
        assert told["waterfall"][-1]["cumulative"] == told["score"] == one.score
        for side in ("demand", "achievement"):
            phrases = {span["phrase"] for field in told["highlights"][side] for span in field["spans"]}
            assert bool(phrases) == bool(one.terms)
    assert (time.perf_counter() - started) / len(asked) < 0.05


def sheet(sample: Service, form: SheetFormat) -> bytes:
    stream = io.BytesIO()
    export_ledger(sample.database, DISTRICT, "hydrogen", stream, sample.now(), form=form)
    return stream.getvalue()


def test_the_sheet_says_in_one_line_why_each_pair_matches(sample: Service, entries: list[EntryView]) -> None:
    with sample.database.reading() as session:
        said = lines(session, DISTRICT, entries)
    assert all(0 < len(line) <= LINE for line in said.values())
    [table] = load_workbook(io.BytesIO(sheet(sample, SheetFormat.XLSX))).worksheets
    headings = [cell.value for cell in table[HEADER_ROW]]
    place, identifier = headings.index("匹配理由"), headings.index("条目编号")
    rows = list(table.iter_rows(min_row=HEADER_ROW + 1))
    assert rows
    for row in rows:
        assert row[place].value == said[int(str(row[identifier].value))]
        assert row[place].protection.locked
    text = sheet(sample, SheetFormat.CSV).decode("utf-8-sig")
    written = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [one["匹配理由"] for one in written] == [said[int(one["条目编号"])] for one in written]


def test_an_edited_reason_is_ignored_and_a_sheet_without_the_column_still_reads_back(sample: Service) -> None:
    rows = list(csv.reader(io.StringIO(sheet(sample, SheetFormat.CSV).decode("utf-8-sig"), newline="")))
    place, notes = rows[0].index("匹配理由"), rows[0].index("备注")
    rows[1][place], rows[1][notes] = "改过的理由", "照常写入"
    report = imported(sample, rows)
    assert [(one["field"], one["code"]) for one in report["ignored"]] == [("reason", "machine_column")]
    assert [one["field"] for one in report["changes"]] == ["notes"]

    older = list(csv.reader(io.StringIO(sheet(sample, SheetFormat.CSV).decode("utf-8-sig"), newline="")))
    older[1][notes] = "旧表也可导回"
    report = imported(sample, [row[:place] + row[place + 1 :] for row in older])
    assert [one["field"] for one in report["changes"]] == ["notes"]
    assert (report["rejected"], report["conflicts"]) == ([], [])


def imported(sample: Service, rows: list[list[str]]) -> dict[str, Any]:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    request = Request(LOCAL_OPERATOR, sample.now())
    content = stream.getvalue().encode()
    return import_ledger(sample.database, request, "hydrogen", "台账.csv", content).as_json()

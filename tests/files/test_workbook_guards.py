import contextlib
import io
import random
import time
import zipfile
from pathlib import Path

import pytest

from matcher.domain.listing import Side
from matcher.files import workbook_parts, workbooks
from matcher.files.sheets import MAX_ROWS, UnreadableFile
from tests.files.given import codes, read_list, xls, xlsx

GOOD = xlsx([["成果名称", "完成单位"], ["甲方法", "某院"]])
SHEET = "xl/worksheets/sheet1.xml"


def _with_sheet(xml: bytes) -> bytes:
    return _with_part(SHEET, xml)


def _with_part(part: str, xml: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(name, xml if name == part else source.read(name))
    return stream.getvalue()


def _sheet(rows: bytes) -> bytes:
    namespace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return b"<worksheet " + namespace + b"><sheetData>" + rows + b"</sheetData></worksheet>"


def _problems(content: bytes) -> list[tuple[str, str]]:
    return codes(read_list(content, "a.xlsx", Side.SUPPLY))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED_BYTES", 1 << 20)
    assert _problems(_with_sheet(_sheet(b" " * (2 << 20)))) == [("too_large", "rejected")]


def test_one_cell_in_the_last_corner_is_refused() -> None:
    corner = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="150000"><c r="XFD150000"><v>1</v></c></row>'
    assert _problems(_with_sheet(_sheet(corner))) == [("too_large", "rejected")]


def test_the_corner_is_found_without_cell_references_and_across_blocks() -> None:
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 16_000 + b"</row>"
    far = b'<row r="150000"><c><v>1</v></c></row>'
    assert _problems(_with_sheet(_sheet(wide + b" " * 1_100_000 + far))) == [("too_large", "rejected")]


def test_more_rows_than_any_list_has_are_refused() -> None:
    far = f'<row r="{MAX_ROWS + 1}"><c r="A{MAX_ROWS + 1}"><v>1</v></c></row>'.encode()
    assert _problems(_with_sheet(_sheet(far))) == [("too_many_rows", "rejected")]


def test_formatted_blank_cells_far_below_do_no_harm() -> None:
    rows = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>Method</t></is></c></row>'
        b'<row r="1048576"><c r="A1048576" s="0"/></row>'
    )
    parsed = read_list(_with_sheet(_sheet(rows)), "a.xlsx", Side.SUPPLY)
    assert [row.listing.title for row in parsed.rows] == ["Method"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_that_names_the_sheets_and_swells_when_unpacked_is_refused(part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        head, close, tail = archive.read(part).rpartition(b"</")
    swollen = head + b"<a/>" * (workbook_parts.MAX_INDEX_BYTES // 4) + close + tail
    assert _problems(_with_part(part, swollen)) == [("unreadable_file", "rejected")]


def test_errors_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_ERROR_CELLS", 9)
    errors = b'<row r="1">' + b'<c t="e"><v>#N/A</v></c>' * 10 + b"</row>"
    assert _problems(_with_sheet(_sheet(errors))) == [("too_large", "rejected")]


def test_a_cell_of_more_than_excel_holds_is_refused_however_often_it_is_shared() -> None:
    cell = b'<c t="inlineStr"><is><t>' + b"a" * 32_768 + b"</t></is></c>"
    assert _problems(_with_sheet(_sheet(b'<row r="1">' + cell + b"</row>"))) == [("too_large", "rejected")]
    full = cell.replace(b"a" * 32_768, b"a" * 32_767) * 16
    rows = b"".join(b"<row>" + full + b"</row>" for _ in range(100))
    assert _problems(_with_sheet(_sheet(rows))) == [("too_large", "rejected")]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize(
    "kind", ['<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a SYSTEM "file:///etc/passwd">', "<!DOCTYPE a>"]
)
def test_a_workbook_whose_xml_states_a_document_type_is_refused(part: str, kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        xml = archive.read(part)
    assert _problems(_with_part(part, xml)) == []
    assert _problems(_with_part(part, kind.encode() + xml)) == [("unreadable_file", "rejected")]


def test_a_worksheet_of_nothing_but_open_tags_is_refused_without_being_unpacked() -> None:
    content = (Path(__file__).parent / "xlsx-scan-50k.xlsx").read_bytes()
    assert _problems(content) == [("unreadable_file", "rejected")]


def test_looking_at_a_worksheet_takes_time_in_proportion_to_it() -> None:
    for repeated in (
        b'<c r="',
        b"<row ",
        b'<c t="e"><f',
        b"<a",
        b"<c><",
        b'<c r="A1"/>',
        b"<c t='e'>",
        b"a:row",
    ):
        short, long = (_seconds_to_look_at(repeated * (size // len(repeated))) for size in (2**17, 2**19))
        assert long < max(8 * short, 0.05), repeated


def _seconds_to_look_at(rows: bytes) -> float:
    """The processor time of the quickest of three looks: another process on the machine slows one down."""
    content = _with_sheet(_sheet(rows))
    looks = []
    for _ in range(3):
        start = time.process_time()
        with contextlib.suppress(UnreadableFile):
            workbooks._error_cells(content)
        looks.append(time.process_time() - start)
    return min(looks)


def test_a_far_cell_is_found_behind_a_tag_within_an_attribute() -> None:
    far = b'<row r="1"><c x="<c" r="XFD150000"><v>1</v></c></row>'
    assert _problems(_with_sheet(_sheet(far))) == [("too_large", "rejected")]


def test_an_error_is_found_with_its_formula_and_across_blocks() -> None:
    title = (
        b'<row r="1"><c t="inlineStr"><is><t>title</t></is></c><c t="inlineStr"><is><t>ID</t></is></c></row>'
    )
    row = b'<row><c t="inlineStr"><is><t>Method</t></is></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    parsed = read_list(_with_sheet(_sheet(title + b" " * 1_048_000 + row * 9)), "a.xlsx", Side.SUPPLY)
    assert [code for code, _ in codes(parsed)].count("cell_error") == 9


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a")
    assert _problems(stream.getvalue()) == [("unreadable_file", "rejected")]


def test_an_encrypted_workbook_says_so() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert _problems(content) == [("encrypted_file", "rejected")]


@pytest.mark.parametrize("content", [GOOD, xls([["成果名称", "完成单位"], ["甲方法", "某院"]])])
def test_damaged_workbooks_never_take_the_service_down(content: bytes) -> None:
    dice = random.Random(7)
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(6):
            damaged[dice.randrange(8, len(damaged))] = dice.randrange(256)
        parsed = read_list(bytes(damaged), "a.xls", Side.SUPPLY)
        assert parsed.rows or parsed.problems

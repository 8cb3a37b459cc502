"""Files in: one list file, read into good rows, rejected rows and problems.

The format is told by the content, whatever the name says. Every visible sheet with a recognisable header
is read. One bad row never loses the good ones; a file that cannot be read at all gives one problem.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from matcher.domain.hidden_parts import HiddenParts
from matcher.domain.list_columns import aliases
from matcher.domain.listing import Side, code_key, content_digest, identity_key
from matcher.domain.text import normalise
from matcher.files.columns import ColumnTally
from matcher.files.csv_records import stray_quote
from matcher.files.ditto import Above
from matcher.files.encodings import Text
from matcher.files.forms import as_lists
from matcher.files.headings import (
    HEADER_WITHIN,
    Header,
    find_header,
    header_of_keys,
)
from matcher.files.hidden import Hidden
from matcher.files.hiding import hidden_columns, without_hidden_columns
from matcher.files.ledger_reading import is_ledger
from matcher.files.mapping import NO_MAPPINGS, Mappings
from matcher.files.masked_cells import masked_cell
from matcher.files.no_rows import RowJudge, Verdict
from matcher.files.read_columns import ReadTable
from matcher.files.report import ParsedList, ParsedRow, Problem, RejectedRow, Severity
from matcher.files.row_cells import (
    cell_of_value,
    cells_of,
    counted_from_1900,
    distinct,
    filled_from_merged,
)
from matcher.files.rows import Cell, Place, RowReader, notes_of, original_cells
from matcher.files.sheets import MAX_BYTES, Sheet, UnreadableFile, column_letter
from matcher.files.skipped import MESSAGES, Reason, SkippedParts
from matcher.files.table_notes import NO_NOTES, TableNotes, notes_beside
from matcher.files.texts import Line, decode, is_jsonl, read_csv, read_jsonl
from matcher.files.transposed import is_on_its_side
from matcher.files.unread_tables import mapping_hint, unread_table
from matcher.files.values import may_have_lost_digits
from matcher.files.workbooks import OLE_MARK, ZIP_MARK, read_workbook

EXAMPLE_CODE = "示例-请删除"
"""The code of the template's example row, which is never imported."""

_OTHER_SIDE = {Side.SUPPLY: Side.DEMAND, Side.DEMAND: Side.SUPPLY}
_LIST_NAME = {Side.SUPPLY: ("科技成果", "achievement"), Side.DEMAND: ("企业需求", "demand")}
_OF_LISTS = frozenset({"", ".csv", ".tsv", ".txt", ".xls", ".xlsx", ".et", ".jsonl", ".json", ".ndjson"})
"""How the name of a text that may be a list ends: systems write text under the names of workbooks."""


def read_lists(
    files: Sequence[tuple[str, bytes]],
    side: Side,
    mappings: Mappings = NO_MAPPINGS,
    *,
    hidden: HiddenParts = HiddenParts.SKIP,
    notes: Mapping[str, TableNotes] | None = None,
) -> ParsedList:
    """Read files (name, content) as one list: an item stated twice counts once, whichever files hold it.

    Files are .xlsx, .xls, .csv or .jsonl, told apart by content. Never raises for what a file holds: a file
    that is no list gives no rows and one problem. `mappings` names the fields of columns by hand. What a
    workbook hides is left out and reported as skipped, unless `hidden` says to include it. `notes` hold for
    the JSON lines of the files of these names.
    """
    first: dict[str, ParsedRow] = {}
    beside = notes or {}
    readers = [
        _ListReader(filename, side, first, mappings, hidden, beside.get(filename, NO_NOTES))
        for filename, _ in files
    ]
    for reader, (_, content) in zip(readers, files, strict=True):
        try:
            reader.read(content)
        except UnreadableFile as error:
            reader.give_up(reader.file_problem(error.code, error.zh, error.en, row=error.row))
    return ParsedList(
        rows=tuple(row for reader in readers for row in reader.rows),
        rejected=tuple(row for reader in readers for row in reader.rejected),
        problems=tuple(problem for reader in readers for problem in reader.problems),
        read=sum(reader.read_count for reader in readers),
        tables=tuple(table for reader in readers for table in reader.tables),
        skipped=tuple(entry for reader in readers for entry in reader.skipped.entries()),
        held_back=frozenset(key for reader in readers for key in reader.held_back),
    )


class _ListReader:
    """Gathers the rows of one file; `first` holds the first row of every identity in all files."""

    def __init__(
        self,
        filename: str,
        side: Side,
        first: dict[str, ParsedRow],
        mappings: Mappings,
        hidden: HiddenParts,
        notes: TableNotes,
    ) -> None:
        self.rows: list[ParsedRow] = []
        self.rejected: list[RejectedRow] = []
        self.problems: list[Problem] = []
        self.read_count = 0
        self.tables: list[ReadTable] = []
        self._mappings = mappings
        self.skipped = SkippedParts(filename)
        self.held_back: set[str] = set()
        self._hidden = hidden
        self._notes = notes
        self._file = filename
        self._side = side
        self._first = first
        self._collapsed: set[str] = set()

    def read(self, content: bytes) -> None:
        """Read the file's content.

        Raises:
            UnreadableFile: the file holds no list of this side.
        """
        if len(content) > MAX_BYTES:
            raise UnreadableFile(
                "too_large",
                f"文件超过 {MAX_BYTES >> 20} MB，请拆分成几个文件分别导入。",
                f"the file is larger than {MAX_BYTES >> 20} MB; split it.",
            )
        if not content.strip():
            raise UnreadableFile("empty_file", "文件是空的，请检查是否导出成功。", "the file is empty.")
        if content.startswith((ZIP_MARK, OLE_MARK)):
            self._read_sheets([self._asked_for(sheet) for sheet in read_workbook(content)])
        else:
            suffix = PurePath(self._file).suffix.lower()
            if suffix not in _OF_LISTS:
                raise UnreadableFile(
                    "unreadable_file",
                    f"不支持 {suffix} 文件；请提供 .xlsx、.xls、.csv 或 .jsonl。",
                    f"{suffix} files are not read: give .xlsx, .xls, .csv or .jsonl.",
                )
            text = decode(content)
            if is_jsonl(text) or suffix in (".jsonl", ".json", ".ndjson"):
                self._read_lines(text)
            else:
                self._read_sheets([read_csv(text, self._side, self._mappings)])
        if self._collapsed:
            self.rows = [row for row in self.rows if identity_key(row.listing) not in self._collapsed]
        if not self.read_count:
            self.problems.append(
                self.file_problem(
                    "no_rows",
                    "有表头但没有数据行，请在表头下方填写后再导入。",
                    "there is a header but no row below it.",
                    severity="doubtful",
                )
            )

    def give_up(self, problem: Problem) -> None:
        """Take nothing of the file, for `problem`."""
        for row in self.rows:
            del self._first[identity_key(row.listing)]
        self.rows.clear()
        self.rejected.clear()
        self.skipped.clear()
        self.held_back.clear()
        self.read_count = 0
        self.problems.append(problem)

    def file_problem(
        self,
        code: str,
        zh: str,
        en: str,
        *,
        sheet: str = "",
        row: int | None = None,
        severity: Severity = "rejected",
    ) -> Problem:
        """A problem of the file or of one sheet."""
        return Problem(self._file, sheet, row, "", code, zh, severity, en)

    def _read_sheets(self, sheets: Sequence[Sheet]) -> None:
        if any(is_ledger(sheet.rows) for sheet in sheets if not sheet.hidden):
            raise UnreadableFile(
                "ledger_sheet",
                "这是台账，不是清单；请用 matcher ledger import（或“台账表格”页）导入。",
                "this is a ledger, not a list: bring it back with matcher ledger import (or on the page "
                "Ledger sheets).",
            )
        sheets = as_lists(sheets, self._side, self._mappings)
        headers = [(sheet, find_header(sheet.rows, self._side, self._mappings)) for sheet in sheets]
        if not any(header and not sheet.hidden for sheet, header in headers):
            raise self._no_header(sheets)
        others = [sheet for sheet, header in headers if header is None]
        for sheet, header in headers:
            if header and not sheet.hidden:
                if sheet.on_its_side:
                    self._report_on_its_side(sheet)
                self._read_sheet(sheet, header, notes_beside(sheet, header, others))
            elif header:
                self.problems.append(
                    self.file_problem(
                        "hidden_sheet",
                        "工作表已隐藏，未读取；如需导入请取消隐藏。",
                        "the sheet is hidden and was not read; unhide it to import it.",
                        sheet=sheet.name,
                        severity="doubtful",
                    )
                )
            elif not sheet.hidden and _looks_like_table(sheet) and not self._is_other_list(sheet):
                zh, en = self._header_message(sheet)
                self.problems.append(
                    self.file_problem("no_header", zh, en, sheet=sheet.name, severity="doubtful")
                )

    def _no_header(self, sheets: Sequence[Sheet]) -> UnreadableFile:
        if all(not any(map(_is_filled, sheet.rows)) for sheet in sheets):
            return UnreadableFile(
                "empty_file", "文件里没有内容，请检查是否导出成功。", "the file holds no cells."
            )
        hint = ("", "")
        if any(self._is_other_list(sheet) for sheet in sheets):
            name = _LIST_NAME[_OTHER_SIDE[self._side]]
            hint = (f"看起来这是{name[0]}清单，请按该清单导入。", f" It looks like the {name[1]} list.")
        fullest = max(sheets, key=lambda sheet: sum(map(_is_filled, sheet.rows[:HEADER_WITHIN])))
        zh, en = self._header_message(fullest)
        if is_on_its_side(fullest, self._side):
            zh += "看起来字段在首列、每列一条；请转置（复制后“选择性粘贴—转置”）再导入。"
            en += " It seems to have its fields in the first column: transpose it (Paste Special, Transpose)."
        if not hint[0] and (table := unread_table(self._file, fullest, self._side)) is not None:
            self.tables.append(table)
            hint = mapping_hint(table)
        return UnreadableFile("no_header", zh + hint[0], en + hint[1])

    def _is_other_list(self, sheet: Sheet) -> bool:
        return find_header(sheet.rows, _OTHER_SIDE[self._side]) is not None

    def _header_message(self, sheet: Sheet) -> tuple[str, str]:
        title = aliases(self._side)["title"][0]
        fullest = max(sheet.rows[:HEADER_WITHIN], key=lambda row: sum(map(bool, row)), default=[])
        seen = "、".join(normalise(cell)[:12] for cell in fullest if cell.strip())[:80]
        zh = (
            f"前 {HEADER_WITHIN} 行中没有找到表头（至少要有“{title}”一列及另一列；见到的是：{seen}）。"
            "请保留表头行，或使用模板。"
        )
        en = (
            f"no header in the first {HEADER_WITHIN} rows: a column such as {title} and one more are needed "
            f"(seen: {seen}). Keep the header row, or use the template."
        )
        return zh, en

    def _asked_for(self, sheet: Sheet) -> Sheet:
        """The sheet; with nothing hidden in it where hidden parts are to be included."""
        if self._hidden is HiddenParts.INCLUDE:
            return replace(sheet, hidden=False, hides=Hidden())
        if sheet.hides is None and not sheet.hidden:
            self.problems.append(
                self.file_problem(
                    "hidden_unknown",
                    "无法判断该表中哪些行列被隐藏，全部按未隐藏读取；请核对，或另存为 .xlsx 再导入。",
                    "which rows and columns the sheet hides cannot be told, and all were read: check them, "
                    "or save the file as .xlsx.",
                    sheet=sheet.name,
                    severity="doubtful",
                )
            )
        return sheet

    def _report_on_its_side(self, sheet: Sheet) -> None:
        self.problems.append(
            self.file_problem(
                "on_its_side",
                "该表字段在首列、每列一条，已逐列读取；报告中的“行”是表中的列（第 2 行即 B 列），"
                "列字母则是表中的行（B 即第 2 行）。",
                "the sheet has its fields in the first column and was read column by column: a row of this "
                "report is a column of the sheet (2 is B), and a letter is a row (B is 2).",
                sheet=sheet.name,
                severity="doubtful",
            )
        )

    def _read_sheet(self, whole: Sheet, header: Header, notes: TableNotes) -> None:
        headings = distinct([normalise(heading) for heading in header.headings])
        for label in hidden_columns(whole, header).values():
            self.skipped.add_column(whole.name, Reason.HIDDEN_COLUMN, label)
        sheet, header = without_hidden_columns(whole, header)
        titles = [column for column, name in enumerate(header.fields) if name == "title"]
        if not titles:
            self._report_hidden_titles(sheet)
            return
        judge = RowJudge(sheet, header, self._side)
        tally = ColumnTally(headings, header)
        above = Above()
        for index in range(header.first_data_row, len(sheet.rows)):
            row = sheet.rows[index]
            if not judge.says_something(index):
                continue
            texts: Sequence[str] = row
            if any(row[column].strip() for column in titles if column < len(row)):
                texts = filled_from_merged(sheet, index, header)
            if sheet.since_1904:
                texts = counted_from_1900(texts, header)
            texts = above.filled(texts)
            place = Place(self._file, sheet.name, index + 1)
            cells = list(cells_of(texts, headings, header, sheet, notes))
            if index in sheet.stray_quotes:
                self._reject(place, cells, stray_quote(sheet.stray_quotes[index]))
                continue
            if self._is_skipped(place, judge.of(index), sheet, cells):
                continue
            above.keep(texts)
            tally.take(texts)
            extra = [column for column in range(len(headings), len(row)) if _is_filled([row[column]])]
            if extra:
                self.problems.append(
                    place.problem(
                        "extra_cells",
                        "该行的列数多于表头，可能有未加引号的分隔符，请核对各列是否错位。",
                        "the row has more cells than the header; check for an unquoted delimiter.",
                        "doubtful",
                        column_letter(extra[0]),
                    )
                )
            self._take(place, cells, undecodable=sheet.undecodable)
        self.tables.append(tally.table(self._file, sheet.name, self._side))

    def _report_hidden_titles(self, sheet: Sheet) -> None:
        self.problems.append(
            self.file_problem(
                "hidden_title",
                "名称一列在工作簿中被隐藏，该表未读取；请取消隐藏，或选择导入隐藏内容（--hidden include）。",
                "the column of titles is hidden in the workbook, and the sheet was not read: unhide it, or "
                "import with --hidden include.",
                sheet=sheet.name,
            )
        )

    def _is_skipped(self, place: Place, verdict: Verdict, sheet: Sheet, cells: Sequence[Cell]) -> bool:
        """Whether a row is no item, or hidden; it is noted as skipped. One in doubt is noted, and read."""
        reason = verdict.reason if verdict.certain else None
        hides = sheet.hides or Hidden()
        if reason is None and place.row - 1 in hides.rows:
            reason = Reason.FILTERED_ROW if hides.filtered else Reason.HIDDEN_ROW
        if reason is not None:
            self.skipped.add_row(place.sheet, reason, place.row, map(_shown, cells))
            self._hold_back(place, reason, cells)
        elif verdict.reason is not None:
            zh, en = MESSAGES[verdict.reason]
            self.problems.append(
                place.problem(
                    "maybe_no_row",
                    f"该行像是{zh.removesuffix('，不是条目。')}，但另有内容，已按条目导入；如不是条目请删除该行。",
                    f"the row looks like {en.removesuffix(', not an item.')} but says more, and was imported "
                    "as an item: delete it if it is none.",
                    "doubtful",
                )
            )
        return reason is not None

    def _hold_back(self, place: Place, reason: Reason, cells: Sequence[Cell]) -> None:
        """Note the item that a skipped row may stand for: its listing is neither changed nor withdrawn."""
        if reason not in (Reason.HIDDEN_ROW, Reason.FILTERED_ROW, Reason.NUMBER, Reason.DEFAULT):
            return
        code = next((normalise(cell.text) for cell in cells if cell.field == "code"), "")
        if code:
            self.held_back.add(code_key(code))
            return
        listing = RowReader(place, self._side, undecodable=False).read(cells)
        if not isinstance(listing, RejectedRow):
            self.held_back.add(identity_key(listing))

    def _read_lines(self, text: Text) -> None:
        if text.text.lstrip().startswith("["):
            raise UnreadableFile(
                "not_json",
                "文件是一个 JSON 数组，请改为每行一个 JSON 对象（.jsonl）。",
                "the file is one JSON array; write one object per line.",
            )
        lines = list(read_jsonl(text))
        keys = list(dict.fromkeys(key for line in lines for key in line.record or ()))
        header = header_of_keys(keys, self._side, self._mappings)
        fields = dict(zip(keys, header.fields, strict=True))
        tally = ColumnTally(keys, header)
        for line in lines:
            place = Place(self._file, "", line.number)
            if line.record is None:
                self._reject_line(place, line)
            else:
                cells = [
                    cell_of_value(key, value, fields[key], self._notes) for key, value in line.record.items()
                ]
                texts = {cell.heading: cell.text for cell in cells}
                tally.take([texts.get(key, "") for key in keys])
                self._take(place, cells, undecodable=text.lossy)
        self.tables.append(tally.table(self._file, "", self._side, letters=False))

    def _reject_line(self, place: Place, line: Line) -> None:
        message = (
            "not_json",
            "该行不是一个完整的 JSON 对象，请改正后再导入。",
            "the line is not a JSON object; mend it.",
        )
        whole = line.text.encode("utf-8", "backslashreplace").decode()
        self._reject(place, [Cell("", "原文", None, whole)], message)

    def _reject(self, place: Place, cells: Sequence[Cell], message: tuple[str, str, str]) -> None:
        problem = place.problem(*message, "rejected")
        self.read_count += 1
        self.problems.append(problem)
        self.rejected.append(place.reject(cells, problem))

    def _take(self, place: Place, cells: Sequence[Cell], *, undecodable: bool) -> None:
        if any(cell.field == "code" and cell.text.strip() == EXAMPLE_CODE for cell in cells):
            self.skipped.add_row(place.sheet, Reason.EXAMPLE, place.row, map(_shown, cells))
            return
        self.read_count += 1
        reader = RowReader(place, self._side, undecodable=undecodable)
        listing = reader.read(cells)
        self.problems.extend(reader.problems)
        if isinstance(listing, RejectedRow):
            self.rejected.append(listing)
            return
        row = ParsedRow(place.file, place.sheet, place.row, listing, original_cells(cells), notes_of(cells))
        first = self._first.setdefault(identity_key(listing), row)
        if first is row:
            self.rows.append(row)
        else:
            self._take_repeated(row, first)

    def _take_repeated(self, row: ParsedRow, first: ParsedRow) -> None:
        other_file = "" if first.file == row.file else first.file
        stands = " ".join(part for part in (other_file, first.sheet) if part)
        where = f"“{stands}”第 {first.row} 行" if stands else f"第 {first.row} 行"
        if content_digest(row.listing) == content_digest(first.listing):
            self.problems.append(
                row.problem(
                    "duplicate_in_file",
                    f"与{where}完全相同，已略过；可删除此行。",
                    f"the same as row {first.row} of {stands or 'the file'}; skipped.",
                    severity="doubtful",
                )
            )
            return
        if may_have_lost_digits(row.listing.code):
            self._reject_collapsed(row, first)
            return
        same = "编号" if row.listing.code else "名称和单位"
        problem = row.problem(
            "conflict_in_file",
            f"与{where}的{same}相同而内容不同，未导入；请保留一行，或给两行填写不同的编号。",
            f"the same identity as row {first.row} of {stands or 'the file'} with other content; "
            "keep one, or give each a code of its own.",
            severity="rejected",
        )
        self.problems.append(problem)
        self.rejected.append(row.reject(problem))

    def _reject_collapsed(self, row: ParsedRow, first: ParsedRow) -> None:
        """Import neither of two rows whose codes have become one: it is not known whose code it was."""
        key = identity_key(first.listing)
        both = [row] if key in self._collapsed or first.file != row.file else [first, row]
        self._collapsed.add(key)
        for refused in both:
            problem = refused.problem(
                "digits_lost",
                f"不同的行有同一个长编码“{row.listing.code}”，其末尾的零说明后几位可能已经丢失；未导入，"
                "请把该列设为“文本”格式后重新填写编码。",
                f"different rows have the one long code {row.listing.code}, and its last zeros suggest lost "
                "digits; not imported: format the column as text and type the codes again.",
                severity="rejected",
            )
            self.problems.append(problem)
            self.rejected.append(refused.reject(problem))


def _is_filled(row: Iterable[str]) -> bool:
    return any(cell and not cell.isspace() for cell in row)


def _shown(cell: Cell) -> str:
    return masked_cell(cell.field, cell.heading, cell.text)


def _looks_like_table(sheet: Sheet) -> bool:
    """Whether a sheet without a header is worth a warning: three rows of three cells or more."""
    return sum(sum(bool(cell.strip()) for cell in row) >= 3 for row in sheet.rows[:HEADER_WITHIN]) >= 3

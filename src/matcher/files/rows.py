"""One row of cells, read as a listing: the good fields, and a problem for each cell in doubt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matcher.domain.beside import BESIDE, is_of_persons
from matcher.domain.errors import InvalidInput
from matcher.domain.listing import (
    Achievement,
    Confidentiality,
    Contact,
    Demand,
    Maturity,
    Money,
    Side,
)
from matcher.domain.maturity import parse_maturity
from matcher.domain.money import parse_money
from matcher.domain.text import fold, normalise
from matcher.files.contacts import ReadContact, read_contact, read_name, read_phone
from matcher.files.plain_headings import unit_of
from matcher.files.report import Problem, RejectedRow, Severity
from matcher.files.table_notes import NO_NOTES, TableNotes
from matcher.files.values import (
    error_message,
    has_lost_digits,
    is_error,
    is_nothing,
    is_period,
    parse_confidentiality,
    parse_date,
    parse_kind,
    parse_modes,
    parse_people,
    parse_yes_no,
    split_terms,
    unique_terms,
)

UNDECODABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its column: the label for reports, the heading, and the field the heading names.

    `text` is the cell as it stands in the file. `terms` holds the items of a JSON list, which need no
    splitting. `notes` hold for what neither the cell nor its heading says.
    """

    column: str
    heading: str
    field: str | None
    text: str
    terms: tuple[str, ...] | None = None
    notes: TableNotes = NO_NOTES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file, sheet and row number from 1."""

    file: str
    sheet: str
    row: int

    def problem(self, code: str, zh: str, en: str, severity: Severity, column: str = "") -> Problem:
        """A problem of the row at this place."""
        return Problem(self.file, self.sheet, self.row, column, code, zh, severity, en)

    def reject(self, cells: Sequence[Cell], problem: Problem) -> RejectedRow:
        """The row at this place as a rejected one."""
        return RejectedRow(self.file, self.sheet, self.row, original_cells(cells), problem, notes_of(cells))


def original_cells(cells: Sequence[Cell]) -> dict[str, str]:
    """The row's own cells by heading, blank ones included, so that a rejected row shows what it lacks."""
    return {cell.heading: cell.text for cell in cells}


def notes_of(cells: Sequence[Cell]) -> TableNotes:
    """What the file says beside the table that the cells are a row of."""
    return next((cell.notes for cell in cells), NO_NOTES)


_LONG_TEXTS = frozenset({
    "abstract", "abstract_en", "detail", "problems", "targets", "conditions", "transfer_note",
})  # fmt: skip
_CODES = {"price": "bad_amount", "budget": "bad_amount", "valid_until": "bad_date", "deadline": "bad_date"}
_IDENTIFIERS = frozenset({"code", "title", "contact", "contact_name", "contact_phone", None})
"""Fields, and unknown columns, in which a power of ten is no figure but a code or telephone number."""

_STRICTER = list(Confidentiality)


def _line(text: str, _: Cell) -> str:
    return text.replace("\n", " ")


def _long_text(text: str, _: Cell) -> str:
    return text


def _keywords(_: str, cell: Cell) -> tuple[str, ...]:
    return split_terms(cell.text) if cell.terms is None else unique_terms([*cell.terms])


def _maturity(text: str, cell: Cell) -> Maturity:
    maturity = parse_maturity(cell.notes.maturity.get(text, text))
    if maturity.low is None and _is_of_levels(cell.heading):
        return replace(parse_maturity(f"TRL{text}"), text=text)
    return maturity


def _is_of_levels(heading: str) -> bool:
    plain = fold(heading)
    return any(scale in plain for scale in ("trl", "就绪", "readiness", "1-9", "1~9"))


def _explained(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells, those of readiness levels without the legend where another column states the stage by it."""
    stages = [cell for cell in cells if cell.field == "maturity" and cell.notes.maturity]
    levels = [cell for cell in stages if _is_of_levels(cell.heading)]
    if len(levels) in (0, len(stages)):
        return cells
    return [replace(cell, notes=NO_NOTES) if cell in levels else cell for cell in cells]


def _unknown_maturity(text: str) -> tuple[str, str]:
    if text.isdigit():
        zh = (
            f"“{text}”只是数字，表中没有写明它代表哪个阶段，已保留原文；请改为如“通过小试”“TRL 6”，"
            "或在表外注明如“1=实验室阶段，2=小试”。"
        )
        en = (
            f"{text} is a bare number that nothing explains and is kept as text: write 通过小试 or TRL 6, or "
            "add a legend such as 1=实验室阶段，2=小试."
        )
        return zh, en
    return (
        f"没有“{text}”这种成熟度，已保留原文；请改为如“通过小试”“中试阶段”或“TRL 6”。",
        f"{text!r} is no known maturity and kept as text; write 通过小试, 中试阶段 or TRL 6.",
    )


def _money(text: str, cell: Cell) -> Money:
    return parse_money(text, unit_of(cell.heading, cell.notes.unit or "万元"))


def _phone(text: str, _: Cell) -> ReadContact:
    read = read_phone(text)
    if not read.contact.phone and not read.contact.email:
        raise InvalidInput(
            f"“{text}”里没有电话号码，已保留原文；请填写号码，如“13800000000”或“010-55500000转802”。",
            f"{text!r} holds no telephone number and is kept as text; write one, as 010-55500000转802.",
        )
    return read


_READERS: Mapping[str, Callable[[str, Cell], object]] = {
    **dict.fromkeys(_LONG_TEXTS, _long_text),
    "keywords": _keywords,
    "modes": lambda _, cell: parse_modes(cell.text),
    "inventors": lambda _, cell: parse_people(cell.text),
    "maturity": _maturity,
    "price": _money,
    "budget": _money,
    "valid_until": lambda text, _: parse_date(text),
    "deadline": lambda text, _: parse_date(text),
    "kind": lambda text, _: parse_kind(text),
    "confidentiality": lambda text, _: parse_confidentiality(text),
    "released": lambda text, _: parse_yes_no(text),
    "contact": lambda text, _: read_contact(text),
    "contact_name": lambda text, _: read_name(text),
    "contact_phone": _phone,
}
"""Field → how its normalised text is read; the fields not named here are one line of text."""


class RowReader:
    """Reads the cells of one row; `problems` tells what was in doubt."""

    def __init__(self, place: Place, side: Side, *, undecodable: bool) -> None:
        self.problems: list[Problem] = []
        self._place = place
        self._side = side
        self._undecodable = undecodable
        self._values: dict[str, Any] = {}
        self._extra: dict[str, str] = {}
        self._headings: dict[str, str] = {}
        self._fatal: Problem | None = None

    def read(self, cells: Sequence[Cell]) -> Achievement | Demand | RejectedRow:
        """The listing the cells state, or the row rejected for want of a title."""
        for cell in _explained(cells):
            self._take(cell)
        title = self._values.get("title", "")
        if self._fatal is None and not any(character.isalnum() for character in title):
            column = next((cell.column for cell in cells if cell.field == "title"), "")
            self._fatal = self._missing_title(title, column)
        if self._fatal is not None:
            self.problems.insert(0, self._fatal)
            return self._place.reject(cells, self._fatal)
        return self._listing()

    def _take(self, cell: Cell) -> None:
        text = normalise(cell.text)
        if not text or cell.field == "sequence" or (cell.field not in (None, "title") and is_nothing(text)):
            return
        if self._is_damaged(cell, text):
            return
        if cell.field is None:
            self._keep(cell, text)
            return
        try:
            value = _READERS.get(cell.field, _line)(text, cell)
        except InvalidInput as error:
            value = self._doubt(cell, text, error)
        if isinstance(value, Maturity) and value.low is None:
            self._report(cell, "unknown_value", *_unknown_maturity(text))
        if isinstance(value, ReadContact):
            self._headings.setdefault(str(cell.field), _beside(cell))
            if value.rest:
                self._keep_more(_beside(cell), value.rest)
        if value is not None:
            self._set(cell, text, value)

    def _is_damaged(self, cell: Cell, text: str) -> bool:
        if is_error(text):
            self._fault(cell, "cell_error", *error_message(text))
            return True
        if has_lost_digits(text) and cell.field in _IDENTIFIERS:
            self._fault(
                cell,
                "digits_lost",
                f"“{text}”是被存成数字的长编码，后几位已经丢失；请把该列设为“文本”格式后重新填写，"
                "或在编码前加英文单引号。",
                f"{text} is a long code that was stored as a number, and its last digits are lost: format "
                "the column as text and type it again, or put an apostrophe before it.",
            )
            return True
        if self._undecodable and UNDECODABLE in text:
            self._fault(
                cell,
                "bad_encoding",
                "有无法识别的字符，请在原文件中核对该单元格，并另存为“CSV UTF-8”。",
                "some characters could not be decoded; check the cell and save the file as CSV UTF-8.",
            )
            return cell.field == "title"
        if cell.field in _LONG_TEXTS and is_cut(cell.text):
            self._report(
                cell,
                "text_cut",
                f"文字在第 {len(cell.text)} 个字处中断，可能被原系统截断，请补全。",
                f"the text stops at character {len(cell.text)} and was probably cut; complete it.",
            )
        return False

    def _doubt(self, cell: Cell, text: str, error: InvalidInput) -> object:
        """What stands for a cell that could not be read: the strict value, or nothing."""
        self._keep(cell, text)
        if cell.field in ("deadline", "valid_until") and is_period(text):
            error = InvalidInput(
                f"“{text}”没有写明从哪天算起，已保留原文；请写成具体日期，如“2027-12-31”或“2027年12月”。",
                f"{text!r} does not say from which day it counts and is kept as text; write 2027-12-31.",
            )
        self._report(cell, _CODES.get(str(cell.field), "unknown_value"), error.zh, error.en)
        return {"confidentiality": Confidentiality.INTERNAL, "released": False}.get(str(cell.field))

    def _set(self, cell: Cell, text: str, value: object) -> None:
        name = str(cell.field)
        former = self._values.setdefault(name, value)
        if former is value or former == value:
            return
        if name in _LONG_TEXTS:
            self._values[name] = f"{former}\n{value}"
        elif name == "confidentiality":
            self._values[name] = max(former, value, key=_STRICTER.index)
        elif name == "released":
            self._values[name] = former and value
        else:
            self._keep(cell, text)

    def _keep(self, cell: Cell, text: str) -> None:
        if cell.field in _OF_A_CONTACT:
            self._keep_more(_beside(cell), text)
        else:
            self._extra[cell.heading] = text

    def _keep_more(self, heading: str, text: str) -> None:
        kept = self._extra.get(heading, "")
        if text not in kept:
            self._extra[heading] = f"{kept}；{text}" if kept else text

    def _report(self, cell: Cell, code: str, zh: str, en: str) -> None:
        self.problems.append(self._place.problem(code, zh, en, "doubtful", cell.column))

    def _fault(self, cell: Cell, code: str, zh: str, en: str) -> None:
        if cell.field in ("title", "code"):
            self._fatal = self._place.problem(code, zh, en, "rejected", cell.column)
        else:
            self._report(cell, code, zh, en)

    def _missing_title(self, title: str, column: str) -> Problem:
        if title:
            zh, en = (
                f"名称“{title}”没有任何文字，请填写名称。",
                f"the title {title!r} says nothing; fill it in.",
            )
        else:
            zh, en = "没有名称，请填写名称。", "no title; fill it in."
        return self._place.problem("missing_title", zh, en, "rejected", column)

    def _listing(self) -> Achievement | Demand:
        values = dict(self._values)
        values["contact"] = self._contact(values)
        values["extra"] = self._extra
        return Achievement(**values) if self._side is Side.SUPPLY else Demand(**values)

    def _contact(self, values: dict[str, Any]) -> Contact:
        """The contact of all its cells; what two of them state differently is kept beside."""
        cells = {field: values.pop(field) for field in _CONTACT_CELLS["name"] if field in values}
        parts: dict[str, str] = {"email": values.pop("contact_email", "")}
        for part, order in _CONTACT_CELLS.items():
            for field in order:
                stated = getattr(cells[field].contact, part) if field in cells else ""
                if stated and parts.setdefault(part, "") in ("", stated):
                    parts[part] = stated
                elif stated:
                    self._keep_more(self._headings[field], stated)
        return Contact(**parts)


def _beside(cell: Cell) -> str:
    """The heading under which what a contact's cell says beside is kept, and known to be of persons."""
    return cell.heading if is_of_persons(cell.heading) else BESIDE


_OF_A_CONTACT = frozenset({"contact", "contact_name", "contact_phone", "contact_email"})
_CONTACT_CELLS = {
    "name": ("contact_name", "contact", "contact_phone"),
    "phone": ("contact_phone", "contact_name", "contact"),
    "email": ("contact_phone", "contact_name", "contact"),
}
"""Part of a contact → the fields whose cells may state it; the first that does counts."""


_CUT_LENGTHS = frozenset({255, 256, 500, 512, 1000, 1024, 2000, 2048, 4000, 4096, 32_767})
"""Widths of database columns and of an Excel cell: a text that fills one without an end was cut."""
_ENDS = '。.!?！？；;)）”"》】…'


def is_cut(text: str) -> bool:
    """Whether a text has the length of a full column and stops without a closing mark."""
    return len(text) in _CUT_LENGTHS and text.rstrip()[-1:] not in _ENDS

"""Which rows below a header are no items: totals, notes, signatures, the header again, rows never filled in.

A row is skipped where nothing in it could be an item's. One that looks like such a row and yet says more is
read, and reported as doubtful: what stands under the title decides, with the words in the other cells.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from matcher.domain.listing import Side
from matcher.domain.text import fold
from matcher.files.headings import REASON_HEADING, Header, field_of
from matcher.files.legends import is_legend
from matcher.files.row_marks import (
    is_bare_label,
    is_count,
    is_day,
    is_figure,
    is_note,
    is_page_mark,
    is_placeholder,
    is_point,
    is_running_number,
    is_signature,
    is_total,
    is_unit,
)
from matcher.files.sheets import Sheet
from matcher.files.skipped import Reason
from matcher.files.values import is_nothing

_CHOICES = frozenset({
    "released", "kind", "modes", "maturity", "confidentiality", "organisation_nature", "form", "level",
    "ip_type", "industry", "region", "source_region",
})  # fmt: skip
"""Fields with drop-downs: a default among them says nothing of its own."""

_TEXTS = frozenset({
    "abstract", "abstract_en", "detail", "problems", "targets", "conditions", "transfer_note", "title_en",
})  # fmt: skip

_COMPARED = 200
"""Characters of a cell that are looked at: every mark stands at the beginning."""

_LONGEST_DEFAULT = 20
_FILLED_DOWN = 3
"""Rows without a title that must say the same before that counts as filled down."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row is. Without a reason it is data; with one that is not certain, it is read and doubtful."""

    reason: Reason | None = None
    certain: bool = True


DATA = Verdict()


def _is_blank(folded: str) -> bool:
    """Whether a cell says that there is nothing, or still asks to be filled in."""
    return is_nothing(folded) or is_placeholder(folded)


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    return fold(text)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A cell that is not blank: its column, the field that names, and its beginning."""

    column: int
    field: str | None
    beginning: str

    @property
    def text(self) -> str:
        """The beginning, folded; most cells are never asked for it."""
        return _folded(self.beginning)

    @property
    def is_title(self) -> bool:
        return self.field == "title"

    @property
    def has_words(self) -> bool:
        """Whether it says something that only an item would say."""
        quiet = self.field in _CHOICES or _is_blank(self.text) or is_figure(self.text)
        marks = is_total(self.text) or is_count(self.text) or is_page_mark(self.text)
        return not (quiet or marks or self.field == "sequence")


class RowJudge:
    """Judges the rows of one sheet, from the top down; ask only of those that say something."""

    def __init__(self, sheet: Sheet, header: Header, side: Side) -> None:
        self._sheet = sheet
        self._header = header
        self._side = side
        self._after_note = False
        self._reasons = {column for column, text in enumerate(header.headings) if text == REASON_HEADING}

    def says_something(self, index: int) -> bool:
        """Whether the row at `index`, from 0, holds more than blanks."""
        return bool(self._filled(self._sheet.rows[index]))

    def of(self, index: int) -> Verdict:
        """What the row at `index`, from 0, is."""
        verdict = self._judged(index)
        self._after_note = verdict.reason is Reason.NOTE
        return verdict

    def _judged(self, index: int) -> Verdict:
        cells = self._filled(self._sheet.rows[index])
        if self._is_header_again(index, cells):
            return Verdict(Reason.HEADER)
        said = [cell for cell in cells if not (cell.field == "sequence" and is_running_number(cell.text))]
        if not said:
            return Verdict(Reason.NUMBER)
        for judge in (_as_total, _as_note, _as_signature, _as_nothing):
            verdict = judge(said)
            if verdict.reason is not None:
                return verdict
        if len(cells) == 1 and (cells[0].is_title or cells[0].field == "sequence"):
            return self._as_lone_cell(cells[0])
        if len(cells) == 1 and is_point(cells[0].text):
            return Verdict(Reason.NOTE)
        return DATA if any(cell.is_title for cell in said) else self._as_never_filled_in(said)

    def _filled(self, row: Sequence[str]) -> list[_Filled]:
        fields = self._header.fields
        return [
            _Filled(column, fields[column] if column < len(fields) else None, cell[:_COMPARED])
            for column, cell in enumerate(row)
            if cell and not cell.isspace() and column not in self._reasons
        ]

    def _is_header_again(self, index: int, cells: Sequence[_Filled]) -> bool:
        """Whether the row repeats the header, a row above it, or belongs to it by a merged cell."""
        above = self._above.get(cells[0].text)
        if above and _said(cells) in above:
            return True
        first = self._header.first_data_row
        if any(
            name == "title" and self._sheet.merged.get((index, column), (first,))[0] < first
            for column, name in enumerate(self._header.fields)
        ):
            return True
        titles = [cell for cell in cells if cell.is_title]
        if any(field_of(cell.text, self._side) != "title" for cell in titles):
            return False
        named = sum(field_of(cell.text, self._side) is not None for cell in cells)
        return named > 1 and (bool(titles) or named == len(cells))

    @cached_property
    def _above(self) -> Mapping[str, frozenset[tuple[tuple[int, str], ...]]]:
        """What each row above the data says, by its first cell."""
        above: dict[str, frozenset[tuple[tuple[int, str], ...]]] = {}
        for row in self._sheet.rows[: self._header.first_data_row]:
            if cells := self._filled(row):
                above[cells[0].text] = above.get(cells[0].text, frozenset()) | {_said(cells)}
        return above

    def _as_lone_cell(self, cell: _Filled) -> Verdict:
        """The only cell of a row: a further line of a note, a caption above a group of rows, or a title."""
        if cell.field == "sequence":
            return Verdict(Reason.NOTE)
        if is_legend(cell.beginning):
            return Verdict(Reason.NOTE)
        if self._after_note:
            return Verdict(Reason.NOTE, certain=is_point(cell.text))
        if is_point(cell.text) and self._header.known > 1:
            return Verdict(Reason.NOTE, certain=False)
        return DATA

    def _as_never_filled_in(self, said: Sequence[_Filled]) -> Verdict:
        """A row without a title that holds only what was filled down before anybody wrote into it."""
        stated = [cell for cell in _without_code(said) if not is_nothing(cell.text)]
        repeated = self._filled_down[_said(stated)] >= _FILLED_DOWN
        if all(cell.field in _CHOICES for cell in stated):
            if all(cell.field != "code" for cell in said) or repeated:
                return Verdict(Reason.DEFAULT if stated else Reason.NUMBER)
        elif repeated and not any(
            cell.field in _TEXTS or len(cell.text) > _LONGEST_DEFAULT for cell in stated
        ):
            return Verdict(Reason.DEFAULT)
        return DATA

    @cached_property
    def _filled_down(self) -> Counter[tuple[tuple[int, str], ...]]:
        """How many rows without a title say the same, their codes and running numbers aside."""
        counted: Counter[tuple[tuple[int, str], ...]] = Counter()
        titles = [column for column, name in enumerate(self._header.fields) if name == "title"]
        for row in self._sheet.rows[self._header.first_data_row :]:
            if not any(row[column].strip() for column in titles if column < len(row)):
                cells = [cell for cell in self._filled(row) if cell.field != "sequence"]
                stated = [cell for cell in _without_code(cells) if not is_nothing(cell.text)]
                counted[_said(stated)] += bool(cells)
        return counted


def _said(cells: Sequence[_Filled]) -> tuple[tuple[int, str], ...]:
    return tuple((cell.column, cell.text) for cell in cells)


def _without_code(cells: Sequence[_Filled]) -> list[_Filled]:
    return [cell for cell in cells if cell.field != "code"]


def _title(said: Sequence[_Filled]) -> str:
    return "".join(cell.text for cell in said if cell.is_title)


def _as_total(said: Sequence[_Filled]) -> Verdict:
    """A total: headed as one with no item's title beside it, or a count under the title."""
    first, title = said[0], _title(said)
    others_speak = any(cell.has_words for cell in said[1:])
    if is_total(first.text):
        if first.is_title:
            return Verdict(Reason.TOTAL, certain=not others_speak)
        counted = not title or is_total(title) or is_count(title) or is_figure(title)
        return Verdict(Reason.TOTAL, certain=counted)
    if title and (is_total(title) or is_count(title)):
        speaks = any(cell.has_words for cell in said)
        return Verdict(Reason.TOTAL, certain=not speaks)
    return DATA


def _as_note(said: Sequence[_Filled]) -> Verdict:
    """A note or a statement of the unit: its label comes first, and there is no title, or it is the title."""
    first, title = said[0], _title(said)
    if is_page_mark(first.text) and not any(cell.has_words for cell in said):
        return Verdict(Reason.NOTE)
    if is_unit(first.text):
        return Verdict(Reason.UNIT, certain=not any(cell.has_words for cell in said[1:]))
    if is_note(first.text):
        labels_next = is_bare_label(first.text) and len(said) <= 2
        alone = not any(cell.has_words for cell in said[1:])
        no_title = not title and not first.is_title
        return Verdict(Reason.NOTE, certain=labels_next or alone or no_title)
    if title and is_note(title):
        return Verdict(Reason.NOTE, certain=False)
    return DATA


def _as_signature(said: Sequence[_Filled]) -> Verdict:
    """A line of signatures: every cell that has words is labelled, by itself or by the cell before it."""
    first, title = said[0], _title(said)
    if is_day(first.text):
        alone = all(is_day(cell.text) or is_signature(cell.text) for cell in said)
        return Verdict(Reason.SIGNATURE) if alone else DATA
    if not is_signature(first.text):
        return DATA
    labelled = all(
        is_signature(cell.text) or is_day(cell.text) or is_bare_label(before.text) or not cell.has_words
        for before, cell in pairwise(said)
    )
    return Verdict(Reason.SIGNATURE, certain=labelled or not title)


def _as_nothing(said: Sequence[_Filled]) -> Verdict:
    """A row whose title is “无”, a dash or a request to fill it in, unless it describes something."""
    if not any(cell.is_title for cell in said) or not _is_blank(_title(said)):
        return DATA
    described = any(cell.field in _TEXTS and cell.has_words for cell in said)
    return Verdict(Reason.NOTHING, certain=not described)

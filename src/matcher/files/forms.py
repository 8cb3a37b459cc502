"""Forms: a sheet that states one item with labels beside the values, read as a list of that item."""

from collections.abc import Sequence
from dataclasses import replace

from matcher.domain.listing import Side
from matcher.files.headings import field_of, find_header
from matcher.files.mapping import NO_MAPPINGS, Mappings
from matcher.files.sheets import Sheet
from matcher.files.transposed import is_on_its_side, is_too_wide, upright

_LEAST_LABELS = 3
"""Labels that name fields, each in a row of its own, from which a sheet is a form."""
_MOST_ROWS = 400
"""A form is short; longer sheets are lists."""

_Pairs = list[tuple[str, str]]


def as_lists(sheets: Sequence[Sheet], side: Side, mappings: Mappings = NO_MAPPINGS) -> list[Sheet]:
    """The sheets of a file, forms and lists on their side as lists; where a visible sheet is a list, as
    they are: what stands beside a list are instructions."""
    lists = [_as_list(sheet, side, mappings) for sheet in sheets]
    unchanged = (sheet for sheet, made in zip(sheets, lists, strict=True) if made is sheet)
    if any(not sheet.hidden and find_header(sheet.rows, side, mappings) is not None for sheet in unchanged):
        return [*sheets]
    return lists


def _as_list(sheet: Sheet, side: Side, mappings: Mappings) -> Sheet:
    """The sheet; upright where it lies on its side, a list with its labels as headings where it is a form.

    Several forms below one another become several rows. Each row stands where the item's name stands in the
    form, so that reports name that row.
    """
    if len(sheet.rows) > _MOST_ROWS:
        return sheet
    header = find_header(sheet.rows, side, mappings)
    if is_on_its_side(sheet, side):
        turned = upright(sheet, side, mappings)
        if turned is not None and (header is None or header.known < turned[1].known):
            return turned[0]
        if is_too_wide(sheet):
            return sheet
    forms = _forms(sheet.rows, side)
    if not forms:
        return sheet
    if header is not None and header.known >= max(_labels(pairs, side) for _, pairs in forms):
        return sheet
    headings = list(dict.fromkeys(label for _, pairs in forms for label, _ in pairs))
    rows: list[list[str]] = [headings]
    for number, pairs in forms:
        values = dict(pairs)
        rows += [[] for _ in range(max(number, 1) - len(rows))]
        rows.append([values.get(label, "") for label in headings])
    return replace(sheet, rows=rows, merged={})


def _forms(rows: Sequence[Sequence[str]], side: Side) -> list[tuple[int, _Pairs]]:
    """The forms on a sheet, each with the row of its title: a label that returns begins the next one."""
    forms: list[tuple[int, _Pairs]] = []
    pairs: _Pairs = []
    title_row, label_rows = -1, set[int]()
    for number, row in enumerate(rows):
        if pairs and _is_text_alone(row, side) and _is_label_alone(rows[number - 1], pairs[-1]):
            pairs[-1] = (pairs[-1][0], _filled(row)[0])
            continue
        for label, value in _pairs_of(row, side):
            if label in dict(pairs):
                if not _is_form(pairs, label_rows, side):
                    return []
                forms.append((title_row, pairs))
                pairs, label_rows = [], set()
            name = field_of(label, side)
            if name is not None:
                label_rows.add(number)
            if name == "title":
                title_row = number
            pairs.append((label, value))
    if not _is_form(pairs, label_rows, side):
        return []
    return [*forms, (title_row, pairs)]


def _is_form(pairs: _Pairs, label_rows: set[int], side: Side) -> bool:
    titles = [value for label, value in pairs if field_of(label, side) == "title"]
    return len(titles) == 1 and bool(titles[0]) and len(label_rows) >= _LEAST_LABELS


def _labels(pairs: _Pairs, side: Side) -> int:
    return sum(field_of(label, side) is not None for label, _ in pairs)


def _filled(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]


def _is_text_alone(row: Sequence[str], side: Side) -> bool:
    filled = _filled(row)
    return (
        len(filled) == 1 and len(_label_and_value(filled[0], side)) == 1 and field_of(filled[0], side) is None
    )


def _is_label_alone(row: Sequence[str], last: tuple[str, str]) -> bool:
    """Whether the row holds nothing but the last label, whose value then stands below it."""
    return not last[1] and _filled(row) == [last[0]]


def _label_and_value(cell: str, side: Side) -> list[str]:
    """A cell such as “企业名称：甲公司” as its label and its value; any other cell as it is."""
    label, colon, value = cell.replace("：", ":", 1).partition(":")
    if colon and value.strip() and field_of(label, side) is not None:
        return [label.strip(), value.strip()]
    return [cell]


def _pairs_of(row: Sequence[str], side: Side) -> _Pairs:
    """The labels of one row with the values beside them; a row that does not alternate gives none."""
    filled = [part for cell in _filled(row) for part in _label_and_value(cell, side)]
    if len(filled) < 2:
        return [(filled[0], "")] if filled and field_of(filled[0], side) else []
    pairs: _Pairs = []
    waiting = ""
    for cell in filled:
        known = field_of(cell, side) is not None
        if known and waiting and field_of(waiting, side) is None:
            return []
        if waiting and not known:
            pairs.append((waiting, cell))
            waiting = ""
        elif waiting:
            pairs.append((waiting, ""))
            waiting = cell
        else:
            waiting = cell
    if waiting:
        if field_of(waiting, side) is None:
            return []
        pairs.append((waiting, ""))
    return pairs

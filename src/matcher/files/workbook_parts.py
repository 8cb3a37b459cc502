"""The small parts of an .xlsx: which sheet is which part, the calendar, and the number formats by style.

Both kinds of namespace are read, the usual one and that of strict OOXML (ISO/IEC 29500).
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from matcher.files.number_formats import format_code

WORKBOOK = "xl/workbook.xml"
MAX_INDEX_BYTES = 1 << 20
"""Of each part that names the sheets: they have a few kilobytes."""

_MAX_STYLE_BYTES = 16 << 20
"""Workbooks into which sheets were copied for years have some megabytes of styles."""

_RELATIONS = "xl/_rels/workbook.xml.rels"


@dataclass(frozen=True, slots=True)
class Outline:
    """What a workbook says of itself: sheet name → part, whether days count from 1904, and its styles."""

    sheets: dict[str, str]
    since_1904: bool
    styles: str


def outline(archive: zipfile.ZipFile) -> Outline:
    """What the workbook says of itself.

    Raises:
        ValueError, KeyError, SyntaxError, zipfile.BadZipFile: a part is missing, damaged, too large, or
            states a document type.
    """
    relations = list(_parsed(archive, _RELATIONS, MAX_INDEX_BYTES))
    targets = {relation.get("Id"): _part(str(relation.get("Target"))) for relation in relations}
    workbook = _parsed(archive, WORKBOOK, MAX_INDEX_BYTES)
    properties = next(_named(workbook, "workbookPr"), None)
    styles = [
        _part(str(link.get("Target"))) for link in relations if str(link.get("Type")).endswith("/styles")
    ]
    return Outline(
        sheets={
            str(sheet.get("name")): targets[_relation(sheet)]
            for sheet in _named(workbook, "sheet")
            if _relation(sheet) in targets
        },
        since_1904=properties is not None and properties.get("date1904") in ("1", "true", "on"),
        styles=styles[0] if styles else "",
    )


def style_formats(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The format code of every cell style, by its number; "" is General.

    Raises:
        ValueError, KeyError, SyntaxError, zipfile.BadZipFile: as for `outline`.
    """
    if part not in archive.namelist():
        return []
    styles = _parsed(archive, part, _MAX_STYLE_BYTES)
    custom = {int(form.get("numFmtId", "0")): form.get("formatCode", "") for form in _named(styles, "numFmt")}
    cells = next(_named(styles, "cellXfs"), None)
    numbers = [] if cells is None else [int(style.get("numFmtId", "0")) for style in _named(cells, "xf")]
    return [format_code(number, custom.get(number)) for number in numbers]


def _named(parent: Element, name: str) -> Iterator[Element]:
    return (element for element in parent.iter() if str(element.tag).rpartition("}")[2] == name)


def _relation(sheet: Element) -> str | None:
    return next((value for key, value in sheet.items() if key.endswith("relationships}id")), None)


def _parsed(archive: zipfile.ZipFile, name: str, limit: int) -> Element:
    """A small XML part of the archive."""
    with archive.open(name) as part:
        content = part.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"{name} is too large")
    return fromstring(content, forbid_dtd=True)


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)

"""Files as answers: always to be saved, never shown in place."""

from urllib.parse import quote

from starlette.responses import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


def workbook(content: bytes, name: str) -> Response:
    """An .xlsx file to be saved as `name`."""
    return attachment(content, XLSX, f"{name}.xlsx")


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to be saved as `name`, given to browsers in the form of RFC 5987."""
    return Response(content, media_type=media_type, headers=to_be_saved(name))


def to_be_saved(name: str) -> dict[str, str]:
    """The header by which browsers save an answer as `name`."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}

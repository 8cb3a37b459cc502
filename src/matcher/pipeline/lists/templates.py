"""Workbooks that help to fill a list: blank templates and the rows an import rejected."""

from collections.abc import Sequence
from io import BytesIO

from matcher.domain.listing import Side
from matcher.files.rejects import write_rejects
from matcher.files.report import RejectedRow
from matcher.files.template import write_template


def template_workbook(side: Side) -> bytes:
    """A blank list workbook (.xlsx) with drop-downs and one example row, which is never imported."""
    stream = BytesIO()
    write_template(side, stream)
    return stream.getvalue()


def rejects_workbook(rejected: Sequence[RejectedRow]) -> bytes:
    """The rejected rows with their reasons (.xlsx); once mended it imports again."""
    stream = BytesIO()
    write_rejects(rejected, stream)
    return stream.getvalue()

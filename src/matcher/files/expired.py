"""What there is to say of items whose validity has ended before they are imported."""

from collections.abc import Iterator
from datetime import date

from matcher.domain.listing import is_valid_on
from matcher.files.report import ParsedList, Problem


def expired(parsed: ParsedList, today: date) -> Iterator[Problem]:
    """A warning for every row that is imported and will not be matched, for its validity has ended."""
    for row in parsed.rows:
        if not is_valid_on(row.listing, today):
            until = row.listing.valid_until
            yield Problem(
                row.file,
                row.sheet,
                row.row,
                "",
                "expired",
                f"有效期已于 {until} 届满，已导入但不参与匹配；请核对有效期。",
                "doubtful",
                f"its validity ended on {until}: imported, and not matched; check the date.",
            )

"""An item whose validity has ended is imported, and the report says that it will not be matched."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import Side
from matcher.files.expired import expired
from matcher.files.reading import read_lists

UNTIL = date(2027, 6, 30)


@given(st.integers(-400, 400))
def test_a_row_is_expired_from_the_day_after_its_validity(days: int) -> None:
    content = f"成果名称,成果简介,有效期\n焊接飞溅抑制,低电流短路过渡,{UNTIL}\n抗枯萎病砧木,嫁接苗,\n"
    parsed = read_lists([("成果.csv", content.encode())], Side.SUPPLY)
    today = UNTIL + timedelta(days)
    said = [(problem.row, problem.code, problem.severity) for problem in expired(parsed, today)]
    assert said == ([(2, "expired", "doubtful")] if days > 0 else [])

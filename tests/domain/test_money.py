import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.listing import Money
from matcher.domain.money import MAX_WITHOUT_UNIT, parse_money


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("120", 120, 120),
        ("１２０", 120, 120),
        ("50.5", 50.5, 50.5),
        ("约50万", 50, 50),
        ("50万元左右", 50, 50),
        ("人民币50万元整", 50, 50),
        ("￥50万", 50, 50),
        ("100-200万元", 100, 200),
        ("100～200", 100, 200),
        ("100万元至200万元", 100, 200),
        ("50万—1亿", 50, 10_000),
        ("50万以上", 50, None),
        ("不低于50万元", 50, None),
        ("50余万元", 50, None),
        ("超过300万元", 300, None),
        ("不超过300万元", None, 300),
        ("300万以内", None, 300),
        ("1.2亿", 12_000, 12_000),
        ("500000元", 50, 50),
        ("1,200万元", 1200, 1200),
        ("三百", "unreadable", None),
        ("八十万元", 80, 80),
        ("一百五十万", 150, 150),
        ("壹佰万元整", 100, 100),
        ("壹佰萬圓整", 100, 100),
        ("1.2億", 12_000, 12_000),
        ("一点二亿", 12_000, 12_000),
        ("一亿二千万", 12_000, 12_000),
        ("一百二十三万四千五百元", 123.45, 123.45),
        ("三十至五十万元", 30, 50),
        ("三十余万元", 30, None),
        ("5百万", 500, 500),
        ("3十万元", 30, 30),
        ("300万元（含税）", 300, 300),
        ("300万元（含税，首付30%）", 300, 300),
        ("企业自筹200万元", 200, 200),
        ("0", 0, 0),
    ],
)
def test_an_amount_is_read_in_ten_thousand_yuan(
    text: str, low: float | str | None, high: float | None
) -> None:
    if low == "unreadable":
        with pytest.raises(InvalidInput):
            parse_money(text)
        return
    money = parse_money(text)
    assert (money.low, money.high, money.negotiable) == (low, high, False)


@pytest.mark.parametrize("text", ["面议", "价格面议", "双方协商", "可面议"])
def test_negotiable_names_no_figure(text: str) -> None:
    assert parse_money(text) == Money(negotiable=True, text=text)


@pytest.mark.parametrize("text", ["50万（可面议）", "面议，50万", "50万或面议"])
def test_a_figure_may_be_negotiable(text: str) -> None:
    assert parse_money(text) == Money(50, 50, negotiable=True, text=text)


@pytest.mark.parametrize("text", ["自筹", "待定", "视项目情况而定"])
def test_words_without_a_figure_are_unknown_and_kept(text: str) -> None:
    assert parse_money(text) == Money(text=text)


def test_a_blank_amount_is_unknown() -> None:
    assert parse_money("  ") == Money()


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "50万美元",
        "abc",
        "200-100万",
        "50万/年",
        "5%",
        "50万+5%提成",
        "2027-12-31",
        "150万元/年",
        "五万八",
        "二三十万",
        "几十万",
        "百万元",
        "50万（另加5%提成）",
    ],
)
def test_what_is_no_amount_in_yuan_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_money(text)
    assert text in caught.value.zh
    assert "请" in caught.value.zh


def test_the_headings_unit_counts_where_the_cell_has_none() -> None:
    assert parse_money("500000", "元").low == 50
    assert parse_money("50万", "元").low == 50
    assert parse_money("1.5", "亿元").low == 15_000


def test_a_bare_figure_of_a_billion_yuan_is_doubted_but_a_stated_unit_is_believed() -> None:
    with pytest.raises(InvalidInput, match="no unit"):
        parse_money(str(int(MAX_WITHOUT_UNIT)))
    assert parse_money("10亿").low == float(MAX_WITHOUT_UNIT)


@given(
    st.decimals(0, 99_999, places=2),
    st.sampled_from(["{}", "约{}万", "{}万元以上", "不超过{}", "0-{}万元", "{}元", "{}亿", "{}（可面议）"]),
    st.sampled_from(["万元", "元", "亿元", "千元"]),
)
def test_the_kept_text_reads_as_the_same_amount_again(number: object, form: str, unit: str) -> None:
    try:
        money = parse_money(form.format(number), unit)
    except InvalidInput:
        return
    assert parse_money(money.text) == money


@given(st.decimals(0, 99_999, places=2), st.decimals(0, 99_999, places=2))
def test_a_range_is_ordered_or_refused(one: object, other: object) -> None:
    try:
        money = parse_money(f"{one}-{other}万元")
    except InvalidInput:
        assert float(str(one)) > float(str(other))
        return
    assert (money.low, money.high) == (float(str(one)), float(str(other)))


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    try:
        money = parse_money(text)
    except InvalidInput:
        return
    assert money.low is None or money.high is None or 0 <= money.low <= money.high


def _in_chinese(number: int) -> str:
    """A number below a hundred million as Chinese writes it, 零 for any zeros inside."""
    if number >= 10_000:
        above, below = divmod(number, 10_000)
        zero = "零" if 0 < below < 1000 else ""
        return f"{_in_chinese(above)}万{zero}{_in_chinese(below) if below else ''}"
    written = ""
    for place, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            written += "零一二三四五六七八九"[digit] + sign
        elif written and number and not written.endswith("零"):
            written += "零"
    return written


@given(
    st.integers(1, 99_999_999), st.sampled_from(["{}元", "人民币{}元整", "约{}元", "不超过{}元", "{}元以上"])
)
def test_an_amount_in_chinese_numerals_reads_as_in_digits(yuan: int, form: str) -> None:
    chinese, digits = parse_money(form.format(_in_chinese(yuan))), parse_money(form.format(yuan))
    assert (chinese.low, chinese.high) == (digits.low, digits.high)


@given(st.integers(1, 9_999), st.sampled_from("万亿"), st.booleans())
def test_the_numerals_of_bank_notes_are_the_plain_ones(count: int, unit: str, traditional: bool) -> None:
    sign = {"万": "萬", "亿": "億"}[unit] if traditional else unit
    formal = _in_chinese(count).translate(
        str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
    )
    assert parse_money(f"{formal}{sign}元整").low == parse_money(f"{count}{unit}元").low

import time
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.quantities import MAX_QUANTITIES, Interval, compare, quantities_in
from matcher.domain.units import measure


@pytest.mark.parametrize(
    ("text", "name", "asked"),
    [
        ("转化率≥67%", "转化率", (0.67, inf)),
        ("转化率≥６７％", "转化率", (0.67, inf)),
        ("产物纯度：99.9%以上", "产物纯度", (0.999, inf)),
        ("要求密度不低于 1.80 g/cm³", "密度", (1.8e6, inf)),
        ("密度不低于1.80克/立方厘米", "密度", (1.8e6, inf)),
        ("面电阻≤5 mΩ·cm²", "面电阻", (-inf, 5e-4)),
        ("残留量低于 5 ppm", "残留量", (-inf, 5e-6)),
        ("灰分≤3‰", "灰分", (-inf, 0.003)),
        ("反应温度200~300 ℃", "反应温度", (200, 300)),
        ("工作温度范围：-40℃至85℃", "工作温度", (-40, 85)),
        ("电阻在（2.4～2.9）Ω内", "电阻", (2.4e3, 2.9e3)),
        ("恒温槽温度80±2℃", "恒温槽温度", (78, 82)),
        ("定位误差±0.1mm", "定位误差", (-1e-4, 1e-4)),
        ("年处理量达到5万吨", "年处理量", (5e10, inf)),
        ("循环寿命≥1 万次", "循环寿命", (1e4, inf)),
        ("活菌数≥10⁹ cfu/mL", "活菌数", (1e15, inf)),
        ("活菌数≥1×10^9 cfu/mL", "活菌数", (1e15, inf)),
        ("年产量不少于1,200 t", "年产量", (1.2e9, inf)),
        ("抗拉强度（Rm）≥600MPa", "抗拉强度", (6e11, inf)),
        ("抗拉强度Rm不小于600Mpa", "抗拉强度", (6e11, inf)),
        ("响应时间缩短至≤30分钟", "响应时间", (-inf, 1800)),
        ("提高转化率至80%", "转化率", (0.8, inf)),
        ("烧损率由3%降低到1%", "烧损率", (-inf, 0.01)),
        ("尺寸误差控制在3μm", "尺寸误差", (-inf, 3e-6)),
        ("设计寿命≥20年", "设计寿命", (20 * 365 * 86400, inf)),
        ("加热速率（≥0.6℃/min）", "加热速率", (0.01, inf)),
    ],
)
def test_a_bound_is_read_in_base_units(text: str, name: str, asked: Interval) -> None:
    (found,) = quantities_in(text)
    assert found.name == name
    assert found.asked == pytest.approx(asked)


@pytest.mark.parametrize(
    "text",
    [
        "2025年建成，1998—2003年立项",
        "第3代产品，第 2 次中试",
        "面向5G与CO2减排的Q345钢",
        "研制10kV以上产品",
        "电压10kV开关柜",
        "600MPa级高强钢",
        "转化率较高，达到国际先进水平（见表 3）",
        "1. 提高产品性能；2、降低排放",
        "共申请专利 12 项，建成 3 条产线",
        "达到98%的水平",
        "预算100万元，总投资 3 亿元",
        "售价≤5000元/t",
        "设备造价降低20%",
        "抗拉强度600mpa",
        "尺寸为10×20 mm",
        "浓度 5 个单位",
        "产量高于同行30%以上",
        "堆积密度≥1.8克/升斗",
        "",
    ],
)
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert quantities_in(text) == ()


@pytest.mark.parametrize("text", ["转化率60%", "抗拉强度为600 MPa", "耐压10 MPa左右"])
def test_a_bare_figure_is_stated_and_asks_for_nothing(text: str) -> None:
    (found,) = quantities_in(text)
    assert found.asked is None
    assert found.stated[0] == found.stated[1]


@pytest.mark.parametrize(
    ("asking", "offering", "met"),
    [
        ("转化率≥67%", "转化率 70%", [True]),
        ("转化率≥67%", "单程转化率达60%", [False]),
        ("转化率≥67%", "转化率由60%提高到75%", [True]),
        ("转化率≥67%", "转化率为60%~70%", []),
        ("转化率≥67%", "转化率高于60%", []),
        ("转化率≥67%", "选择性70%", []),
        ("转化率67%", "转化率70%", []),
        ("甲醇转化率≥67%", "原料气转化率70%", [True]),
        ("抗拉强度≥600MPa", "屈服强度650MPa", []),
        ("COD去除率≥90%", "氨氮去除率95%", []),
        ("厚度≤1cm", "厚度为8 mm", [True]),
        ("密度≥1.80 g/cm³", "密度1790 kg/m3", [False]),
        ("能量密度≥300Wh/kg", "能量密度达1.2 MJ/kg", [True]),
        ("转速≥3000 r/min", "转速60 r/s", [True]),
        ("工作温度-20~60℃", "工作温度25℃", [True]),
        ("工作温度-20~60℃", "工作温度350 K", []),
        ("能耗降低20%以上", "能耗降低了25%", [True]),
        ("降低能耗20%", "能耗降低15%", [False]),
        ("转化率≥20%", "转化率提高25%", []),
        ("功率≤2kW", "功率≤2.5 kW", []),
        ("功率≤2kW", "功率≤1.5 kW", [True]),
        ("转化率≥80%，选择性≥95%；纯度≥99%", "转化率85%，选择性90%，寿命2000h", [True, False]),
    ],
)
def test_a_bound_is_met_or_failed_only_by_the_same_quantity(
    asking: str, offering: str, met: list[bool]
) -> None:
    assert [one.met for one in compare(asking, offering)] == met


UNITS = [
    ("10 mm", "1 cm"),
    ("1000 kg", "1 t"),
    ("1000 kPa", "1 MPa"),
    ("90 min", "1.5 h"),
    ("500 mA", "0.5 A"),
    ("2000 W", "2 kW"),
    ("1 g/cm3", "1000 kg/m³"),
    ("36 km/h", "10 m/s"),
    ("2 ppm", "0.0002%"),
    ("5 W/(m·K)", "50 mW/cm/K"),
    ("1万吨/a", "10000 t/a"),
    ("1 MPa·s", "10^6 Pa·s"),
    ("3 mL·min⁻¹", "3 cm3/min"),
]


@pytest.mark.parametrize(("one", "other"), UNITS)
def test_one_quantity_in_two_units_is_the_same(one: str, other: str) -> None:
    (here,), (there,) = quantities_in(f"指标参数为{one}"), quantities_in(f"指标参数为{other}")
    assert here.dimension == there.dimension
    assert here.stated == there.stated


@pytest.mark.parametrize("unit", ["mpa", "G", "T", "mw"])
def test_a_unit_whose_spelling_leaves_it_open_has_no_measure(unit: str) -> None:
    assert measure(unit) is None


figures = st.integers(1, 10_000)


@given(figures, figures)
def test_a_bound_in_millimetres_is_met_as_it_is_in_centimetres(bound: int, offered: int) -> None:
    in_millimetres = compare(f"厚度≥{bound * 10} mm", f"厚度{offered} cm")
    in_centimetres = compare(f"厚度≥{bound} cm", f"厚度{offered * 10} mm")
    expected = [offered >= bound]
    assert [one.met for one in in_millimetres] == [one.met for one in in_centimetres] == expected


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for one in quantities_in(text):
        assert one.stated[0] <= one.stated[1]
        assert len(one.name) > 1


@pytest.mark.parametrize(
    "text", ["5" + " " * 20_000, "1" * 50_000, "5 " + "m/" * 20_000, "提高" * 20_000 + "5%", "转" * 50_000]
)
def test_a_strange_text_takes_no_long_time(text: str) -> None:
    since = time.perf_counter()
    quantities_in(text)
    assert time.perf_counter() - since < 2


@pytest.mark.parametrize("text", ["密度≥9999999999^99 kg", "密度≥0^-9 kg", "含量0~9999999999^99 kg"])
def test_a_number_beyond_all_measure_is_no_quantity(text: str) -> None:
    assert quantities_in(text) == ()


def test_of_a_table_without_end_the_first_quantities_are_read() -> None:
    text = "；".join(f"厚度{number} mm" for number in range(1, 2 * MAX_QUANTITIES))
    read = quantities_in(text)
    assert (len(read), read[-1].text) == (MAX_QUANTITIES, f"厚度 {MAX_QUANTITIES} mm")

import numpy as np
import pytest

from matcher.domain.listing import Side
from matcher.domain.match import Match
from matcher.domain.scoring import DEFAULT_SCORER
from matcher.domain.text import TextView, chinese_share
from matcher.index.snapshot import build_channels
from matcher.index.wording import WordingComparable
from matcher.matching.rank import rank
from matcher.ports import Encoder, Query

CHINESE = TextView("碱性电解水制氢用复合隔膜", "采用 PPS 编织网，面电阻低")
ENGLISH = TextView("Composite diaphragm for alkaline water electrolysis", "Hydrogen production")
BOTH = TextView(f"{CHINESE.title}\n{ENGLISH.title}", f"{CHINESE.body}\n{ENGLISH.body}")
NEITHER = TextView("2026-11")
LISTED = [CHINESE, ENGLISH, BOTH, NEITHER]


@pytest.mark.parametrize(
    ("asked", "comparable"),
    [(CHINESE, [1, 0, 1, 1]), (ENGLISH, [0, 1, 1, 1]), (BOTH, [1, 1, 1, 1]), (NEITHER, [1, 1, 1, 1])],
)
def test_only_a_chinese_text_and_one_without_chinese_have_no_wording_to_compare(
    asked: TextView, comparable: list[int]
) -> None:
    query = Query(asked, np.zeros(4, dtype=np.float32))
    [found] = WordingComparable(LISTED).ask([query]).values([np.arange(4)])
    assert found.tolist() == comparable


def test_a_few_abbreviations_leave_a_chinese_text_chinese() -> None:
    assert chinese_share("基于 CT 与 MRI 影像的肝脏肿瘤分割方法研究") > 0.8


def matches(encoder: Encoder, asked: TextView, listed: list[TextView]) -> list[Match]:
    vectors = encoder.encode([one.full for one in listed], Side.SUPPLY)
    [vector] = encoder.encode([asked.full], Side.DEMAND)
    [title] = encoder.encode([asked.title], Side.DEMAND)
    channels = build_channels(listed, vectors)
    [found] = rank([Query(asked, vector, title)], channels, DEFAULT_SCORER, len(listed), [None])
    return found


def test_an_english_achievement_is_found_by_a_chinese_demand_among_chinese_ones(encoder: Encoder) -> None:
    listed = [
        TextView("设施番茄灰霉病的微生物防治", "温室蔬菜病害绿色防控"),
        TextView("Biological control of gray mold on greenhouse tomatoes with antagonistic bacteria"),
        TextView("高速列车轴承的故障诊断方法", "振动信号与深度学习"),
        TextView("城市轨道交通客流预测", "时间序列模型"),
    ]
    found = matches(encoder, TextView("番茄灰霉病生物防治菌剂", "拮抗细菌"), listed)
    assert {found[0].row, found[1].row} == {0, 1}
    english = next(one for one in found if one.row == 1)
    assert english.contributions["lexical_text"] == english.contributions["lexical_title"] == 0
    assert english.score == sum(english.contributions.values()) > 2 * found[2].score

"""How much a demand says: boilerplate and lone common words count for little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER
from matcher.domain.text import TextView
from matcher.index.snapshot import build_channels
from matcher.index.substance import LEAST
from matcher.matching.rank import rank
from matcher.ports import Encoder, Query

BOILERPLATE = TextView("关键技术研究", "我公司拟开展关键技术研究，提高产品质量，降低生产成本。")
MORE_OF_IT = TextView(
    "关键技术研究与应用",
    "围绕关键技术研究与应用，开展技术攻关，提高产品质量，降低生产成本，达到国内领先水平。",
)
ASKED = TextView("碳源投加", "碳源投加凭经验，想少投。")
OFFERED = TextView("污水厂碳源投加精准控制", "按进水负荷预测投加量，乙酸钠少用两成。")
ENGLISH = TextView("Precise dosing of carbon sources")

NOTHING = np.zeros(3, dtype=np.float32)


def substance(demand: TextView) -> float:
    channels = build_channels([OFFERED], NOTHING[None])
    [found] = channels["substance"].ask([Query(demand, NOTHING, NOTHING)]).values([np.arange(1)])
    return float(found[0])


@pytest.mark.parametrize(
    ("demand", "low", "high"),
    [(BOILERPLATE, LEAST, 0.4), (TextView("系统"), LEAST, 0.4), (ASKED, 1, 1), (ENGLISH, 1, 1)],
)
def test_a_demand_says_enough_unless_it_is_boilerplate(demand: TextView, low: float, high: float) -> None:
    assert low <= substance(demand) <= high


def test_it_is_the_demands_on_whichever_side_the_index_stands() -> None:
    demands = [BOILERPLATE, ASKED, ENGLISH]
    rows = np.zeros((3, 3), dtype=np.float32)
    turned = build_channels(demands, rows, rows)["substance"]
    [found] = turned.ask([Query(OFFERED, NOTHING)]).values([np.arange(3)])
    assert found.tolist() == [substance(demand) for demand in demands]


WORDS = st.text("研究电解槽隔膜催化剂的方法。", max_size=30).map("研{}".format)


@given(WORDS, WORDS)
def test_saying_more_never_counts_less(said: str, more: str) -> None:
    assert substance(TextView(said)) <= substance(TextView(f"{said}。{more}")) <= 1


def test_a_demand_of_common_words_alone_still_ranks_its_candidates(encoder: Encoder) -> None:
    listed = [TextView("小麦育种"), TextView("技术研究"), TextView("疫苗冷库")]
    channels = build_channels(listed, encoder.encode([one.full for one in listed], Side.SUPPLY))
    asked = TextView("研究技术")
    assert substance(asked) == np.float32(LEAST)
    vectors = encoder.encode([asked.full, asked.title], Side.DEMAND)
    [matches] = rank([Query(asked, *vectors)], channels, DEFAULT_SCORER, 3, [None])
    assert matches[0].row == 1
    assert matches[0].score > matches[1].score


def test_what_shares_boilerplate_alone_is_far_below_a_lead(encoder: Encoder) -> None:
    listed = [MORE_OF_IT, OFFERED]
    channels = build_channels(listed, encoder.encode([one.full for one in listed], Side.SUPPLY))

    def best(asked: TextView) -> tuple[int, float]:
        vectors = encoder.encode([asked.full, asked.title], Side.DEMAND)
        [[match]] = rank([Query(asked, *vectors)], channels, DEFAULT_SCORER, 1, [None])
        return match.row, match.score

    (boilerplate, little), (lead, much) = best(BOILERPLATE), best(ASKED)
    assert (boilerplate, lead) == (0, 1)
    assert little < much / 2

"""The transformer that ships: it reads both languages, and the same way beside other texts."""

import numpy as np
import pytest

from matcher.domain.listing import Side
from matcher.embed.factory import READER, load_encoder
from matcher.ports import Encoder

ASKED = "低温条件下保持活性的脱硝催化剂"
SAME_SENSE = (
    "一种低温下仍有活性的脱硝催化剂的制备方法",
    "A denitration catalyst that stays active at low temperature",
)
OTHERS = (
    "果园采摘机器人的视觉定位",
    "A vision system for an apple-picking robot",
    "退休人员医疗保险的缴费年限",
)


@pytest.fixture(scope="module")
def reader() -> Encoder:
    return load_encoder(READER)


def test_what_means_the_same_is_nearer_than_anything_else_in_either_language(reader: Encoder) -> None:
    [asked] = reader.encode([ASKED], Side.DEMAND)
    same, others = (reader.encode(texts, Side.SUPPLY) @ asked for texts in (SAME_SENSE, OTHERS))
    assert same.min() > others.max()


def test_a_text_is_read_alike_alone_and_among_others(reader: Encoder) -> None:
    texts = [ASKED, *OTHERS]
    together = reader.encode(texts, Side.SUPPLY)
    alone = np.concatenate([reader.encode([text], Side.SUPPLY) for text in texts])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_a_demand_and_an_achievement_of_one_wording_have_one_vector(reader: Encoder) -> None:
    asked, offered = (reader.encode([ASKED], side) for side in Side)
    np.testing.assert_array_equal(asked, offered)

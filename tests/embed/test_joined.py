"""The default encoder: two models whose cosines are averaged."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.listing import Side
from matcher.embed.factory import READER, READER_SHARE, STATIC, load_encoder
from matcher.ports import Encoder

TEXTS = st.lists(
    st.sampled_from(["电解槽隔膜", "阀门泄漏检测", "leak detection of valves", "果园采摘机器人", "退休保险"]),
    min_size=1,
    max_size=4,
)
PARTS = load_encoder(READER), load_encoder(STATIC)


@given(asked=TEXTS, offered=TEXTS)
def test_a_cosine_is_the_weighted_mean_of_both(
    encoder: Encoder, asked: list[str], offered: list[str]
) -> None:
    def cosines(one: Encoder) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return one.encode(asked, Side.DEMAND) @ one.encode(offered, Side.SUPPLY).T

    reader, static = map(cosines, PARTS)
    wanted = READER_SHARE * reader + (1 - READER_SHARE) * static
    np.testing.assert_allclose(cosines(encoder), wanted, atol=1e-6)


def test_what_one_of_them_does_not_know_is_a_unit_vector_all_the_same(encoder: Encoder) -> None:
    [vector] = encoder.encode(["ₒ⁷ 1234 5678"], Side.SUPPLY)
    [unknown] = PARTS[1].encode(["ₒ⁷ 1234 5678"], Side.SUPPLY)
    assert not unknown.any()
    np.testing.assert_allclose(np.linalg.norm(vector), 1, atol=1e-6)


def test_a_text_that_says_nothing_is_a_zero_row(encoder: Encoder) -> None:
    assert not encoder.encode([""], Side.DEMAND).any()
    assert encoder.encode([], Side.DEMAND).shape == (0, encoder.dimension)


def test_its_id_names_both_and_their_shares(encoder: Encoder) -> None:
    assert encoder.encoder_id == f"0.7*{PARTS[0].encoder_id}+0.3*{PARTS[1].encoder_id}"


def test_a_text_is_cut_short_where_the_part_with_a_limit_does_not_read_its_end(encoder: Encoder) -> None:
    reader, static = PARTS
    assert (encoder.max_tokens, reader.max_tokens, static.max_tokens) == (256, 256, None)
    texts = ["电解槽隔膜", "电解槽隔膜的制备。" * 400, ""]
    for side in Side:
        assert encoder.cut_short(texts, side).tolist() == [False, True, False]
        assert reader.cut_short(texts, side).tolist() == [False, True, False]
        assert not static.cut_short(texts, side).any()
        assert encoder.cut_short([], side).shape == (0,)

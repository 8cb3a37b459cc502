"""A cross-encoder reads the best again: in the nightly run, in the reverse feed and for a free text alike."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER, Scorer, reranked
from matcher.domain.standings import Trigger
from matcher.embed.cross_encoder import CrossEncoderReranker
from matcher.pipeline.matches.free_text import Matching
from matcher.pipeline.nights.refresh import Refresh
from matcher.store.tables import FeedEntry, LedgerEntry, RunRow
from tests.embed.models import make_cross_encoder
from tests.pipeline.given import Desk, rows_of


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    folder = make_cross_encoder(tmp_path_factory.mktemp("models") / "cross")
    return CrossEncoderReranker(str(folder), device="cpu")


@pytest.fixture
def filled(desk: Desk) -> Desk:
    park = desk.park("one")
    desk.supply(*rows_of("S", 20, unit="研究所"))
    desk.demands(park, *rows_of("D", 6, unit="企业", released="是"))
    return desk


def refresher(desk: Desk, reranker: CrossEncoderReranker, weight: float = 0.5) -> Refresh:
    scorer = reranked(DEFAULT_SCORER, weight, reranker.reranker_id)
    return replace(desk.refresher(), shipped=scorer, reranker=reranker)


def rows(desk: Desk, kind: Any) -> list[Any]:
    with desk.database.reading() as session:
        found: list[Any] = list(session.query(kind).order_by(kind.id))
    return found


def test_a_pair_has_the_same_figures_in_the_ledger_the_feed_and_what_the_model_says(
    filled: Desk, reranker: CrossEncoderReranker
) -> None:
    refresher(filled, reranker)(LOCAL_OPERATOR, Trigger.BATCH)
    entries = {(one.demand_id, one.achievement_id): one for one in rows(filled, LedgerEntry)}
    feed = {(one.demand_id, one.achievement_id): one for one in rows(filled, FeedEntry)}
    shared = entries.keys() & feed.keys()
    assert shared
    for pair in shared:
        assert (entries[pair].score, entries[pair].contributions) == (
            feed[pair].score,
            feed[pair].contributions,
        )
    for one in entries.values():
        assert 0 < one.contributions["cross_encoder"] < 0.5
        assert sum(one.contributions.values()) == pytest.approx(one.score, abs=1e-12)
        assert one.probability is None, "nobody has measured what such a score means"


def test_the_run_says_which_cross_encoder_with_which_weight_and_another_weight_is_due(
    filled: Desk, reranker: CrossEncoderReranker
) -> None:
    filled.refresh()
    assert refresher(filled, reranker).is_due()
    refresher(filled, reranker)(LOCAL_OPERATOR, Trigger.BATCH)
    run = rows(filled, RunRow)[-1]
    assert reranker.reranker_id in run.scorer
    assert run.calibration is None
    assert not refresher(filled, reranker).is_due()
    assert refresher(filled, reranker, weight=0.25).is_due()


@pytest.mark.parametrize("side", list(Side))
def test_a_free_text_is_read_together_with_the_best_of_either_list(
    filled: Desk, reranker: CrossEncoderReranker, side: Side
) -> None:
    scorer = reranked(DEFAULT_SCORER, 0.5, reranker.reranker_id)
    matching = Matching(
        filled.database,
        lambda: filled.encoder,
        filled.service.open_channels,
        lambda: filled.now,
        scorer,
        reranker,
    )
    text = "液氢阀门在线检测"
    found = matching.match(text, side, DISTRICT, 3).items
    assert len(found) == 3
    for one in found:
        title = one.achievement_title if side is Side.DEMAND else one.demand_title
        listed = Side.SUPPLY if side is Side.DEMAND else Side.DEMAND
        [full] = [seen.listing() for seen in filled.live(listed) if seen.title == title]
        body = getattr(full, "abstract", None) or getattr(full, "detail", "")
        other = f"{title}\n{body}"
        pair = (text, other) if side is Side.DEMAND else (other, text)
        [figure] = reranker.figures([pair])
        assert one.contributions["cross_encoder"] == pytest.approx(0.5 * figure, abs=1e-3)


def test_a_scoring_that_weighs_a_cross_encoder_says_that_none_is_configured(filled: Desk) -> None:
    scorer = Scorer("learned-1", {"dense": 0.5, "cross_encoder": 0.5})
    with pytest.raises(EncoderError, match="MATCHER_RERANKER"):
        replace(filled.refresher(), shipped=scorer)(LOCAL_OPERATOR, Trigger.BATCH)
    with pytest.raises(EncoderError, match="MATCHER_RERANKER"):
        Matching(
            filled.database,
            lambda: filled.encoder,
            filled.service.open_channels,
            lambda: filled.now,
            scorer,
        ).match("液氢阀门在线检测", Side.DEMAND, DISTRICT, 3)


def test_a_scoring_without_a_weight_for_it_asks_no_cross_encoder(filled: Desk, tmp_path: Path) -> None:
    broken = CrossEncoderReranker(str(make_cross_encoder(tmp_path / "three", labels=3)), device="cpu")
    with pytest.raises(EncoderError, match="3 figures"):
        refresher(filled, broken)(LOCAL_OPERATOR, Trigger.BATCH)
    replace(filled.refresher(), reranker=broken)(LOCAL_OPERATOR, Trigger.BATCH)
    assert all("cross_encoder" not in one.contributions for one in rows(filled, LedgerEntry))

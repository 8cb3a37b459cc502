import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tokenizers import Tokenizer

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.errors import RefreshRunning
from matcher.domain.listing import Confidentiality, Side
from matcher.domain.scoring import Scorer
from matcher.domain.standings import Cause, Standing, Trigger
from matcher.embed.factory import BUNDLED, STATIC, load_encoder
from matcher.embed.instructions import Instructions
from matcher.embed.static import StaticEncoder
from matcher.pipeline.matches.written import matches_of_achievement, matches_of_demand
from matcher.pipeline.nights.runs import get_run, ledger_state, list_runs
from matcher.ports import Encoder, Vectors
from matcher.store.catalogue import Shelf
from matcher.store.tables import FeedEntry, LedgerEntry, VectorRow
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import Desk, dump, operator_of, row, rows_of

YESTERDAY, TODAY = "2026-11-01", "2026-11-02"
VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲所", code="S-valve")
LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="乙公司", code="D-leak", released="是")


def ledger(desk: Desk) -> dict[tuple[int, int], LedgerEntry]:
    with desk.database.reading() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        return {(one.demand_id, one.achievement_id): one for one in rows}


def feed(desk: Desk) -> list[FeedEntry]:
    with desk.database.reading() as session:
        return list(session.scalars(select(FeedEntry).order_by(FeedEntry.achievement_id, FeedEntry.rank)))


def figures(one: Any) -> tuple[Any, ...]:
    """What a run says of a pair, without ids of its own."""
    return (
        one.park_id,
        one.demand_id,
        one.achievement_id,
        one.rank,
        one.similarity,
        one.score,
        one.contributions,
        one.terms,
        one.demand_version,
        one.achievement_version,
    )


def titles_for(desk: Desk, park: int, title: str) -> list[str]:
    written = matches_of_demand(desk.database, desk.demand(park, title).id, DISTRICT, desk.now)
    return [one.achievement_title for one in written.items]


@pytest.fixture
def park(desk: Desk) -> int:
    """A park with 12 demands against 30 achievements, matched once."""
    park = desk.park("one")
    desk.supply(*rows_of("S", 30, unit="研究所"))
    desk.demands(park, *rows_of("D", 12, start=5, unit="企业", released="是"))
    desk.refresh()
    return park


@pytest.mark.both_engines
def test_a_run_ranks_every_demand_and_every_achievement(desk: Desk, park: int) -> None:
    entries = ledger(desk)
    assert len(entries) == 12 * 10
    assert len(feed(desk)) == 30 * 10
    for demand in {pair[0] for pair in entries}:
        own = [one for pair, one in entries.items() if pair[0] == demand]
        assert [one.rank for one in own] == list(range(1, 11))
        assert [one.score for one in own] == sorted((one.score or 0 for one in own), reverse=True)
    assert all(one.standing == Standing.CURRENT.value and one.version == 1 for one in entries.values())


@pytest.mark.both_engines
def test_a_second_run_changes_nothing_but_the_record_of_runs(desk: Desk, park: int) -> None:
    before = dump(desk.database, "run")
    desk.now += timedelta(hours=1)
    report = desk.refresh()
    assert dump(desk.database, "run") == before
    assert (report.entries_created, report.entries_changed, report.entries_vanished) == (0, 0, 0)
    assert (report.entries_kept, report.feed_entries, report.encoded) == (120, 300, 0)
    assert len(dump(desk.database)["run"]) == 2


def test_a_run_of_another_day_without_expiries_changes_nothing_either(desk: Desk, park: int) -> None:
    before = dump(desk.database, "run")
    desk.now += timedelta(days=30)
    assert desk.refresh().entries_kept == 120
    assert dump(desk.database, "run") == before


def test_a_rematch_that_finds_the_same_writes_nothing(desk: Desk, park: int) -> None:
    desk.demands(park, row("短", unit="企业"))
    before = dump(desk.database, "run", "abstention")
    report = desk.refresh()
    assert (report.demands, report.entries_kept, report.entries_changed) == (13, 120, 0)
    assert (report.abstentions, len(dump(desk.database)["abstention"])) == (1, 1)
    assert dump(desk.database, "run", "abstention") == before
    desk.withdraw(Side.DEMAND, desk.demand(park, "短"))
    desk.demands(park, row("短短", unit="企业"))
    before = dump(desk.database, "run", "abstention")
    desk.refresh()
    assert dump(desk.database, "run", "abstention") == before


def test_an_edited_demand_changes_its_own_entries_alone(desk: Desk, park: int) -> None:
    before = ledger(desk)
    edited = desk.demand(park, rows_of("D", 1, start=7)[0]["title"])
    desk.edit(edited, detail="要求寿命预测和在线检测一并解决。")
    report = desk.refresh()
    after = ledger(desk)
    for pair, one in before.items():
        if pair[0] == edited.id:
            assert after[pair].version == 2
            assert after[pair].run_id == report.run_id
            if after[pair].standing == Standing.CURRENT.value:
                assert after[pair].demand_version == 2
        else:
            assert (figures(one), one.version) == (figures(after[pair]), after[pair].version)
    assert report.entries_kept == 110
    assert report.entries_created + report.entries_changed == 10
    assert report.entries_created == report.entries_vanished


def test_a_change_that_no_figure_depends_on_changes_versions_and_no_figure(desk: Desk, park: int) -> None:
    edited = desk.demand(park, rows_of("D", 1, start=7)[0]["title"])
    before = {pair: one.score for pair, one in ledger(desk).items()}
    desk.edit(edited, organisation_nature="民营企业")
    report = desk.refresh()
    assert (report.entries_changed, report.encoded) == (10, 0)
    assert {pair: one.score for pair, one in ledger(desk).items()} == before


LEAVING = {
    "withdrawn": Cause.DEMAND_WITHDRAWN,
    "expired": Cause.DEMAND_EXPIRED,
    "secret": Cause.CONSTRAINT,
    "too little text": Cause.CONSTRAINT,
    "own organisation": Cause.CONSTRAINT,
}


@pytest.mark.both_engines
@pytest.mark.parametrize("event", LEAVING)
def test_a_demand_that_may_no_longer_be_matched_leaves_the_ledger_with_its_cause(
    desk: Desk, event: str
) -> None:
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, {**LEAK, "until": TODAY})
    desk.refresh()
    [(pair, _)] = ledger(desk).items()
    leak = desk.demand(park, LEAK["title"])
    match event:
        case "withdrawn":
            desk.withdraw(Side.DEMAND, leak)
        case "expired":
            desk.now += timedelta(days=1)
        case "secret":
            desk.edit(leak, confidentiality=Confidentiality.SECRET)
        case "too little text":
            desk.edit(leak, title="短", detail="")
        case _:
            desk.edit(leak, organisation="甲 所")
    report = desk.refresh()
    left = ledger(desk)[pair]
    assert report.entries_vanished == 1
    assert left.cause == LEAVING[event].value
    gone = event in {"withdrawn", "expired"}
    assert left.standing == (Standing.VOID if gone else Standing.VANISHED).value
    assert feed(desk) == []
    before = dump(desk.database, "run")
    desk.refresh()
    assert dump(desk.database, "run") == before, "what has left does not leave again"


def test_an_achievement_withdrawn_or_expired_voids_its_pairs(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply({**VALVE, "until": TODAY}, row("氢气泄漏在线检测仪", "低温", unit="丙所", code="S-2"))
    desk.demands(park, LEAK)
    desk.refresh()
    desk.withdraw(Side.SUPPLY, desk.shelf()["氢气泄漏在线检测仪"])
    desk.now += timedelta(days=1)
    desk.refresh()
    causes = {one.cause for one in ledger(desk).values()}
    assert causes == {Cause.ACHIEVEMENT_WITHDRAWN.value, Cause.ACHIEVEMENT_EXPIRED.value}


def test_a_pair_pushed_out_by_better_ones_is_outranked_and_comes_back_when_they_go(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, LEAK)
    desk.refresh(top_k=1)
    [pair] = ledger(desk)
    desk.supply({**row(LEAK["title"], LEAK["text"], code="S-best"), "unit": "丙所"})
    desk.refresh(top_k=1)
    assert (ledger(desk)[pair].standing, ledger(desk)[pair].cause) == ("vanished", "outranked")
    desk.withdraw(Side.SUPPLY, desk.shelf()[LEAK["title"]])
    desk.refresh(top_k=1)
    back = ledger(desk)[pair]
    assert (back.standing, back.cause, back.version) == ("current", None, 3)


def test_what_may_not_be_matched_is_in_no_run(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(
        VALVE,
        {**VALVE, "code": "S-2", "title": "液氢阀门甲", "level": "秘密"},
        {**VALVE, "code": "S-3", "title": "液氢阀门乙", "until": YESTERDAY},
        row("阀", code="S-4"),
        {**VALVE, "code": "S-5", "title": "液氢阀门丙", "unit": "乙公司"},
    )
    secret = {**LEAK, "code": "D-3", "title": f"{LEAK['title']}（密）", "level": "秘密"}
    desk.demands(park, LEAK, row("阀", code="D-2"), secret)
    report = desk.refresh()
    assert (report.demands, report.achievements) == (2, 3)
    assert titles_for(desk, park, LEAK["title"]) == ["液氢低温阀门密封"]
    assert [one.achievement_id for one in feed(desk)] == [desk.shelf()["液氢低温阀门密封"].id]


def test_there_are_k_results_although_own_results_would_have_come_first(desk: Desk) -> None:
    park = desk.park("one")
    own = [{**LEAK, "code": f"own-{number}", "title": f"{LEAK['title']}{number}"} for number in range(40)]
    desk.supply(*own, *rows_of("S", 12, unit="别的单位"))
    desk.demands(park, LEAK)
    desk.refresh()
    found = titles_for(desk, park, LEAK["title"])
    assert len(found) == 10
    assert not any(title.startswith(LEAK["title"]) for title in found)
    assert desk.refresh(top_k=50).entries_created == 2


def test_fewer_than_k_come_back_only_where_there_are_fewer(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(*rows_of("S", 7, unit="研究所"), *rows_of("T", 5, start=20, unit="企业"))
    desk.demands(park, *rows_of("D", 2, start=60, unit="企业"))
    assert desk.refresh().entries_created == 2 * 7


@pytest.mark.both_engines
def test_the_reverse_feed_holds_only_public_demands_that_their_park_released(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(
        park,
        LEAK,
        {**LEAK, "code": "D-held", "title": "液氢阀门保密需求", "released": "否"},
        {**LEAK, "code": "D-internal", "title": "液氢阀门内部需求", "level": "内部"},
        {**LEAK, "code": "D-old", "title": "液氢阀门过期需求", "until": YESTERDAY},
    )
    desk.refresh()
    valve = desk.shelf()["液氢低温阀门密封"]
    written = matches_of_achievement(desk.database, valve.id, DISTRICT, desk.now)
    assert [one.demand_title for one in written.items] == [LEAK["title"]]
    desk.edit(desk.demand(park, LEAK["title"]), released=False)
    assert matches_of_achievement(desk.database, valve.id, DISTRICT, desk.now).items == []
    desk.refresh()
    assert feed(desk) == []


def test_the_reverse_feed_is_a_search_of_its_own_and_not_the_ledger_turned_round(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply({**row(LEAK["title"], LEAK["text"], code="S-best"), "unit": "丙所"}, VALVE)
    desk.demands(park, LEAK)
    desk.refresh(top_k=1)
    assert len(ledger(desk)) == 1
    assert len(feed(desk)) == 2, "the outranked achievement still sees the demand"


def test_matches_of_a_side_that_is_gone_since_the_run_are_not_shown(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE, row("氢气泄漏在线检测仪", "低温", unit="丙所", code="S-2", until=TODAY))
    desk.demands(park, LEAK)
    desk.refresh()
    desk.withdraw(Side.SUPPLY, desk.shelf()["液氢低温阀门密封"])
    assert titles_for(desk, park, LEAK["title"]) == ["氢气泄漏在线检测仪"]
    desk.now += timedelta(days=1)
    assert titles_for(desk, park, LEAK["title"]) == []


@given(
    st.lists(st.integers(0, 150), unique=True, max_size=25),
    st.lists(st.integers(0, 150), unique=True, max_size=4),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_another_parks_demands_never_move_a_parks_entries(
    new_desk: NewDesk, others: list[int], edited: list[int]
) -> None:
    def entries(*, with_other: bool) -> tuple[list[Any], list[Any]]:
        desk = new_desk()
        own, other = desk.park("own"), desk.park("other")
        desk.supply(*rows_of("S", 40, unit="研究所"))
        desk.demands(own, *rows_of("D", 6, start=30, unit="企业"))
        if with_other:
            rows = [one for number in others for one in rows_of("X", 1, start=number, released="是")]
            desk.demands(other, *rows)
            desk.refresh()
            desk.demands(other, *({**rows_of("X", 1, start=n)[0], "text": "改"} for n in edited))
        desk.refresh()
        own_rows = [figures(one) for one in ledger(desk).values() if one.park_id == own]
        own_feed = [figures(one) for one in feed(desk) if one.park_id == own]
        return own_rows, own_feed

    assert entries(with_other=True) == entries(with_other=False)


class Slow:
    """The bundled encoder, held up at its first call until it is let go."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.reached, self.free = threading.Event(), threading.Event()

    @property
    def encoder_id(self) -> str:
        return self._encoder.encoder_id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Any, side: Side) -> Vectors:
        self.reached.set()
        assert self.free.wait(30)
        return self._encoder.encode(texts, side)

    @property
    def max_tokens(self) -> int | None:
        return self._encoder.max_tokens

    def cut_short(self, texts: Any, side: Side) -> Any:
        return self._encoder.cut_short(texts, side)


@pytest.mark.both_engines
def test_of_two_at_once_the_second_is_told_so_and_leaves_no_record(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, LEAK)
    plain, slow = desk.encoder, Slow(desk.encoder)
    desk.encoder = slow
    first = threading.Thread(target=desk.refresh)
    first.start()
    try:
        assert slow.reached.wait(30)
        desk.encoder = plain
        with pytest.raises(RefreshRunning):
            desk.refresh()
        edited = desk.demand(park, LEAK["title"])
        desk.edit(edited, detail="运行中有人改了需求：低温泄漏")
    finally:
        slow.free.set()
        first.join()
    [run] = list_runs(desk.database, DISTRICT).items
    assert run.status == "succeeded"
    assert desk.refresh().entries_changed == 1, "what changed during the run is matched by the next"
    assert {one.demand_version for one in ledger(desk).values()} == {2}


class Meddling:
    """The bundled encoder; someone acts between a run's start and its reading of the lists."""

    def __init__(self, encoder: Encoder, act: Callable[[], object]) -> None:
        self._encoder = encoder
        self._acts = [act]
        self._asked = 0

    @property
    def encoder_id(self) -> str:
        self._asked += 1
        if self._asked > 1 and self._acts:  # the first time is inside the transaction that records the run
            self._acts.pop()()
        return self._encoder.encoder_id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Any, side: Side) -> Vectors:
        return self._encoder.encode(texts, side)

    @property
    def max_tokens(self) -> int | None:
        return self._encoder.max_tokens

    def cut_short(self, texts: Any, side: Side) -> Any:
        return self._encoder.cut_short(texts, side)


@pytest.mark.both_engines
def test_what_arrives_while_a_run_starts_and_goes_again_leaves_the_ledger_too(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE)
    desk.demands(park, LEAK)
    passing = row("液氢阀门泄漏报警", "低温密封处泄漏时要报警", unit="丙公司", code="D-passing")
    plain = desk.encoder
    desk.encoder = Meddling(plain, lambda: desk.demands(park, passing))
    assert desk.refresh().entries_created == 2
    desk.encoder = plain
    desk.withdraw(Side.DEMAND, desk.demand(park, passing["title"]))
    assert desk.refresh().entries_vanished == 1
    gone = desk.demand(park, passing["title"]).id
    assert [one.standing for pair, one in ledger(desk).items() if pair[0] == gone] == ["void"]


class Broken(Slow):
    def encode(self, texts: Any, side: Side) -> Vectors:
        raise RuntimeError("the model is out of order")


@pytest.mark.both_engines
def test_a_failed_run_is_recorded_and_leaves_the_ledger_as_it_was(desk: Desk, park: int) -> None:
    before = dump(desk.database, "run", "catalogue")
    desk.supply(VALVE)
    after_import = dump(desk.database, "run")
    assert before["ledger_entry"] == after_import["ledger_entry"]
    working, desk.encoder = desk.encoder, Broken(desk.encoder)
    with pytest.raises(RuntimeError, match="out of order"):
        desk.refresh()
    assert dump(desk.database, "run") == after_import
    [failed, good] = list_runs(desk.database, DISTRICT).items
    assert (failed.status, failed.error) == ("failed", "RuntimeError: the model is out of order")
    assert failed.finished_at is not None
    state = ledger_state(desk.database)
    assert (state.last_status, state.last_success) == ("failed", good.finished_at)
    desk.encoder = working
    assert desk.refresh().achievements == 31


def test_another_encoder_encodes_and_scores_everything_anew(desk: Desk, park: int) -> None:
    former = ledger(desk)
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    table = np.random.default_rng(7).normal(size=(tokenizer.get_vocab_size(), 32)).astype(np.float32)
    bundled, desk.encoder = (
        desk.encoder,
        StaticEncoder("static@other/32", tokenizer, table, Instructions()),
    )
    report = desk.refresh()
    assert report.encoded == 30 + 12
    current = {pair: one for pair, one in ledger(desk).items() if one.standing == "current"}
    shared = current.keys() & former.keys()
    assert shared
    moved = [pair for pair in shared if current[pair].similarity != former[pair].similarity]
    assert len(moved) > len(shared) / 2, "only equal texts are as similar as before"
    with desk.database.reading() as session:
        kept = Counter(session.scalars(select(VectorRow.encoder_id)))
    assert kept["static@other/32"] == kept[bundled.encoder_id] >= 42
    desk.encoder = bundled
    assert desk.refresh().encoded == 0, "the vectors of the first encoder are still cached"
    restored = {pair: one for pair, one in ledger(desk).items() if one.standing == "current"}
    assert {pair: figures(one) for pair, one in restored.items()} == {
        pair: figures(one) for pair, one in former.items()
    }


def test_another_k_is_another_ledger(desk: Desk, park: int) -> None:
    assert desk.refresh(top_k=3).entries_vanished == 12 * 7
    again = desk.refresh(top_k=10)
    assert (again.entries_changed, again.entries_created) == (12 * 7, 0)


def test_nothing_to_match_is_a_run_that_succeeds(desk: Desk) -> None:
    assert desk.refresh().entries_created == 0
    park = desk.park("one")
    desk.demands(park, LEAK)
    assert desk.refresh().demands == 1
    written = matches_of_demand(desk.database, desk.demand(park, LEAK["title"]).id, DISTRICT, desk.now)
    assert written.reason is not None
    assert written.reason.code == "no_supply"
    desk.supply(VALVE)
    desk.demands(park, full=True)
    assert desk.refresh().entries_created == 1


def test_a_run_says_what_it_worked_on_and_a_park_is_not_told_of_the_others(desk: Desk, park: int) -> None:
    [run] = list_runs(desk.database, DISTRICT).items
    assert run.trigger is Trigger.BATCH
    assert (run.encoder_id, run.top_k, run.actor) == (desk.encoder.encoder_id, 10, LOCAL_OPERATOR.name)
    assert run.catalogue_revision == 2
    assert run.counts is not None
    assert run.counts["entries_created"] == 120
    seen = get_run(desk.database, operator_of(park).scope, run.run_id)
    assert not any([seen.counts, seen.error, seen.actor])


def test_progress_is_reported_stage_by_stage_up_to_the_whole(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(*rows_of("S", 4))
    desk.demands(park, *rows_of("D", 3, released="是"))
    told: list[tuple[str, int, int]] = []
    desk.refresher()(LOCAL_OPERATOR, Trigger.BATCH, lambda *step: told.append(step))
    assert told == [
        ("encode supply", 4, 4),
        ("encode demand", 3, 3),
        ("match demands", 3, 3),
        ("match achievements", 4, 4),
    ]


def test_an_index_cache_that_is_lost_or_spoiled_changes_no_figure(desk: Desk, park: int) -> None:
    before = [figures(one) for one in ledger(desk).values()]
    index: Path = desk.service.settings.data_dir / "index"
    files = [path for path in index.rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(b"spoiled")
    desk.demands(park, row("短", unit="企业"))
    desk.refresh()
    assert [figures(one) for one in ledger(desk).values()] == before
    assert desk.shelf(Shelf(Side.SUPPLY))


def test_a_scoring_that_weighs_freshness_is_worked_out_anew_on_another_day(desk: Desk, park: int) -> None:
    scorer = Scorer("2-aging", {"lexical_text": 0.9, "freshness": 0.1})
    refresher = replace(desk.refresher(), shipped=scorer)

    def current() -> list[LedgerEntry]:
        return [one for one in ledger(desk).values() if one.standing == Standing.CURRENT.value]

    refresher(LOCAL_OPERATOR, Trigger.BATCH)
    before = [one.contributions["freshness"] for one in current()]
    desk.now += timedelta(days=366)
    refresher(LOCAL_OPERATOR, Trigger.BATCH)
    after = [one.contributions["freshness"] for one in current()]
    assert len(after) == len(before) == 120
    assert max(after) < min(before)


def test_a_run_says_how_many_of_the_texts_it_encoded_are_longer_than_the_model_reads(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(VALVE, row("液氢阀门密封件", "低温密封件的制备。" * 400, unit="甲所", code="A-long"))
    desk.demands(park, LEAK)
    desk.encoder = load_encoder(None)
    first = desk.refresh()
    assert (first.encoded, first.truncated, first.max_tokens) == (3, 1, 256)
    [run] = list_runs(desk.database, DISTRICT).items
    assert (run.counts["truncated"], run.counts["max_tokens"]) == (1, 256)
    desk.edit(desk.demand(park, LEAK["title"]), detail="低温下的泄漏检测")
    again = desk.refresh()
    assert (again.encoded, again.truncated) == (1, 0), "what was said once is not said again"


def test_a_run_with_a_model_that_reads_every_text_whole_names_no_limit(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(row("液氢阀门密封件", "低温密封件的制备。" * 400, unit="甲所", code="A-long"))
    desk.demands(park, LEAK)
    desk.encoder = load_encoder(STATIC)
    report = desk.refresh()
    assert (report.truncated, report.max_tokens) == (0, None)
    counts = list_runs(desk.database, DISTRICT).items[0].counts
    assert counts["truncated"] == 0
    assert "max_tokens" not in counts

"""Switching encoders: aside, at once, back; what one encoder made is never compared with another's."""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import Conflict, EncoderError, Forbidden, NotFound
from matcher.domain.listing import Side
from matcher.domain.standings import Trigger
from matcher.embed.factory import BUNDLED
from matcher.embed.instructions import Instructions
from matcher.embed.static import StaticEncoder
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.matches.free_text import Matching
from matcher.pipeline.nights import vectors as encode
from matcher.pipeline.nights.encoders import (
    Encoders,
    Switched,
    forget_encoder,
    show_encoders,
    spec_before,
    use_encoder,
)
from matcher.pipeline.nights.refresh import Refresh, RefreshReport
from matcher.ports import Encoder
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import Desk, rows_of
from tests.pipeline.test_killed import address, ended

QUESTION = "液氢阀门的泄漏\n液氢阀门在低温下的泄漏检测"


class Models:
    """Encoders by spec: None is the bundled one's place, `permuted` has its dimension, `wide` another."""

    def __init__(self) -> None:
        self.tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
        self.loads = Counter[str | None]()
        self.suffix = ""

    def __call__(self, spec: str | None) -> Encoder:
        if spec not in {None, "permuted", "wide", "third", "broken"}:
            raise EncoderError(f"没有模型 {spec}", f"there is no model {spec}")
        self.loads[spec] += 1
        random = np.random.default_rng(7)
        width = 24 if spec == "wide" else 16
        table = random.normal(size=(self.tokenizer.get_vocab_size(), width)).astype(np.float32)
        if spec in {"permuted", "third"}:
            table = table[random.permutation(len(table))]
        if spec == "broken":
            table[self.tokenizer.encode("阀门").ids] = np.nan
        name = f"{spec or 'static'}{self.suffix}@0/{width}"
        return StaticEncoder(name, self.tokenizer, table, Instructions())


class Office:
    """A desk whose encoders are switched."""

    def __init__(self, desk: Desk, models: Callable[[str | None], Encoder], fixed: str | None = None) -> None:
        self.desk = desk
        self.encoders = Encoders(desk.database, models, fixed)

    def refresh(self) -> RefreshReport:
        run = Refresh(
            self.desk.database,
            self.encoders.in_use,
            self.desk.service.open_channels,
            10,
            lambda: self.desk.now,
        )
        return run(LOCAL_OPERATOR, Trigger.BATCH)

    def use(self, spec: str | None) -> Switched:
        return use_encoder(self.encoders, LOCAL_OPERATOR, spec, self.desk.now)

    def back(self) -> Switched:
        return self.use(spec_before(self.encoders))

    def matching(self) -> Matching:
        return Matching(
            self.desk.database, self.encoders.in_use, self.desk.service.open_channels, lambda: self.desk.now
        )

    def ledger(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        entries, _ = list_entries(self.desk.database, DISTRICT, EntryFilter(), limit=None)
        return {
            (one.demand_title, one.achievement_title): (one.rank, one.similarity, one.score, one.probability)
            for one in entries
            if one.standing == "current"
        }

    def cached(self) -> dict[str, int]:
        return {one.encoder_id: one.vectors for one in show_encoders(self.encoders).cached}


def fill(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(*rows_of("S", 30, unit="研究所"))
    desk.demands(park, *rows_of("D", 12, unit="企业", released="是"))


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture
def office(desk: Desk, models: Models) -> Office:
    fill(desk)
    models.loads.clear()
    return Office(desk, models)


def figures(matching: Matching, side: Side = Side.DEMAND) -> list[tuple[Any, ...]]:
    found = matching.match(QUESTION, side, DISTRICT, 10).items
    return [(one.achievement_title, one.demand_title, one.similarity, one.score) for one in found]


@pytest.mark.parametrize("spec", ["permuted", "wide"])
def test_after_a_switch_the_ledger_is_a_fresh_installations_and_going_back_restores_it(
    office: Office, new_desk: NewDesk, models: Models, spec: str
) -> None:
    office.refresh()
    former = office.ledger()
    switched = office.use(spec)
    assert switched.encoded > 0
    assert office.ledger() == former, "the ledger is the one before until a run writes it anew"
    assert office.refresh().encoded == 0, "all was encoded aside"
    fresh = Office(new_desk(), lambda _: models(spec))
    fill(fresh.desk)
    fresh.refresh()
    assert office.ledger() == fresh.ledger() != former
    back = office.back()
    assert (back.spec, back.encoded) == (None, 0)
    office.refresh()
    assert office.ledger() == former
    assert office.back().spec == spec, "back twice is where one was"


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("spec", ["permuted", "wide"])
def test_a_running_service_answers_with_the_new_encoder_without_a_restart(
    office: Office, models: Models, spec: str, side: Side
) -> None:
    serving = office.matching()
    former = figures(serving, side)
    elsewhere = Office(office.desk, models)
    elsewhere.use(spec)
    new = figures(serving, side)
    assert new == figures(Office(office.desk, lambda _: models(spec)).matching(), side) != former
    elsewhere.back()
    assert figures(serving, side) == former


def test_an_encoder_is_loaded_once_and_anew_where_what_its_spec_names_has_changed(
    office: Office, models: Models
) -> None:
    for _ in range(3):
        office.encoders.in_use()
    assert models.loads == {None: 1}
    office.use("permuted")
    assert office.encoders.in_use().encoder_id == "permuted@0/16"
    assert models.loads["permuted"] == 1, "the one that encoded is the one that is used"
    serving = Office(office.desk, models)
    assert serving.encoders.in_use().encoder_id == "permuted@0/16"
    models.suffix = "-2"
    try:
        assert serving.encoders.in_use().encoder_id == "permuted@0/16"
        office.use("permuted")
        assert serving.encoders.in_use().encoder_id == "permuted-2@0/16"
    finally:
        models.suffix = ""


class Dying:
    """Dies by SIGKILL when it is to encode for the fourth time."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._left = 3
        self.encoder_id, self.dimension = encoder.encoder_id, encoder.dimension
        self.max_tokens = encoder.max_tokens

    def encode(self, texts: Sequence[str], side: Side) -> Any:
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._encoder.encode(texts, side)

    def cut_short(self, texts: Sequence[str], side: Side) -> Any:
        return self._encoder.cut_short(texts, side)


def use_and_die(url: str, folder: Path) -> None:
    encode.BATCH = 8
    models = Models()
    office = Office(Desk.at(url, folder, models(None)), lambda spec: Dying(models(spec)))
    office.use("permuted")


@pytest.mark.both_engines
def test_a_switch_killed_in_the_middle_leaves_the_encoder_before_and_goes_on_later(office: Office) -> None:
    office.refresh()
    former, answered = office.ledger(), figures(office.matching())
    processes = multiprocessing.get_context("forkserver")
    assert ended(processes, use_and_die, *address(office.desk)) == -signal.SIGKILL
    assert office.encoders.in_use().encoder_id == "static@0/16"
    assert figures(office.matching()) == answered
    assert office.refresh().entries_kept == len(former)
    assert office.cached() == {"static@0/16": office.cached()["static@0/16"], "permuted@0/16": 24}
    switched = office.use("permuted")
    assert switched.encoded == office.cached()["static@0/16"] - 24
    assert office.cached()["permuted@0/16"] == office.cached()["static@0/16"]


def test_a_model_that_cannot_be_loaded_changes_nothing(office: Office) -> None:
    office.refresh()
    with pytest.raises(EncoderError, match="nowhere"):
        office.use("nowhere")
    shown = show_encoders(office.encoders)
    assert (shown.spec, shown.by, shown.can_go_back) == (None, None, False)
    assert not Refresh(
        office.desk.database,
        office.encoders.in_use,
        office.desk.service.open_channels,
        10,
        lambda: office.desk.now,
    ).is_due()


def test_a_model_that_gives_no_numbers_is_refused_with_the_text_and_nothing_is_kept(office: Office) -> None:
    office.refresh()
    before, asked = show_encoders(office.encoders), figures(office.matching())
    with pytest.raises(EncoderError, match=r"NaN or infinity for the text “.*阀"):
        office.use("broken")
    assert show_encoders(office.encoders) == before
    assert figures(office.matching()) == asked


def test_a_switch_is_due_for_a_run_that_says_so(office: Office) -> None:
    office.refresh()
    office.use("permuted")
    shown = show_encoders(office.encoders)
    assert (shown.encoder_id, shown.ledger_encoder_id) == ("permuted@0/16", "static@0/16")
    assert (shown.spec, shown.by, shown.since) == ("permuted", "local", office.desk.now)
    assert (shown.can_go_back, shown.back_to) == (True, None)
    office.refresh()
    assert show_encoders(office.encoders).ledger_encoder_id == "permuted@0/16"


@pytest.mark.both_engines
def test_the_vectors_of_the_encoder_before_and_of_the_last_run_are_kept_and_older_ones_deleted(
    office: Office,
) -> None:
    office.refresh()
    office.use("permuted")
    third = office.use("third")
    assert third.forgotten == 0, "the ledger is still of the first"
    assert office.cached().keys() == {"static@0/16", "permuted@0/16", "third@0/16"}
    office.refresh()
    assert office.use("wide").forgotten > 0
    assert office.cached().keys() == {"third@0/16", "wide@0/24"}
    assert office.back().encoded == 0


def test_what_the_deployment_names_is_used_and_neither_switched_nor_taken_back(
    office: Office, models: Models
) -> None:
    office.use("permuted")
    fixed = Office(office.desk, models, fixed="wide")
    assert fixed.encoders.in_use().encoder_id == "wide@0/24"
    with pytest.raises(Forbidden, match="MATCHER_ENCODER=wide"):
        fixed.use("permuted")
    with pytest.raises(Forbidden, match="MATCHER_ENCODER=wide"):
        fixed.back()
    shown = show_encoders(fixed.encoders)
    assert (shown.spec, shown.by, shown.since) == ("wide", "MATCHER_ENCODER", None)
    assert not shown.can_go_back
    assert Office(office.desk, models).encoders.in_use().encoder_id == "permuted@0/16"


def test_there_is_nothing_to_go_back_to_at_first(office: Office) -> None:
    with pytest.raises(NotFound, match="go back"):
        office.back()
    office.use(None)
    with pytest.raises(NotFound, match="go back"):
        office.back()


@pytest.mark.both_engines
def test_vectors_are_forgotten_unless_they_are_in_use(office: Office) -> None:
    office.refresh()
    office.use("permuted")
    held = office.cached()["static@0/16"]
    with pytest.raises(Conflict, match="in use"):
        forget_encoder(office.encoders, LOCAL_OPERATOR, "permuted@0/16")
    assert forget_encoder(office.encoders, LOCAL_OPERATOR, "static@0/16") == held
    with pytest.raises(NotFound, match="encoder show"):
        forget_encoder(office.encoders, LOCAL_OPERATOR, "static@0/16")
    assert office.cached().keys() == {"permuted@0/16"}
    assert office.back().encoded == held, "they can be made again"


@pytest.mark.both_engines
def test_one_switch_at_a_time(office: Office) -> None:
    with office.desk.database.exclusive("encoder", wait=False) as held:
        assert held
        with pytest.raises(Conflict, match="being put to use"):
            office.use("permuted")
        with pytest.raises(Conflict, match="being put to use"):
            forget_encoder(office.encoders, LOCAL_OPERATOR, "permuted@0/16")


def test_only_who_administers_the_installation_switches(office: Office) -> None:
    operator = Principal("someone", Role.OPERATOR, DISTRICT)
    with pytest.raises(Forbidden):
        use_encoder(office.encoders, operator, "permuted", office.desk.now)
    with pytest.raises(Forbidden):
        forget_encoder(office.encoders, operator, "permuted@0/16")

"""Which encoder is in use, and putting another to use: encoded aside first, then switched at once.

Vectors are cached by encoder id, so those of two encoders never meet; a run, and an index in memory, keeps to
the encoder it began with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from matcher.domain.access import Principal, Right
from matcher.domain.days import beijing_day
from matcher.domain.errors import Conflict, EncoderError, Forbidden, NotFound
from matcher.domain.listing import Demand, Side, fields_of
from matcher.domain.text import TextView
from matcher.matching.searchable import judgeable
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.nights.vectors import vectors_of
from matcher.ports import Encoder, Progress, silent
from matcher.store import catalogue, encoders, runs
from matcher.store.database import Database, Transaction
from matcher.store.encoders import CachedVectors, Choice

EncoderInUse = Callable[[], Encoder]
"""Gives the encoder that is in use at the moment of the call."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which encoder is asked for: `spec` None is the bundled model.

    `chosen_id` tells two choices of one spec apart, where what the spec names has changed between them.
    """

    spec: str | None
    chosen_id: str | None


class Encoders:
    """The encoders of an installation, of which one is in use; safe to share between threads.

    `fixed` is the deployment's own word, which no choice overrides; None leaves it to the choices, and where
    there is none to the bundled model. `load` loads what a spec names.
    """

    def __init__(self, database: Database, load: Callable[[str | None], Encoder], fixed: str | None) -> None:
        self.database = database
        self.fixed = fixed
        self._load = load
        self._lock = Lock()
        self._held: tuple[_Wanted, Encoder] | None = None

    def in_use(self) -> Encoder:
        """The encoder in use now, loaded when it is first asked for; the one before it is let go.

        Raises:
            EncoderError: it cannot be loaded.
        """
        wanted = self._wanted()
        with self._lock:
            if self._held is None or self._held[0] != wanted:
                self._held = wanted, self._load(wanted.spec)
            return self._held[1]

    @property
    def spec_in_use(self) -> str | None:
        """What names the encoder in use now; None is the bundled model."""
        return self._wanted().spec

    def load(self, spec: str | None) -> Encoder:
        """What a spec names, whether it is in use or not.

        Raises:
            EncoderError: it cannot be loaded.
        """
        return self._load(spec)

    def hold(self, spec: str | None, encoder: Encoder) -> None:
        """Keep an encoder that has just been chosen, so that it is not loaded again."""
        with self._lock:
            self._held = _Wanted(spec, encoder.encoder_id), encoder

    def _wanted(self) -> _Wanted:
        if self.fixed is not None:
            return _Wanted(self.fixed, None)
        with self.database.reading() as session:
            choice = encoders.newest_choice(session)
        return _Wanted(None, None) if choice is None else _Wanted(choice.spec, choice.encoder_id)


class Switched(Answer):
    """An encoder put to use; `encoded` texts had no vector of it yet, `forgotten` vectors of others were
    deleted.

    Of the `encoded` texts `truncated` were longer than the `max_tokens` tokens that it, or a part of it,
    reads; None where it reads every text whole.
    """

    encoder_id: str
    spec: str | None
    encoded: int
    truncated: int
    max_tokens: int | None
    forgotten: int


def use_encoder(
    every: Encoders, principal: Principal, spec: str | None, now: datetime, progress: Progress = silent
) -> Switched:
    """Encode both lists with what `spec` names (None: the bundled model), then put it to use.

    Until the last moment the encoder before answers. What was encoded is kept, so that a switch that was
    killed goes on where it ended. The vectors of the new encoder, of the one before and of the last run's
    are kept; those of others are deleted.

    Raises:
        Forbidden: the caller does not administer the installation, or the deployment fixes the encoder.
        EncoderError: it cannot be loaded, or gives what is no number; the encoder before stays.
        Conflict: another encoder is being put to use.
    """
    principal.require(Right.ADMINISTER)
    _require_free(every)
    with every.database.exclusive("encoder", wait=False) as locked:
        if not locked:
            raise _switching()
        encoder = every.load(spec)
        before = _id_before(every)
        try:
            encoded, truncated = _encode_aside(every.database, encoder, now, progress)
        except EncoderError:
            if encoder.encoder_id != before:
                with every.database.writing() as session:
                    encoders.forget(session, encoder.encoder_id)
            raise
        with every.database.writing() as session:
            encoders.choose(session, Choice(spec, encoder.encoder_id, now, principal.name))
            catalogue.raise_revision(session)
            forgotten = encoders.keep_only(session, {encoder.encoder_id, before, *_id_of_last_run(session)})
        every.hold(spec, encoder)
    return Switched(
        encoder_id=encoder.encoder_id,
        spec=spec,
        encoded=encoded,
        truncated=truncated,
        max_tokens=encoder.max_tokens,
        forgotten=forgotten,
    )


def spec_before(every: Encoders) -> str | None:
    """What `back` puts to use: the encoder before the present one, which after `back` is the one left.

    Raises:
        Forbidden: the deployment fixes the encoder.
        NotFound: nothing but the bundled model was ever in use.
    """
    _require_free(every)
    with every.database.reading() as session:
        made = encoders.choices(session)
    for earlier in made[1:]:
        if (earlier.spec, earlier.encoder_id) != (made[0].spec, made[0].encoder_id):
            return earlier.spec
    if not made or made[0].spec is None:
        raise NotFound(
            "没有更早的编码器可以换回：一直使用自带模型。",
            "there is no encoder to go back to: the bundled model is the only one there has been.",
        )
    return None


def forget_encoder(every: Encoders, principal: Principal, encoder_id: str) -> int:
    """Delete the cached vectors of an encoder that is not in use; returns how many there were.

    Raises:
        Forbidden: the caller does not administer the installation.
        NotFound: no vectors of this encoder are cached.
        Conflict: it is in use, or an encoder is being put to use.
    """
    principal.require(Right.ADMINISTER)
    with every.database.exclusive("encoder", wait=False) as locked:
        if not locked:
            raise _switching()
        if encoder_id == every.in_use().encoder_id:
            raise Conflict(
                f"编码器 {encoder_id} 正在使用，不能删除其向量；请先用 matcher encoder use 换成别的编码器。",
                f"the encoder {encoder_id} is in use: put another to use first (`matcher encoder use`).",
                field="encoder_id",
            )
        with every.database.writing() as session:
            forgotten = encoders.forget(session, encoder_id)
    if not forgotten:
        raise NotFound(
            f"没有编码器 {encoder_id} 的向量；matcher encoder show 列出所有编码器。",
            f"no vectors of {encoder_id} are cached: `matcher encoder show` lists every encoder.",
            field="encoder_id",
        )
    return forgotten


class EncodersShown(Answer):
    """Which encoder is in use, by whose word, which the ledger is of, and whose vectors are cached.

    A spec of None is the bundled model. `max_tokens` is how many tokens it, or a part of it, reads of a text;
    None where it reads every text whole. `by` is the environment variable, the actor of the choice, or None
    where nothing was chosen; `back_to` means something only where `can_go_back`.
    """

    spec: str | None
    encoder_id: str
    dimension: int
    max_tokens: int | None
    by: str | None
    since: Moment | None
    ledger_encoder_id: str | None
    can_go_back: bool
    back_to: str | None
    cached: tuple[CachedVectors, ...]


def show_encoders(every: Encoders) -> EncodersShown:
    """What there is to know of the encoders; loads the one in use.

    Raises:
        EncoderError: it cannot be loaded.
    """
    encoder = every.in_use()
    with every.database.reading() as session:
        choice = encoders.newest_choice(session)
        last = runs.last_success(session)
        cached = tuple(encoders.cached(session))
    try:
        can_go_back, back_to = True, spec_before(every)
    except (NotFound, Forbidden):
        can_go_back, back_to = False, None
    free = every.fixed is None
    return EncodersShown(
        spec=every.fixed or (None if choice is None else choice.spec),
        encoder_id=encoder.encoder_id,
        dimension=encoder.dimension,
        max_tokens=encoder.max_tokens,
        by=("MATCHER_ENCODER" if not free else None if choice is None else choice.actor),
        since=choice.at if free and choice is not None else None,
        ledger_encoder_id=None if last is None else last.encoder_id,
        can_go_back=can_go_back,
        back_to=back_to,
        cached=cached,
    )


def _require_free(every: Encoders) -> None:
    if every.fixed is not None:
        raise Forbidden(
            f"编码器由部署设置 MATCHER_ENCODER={every.fixed} 指定；请改该设置，或去掉它之后再切换。",
            f"the deployment fixes the encoder, MATCHER_ENCODER={every.fixed}: change that setting, or unset "
            "it and switch then.",
            field="MATCHER_ENCODER",
        )


def _encode_aside(database: Database, encoder: Encoder, now: datetime, progress: Progress) -> tuple[int, int]:
    """Encode all that a run will ask for; returns how many texts had no vector yet, and how many of those are
    longer than the encoder reads."""
    day = beijing_day(now)
    with database.reading() as session:
        lists = {side: catalogue.live(session, side, day) for side in Side}
    encoded = cut_short = 0
    for side, live in lists.items():
        kept, texts = judgeable(live)
        demands = [listed.listing for listed in kept if isinstance(listed.listing, Demand)]
        fields = [TextView(text) for demand in demands for text in fields_of(demand).values() if text]
        made = vectors_of(database, encoder, side, [*texts, *fields], progress)
        encoded, cut_short = encoded + made.encoded, cut_short + made.cut_short
    return encoded, cut_short


def _id_before(every: Encoders) -> str:
    """The id of the encoder in use; a choice knows its own, so that none is loaded for it."""
    with every.database.reading() as session:
        choice = encoders.newest_choice(session)
    return every.load(None).encoder_id if choice is None else choice.encoder_id


def _id_of_last_run(session: Transaction) -> tuple[str, ...]:
    last = runs.last_success(session)
    return () if last is None else (last.encoder_id,)


def _switching() -> Conflict:
    return Conflict(
        "另一次编码器切换正在进行；请等它结束后再试。",
        "another encoder is being put to use; try again when that has ended.",
    )

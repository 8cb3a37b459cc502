"""The only place where adapters meet: settings become a database, an encoder, an index and use cases.

What needs a model, an index, a web client or SciPy is imported where it is made: together they take a second
of processor time, which a command that reads the ledger does without.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr, ValidationError

from matcher.clock import utc_now
from matcher.domain.errors import InvalidInput
from matcher.domain.reminder import Outlet, ReminderChannel
from matcher.domain.text import TextView
from matcher.pipeline.invalid_values import said_of
from matcher.settings import Settings
from matcher.store.database import Database

if TYPE_CHECKING:
    from matcher.domain.scoring import Scorer
    from matcher.embed.convert import Converted
    from matcher.learning.evaluating import Reranking
    from matcher.pipeline.access import KnownCallers, OpenIdTokens
    from matcher.pipeline.matches.free_text import Matching
    from matcher.pipeline.nights.encoders import Encoders
    from matcher.pipeline.nights.held import HeldLists
    from matcher.pipeline.nights.refresh import Refresh
    from matcher.pipeline.nights.watch import ChangeWatcher
    from matcher.pipeline.scoring.learn import Learn
    from matcher.ports import Channels, Encoder, Progress, Reranker, Vectors


def _openid_tokens(settings: Settings) -> "OpenIdTokens | None":
    """The issuer whose tokens are accepted; None where none is set.

    Raises:
        InvalidInput: an issuer without an audience, or an audience without an issuer.
    """
    issuer, audience = settings.oidc_issuer, settings.oidc_audience
    if issuer is None and audience is None:
        return None
    if issuer is None or audience is None:
        missing = "MATCHER_OIDC_ISSUER" if issuer is None else "MATCHER_OIDC_AUDIENCE"
        raise InvalidInput(
            f"MATCHER_OIDC_ISSUER 与 MATCHER_OIDC_AUDIENCE 须同时设置，现缺 {missing}。",
            f"MATCHER_OIDC_ISSUER and MATCHER_OIDC_AUDIENCE go together: set {missing}, too.",
            field=missing,
        )
    from matcher.pipeline.access import ClaimNames, IssuerKeys, OpenIdTokens

    claims = ClaimNames(settings.oidc_role_claim, settings.oidc_parks_claim, settings.oidc_subject_claim)
    return OpenIdTokens(issuer, audience, IssuerKeys(issuer, settings.oidc_jwks_url), claims)


def convert_encoder(spec: str, out: Path, progress: "Progress") -> "Converted":
    """Make a folder that serves a sentence-transformers model without torch; no installation is needed.

    Raises:
        EncoderError: the model cannot be loaded or exported, `out` holds anything, or `onnx` is missing.
    """
    from matcher.embed.convert import convert

    return convert(spec, out, progress)


class Service:
    """One installation: its settings, its database, and the use cases that need a model or an index.

    The model is loaded at the first use that needs one: ledger reads and list edits load none.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.openid = _openid_tokens(settings)
        self.database = Database.open(settings.resolved_database_url)

    @classmethod
    def configured(cls) -> "Service":
        """The installation that `MATCHER_*` describes, its database untouched.

        Raises:
            InvalidInput: a variable has no valid value; what it holds, which may be a secret, is not said.
            StoreError: the database file cannot be made.
        """
        try:
            return cls(Settings())
        except ValidationError as error:
            wrong = error.errors()[0]
            variable = f"MATCHER_{wrong['loc'][0]}".upper()
            raise InvalidInput(
                f"环境变量 {variable} 的值无效：{said_of(wrong)}",
                f"the environment variable {variable} has no valid value: {wrong['msg']}.",
                field=variable,
            ) from None

    @classmethod
    def from_environment(cls) -> "Service":
        """The installation that `MATCHER_*` describes, with its schema in place.

        Raises:
            StoreError: the database cannot be reached or needs an upgrade.
        """
        service = cls.configured()
        service.database.ensure_schema()
        return service

    @property
    def encoder(self) -> "Encoder":
        """The encoder in use now.

        Raises:
            EncoderError: it cannot be loaded.
        """
        return self.encoders.in_use()

    @property
    def configured_encoder(self) -> "Encoder":
        """What `MATCHER_ENCODER` names, else the bundled model, whatever was chosen in the database.

        Raises:
            EncoderError: it cannot be loaded.
        """
        return self.encoders.load(self.settings.encoder)

    @cached_property
    def callers(self) -> "KnownCallers":
        """Who has come in with a key or a session, known again while nothing is written."""
        from matcher.pipeline.access import KnownCallers

        return KnownCallers(self.database)

    @cached_property
    def encoders(self) -> "Encoders":
        """Which encoder is in use, and those that may be."""
        from matcher.pipeline.nights.encoders import Encoders

        return Encoders(self.database, self._load_encoder, self.settings.encoder)

    def _load_encoder(self, spec: str | None) -> "Encoder":
        return self._loading(spec)()

    def _loading(self, spec: str | None) -> "Callable[[], Encoder]":
        """What loads an encoder, here or in a process on another machine."""
        from matcher.embed.factory import load_encoder

        settings = self.settings
        return partial(
            load_encoder,
            spec,
            device=settings.encoder_device,
            batch_size=settings.encoder_batch_size,
            query_prompt=settings.encoder_query_prompt,
            document_prompt=settings.encoder_document_prompt,
            dimension=settings.encoder_dimension,
        )

    @cached_property
    def reranker(self) -> "Reranker | None":
        """The cross-encoder, where one is configured; its model is loaded when it first reads a pair.

        Raises:
            EncoderError: there is no such model, or it may not be loaded.
        """
        spec, settings = self.settings.reranker, self.settings
        if spec is None:
            return None
        from matcher.embed.cross_encoder import CrossEncoderReranker

        return CrossEncoderReranker(
            spec, device=settings.encoder_device, batch_size=settings.encoder_batch_size
        )

    @property
    def reranking(self) -> "Reranking | None":
        """The cross-encoder with the scorer that gives it its weight, where one is configured."""
        from matcher.learning.evaluating import Reranking

        return None if self.reranker is None else Reranking(self.reranker, self.shipped)

    @property
    def shipped(self) -> "Scorer":
        """What everything is scored with where nothing learned is in use.

        Raises:
            EncoderError: a cross-encoder is configured and not there.
        """
        from matcher.domain.scoring import DEFAULT_SCORER, reranked

        if self.reranker is None:
            return DEFAULT_SCORER
        return reranked(DEFAULT_SCORER, self.settings.reranker_weight, self.reranker.reranker_id)

    def open_channels(
        self, name: str, texts: Sequence[TextView], vectors: "Vectors", titles: "Vectors | None"
    ) -> "Channels":
        """The channels over a named list, from the cache in the data folder where it holds them."""
        from matcher.index.snapshot import open_channels

        return open_channels(self.settings.data_dir / "index" / name, texts, vectors, titles)

    def build_channels(
        self, texts: Sequence[TextView], vectors: "Vectors", titles: "Vectors | None"
    ) -> "Channels":
        """The channels over texts that are no list of the service's, in memory."""
        from matcher.index.snapshot import build_channels

        return build_channels(texts, vectors, titles)

    @cached_property
    def refresh(self) -> "Refresh":
        """The nightly batch."""
        from matcher.index.last_night import LastNight
        from matcher.pipeline.nights.refresh import Refresh

        return Refresh(
            database=self.database,
            encoder_in_use=self.encoders.in_use,
            open_channels=self.open_channels,
            top_k=self.settings.top_k,
            clock=utc_now,
            shipped=self.shipped,
            reranker=self.reranker,
            last_night=LastNight(self.settings.data_dir / "index"),
            lists=self.lists,
        )

    @contextmanager
    def refresh_on_cluster(self, address: str | None) -> "Iterator[Refresh]":
        """The nightly batch with its work on a Ray cluster: the one at `address`, else at RAY_ADDRESS, else
        one of this machine's own.

        Raises:
            InvalidInput: Ray is not installed.
            ClusterAway: nothing answers at the address.
        """
        from matcher.cluster import joined
        from matcher.index.snapshot import build_channels

        with joined(address, build_channels, self._loading(self.encoders.spec_in_use)) as cluster:
            yield replace(
                self.refresh,
                open_channels=cluster.spread(self.open_channels),
                search_all=cluster.search_all,
                encode_each=cluster.encode_each,
            )

    @cached_property
    def lists(self) -> "HeldLists":
        """Both lists as nights by day and free texts search them."""
        from matcher.pipeline.nights.held import HeldLists

        return HeldLists()

    @cached_property
    def matching(self) -> "Matching":
        """Free-text matching."""
        from matcher.pipeline.matches.free_text import Matching

        return Matching(
            self.database,
            self.encoders.in_use,
            self.open_channels,
            utc_now,
            self.shipped,
            self.reranker,
            self.lists,
        )

    @cached_property
    def learn(self) -> "Learn":
        """Learning from grades."""
        from matcher.pipeline.scoring.learn import Learn

        return Learn(self.database, self.encoders.in_use, self.build_channels, self.shipped, self.reranker)

    @cached_property
    def watcher(self) -> "ChangeWatcher | None":
        """Matching by day; None where it is switched off."""
        from matcher.pipeline.nights.watch import ChangeWatcher

        interval = self.settings.change_interval
        return ChangeWatcher(self.refresh, interval, self.matching.prepare) if interval > 0 else None

    @cached_property
    def outlets(self) -> tuple[Outlet, ...]:
        """Where morning briefs go out; none until `MATCHER_REMIND_TO` or `MATCHER_WEBHOOK_URL` is set.

        Raises:
            InvalidInput: one of them is set without what it needs.
        """
        settings, found = self.settings, []
        if settings.remind_to:
            from matcher.remind.email import MailServer, checked_addresses

            server = MailServer(
                host=settings.smtp_host or "",
                port=settings.smtp_port,
                sender=settings.smtp_from or "",
                security=settings.smtp_security,
                user=settings.smtp_user or "",
                password=_revealed(settings.smtp_password),
            )
            to = checked_addresses(settings.remind_to)
            found.append(Outlet(ReminderChannel.EMAIL, server.send, to))
        if url := _revealed(settings.webhook_url):
            from matcher.remind.webhook import Webhook

            webhook = Webhook(url, _revealed(settings.webhook_secret), utc_now)
            found.append(Outlet(ReminderChannel.WEBHOOK, webhook.send, {}, (webhook.host,)))
        return tuple(found)

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return utc_now()

    def close(self) -> None:
        """Free the database connections."""
        self.database.close()


def _revealed(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()

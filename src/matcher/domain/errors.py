"""Every failure a caller can act on, as one tree; HTTP statuses and exit codes are chosen elsewhere.

MatcherError
├── InvalidInput        something given is wrong and can be mended
│   ├── TooLittleText   a text too short to judge
│   └── InvalidCursor   a page cursor that the list did not give out
├── NotFound            no such thing, or it is another park's
├── Conflict            someone changed it meanwhile, or it exists already
│   ├── StaleVersion    it is at another version than the caller has read
│   └── UndoBlocked     rows changed since keep an import from being undone as a whole
├── IllegalMove         a stage that does not follow the present one
├── RefreshRunning      another refresh holds the ledger
├── Unauthorized        no valid credential
├── Forbidden           a valid credential that may not do this
├── IssuerUnavailable   the issuer of OpenID Connect tokens cannot be asked
├── EncoderError        the configured model cannot be loaded
├── ClusterAway         the cluster that a refresh is to run on does not answer
├── DeliveryFailed      a reminder did not reach its receiver
└── StoreError          the database cannot be used as it is
    └── DatabaseAway    it does not answer; which one it is, the operator alone is told
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal


class MatcherError(Exception):
    """A failure with a stable `code` and one sentence in each language.

    `field` names the offending field or cell where there is one.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, zh: str, en: str, *, field: str | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.field = field


class InvalidInput(MatcherError):
    """Something given is wrong; the message says what and how to mend it."""

    code = "invalid_input"


class TooLittleText(InvalidInput):
    """The text says too little to judge a match on."""

    code = "too_little_text"


class InvalidCursor(InvalidInput):
    """A page cursor that this list did not give out."""

    code = "invalid_cursor"


class NotFound(MatcherError):
    """No such thing in the caller's scope; another park's row answers the same."""

    code = "not_found"


class Conflict(MatcherError):
    """The row changed meanwhile, or its identity is taken."""

    code = "conflict"


class StaleVersion(Conflict):
    """The row is at another version than the one the caller has read."""

    code = "stale_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingListing:
    """A listing that keeps an import from being undone: why, and who changed it last, when and through what.

    `taken_by` is the listing that has its former identity by now. The sentences say what to mend.
    """

    listing_id: int
    version: int
    code: str
    title: str
    reason: Literal["edited", "identity_taken"]
    taken_by: int | None
    changed_by: str
    changed_at: datetime
    via: str
    remedy: str
    remedy_en: str


class UndoBlocked(Conflict):
    """Some rows of an import were changed since, or their former identities are taken: `blocked_by` names the
    first of them."""

    def __init__(self, zh: str, en: str, *, blocked_by: Sequence[BlockingListing] = ()) -> None:
        super().__init__(zh, en, field="partial")
        self.blocked_by = blocked_by


class IllegalMove(MatcherError):
    """The stage asked for does not follow the present one; the message names those that do."""

    code = "illegal_move"


class RefreshRunning(MatcherError):
    """Another refresh holds the ledger."""

    code = "refresh_running"


class Unauthorized(MatcherError):
    """No credential, or one that is unknown, expired or revoked."""

    code = "unauthorized"


class TokenRevoked(Unauthorized):
    """An embed token that is genuine, and revoked, itself or the key it was issued with."""

    code = "token_revoked"


class Forbidden(MatcherError):
    """The credential is valid and does not allow this."""

    code = "forbidden"


class IssuerUnavailable(MatcherError):
    """The issuer of OpenID Connect tokens cannot be asked for its keys; API keys work on."""

    code = "issuer_unavailable"


class EncoderError(MatcherError):
    """The configured model cannot be loaded or used."""

    code = "encoder_unavailable"


class ClusterAway(MatcherError):
    """The cluster that a refresh is to run on cannot be reached; the ledger is as it was."""

    code = "cluster_unavailable"


class DeliveryFailed(MatcherError):
    """A reminder did not reach its receiver; it is sent again at the next start."""

    code = "delivery_failed"


class StoreError(MatcherError):
    """The database cannot be reached or is not at the schema this code expects."""

    code = "store_unavailable"


class DatabaseAway(StoreError):
    """The database does not answer, or is busy for too long.

    The message is the operator's, for a terminal or the log: it may name host and database, never a password.
    Callers of the service are told without it.
    """

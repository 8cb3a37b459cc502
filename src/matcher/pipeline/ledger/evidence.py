"""Evidence of an entry: links and files that people put beside it and take off it again."""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import Field

from matcher.domain.access import Principal, Right
from matcher.domain.entries import EntryView
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.text import mask_contacts
from matcher.pipeline.answers import Answer, Listed, Moment
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.ledger.answers import no_entry
from matcher.pipeline.ledger.edits import writable_entry
from matcher.store import evidence, ledger
from matcher.store import human_columns as stored
from matcher.store.database import Database, Transaction
from matcher.store.evidence import Backing, HeldEvidence

MAX_FILE = 20 * 1024 * 1024
"""Bytes of one file."""

MAX_TITLE = 200
MAX_URL = 2_000


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent: name, media type and bytes."""

    name: str
    media_type: str
    content: bytes


class EvidenceAnswer(Answer):
    """一条佐证：链接，或文件（`url` 为 null）。"""

    evidence_id: int
    entry_id: int
    title: str = Field(description="名称")
    url: str | None = Field(description="链接的地址")
    file_name: str | None = Field(description="文件名")
    media_type: str | None = Field(description="上传时所称的文件类型")
    size: int | None = Field(description="文件大小，字节")
    sha256: str | None = Field(description="文件的 SHA-256")
    added_at: Moment
    added_by: str = Field(description="谁添加的")

    @classmethod
    def of(cls, evidence: HeldEvidence) -> "EvidenceAnswer":
        """A link or a file as callers are shown it, contacts masked."""
        name = evidence.file_name
        return cls.made_of(
            evidence,
            evidence_id=evidence.id,
            title=mask_contacts(evidence.title),
            file_name=None if name is None else mask_contacts(name),
        )


def list_evidence(database: Database, principal: Principal, entry_id: int) -> Listed[EvidenceAnswer]:
    """What backs an entry, oldest first.

    Raises:
        NotFound: no such entry, or another park's.
        Forbidden: the caller may not read entries.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        if ledger.entry(session, principal.scope, entry_id) is None:
            raise no_entry(entry_id)
        pieces = evidence.of_entry(session, principal.scope, entry_id)
    return Listed[EvidenceAnswer](items=[EvidenceAnswer.of(piece) for piece in pieces])


def read_file(database: Database, principal: Principal, entry_id: int, evidence_id: int) -> File:
    """A file that backs an entry.

    Raises:
        NotFound: no such file on an entry in scope; a link is none.
        Forbidden: the caller may not read entries.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        stored = evidence.find_file(session, principal.scope, entry_id, evidence_id)
    if stored is None:
        raise _none(evidence_id)
    file, content = stored
    return File(file.file_name or "", file.media_type or "", content)


def add_link(database: Database, request: Request, entry_id: int, title: str, url: str) -> EvidenceAnswer:
    """Put a link to a page (http or https) on an entry.

    Raises:
        NotFound, Forbidden: as `writable_entry`.
        InvalidInput: no title, or no such address.
    """

    def write(session: Transaction) -> EvidenceAnswer:
        entry = writable_entry(session, request.principal, entry_id)
        return _added(session, request, entry, Backing(title=_title(title), url=_url(url)))

    return done_once(database, request, EvidenceAnswer, write)


def add_file(database: Database, request: Request, entry_id: int, title: str, file: File) -> EvidenceAnswer:
    """Put a file on an entry; it is kept in the database.

    Raises:
        NotFound, Forbidden: as `writable_entry`.
        InvalidInput: no title, an empty file, or one that is too large.
    """

    def write(session: Transaction) -> EvidenceAnswer:
        entry = writable_entry(session, request.principal, entry_id)
        _check(file)
        backing = Backing(
            title=_title(title),
            file_name=_file_name(file.name),
            media_type=file.media_type or "application/octet-stream",
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
        )
        return _added(session, request, entry, backing, file.content)

    return done_once(database, request, EvidenceAnswer, write)


def remove_evidence(database: Database, request: Request, entry_id: int, evidence_id: int) -> EvidenceAnswer:
    """Take a link or a file off an entry; that it was there stays in the history, its content does not.

    Raises:
        NotFound, Forbidden: as `writable_entry`; also where the entry holds no such evidence.
    """

    def write(session: Transaction) -> EvidenceAnswer:
        entry = writable_entry(session, request.principal, entry_id)
        piece = evidence.find(session, request.principal.scope, entry_id, evidence_id)
        if piece is None:
            raise _none(evidence_id)
        evidence.remove(session, piece, at=request.now, by=request.principal.name)
        _note(session, request, entry, before=piece.title, after=None)
        return EvidenceAnswer.of(piece)

    return done_once(database, request, EvidenceAnswer, write)


def _added(
    session: Transaction, request: Request, entry: EntryView, backing: Backing, content: bytes | None = None
) -> EvidenceAnswer:
    piece = evidence.add(session, entry, backing, content, at=request.now, by=request.principal.name)
    _note(session, request, entry, before=None, after=piece.title)
    return EvidenceAnswer.of(piece)


def _note(
    session: Transaction, request: Request, entry: EntryView, *, before: str | None, after: str | None
) -> None:
    act = stored.Act(actor=request.principal.name, at=request.now, act="evidence", via=request.via)
    stored.write(session, entry, entry.work, act, besides={"evidence": [before, after]})


def _title(title: str) -> str:
    title = title.strip()
    if not 0 < len(title) <= MAX_TITLE:
        raise InvalidInput(
            f"请填写名称，最多 {MAX_TITLE} 字。",
            f"give a title of up to {MAX_TITLE} characters.",
            field="title",
        )
    return title


def _url(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(url) > MAX_URL or url != _line(url):
        raise InvalidInput(
            "请填写以 http:// 或 https:// 开头的地址。",
            "give an address that starts with http:// or https://.",
            field="url",
        )
    return url


def _line(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())


def _file_name(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in base if sign.isprintable())[-MAX_TITLE:] or "file"


def _check(file: File) -> None:
    if not file.content:
        raise InvalidInput("文件是空的。", "the file is empty.", field="file")
    if len(file.content) > MAX_FILE:
        raise InvalidInput("文件超过 20 MB。", "the file is larger than 20 MB.", field="file")


def _none(evidence_id: int) -> NotFound:
    return NotFound(f"该条目没有编号为 {evidence_id} 的佐证。", f"this entry has no evidence {evidence_id}.")

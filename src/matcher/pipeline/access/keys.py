"""API keys: made, listed and revoked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from matcher.domain.access import DISTRICT, Role
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.labels import label
from matcher.domain.text import fold, normalise
from matcher.pipeline.access.credentials import issue
from matcher.pipeline.answers import Answer, Listed, Moment
from matcher.store import access, parks
from matcher.store.access import Credential
from matcher.store.database import Database, Transaction

MAX_DAYS = 3650
"""The longest life of a key, in days, where its end is given as a number of days."""

_SUBJECTS = {
    Role.TECHNOLOGY_MANAGER: (
        "请填写该技术经理人在台账中的姓名。",
        "give the technology manager's name as the ledger writes it.",
    ),
    Role.RESEARCH_UNIT: (
        "请填写该研发单位在成果清单中的名称。",
        "give the research unit's name as the supply list writes it.",
    ),
}


class KeyAnswer(Answer):
    """一把密钥，不含密文。"""

    id: int
    prefix: str
    name: str
    role: Role
    role_label: str
    parks: list[str] | None = Field(description="园区代码；null 为全部园区，空为不属于任何园区")
    subject: str
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_at: Moment | None


class IssuedKey(KeyAnswer):
    """新签发的密钥；`key` 只显示这一次。"""

    key: str = Field(description="完整密钥 mk_…，只显示这一次")


def create_key(
    database: Database,
    *,
    name: str,
    role: Role,
    park_codes: Sequence[str] | None,
    now: datetime,
    expires_at: datetime | None = None,
    expires_in_days: int | None = None,
    subject: str = "",
) -> IssuedKey:
    """Make a key; its credential is answered this once. `park_codes` None means every park.

    `subject` is a technology manager's name or a research unit's organisation. A research unit's key is
    for no park, and takes none.

    Raises:
        InvalidInput: an empty name, no park, an end that is past or given twice, a role that has no keys,
            a subject that is missing or that the role does not take.
        NotFound: an unknown park.
    """
    if not name.strip():
        raise InvalidInput("请给密钥起个名字。", "give the key a name.", field="name")
    subject = normalise(subject)
    _check_subject(role, subject)
    end = _end(now, expires_at, expires_in_days)
    if role is Role.RESEARCH_UNIT:
        if park_codes:
            raise InvalidInput(
                "研发单位的密钥不属于任何园区，请勿指定园区。",
                "a research unit's key is for no park: name none.",
                field="parks",
            )
        park_codes = ()
    elif park_codes is not None and not park_codes:
        raise InvalidInput("请至少指定一个园区。", "name at least one park.", field="parks")
    with database.writing() as session:
        park_ids = None if park_codes is None else [_park_id(session, code) for code in park_codes]
        key, credential = issue(session, "key", name.strip(), role, park_ids, now, end, subject)
        return IssuedKey(**_said_of(key, _codes(session)), key=credential)


def list_keys(database: Database) -> Listed[KeyAnswer]:
    """Every API key, revoked ones included."""
    with database.reading() as session:
        codes = _codes(session)
        return Listed[KeyAnswer](items=[KeyAnswer(**_said_of(key, codes)) for key in access.keys(session)])


def revoke_key(database: Database, key_id: int, now: datetime) -> None:
    """Revoke a key: it, its sessions and the embed tokens issued with them stop with the next request.

    Raises:
        NotFound: no such key, or it is revoked already.
    """
    with database.writing() as session:
        key = access.by_id(session, key_id)
        if key is None or key.kind != "key" or not access.revoke(session, key_id, now):
            raise NotFound(f"没有编号为 {key_id} 的有效密钥。", f"there is no valid key {key_id}.")


def _check_subject(role: Role, subject: str) -> None:
    if role is Role.EMBED:
        raise InvalidInput(
            "嵌入用令牌请通过 POST /v1/embed-tokens 签发。",
            "embed tokens are issued by POST /v1/embed-tokens.",
            field="role",
        )
    if role in _SUBJECTS and not fold(subject):
        zh, en = _SUBJECTS[role]
        raise InvalidInput(zh, en, field="subject")
    if role not in _SUBJECTS and subject:
        raise InvalidInput(
            "只有技术经理人和研发单位的密钥才填写 subject。",
            "only a technology manager's or a research unit's key takes a subject.",
            field="subject",
        )


def _end(now: datetime, expires_at: datetime | None, days: int | None) -> datetime | None:
    if days is not None:
        if expires_at is not None:
            raise InvalidInput(
                "到期时间与有效天数只填一项。",
                "give the end of the key either as a moment or in days.",
                field="expires_in_days",
            )
        if not 1 <= days <= MAX_DAYS:
            raise InvalidInput(
                f"有效天数须为 1 到 {MAX_DAYS}。",
                f"the days must be from 1 to {MAX_DAYS}.",
                field="expires_in_days",
            )
        return now + timedelta(days=days)
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("到期时间须在将来。", "the end must be in the future.", field="expires_at")
    return expires_at


def _park_id(session: Transaction, code: str) -> int:
    park = parks.find(session, code, DISTRICT)
    if park is None:
        raise NotFound(f"没有代码为 {code} 的园区。", f"there is no park {code}.", field="park")
    return park.id


def _codes(session: Transaction) -> dict[int, str]:
    return {park.id: park.code for park in parks.page(session, DISTRICT)}


def _said_of(credential: Credential, codes: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": credential.id,
        "prefix": credential.prefix,
        "name": credential.name,
        "role": credential.role,
        "role_label": label(credential.role, "zh"),
        "parks": None if credential.parks is None else [codes[park_id] for park_id in credential.parks],
        "subject": credential.subject,
        "created_at": credential.created_at,
        "expires_at": credential.expires_at,
        "revoked_at": credential.revoked_at,
        "last_used_at": credential.last_used_at,
    }

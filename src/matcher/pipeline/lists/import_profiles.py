"""Import profiles: the mappings that are remembered of each sender, read and edited."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from pydantic import Field

from matcher.domain.access import Principal, Right
from matcher.domain.listing import Side
from matcher.domain.text import normalise
from matcher.files.mapping import checked_mapping, heading_signature
from matcher.files.read_columns import ReadTable
from matcher.pipeline.answers import Answer, Listed, Moment
from matcher.pipeline.lists.parks import park_named
from matcher.store import import_profiles
from matcher.store.catalogue import Shelf
from matcher.store.database import Database, Transaction
from matcher.store.import_profiles import HeldProfile


class ImportProfileAnswer(Answer):
    """一个报送方某一种表头的列对应；再次导入同样表头的清单时自动使用。"""

    side: Side
    park: str | None = Field(description="报送方：需求清单的园区代码")
    source: str = Field(description="报送方：成果清单是哪一家的")
    signature: str = Field(description="表头的特征；列的顺序、编号、单位和标记不影响")
    headings: tuple[str, ...] = Field(description="表头")
    mapping: dict[str, str] = Field(description="表头 → 字段；keep 原样保留，ignore 不读取")
    actor: str
    updated_at: Moment

    @classmethod
    def of(cls, held: HeldProfile) -> Self:
        """A profile that is kept."""
        return cls(
            side=held.shelf.side,
            park=held.park_code,
            source=held.shelf.source,
            signature=held.signature,
            headings=tuple(held.headings),
            mapping=dict(held.mapping),
            actor=held.actor,
            updated_at=held.updated_at,
        )


def list_import_profiles(
    database: Database, principal: Principal, *, park: str | None = None, source: str | None = None
) -> Listed[ImportProfileAnswer]:
    """The profiles of the lists that the caller may import: of every sender in scope, or of one.

    Raises:
        Forbidden: the caller may import no list.
        NotFound: the park is not in scope.
    """
    principal.require(Right.WRITE_DEMANDS)
    with database.reading() as session:
        park_id = None if park is None else park_named(session, park, principal.scope).id
        held = import_profiles.page(
            session,
            principal.scope,
            supply=principal.may(Right.WRITE_SUPPLY),
            park_id=park_id,
            source=None if source is None else normalise(source),
        )
    return Listed[ImportProfileAnswer](items=[ImportProfileAnswer.of(profile) for profile in held])


def save_import_profile(
    database: Database,
    principal: Principal,
    shelf: Shelf,
    headings: Sequence[str],
    mapping: Mapping[str, str],
    now: datetime,
) -> ImportProfileAnswer:
    """Remember a sender's mapping for a header, in place of the former one; an empty one forgets it.

    `shelf` is what `import_shelf` gives for the caller.

    Raises:
        InvalidInput: a field that this list does not have.
    """
    checked = checked_mapping(mapping, shelf.side)
    signature = heading_signature(headings)
    with database.writing() as session:
        import_profiles.save(session, shelf, signature, headings, checked, principal.name, now)
        [held] = [
            profile
            for profile in import_profiles.page(
                session,
                principal.scope,
                supply=shelf.side is Side.SUPPLY,
                park_id=shelf.park_id,
                source=shelf.source if shelf.side is Side.SUPPLY else None,
            )
            if profile.signature == signature
        ]
    return ImportProfileAnswer.of(held)


def remember(
    session: Transaction, shelf: Shelf, tables: Sequence[ReadTable], principal: Principal, now: datetime
) -> None:
    """Remember the mapping that was given for these tables, for the sender's next lists."""
    for table in tables:
        if any(column.by == "map" for column in table.columns):
            signature = heading_signature(table.headings)
            import_profiles.save(
                session, shelf, signature, table.headings, table.mapping, principal.name, now
            )

"""The history of one listing: every revision as a diff, newest first."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from matcher.domain.access import Principal
from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Listing, Side
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer, Moment, Page
from matcher.pipeline.lists.answers import replacements_shown
from matcher.pipeline.lists.held import held_listing
from matcher.pipeline.lists.masking import masked
from matcher.store import revisions
from matcher.store.database import Database
from matcher.store.records import to_record
from matcher.store.revisions import PastRevision


class RevisionAct(StrEnum):
    """What a revision did to its listing."""

    CREATED = "created"
    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    MERGED = "merged"


class FieldChange(Answer):
    """一个字段的前后两个值；联系方式已隐去，两个值因此可能相同。"""

    field: str = Field(description="字段；联系人分为 contact.name 等，清单中的其他列为 extra.表头")
    label: str = Field(description="字段的中文名，或表头")
    label_en: str
    before: Any = Field(description="此前没有填写的为 null")
    after: Any


class RevisionAnswer(Answer):
    """条目的一次修订：谁、何时、经由什么，改了哪些字段。"""

    version: int
    at: Moment
    actor: str = Field(description="谁")
    act: RevisionAct = Field(
        description="created 新增、edited 修改、withdrawn 撤回、restored 恢复、merged 作为重复条目合并"
    )
    via: str = Field(description="经由：rest、cli，或 import 导入")
    import_id: int | None = Field(description="哪一次导入")
    replaced_by: int | None = Field(description="合并到了哪一条的编号")
    changes: tuple[FieldChange, ...]


def list_revisions(
    database: Database,
    principal: Principal,
    side: Side,
    listing_id: int,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RevisionAnswer]:
    """One page of a listing's revisions, newest first, each compared with the one before; contacts masked.

    Raises:
        NotFound: no such listing, or another park's.
        InvalidCursor: it is not one of this list's.
    """
    kind = f"revisions-{side.value}-{listing_id}"
    before = cursors.before_id(kind, cursor)
    with database.reading() as session:
        item = held_listing(session, side, listing_id, principal.scope)
        past = revisions.page(session, item.shelf, listing_id, before=before, limit=limit + 1)
        merged = [revision.replaced_by for revision in past]
        replacing = replacements_shown(session, side, merged, principal.scope)
    shown, following = cursors.cut(past, limit, lambda revision: cursors.encode(kind, revision.version))
    former = [*past[1:], None][: len(shown)]
    items = [_answer(side, replacing, *pair) for pair in zip(shown, former, strict=True)]
    return Page[RevisionAnswer](items=items, next_cursor=following)


def _answer(
    side: Side, replacing: Mapping[int | None, int], revision: PastRevision, former: PastRevision | None
) -> RevisionAnswer:
    changes = changes_between(side, None if former is None else former.listing, revision.listing)
    return RevisionAnswer.made_of(
        revision,
        act=_act(revision, former),
        replaced_by=replacing.get(revision.replaced_by),
        changes=tuple(changes),
    )


def _act(revision: PastRevision, former: PastRevision | None) -> RevisionAct:
    if former is None:
        return RevisionAct.CREATED
    if revision.replaced_by is not None and revision.replaced_by != former.replaced_by:
        return RevisionAct.MERGED
    if revision.withdrawn != former.withdrawn:
        return RevisionAct.WITHDRAWN if revision.withdrawn else RevisionAct.RESTORED
    return RevisionAct.EDITED


def changes_between(side: Side, before: Listing | None, after: Listing) -> list[FieldChange]:
    """The fields in which two states of one listing differ; None stands for one that says nothing yet."""
    blank = type(after)(title="")
    former = before or blank
    values = [_flat(to_record(listing)) for listing in (former, after)]
    shown = [_flat(to_record(masked(listing))) for listing in (former, after)]
    unstated = _flat(to_record(blank))
    return [
        FieldChange(
            field=name,
            **_labels(side, name),
            before=_stated(shown[0].get(name), unstated.get(name)),
            after=_stated(shown[1].get(name), unstated.get(name)),
        )
        for name in dict.fromkeys([*values[0], *values[1]])
        if values[0].get(name) != values[1].get(name)
    ]


_PARTED = ("contact", "extra")
"""Fields whose parts are compared one by one."""


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_parts(record))


def _parts(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if name in _PARTED:
            yield from ((f"{name}.{part}", held) for part, held in value.items())
        else:
            yield name, value


def _stated(value: Any, unstated: Any) -> Any:
    """A value as it is shown; None where it says no more than a blank listing does."""
    return None if value == unstated and not isinstance(value, bool) else value


def _labels(side: Side, name: str) -> Mapping[str, str]:
    field, _, part = name.partition(".")
    if field == "extra":
        return {"label": part, "label_en": part}
    zh, en = list_fields(side)[f"{field}_{part}" if part else field]
    return {"label": zh, "label_en": en}
